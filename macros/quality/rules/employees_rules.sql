{% macro employees_rules() %}
    {#- Conditions of the rules of benefits_admin.employees. -#}
    {{ return({
        'missing_person_id': 'person_id is null',
        'id_of_two_senders': 'has_other_senders',
        'invalid_start_date': 'start_date is null',
        'implausible_date': is_implausible('start_date'),
        'invalid_email': 'has_email_text and email is null',
        'missing_email': 'not has_email_text',
        'missing_title': 'delivered_title is null',
        'title_carried_forward': 'delivered_title is null and title is not null',
        'company_inferred': "company_ein_source = 'inferred'",
        'company_unresolved': "company_ein_source = 'none'",
        'unknown_company': 'company_ein is not null and not is_known_company',
        'company_domain_mismatch': 'delivered_ein <> domain_ein',
        'invalid_company_ein': 'has_company_ein_text and delivered_ein is null',
        'future_start_date': is_future('start_date'),
        'invalid_last_updated': 'has_last_updated_text and last_updated is null',
        'personal_data_in_title': is_personal_text('title'),
        'ein_zero_restored': 'delivered_ein = short_company_ein',
        'personal_data_in_company_ein': 'has_ssn_in_company_ein',
        'status_contradicts_date': contradicts_date(),
        'invalid_termination_date': 'has_termination_date_text and termination_date is null',
        'duplicate_key': 'person_id is not null and has_other_contents',
    }) }}
{% endmacro %}
