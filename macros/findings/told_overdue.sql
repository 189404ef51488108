{% macro told_overdue() -%}
    {#- The feeds that are overdue now and for how many days, as text: what findings learn from the
        clock alone, so that no stamp of theirs passes it over. Spark has no stamps. -#}
    {%- if execute and is_recorded_run() and target.type != "spark" -%}
        {%- set query -%}
            select string_agg(feed || ' ' || floor(value)::bigint, ', ' order by feed)
            from ({{ unusual_deliveries(relation_of("landing_ledger")) }})
            where gate = 'overdue_days_max'
        {%- endset -%}
        {{ run_query(query).rows[0][0] or "none" }}
    {%- endif -%}
{%- endmacro %}
