{% macro seed_path(model) %}
    {#- The CSV of a seed. A reference seed is read from the folder in BENEFITS_REFERENCE_DIR where
        that is set: as seed-paths the folder could not be checked, dbt would only miss a node. Its
        files have been looked at before the run began (runtime/reference.py). -#}
    {% set folder = env_var("BENEFITS_REFERENCE_DIR", "") if model.fqn[1] == "reference" %}
    {{ return(
        folder ~ "/" ~ model.name ~ ".csv" if folder else adapter.get_seed_file_path(model)
    ) }}
{% endmacro %}
