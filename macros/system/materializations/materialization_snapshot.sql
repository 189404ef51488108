{#- dbt's snapshot, left alone where its input did not change. The post-hook in dbt_project.yml
    notes the stamp in the transaction of the rows. --full-refresh keeps a snapshot: it is
    history. -#}
{% materialization snapshot, adapter="duckdb" %}
    {% if is_unchanged(stamp_of(model)) %}
        {% call noop_statement("main", "UNCHANGED") %} {{ sql }} {% endcall %}
        {{ return({"relations": [this.incorporate(type="table")]}) }}
    {% endif %}
    {% do set_snapshot_time() %}
    {{ return(dbt.materialization_snapshot_default()) }}
{% endmaterialization %}
