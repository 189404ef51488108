{#- Three kinds of tables that outlive a run.

    A log (config full_refresh: false) takes in the rows of the query, which replace those of the
    same unique_key where it has one; it is never built anew. So does a Python model.

    Any other is built whole where is_increment says no, is left alone where nothing changed, and
    else takes in the rows of the query. Its config:
    is_judging: these replace those of the same unique_key, and bear a higher `judged_in` than any.
    replaced: a condition, where it is not judging; the rows that meet it are taken out before, and
    so are those whose unique_key a judging model among the parents has judged anew.
    parents: relations whose changes the model looks for; what they held is kept beside it. -#}
{% materialization incremental, adapter="duckdb", supported_languages=["sql", "python"] %}
    {% set target_relation = this.incorporate(type="table") %}
    {% set is_python = model.language == "python" %}
    {% set is_log = is_python or config.get("full_refresh") == false %}
    {% set stamp = none if is_log else stamp_of(model) %}
    {% if stamp and is_unchanged(stamp) %}
        {% call noop_statement("main", "UNCHANGED") %} {{ sql }} {% endcall %}
        {{ return({"relations": [target_relation]}) }}
    {% endif %}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% set batch = this.incorporate(path={"identifier": this.identifier ~ "__batch"}) %}
    {% if is_python %}
        {% do run_query("drop table if exists " ~ batch) %} {# a killed run may have left it #}
        {% call statement("python", language="python") %}
            {{- create_table_as(false, batch, compiled_code, "python") }}
        {% endcall %}
    {% endif %}
    {% call statement("main") %}
        {% if is_log %}
            {{ write_log(target_relation, sql, batch if is_python else none) }}
        {% else %}
            {% if is_increment() %}
                {{ write_increment(target_relation, sql) }}
            {% else %}
                {{ write_table(target_relation, sql) }}
            {% endif %}
            {{ write_stamp(target_relation, stamp) }}
        {% endif %}
        {% for parent in config.meta_get("parents") or {} %}
            create or replace table {{ seen_copy(model, parent) }} as (
                from {{ relation_of_node(model_node(parent)) }}
            );
        {% endfor %}
    {% endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
