{% macro clock_of(moment, zone) -%}
    {#- What the clocks of a zone show at a moment in UTC. zone: SQL of its name. -#}
    {{ return(adapter.dispatch("clock_of", "benefits_warehouse")(moment, zone)) }}
{%- endmacro %}


{% macro default__clock_of(moment, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ moment }}))
{%- endmacro %}


{% macro spark__clock_of(moment, zone) -%}
    from_utc_timestamp({{ moment }}, {{ zone }})
{%- endmacro %}
