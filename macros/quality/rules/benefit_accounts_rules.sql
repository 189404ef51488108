{% macro benefit_accounts_rules() %}
    {#- Conditions of the rules of spend_accounts.benefit_accounts. -#}
    {{ return({
        'missing_benefit_account_id': 'benefit_account_id is null',
        'id_of_two_senders': 'has_other_senders',
        'invalid_allowance':
            '(monthly_allowance is null and not is_unlimited_monthly_allowance) '
            ~ "or lower(allowance_period) not in ('month', 'quarter', 'year')",
        'invalid_employee_id': 'not is_known_holder',
        'negative_balance': 'current_balance < 0',
        'unknown_benefit_type': 'not is_known_type',
        'invalid_last_updated': 'has_last_updated_text and last_updated is null',
        'personal_data_in_program_name': is_personal_text('program_name'),
        'duplicate_key': 'benefit_account_id is not null and has_other_contents',
    }) }}
{% endmacro %}
