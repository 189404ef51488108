{#- A table, too: what several nodes read is computed once. -#}
{% materialization view, adapter="spark" %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}
