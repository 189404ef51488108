{% macro spark_pattern(pattern, is_whole=false) -%}
    {#- A regular expression of RE2, quoted, as Java reads it: case beyond ASCII, the end of a text
        and blanks are other ones there. is_whole: it is to match a whole text. -#}
    {%- set java = pattern[1:-1] | replace("(?i", "(?iu") -%}
    {%- set java = modules.re.sub("[$](?![^\\[]*\\])", "\\\\\\\\z", java) -%}
    {%- set java = java | replace("\\\\s", "\\\\t\\\\n\\\\f\\\\r ") -%}
    {{ return("'\\\\A(?:" ~ java ~ ")\\\\z'" if is_whole else "'" ~ java ~ "'") }}
{%- endmacro %}
