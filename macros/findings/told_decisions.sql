{% macro told_decisions() -%}
    {#- Query of the lines of the summary about lines of finding_decisions that decide nothing. -#}
    {%- set findings = relation_of("findings") -%}
    {%- set seed = relation_of(graph.nodes["seed." ~ project_name ~ ".finding_decisions"]) -%}
    select format(
        '  not decided          {}: {} (seed finding_decisions)', {{ shown_name('named') }}, problem
    )
    from (
        select
            coalesce({{ clean_text('decisions.finding_id') }}, 'a line without finding_id')
                as named,
            case
                when findings.finding_id is null then 'there is no such finding'
                when
                    coalesce(lower({{ clean_text('decisions.decision') }}), '')
                    not in ('accept', 'snooze', 'assign')
                    then 'decision must be accept, snooze or assign'
                when
                    {{ clean_text('decisions.until') }} is not null
                    and {{ clean_date('decisions.until') }} is null
                    then 'until must be a date'
                when findings.status = 'resolved' then 'it is resolved; take the line out'
            end as problem
        from {{ seed }} as decisions
        left join {{ findings }} as findings
            on {{ clean_text('decisions.finding_id') }} = findings.finding_id
    )
    where problem is not null
    order by named
{%- endmacro %}
