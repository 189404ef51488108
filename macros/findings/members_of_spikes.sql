{% macro members_of_spikes(peaks, persons) -%}
    {#- The CTE `of_roster`, a row a peak: the valid persons on the roster on the last day of its
        window, and on the last day of the window before. Both arguments are CTEs or relations. -#}
    of_roster as (
        select
            peaks.company_ein,
            peaks.window_end,
            {%- for name, day in {
                "members": "peaks.window_end", "members_before": "peaks.window_start - 1",
            }.items() %}
            count(distinct persons.person_id) filter (
                where
                    persons.start_date <= {{ day }}
                    and coalesce(persons.terminated_on > {{ day }}, not persons.has_left)
            )::bigint as {{ name }}{{ "," if not loop.last }}
            {%- endfor %}
        from {{ peaks }} as peaks
        left join {{ persons }} as persons
            on peaks.company_ein = persons.company_ein and persons.is_valid
        group by peaks.company_ein, peaks.window_end
    )
{%- endmacro %}
