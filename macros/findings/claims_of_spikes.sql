{% macro claims_of_spikes(peaks, claims, completion) -%}
    {#- The CTEs that end in `of_claims`, a row a peak: its largest claim, the cost of the same days
        a year before (null without history), and the share of its cost that is in by now (null
        where experience says nothing). All arguments are CTEs or relations. -#}
    {%- set year_ago = "- interval 1 year" -%}
    {%- set is_now = "claims.service_date >= peaks.window_start" -%}
    histories as (
        select
            company_ein,
            min(service_date) as first_day
        from {{ claims }}
        where company_ein in (select peaks.company_ein from {{ peaks }} as peaks)
        group by company_ein
    ),

    of_claims as (
        select
            peaks.company_ein,
            peaks.window_end,
            max(claims.amount) filter (where {{ is_now }}) as largest_claim,
            case
                when any_value(histories.first_day) <= any_value(peaks.window_start) {{ year_ago }}
                    then coalesce(sum(claims.amount) filter (where not {{ is_now }}), 0)
            end::decimal(38, 2) as year_before_cost,
            case
                when bool_and(completion.completion is not null) filter (where {{ is_now }})
                    then round(
                        sum(claims.amount) filter (where {{ is_now }})::double / nullif(
                            sum(claims.amount::double / completion.completion)
                            filter (where {{ is_now }}), 0
                        ), 4
                    )
            end as completeness
        from {{ peaks }} as peaks
        inner join histories
            on peaks.company_ein = histories.company_ein
        inner join {{ claims }} as claims
            on
                peaks.company_ein = claims.company_ein
                and (
                    claims.service_date between peaks.window_start and peaks.window_end
                    or claims.service_date between
                    peaks.window_start {{ year_ago }} and peaks.window_end {{ year_ago }}
                )
        left join {{ completion }} as completion
            on date_trunc('month', claims.service_date) = completion.service_month
        group by peaks.company_ein, peaks.window_end
    )
{%- endmacro %}
