{% macro utc_of(moment, zone) -%}
    {#- The moment in UTC of a time as the clocks of a zone show it. zone: SQL of its name. -#}
    {{ return(adapter.dispatch("utc_of", "benefits_warehouse")(moment, zone)) }}
{%- endmacro %}


{% macro default__utc_of(moment, zone) -%}
    timezone('UTC', timezone({{ zone }}, {{ moment }}))
{%- endmacro %}


{% macro spark__utc_of(moment, zone) -%}
    to_utc_timestamp({{ moment }}, {{ zone }})
{%- endmacro %}
