{#- A table: on Spark each build is a full one. -#}
{% materialization judged, adapter="spark", supported_languages=["sql"] %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}
