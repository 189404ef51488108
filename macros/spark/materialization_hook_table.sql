{#- A table that hooks of another node fill, empty before: on Spark each build is a first one. -#}
{% materialization hook_table, adapter="spark", supported_languages=["sql"] %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}
