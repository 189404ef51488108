{% macro evidence_filter(values) -%}
    {#- SQL of a condition, as text, that finds rows with these values, {column: expression}. -#}
    {%- set parts = [] -%}
    {%- for column, value in values.items() -%}
        {%- do parts.append(
            "'" ~ column ~ "' || coalesce(' = ' || " ~ sql_text(value) ~ ", ' is null')"
        ) -%}
    {%- endfor -%}
    {{ parts | join(" || ' and ' || ") }}
{%- endmacro %}
