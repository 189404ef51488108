{#- A table that hooks fill: made from its contract when missing, given new columns when the
    contract grew, otherwise left alone, by --full-refresh too. -#}
{% materialization hook_table, adapter="duckdb", supported_languages=["sql"] %}
    {% set target_relation = this.incorporate(type="table") %}
    {% call statement("main") %}
        {{ hook_table_ddl(model) }}
    {% endcall %}
    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
