{#- What DuckDB has loaded of a seed, a folder of the user's included. -#}
{% materialization seed, adapter="spark" %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}
