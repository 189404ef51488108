{% macro told_overdue() -%}
    {#- The feeds that are overdue now and for how many days, as text: what findings learn from the
        clock alone. -#}
    {%- if execute and is_recorded_run() -%}
        {%- set query -%}
            select string_agg(feed || ' ' || floor(value)::bigint, ', ' order by feed)
            from ({{ unusual_deliveries(relation_of("landing_ledger")) }})
            where gate = 'overdue_days_max'
        {%- endset -%}
        {{ run_query(query).rows[0][0] or "none" }}
    {%- endif -%}
{%- endmacro %}
