{#- See materialization_table: replaced in one statement. -#}
{% materialization view, adapter="duckdb" %}
    {% set target_relation = this.incorporate(type="view") %}
    {{ drop_other_type("view") }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement("main") %}
        create or replace view {{ target_relation }} as (
            {{ sql }}
        );
    {% endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
