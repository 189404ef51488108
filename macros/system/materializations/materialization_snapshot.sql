{#- dbt's snapshot, left alone where its input did not change. The post-hook in dbt_project.yml
    notes the stamp in the transaction of the rows. --full-refresh keeps a snapshot: it is
    history. -#}
{% materialization snapshot, adapter="duckdb" %}
    {% if stamp_of(model, sql).is_unchanged %}
        {% call noop_statement("main", "UNCHANGED") %} {{ sql }} {% endcall %}
        {{ return({"relations": [this.incorporate(type="table")]}) }}
    {% endif %}
    {% do set_snapshot_time() %}
    {{ return(dbt.materialization_snapshot_default()) }}
{% endmaterialization %}


{% macro set_snapshot_time() -%}
    {#- Sets the variable snapshot_time, from which on the changes that this snapshot finds are
        valid: when the newest load of its feed (meta.feed) was landed, so that a build that is done
        again later writes the same history. Where the snapshot knows that time already, it was not
        a load that changed something (a rule, say), and the start of the run counts, but never a
        time before what it knows: the clock may have been set back. -#}
    {%- set feed = feeds()[config.get("meta").feed] -%}
    {%- set known -%}
        {%- if this | string in catalog().comments -%}
        (
            select coalesce(greatest(max(dbt_valid_from), max(dbt_valid_to)), '-infinity')
            from {{ this }}
        )
        {%- else -%} timestamp '-infinity' {%- endif -%}
    {%- endset -%}
    {%- set query -%}
        set variable snapshot_time = (
            select
                case
                    when max(loaded_at) > {{ known }} then max(loaded_at)
                    else greatest(
                        timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}',
                        if(isfinite({{ known }}), {{ known }} + interval 1 microsecond, {{ known }})
                    )
                end
            from {{ relation_of("landing_ledger") }}
            where
                source = '{{ feed.source }}'
                and feed = '{{ feed.feed }}'
                and status = 'loaded'
        )
    {%- endset -%}
    {%- do run_query(query) -%}
{%- endmacro %}


{% macro duckdb__snapshot_get_time() -%}
    {#- Overrides dbt's clock for snapshots, see set_snapshot_time. -#}
    getvariable('snapshot_time')::timestamp
{%- endmacro %}
