{% macro pair_findings(observed, known) -%}
    {#- The CTE `pairs`: which known finding each observed one is. One to one: the known one that
        begins nearest, of several the oldest. What is about periods must touch its period. -#}
    pairs as (
        select
            observed.subject_key,
            observed.period_start,
            known.finding_id
        from {{ observed }} as observed
        inner join {{ known }} as known
            on
                observed.subject_key = known.subject_key
                and (
                    not observed.is_event
                    or (
                        known.period_start <= observed.known_to
                        and known.known_to >= observed.period_start
                    )
                )
        window
            of_observed as (
                partition by observed.subject_key, observed.period_start
                order by
                    abs(known.period_start - observed.period_start), known.first_found_at,
                    known.finding_id
            ),
            of_known as (
                partition by known.finding_id
                order by abs(known.period_start - observed.period_start), observed.period_start
            )
        qualify row_number() over of_observed = 1 and row_number() over of_known = 1
    )
{%- endmacro %}
