{% macro finding_states(compared, decisions, deliveries, now) -%}
    {#- The CTEs that end in `stated`: times, decision, status and what happened in this run, of
        findings beside what was known of them (was_*, null of one that was found now). -#}
    timed as (
        select
            compared.*,
            coalesce(compared.was_first_found_at, {{ now }}) as first_found_at,
            case
                when
                    compared.was_first_found_at is null
                    or compared.is_open
                    and (deliveries.are_new or compared.was_resolved_at is not null)
                    then {{ now }}
                else compared.was_last_found_at
            end as last_found_at,
            case when not compared.is_open then coalesce(compared.was_resolved_at, {{ now }}) end
                as resolved_at,
            case
                when compared.is_open and compared.was_resolved_at is not null then {{ now }}
                else compared.was_reopened_at
            end as reopened_at,
            {%- for name in ["decision", "decided_by", "decided_until", "decision_note"] %}
            if(compared.is_open, decisions.{{ name }}, compared.was_{{ name }}) as {{ name }}
            {{- "," if not loop.last }}
            {%- endfor %}
        from {{ compared }} as compared
        cross join {{ deliveries }} as deliveries
        left join {{ decisions }} as decisions
            on compared.finding_id = decisions.finding_id
    ),

    stated as (
        select
            *,
            {{ var("pii_masking_enabled") }} as is_masked,
            (coalesce(resolved_at, last_found_at)::date - first_found_at::date)::bigint
                as days_open,
            coalesce(decided_until >= {{ now }}::date, true) as is_in_force,
            case
                when resolved_at is not null then 'resolved'
                when decision = 'accept' and is_in_force then 'accepted'
                when decision = 'snooze' and is_in_force then 'snoozed'
                when reopened_at is not null then 'reopened'
                when first_found_at = last_found_at then 'new'
                else 'open'
            end as status,
            list_filter([
                if(was_first_found_at is null, 'found', null),
                if(reopened_at = {{ now }}, 'reopened', null),
                if(is_open and severity <> was_severity, 'severity_changed', null),
                if(
                    (decision, decided_by, decided_until, decision_note) is distinct from
                    (was_decision, was_decided_by, was_decided_until, was_decision_note),
                    'decided', null
                ),
                if(resolved_at = {{ now }}, 'resolved', null)
            ], lambda event: event is not null) as last_events
        from timed
    )
{%- endmacro %}
