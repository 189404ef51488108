{% macro feeds() -%}
    {#- The registry of feeds (var `feeds`) as a dict by name, see macro feed_of. -#}
    {%- set registry = {} -%}
    {%- set declared = var("feeds") if var("feeds") is mapping else {} -%}
    {%- for name, entry in declared.items() if "." in name and entry is mapping -%}
        {%- do registry.update({name: feed_of(name)}) if entry.get("entity") is string -%}
    {%- endfor -%}
    {{ return(registry) }}
{%- endmacro %}
