{% macro is_increment() -%}
    {#- True where a judged table, or one below it, is there in its present version, so that only
        what changed since has to be worked on. code_of sets is_whole while it asks for the SQL of a
        full build. Spark builds all tables whole. -#}
    {%- if not execute or target.type == "spark" or model.resource_type != "model" or model.is_whole
        or flags.WHICH not in ["build", "run", "retry"] -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(stamp_of(model).is_increment) }}
{%- endmacro %}
