{% macro texts_of_cells(rows, columns) -%}
    {#- Query of the texts in some columns of a table, name of the column and text: those in lists
        and structs, one by one, as JSON writes them. -#}
    select distinct
        name,
        unnest(regexp_extract_all(cell, '"((?:[^"\\]|\\.)*)"', 1)) as text
    from (
        {%- for column in columns %}
        select
            '{{ column | replace("'", "''") }}' as name,
            to_json({{ adapter.quote(column) }})::varchar as cell
        from {{ rows }}
        {{ "union" if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
