{#- A table of Spark, built whole; a Python model's is what DuckDB made of it. -#}
{% materialization table, adapter="spark", supported_languages=["sql", "python"] %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}
