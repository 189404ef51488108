{#- A table below judged ones that grows with them: built whole where is_increment says no, left
    alone where nothing changed. Else rows are taken out, and the query's rows are put in:
    - with a unique_key, those that a judged parent has judged since, and those that meet
      meta.replaced;
    - with meta.part, [column, column of time], those of a part from a time on, as the query that
      the model gave to the macro changed_parts says. Where these are most of the table, it is
      built whole, which costs less;
    - else none: the query, which may read the table itself, gives all rows.
    What meta.parents held is kept, to be compared with next time. Joins are done as they are
    written: what stands first is read, the other side is held in memory. The engine thinks landed
    rows few, since filters stand on them, and would hold them all. -#}
{% materialization after_judged, adapter="duckdb", supported_languages=["sql"] %}
    {% set target_relation = this.incorporate(type="table") %}
    {% set stamp = stamp_of(model) %}
    {% if stamp.is_unchanged %}
        {% call noop_statement("main", "UNCHANGED") %} {{ sql }} {% endcall %}
        {{ return({"relations": [target_relation]}) }}
    {% endif %}
    {% set key = config.get("unique_key") %}
    {% set is_by_parts = stamp.is_increment and config.meta_get("part") and find_parts() %}
    {% set optimizers = run_query("select current_setting('disabled_optimizers')").rows[0][0] %}
    {% call statement("main") %}
        set disabled_optimizers = '{{ optimizers }},join_order,build_side_probe_side';
        {% if is_by_parts or stamp.is_increment and key %}
            {{ delete_replaced(target_relation, is_by_parts) }}
            insert into {{ target_relation }} by name (
                {{ sql }}
            );
        {% else %}
            {{ write_table(
                target_relation,
                catalog().wholes[model.unique_id] if config.meta_get("part") else sql
            ) }}
        {% endif %}
        set disabled_optimizers = '{{ optimizers }}';
    {% endcall %}
    {% do write_stamp(target_relation, stamp) %}
    {{ adapter.commit() }}
    {% for parent in config.meta_get("parents") or {} %}
        {% do keep_seen(parent, stamp) %}
    {% endfor %}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}


{% macro delete_replaced(relation, is_by_parts) -%}
    {#- The statements that take out what an increment gives anew. -#}
    {%- if is_by_parts %}
        {%- set part, time = config.meta_get("part") %}
        delete from {{ relation }} as written
        using {{ changed_parts() }} as changed
        where
            written.{{ part }} is not distinct from changed.{{ part }}
            and written.{{ time }} >= changed.changed_from;
    {%- else %}
        delete from {{ relation }} where {{ is_written_since(model.name) }};
    {%- endif %}
{%- endmacro %}


{% macro changed_parts(query=none) -%}
    {#- The name of the table with the parts of this table that changed, for as long as the run
        lasts. The model gives the query of it: the column of meta.part, and changed_from. -#}
    {%- if query -%}
        {%- do catalog().changed.update({model.unique_id: query}) -%}
    {%- endif -%}
    {{ return('temp."' ~ model.alias ~ '__changed"') }}
{%- endmacro %}


{% macro find_parts() -%}
    {#- Makes the table of the parts that changed; false where these are most of the table. -#}
    {%- set part, time = config.meta_get("part") -%}
    {%- do run_query(
        "create or replace temp table " ~ changed_parts() ~ " as ("
        ~ catalog().changed[model.unique_id] ~ ")"
    ) -%}
    {%- set share -%}
        select count(changed.changed_from) * 2 <= count(*)
        from {{ this }} as written
        left join {{ changed_parts() }} as changed
            on
                written.{{ part }} is not distinct from changed.{{ part }}
                and written.{{ time }} >= changed.changed_from
    {%- endset -%}
    {{ return(run_query(share).rows[0][0]) }}
{%- endmacro %}


{% macro keep_seen(parent, stamp) -%}
    {#- Keeps what a parent holds now, with the stamp of the table that was made of it, since the
        two may be in two files: where one of them was put back from a backup, these differ. -#}
    {%- set copy = seen_copy(model, parent) -%}
    {%- do run_query(
        "begin; create or replace table " ~ copy ~ " as (from " ~ relation_of(parent) ~ ");"
        ~ "comment on table " ~ copy ~ " is '" ~ stamp.text ~ "'; commit"
    ) -%}
    {%- do catalog().comments.update({copy: stamp.text}) -%}
{%- endmacro %}
