{% macro account_holders_rules() %}
    {#- Conditions of the rules of spend_accounts.employees. -#}
    {{ return({
        'missing_employee_id': 'employee_id is null',
        'id_of_two_senders': 'has_other_senders',
        'invalid_hire_date': 'has_hire_date_text and hire_date is null',
        'implausible_date': is_implausible('hire_date'),
        'invalid_email': 'has_email_text and email is null',
        'unknown_status': 'not is_known_status',
        'invalid_last_updated': 'has_last_updated_text and last_updated is null',
        'status_contradicts_date': contradicts_date(),
        'invalid_termination_date': 'has_termination_date_text and termination_date is null',
        'duplicate_key': 'employee_id is not null and has_other_contents',
    }) }}
{% endmacro %}
