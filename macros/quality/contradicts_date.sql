{% macro contradicts_date() -%}
    {#- Whether status and termination_date of a row contradict each other: active and gone by
        today, or terminated on a day that is still to come; 9999-12-31 is none. -#}
    (lower(status) = 'active' and termination_date < {{ today() }})
    or (
        lower(status) = 'terminated' and termination_date > {{ today() }}
        and termination_date < date '9999-12-31'
    )
{%- endmacro %}
