{#- A table of all versions of a feed's rows, judged: built whole where is_increment says no, left
    alone where nothing changed, and else given what the query judges anew, which replaces the rows
    of the same unique_key and has a higher `judged_in`. dbt's incremental can't do that in one
    write: it would hold a day of 20 million rows beside the table first.
    Config: unique_key; meta.parents: relations whose changes the model looks for (macro
    rows_to_judge); what they held is kept beside the table. meta.counted: columns that tables below
    add up (macro counted_rows); of rows that counted and were replaced they are kept, too. -#}
{% materialization judged, adapter="duckdb", supported_languages=["sql"] %}
    {% set target_relation = this.incorporate(type="table") %}
    {% set stamp = stamp_of(model) %}
    {% if stamp.is_unchanged %}
        {% call noop_statement("main", "UNCHANGED") %} {{ sql }} {% endcall %}
        {{ return({"relations": [target_relation]}) }}
    {% endif %}
    {% call statement("main") %}
        {% if stamp.is_increment %}
            {{ write_judged(target_relation, sql) }}
        {% else %}
            {{ write_table(target_relation, sql) }}
            {% if config.meta_get("counted") %}
                create or replace table {{ seen_copy(model, "replaced") }} as (
                    {{ replaced_rows(target_relation, "false") }}
                );
            {% endif %}
        {% endif %}
        {% for parent in config.meta_get("parents") or {} %}
            create or replace table {{ seen_copy(model, parent) }} as (
                from {{ relation_of(parent) }}
            );
        {% endfor %}
    {% endcall %}
    {% do write_stamp(target_relation, stamp) %}
    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}


{% macro write_judged(relation, sql) -%}
    {#- The statements that give a judged table what its query judged anew, written once, straight
        into the table; then the rows that it replaces go. What is of a newer load than all of the
        table's can't be in it yet. -#}
    {%- set key = config.require("unique_key") -%}
    {%- set newest_load = "select coalesce(max(load_id), 0) from " ~ relation -%}
    {%- set watermark = run_query(newest_load).rows[0][0] -%}
    {%- set newest = "(select max(judged_in) from " ~ relation ~ ")" -%}
    insert into {{ relation }} by name (
        {{ sql }}
    );
    {%- set is_replaced -%}
        judged_in < {{ newest }}
        and {{ key }} in (
            select {{ key }} from {{ relation }}
            where judged_in = {{ newest }} and load_id <= {{ watermark }}
        )
    {%- endset %}
    {%- if config.meta_get("counted") %}
    insert into {{ seen_copy(model, "replaced") }} (
        {{ replaced_rows(relation, is_replaced) }}
    );
    delete from {{ seen_copy(model, "replaced") }}
    where replaced_in <= {{ chain_of(model)[0].split(":")[0] }}; -- all tables below saw that
    {%- endif %}
    delete from {{ relation }}
    where {{ is_replaced }};
{%- endmacro %}


{% macro replaced_rows(relation, is_replaced) -%}
    {#- A query of the rows that counted and that an increment replaces; replaced_in is the number
        of the increment. -#}
    select
        {{ config.meta_get("counted") | join(", ") }},
        judged_in,
        (select max(judged_in) from {{ relation }}) as replaced_in
    from {{ relation }}
    where is_valid and not is_deleted and version_rank = 1 and {{ is_replaced }}
{%- endmacro %}
