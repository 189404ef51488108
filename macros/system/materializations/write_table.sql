{% macro write_table(relation, sql) -%}
    {#- The statements that build a table anew; its contract is kept where it is enforced. -#}
    {%- if config.get("contract").enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
    create or replace table {{ relation }} {{ get_table_columns_and_constraints() }};
    insert into {{ relation }} {{ get_column_names() }} (
        {{ get_select_subquery(sql) }}
    );
    {%- else -%}
    create or replace table {{ relation }} as (
        {{ sql }}
    );
    {%- endif -%}
{%- endmacro %}
