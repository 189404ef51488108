{% macro set_snapshot_time() -%}
    {#- Sets the variable snapshot_time, from which on the changes that this snapshot finds are
        valid: when the newest load of its feed (meta.feed) was landed, so that a build that is done
        again later writes the same history. Where the snapshot knows that time already, it was not
        a load that changed something (a rule, say), and the start of the run counts. -#}
    {%- set feed = feeds()[config.get("meta").feed] -%}
    {%- set query -%}
        set variable snapshot_time = (
            select
                case
                    when max(loaded_at) > (
                        {%- if this | string in existing_tables() %}
                        select coalesce(
                            greatest(max(dbt_valid_from), max(dbt_valid_to)), '-infinity'
                        )
                        from {{ this }}
                        {%- else %}
                        timestamp '-infinity'
                        {%- endif %}
                    )
                        then max(loaded_at)
                    else timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}'
                end
            from {{ ops_relation("landing_ledger") }}
            where
                source = '{{ feed.source }}'
                and feed = '{{ feed.feed }}'
                and status = 'loaded'
        )
    {%- endset -%}
    {%- do run_query(query) -%}
{%- endmacro %}
