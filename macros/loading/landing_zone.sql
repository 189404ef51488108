{% macro landing_zone() -%}
    {#- The folder of deliveries, '' for the seeds: the var, else BENEFITS_LANDING_ZONE. -#}
    {{ return(var("landing_zone") or env_var("BENEFITS_LANDING_ZONE", "")) }}
{%- endmacro %}
