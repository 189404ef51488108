{% macro export_csv(file, model_name, first_columns, order_by, condition="true") -%}
    {#-
        A published relation as CSV that is safe to open in a spreadsheet.

        first_columns come first, the others follow in their order; order_by makes the bytes repeatable.
    -#}
    {%- set relation = ops_relation(model_name) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) -%}
    {%- set names = columns | map(attribute="name") | list -%}
    {%- set kinds = dict(zip(names, columns | map(attribute="data_type"))) -%}
    {%- set cells = [] -%}
    {%- for name in first_columns + (names | reject("in", first_columns) | list) -%}
        {%- do cells.append(spreadsheet_safe(adapter.quote(name), kinds[name]) ~ " as " ~ adapter.quote(name)) -%}
    {%- endfor -%}
    {%- do export_file(file, "select " ~ cells | join(", ") ~ " from (select * from " ~ relation
        ~ " where " ~ condition ~ " order by " ~ order_by | join(", ") ~ ")") -%}
{%- endmacro %}
