{#- A table with the rows of a first build: Spark remembers no runs. -#}
{% materialization incremental, adapter="spark", supported_languages=["sql"] %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}
