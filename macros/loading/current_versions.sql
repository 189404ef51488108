{% macro current_versions(feed_name, staged, landed) -%}
{#- The version of each key that counts, of all landed ones: see macro versions. -#}
with

{{ versions(feed_name, staged, landed) }}

select * from versioned
where is_current
{%- endmacro %}
