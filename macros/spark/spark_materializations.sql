{#- On Spark each build is a full one: views, judged tables and logs are tables there, made anew. -#}
{% materialization table, adapter="spark", supported_languages=["sql", "python"] %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}


{% materialization view, adapter="spark" %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}


{% materialization judged, adapter="spark", supported_languages=["sql"] %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}


{% materialization after_judged, adapter="spark", supported_languages=["sql"] %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}


{% materialization log, adapter="spark", supported_languages=["sql", "python"] %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}


{% materialization incremental, adapter="spark", supported_languages=["sql"] %}
    {{ return({"relations": [write_on_spark(sql)]}) }}
{% endmaterialization %}


{% materialization seed, adapter="spark" %}
    {{ return({"relations": [write_on_spark("")]}) }}
{% endmaterialization %}
