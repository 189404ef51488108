{#- A table with the rows of a first build, or what DuckDB made of a Python model. -#}
{% materialization log, adapter="spark", supported_languages=["sql", "python"] %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}
