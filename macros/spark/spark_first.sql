{% macro spark_first(pattern, instead) -%}
    {#- A regular expression and what replaces it, quoted, so that the first place alone is
        replaced, as DuckDB does without 'g': what stands before it is matched, too. Spark replaces
        all places, which are one where the expression begins with ^. -#}
    {%- if modules.re.match("'([(][?]s[)])?\\^", pattern) -%}
        {{ return([pattern, instead]) }}
    {%- endif -%}
    {%- set groups = [instead[1:-1]] -%}
    {%- for group in range(9, 0, -1) -%}
        {%- do groups.append(groups.pop() | replace("$" ~ group, "$" ~ (group + 1))) -%}
    {%- endfor -%}
    {%- set before = "\\\\A([\\\\x{0}-\\\\x{10FFFF}]*?)" -%}
    {{ return(["'" ~ before ~ "(?:" ~ pattern[1:-1] ~ ")'", "'$1" ~ groups[0] ~ "'"]) }}
{%- endmacro %}
