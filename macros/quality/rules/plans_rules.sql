{% macro plans_rules() %}
    {#- Conditions of the rules of benefits_admin.plans. -#}
    {{ return({
        'missing_company_ein': 'company_ein is null',
        'missing_plan_type': 'plan_type is null',
        'id_of_two_senders': 'has_other_senders',
        'invalid_start_date': 'start_date is null',
        'implausible_date': is_implausible('start_date'),
        'invalid_end_date': 'has_end_date_text and end_date is null',
        'end_before_start': 'last_day < start_date',
        'unknown_company': 'company_ein is not null and not is_known_company',
        'unknown_plan_type': 'plan_type is not null and not is_known_type',
        'invalid_last_updated': 'has_last_updated_text and last_updated is null',
        'personal_data_in_carrier_name': is_personal_text('carrier_name'),
        'ein_zero_restored': 'company_ein = short_company_ein',
        'personal_data_in_company_ein': 'has_ssn_in_company_ein',
        'duplicate_key': 'record_key is not null and has_other_contents',
    }) }}
{% endmacro %}
