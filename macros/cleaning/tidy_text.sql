{% macro tidy_text(column, is_varied=false) -%}
    {#- Blanks of every kind (NBSP, control characters) become one blank, none at the ends.

        Functions of one column are computed once per distinct value where the engine has a
        dictionary of them, as it has for most delivered columns; a CASE ends that. is_varied: most
        values differ, so that it pays to look first whether there is anything to tidy. -#}
    {%- set tidied = "trim(regexp_replace(" ~ column ~ ", '[\\s\\p{Z}\\p{Cc}]+', ' ', 'g'))" -%}
    {%- if is_varied -%}
    case when regexp_full_match({{ column }}, '[!-~]+') then {{ column }} else {{ tidied }} end
    {%- else -%}
    {{ tidied }}
    {%- endif -%}
{%- endmacro %}
