{% macro write_log(relation, sql) -%}
    {#- The statements that take the rows of a query into a log. One with a contract is made from
        it, another (of a Python model, which has none) from the rows; new columns are added. -#}
    {%- if config.get("contract").enforced -%}
    {{ hook_table_ddl(model) }}
    {%- else -%}
    {%- if should_full_refresh() -%}
    drop table if exists {{ relation }};
    {% endif -%}
    create table if not exists {{ relation }} as (
        select * from ({{ sql }}) as batch
        where false
    );
    {%- endif %}
    {{ write_increment(relation, sql) }}
{%- endmacro %}
