{% macro is_increment() -%}
    {#- True where an incremental model has a table of the present version, so
        that only what changed since has to be worked on. Other rules, another reference seed or
        other code are another version: all rows are judged once again. -#}
    {%- if not execute or flags.FULL_REFRESH or flags.WHICH not in ["build", "run", "retry"]
        or model.resource_type != "model" -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set stamp = stamp_of(model) -%}
    {{ return(stamp["found"].split("|")[0] == stamp["version"]) }}
{%- endmacro %}
