{#- In `dbt build`, a data test that passed on tables which did not change since is not asked again:
    at twenty million rows the tests would cost more than a build with nothing new. `dbt test` asks
    every test, and meta.asks_the_clock marks one that time alone can change. -#}
{% materialization test, adapter="duckdb" %}
    {% do code_of(model, sql if model.test_metadata else none) %}
    {% if flags.WHICH == "build" and not config.meta_get("asks_the_clock")
        and stamp_of(model).is_unchanged %}
        {% call statement("main", fetch_result=True) %}
            select 0 as failures, false as should_warn, false as should_error
        {% endcall %}
        {{ return({"relations": []}) }}
    {% endif %}
    {{ return(dbt.materialization_test_default()) }}
{% endmaterialization %}
