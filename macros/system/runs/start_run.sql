{% macro start_run() %}
    {#- Before anything else of a run that writes: refuse what would harm the warehouse, mark runs
        that died as interrupted, and record that this one began. Returns nothing to execute. -#}
    {% if execute and is_recorded_run() %}
        {% do check_vars() %}
        {% do check_origin() %}
        {% do record_start() %}
    {% endif %}
{% endmacro %}
