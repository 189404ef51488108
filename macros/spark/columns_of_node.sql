{% macro columns_of_node(relation) -%}
    {#- DDL of an empty table with the columns of this node's contract, for a log, which may read
        itself. -#}
    create table {{ relation }} (
        {%- for column in model.columns.values() %}
        {{ adapter.quote(column.name) }} {{ column.data_type }}{{ "," if not loop.last }}
        {%- endfor %}
    ) using parquet
{%- endmacro %}
