{#- A table below judged ones that grows with them: built whole where is_increment says no, left
    alone where nothing changed. Else the rows whose unique_key a judged parent has judged since
    are taken out, with those that meet meta.replaced, and the query's rows are put in. Without a
    unique_key the query, which may read the table itself, gives all rows. Joins
    are done as they are written: what stands first is read, the other side is held in memory. The
    engine thinks landed rows few, since filters stand on them, and would hold them all. -#}
{% materialization after_judged, adapter="duckdb", supported_languages=["sql"] %}
    {% set target_relation = this.incorporate(type="table") %}
    {% set stamp = stamp_of(model) %}
    {% if stamp.is_unchanged %}
        {% call noop_statement("main", "UNCHANGED") %} {{ sql }} {% endcall %}
        {{ return({"relations": [target_relation]}) }}
    {% endif %}
    {% set key = config.get("unique_key") %}
    {% set optimizers = run_query("select current_setting('disabled_optimizers')").rows[0][0] %}
    {% call statement("main") %}
        set disabled_optimizers = '{{ optimizers }},join_order,build_side_probe_side';
        {% if stamp.is_increment and key %}
            {% for parent in judged_above(model) %}
                delete from {{ target_relation }} where {{ key }} in (
                    select row_id from {{ relation_of(parent) }}
                    where {{ is_judged_since(parent.name) }}
                );
            {% endfor %}
            {% if config.meta_get("replaced") %}
                delete from {{ target_relation }} where {{ config.meta_get("replaced") }};
            {% endif %}
            insert into {{ target_relation }} by name (
                {{ sql }}
            );
        {% else %}
            {{ write_table(target_relation, sql) }}
        {% endif %}
        set disabled_optimizers = '{{ optimizers }}';
    {% endcall %}
    {% do write_stamp(target_relation, stamp) %}
    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
