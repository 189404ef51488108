{% macro changed_windows() -%}
    {#- The table of the companies whose cost windows are not what they were, and from which day on:
        from the earliest day whose claims changed, and all from the day after the last one that is
        written. For an increment of claims_cost_windows. -#}
    {%- set query %}
    with

    as_of as (
        select as_of_date from {{ ref('int_as_of_dates') }}
        where source = 'benefits_admin'
    ),

    written as (
        select least(max(written.window_end), min(as_of.as_of_date)) as last_day
        from {{ this }} as written
        cross join as_of
    ),

    changed as (
        select
            company_ein,
            service_date
        from ({{ counted_rows(
            'int_claims_judged', ['company_ein', 'service_date', 'amount']
        ) }})
        union all
        select
            company_ein,
            (select last_day + 1 from written) as service_date
        from {{ ref('int_claims_daily') }}
    )

    select
        company_ein,
        min(service_date) as changed_from
    from changed
    group by company_ein
    {%- endset -%}
    {{ return(changed_parts(query)) }}
{%- endmacro %}
