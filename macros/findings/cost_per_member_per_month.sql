{% macro cost_per_member_per_month(cents, members) -%}
    {#- Cost of a window in US dollars by member and month, a month being a twelfth of 365 days,
        rounded half away from zero to cents; null without members. cents: the cost in cents. -#}
    case
        when {{ members }} > 0 then {{ rounded_ratio(
            cents ~ " * 365",
            "(" ~ members ~ " * 1200 * " ~ var("spike_window_days") | int ~ ")::hugeint",
            2
        ) }}
    end::decimal(38, 2)
{%- endmacro %}
