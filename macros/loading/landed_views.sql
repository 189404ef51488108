{% macro landed_views(ledger) -%}
    {#- The statements that make the views of landed rows, which staging reads as dbt sources: what
        the ledger does last. -#}
    {%- for feed in feeds().values() %}
    {{ landed_view(feed, ledger) }}
    {%- endfor %}
{%- endmacro %}
