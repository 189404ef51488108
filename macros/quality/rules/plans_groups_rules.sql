{% macro plans_groups_rules() %}
    {#- Conditions of the rules of benefits_admin.plans that look at a plan's neighbours. -#}
    {{ return({
        'overlapping_coverage': 'is_countable and '
            ~ '(last_day_before >= start_date or start_date_after <= last_day)',
        'duplicate_plan_key': '(record_key is not null and has_other_contents) '
            ~ 'or (is_countable and carrier_name is not null and plans_of_caseless_key > 1)',
    }) }}
{% endmacro %}
