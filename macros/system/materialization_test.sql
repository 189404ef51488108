{#- In `dbt build`, a data test that passed on tables which did not change since is not asked again:
    at twenty million rows the tests would cost more than a build with nothing new. `dbt test` asks
    every test. -#}
{% materialization test, adapter="duckdb" %}
    {% if flags.WHICH == "build" and not flags.FULL_REFRESH
        and last_stamp(model.unique_id) == stamp_of_node(model) %}
        {% call statement("main", fetch_result=True) %}
            select 0 as failures, false as should_warn, false as should_error
        {% endcall %}
        {{ return({"relations": []}) }}
    {% endif %}
    {{ return(dbt.materialization_test_default()) }}
{% endmaterialization %}
