{% macro is_increment() -%}
    {#- True where a judged table, or one below it, is there in its present version, so that only
        what changed since has to be worked on; of a data test in `dbt build`, where it passed on
        what was there before. On Spark nothing is. code_of sets is_whole while it asks for the SQL
        of a full build. -#}
    {%- set commands = {"model": ["build", "run", "retry"], "test": ["build"]} -%}
    {%- if not execute or target.type == "spark" or model.is_whole
        or flags.WHICH not in commands.get(model.resource_type, []) -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(stamp_of(model).is_increment) }}
{%- endmacro %}
