{% macro without_columns(query, names) -%}
    {#- A query without some of its columns, for what is written where all may look; the column
        left_out, the first, since dbt shows six, names them. -#}
    {%- if names -%}
    {%- set listed = names | join("\x1f") | replace("'", "''") -%}
select columns(lambda name: name not in ('{{ listed | replace("\x1f", "', '") }}')) from (
    select
        '{{ listed | replace("\x1f", ", ") }}' as left_out,
        *
    from (
{{ query }}
    )
)
    {%- else -%}
{{ query }}
    {%- endif -%}
{%- endmacro %}
