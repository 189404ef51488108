{% macro without_personal_columns(query, node) -%}
    {#- A query without the columns that identify people, for what is written where all may look;
        the column left_out, the first, since dbt shows six, names them. -#}
    {%- set names = personal_columns(node) -%}
    {%- if names -%}
select columns(lambda name: name not in ('{{ names | join("', '") }}')) from (
    select
        '{{ names | join(", ") }}' as left_out,
        *
    from (
{{ query }}
    )
)
    {%- else -%}
{{ query }}
    {%- endif -%}
{%- endmacro %}
