{% macro export_csv(file, model_name, first_columns, order_by, condition="true") -%}
    {#-
        A published table as CSV that is safe to open in a spreadsheet, and short enough for one:
        the summary says what is left out.

        first_columns come first, the others follow in their order; order_by makes the bytes
        repeatable.
    -#}
    {%- set relation = relation_of(model_name) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) -%}
    {%- set names = columns | map(attribute="name") | list -%}
    {%- set kinds = dict(zip(names, columns | map(attribute="dtype"))) -%}
    {%- set in_order = "order by " ~ order_by | join(", ") -%}
    {#- The rows are chosen by what orders them alone: of 4 million, one million takes little more
        than half the time. -#}
    {%- set query -%}
        select
            {% for name in first_columns + (names | reject("in", first_columns) | list) -%}
            {%- set cell = adapter.quote(name) -%}
            {{ spreadsheet_safe(cell, kinds[name]) }} as {{ cell }}{{ "," if not loop.last }}
            {% endfor %}
        from (
            select * from {{ relation }}
            where
                rowid in (
                    select rowid from {{ relation }}
                    where {{ condition }}
                    {{ in_order }}
                    limit {{ var("export_max_rows") | int }}
                )
            {{ in_order }}
        )
    {%- endset -%}
    {#- A log has no stamp that would tell whether it changed. -#}
    {%- set is_stamped = catalog().comments.get(relation | string) -%}
    {%- do export_file(file, query, [relation] if is_stamped else none) -%}
{%- endmacro %}
