{% macro transactions_rules() %}
    {#- Conditions of the rules of spend_accounts.transactions. -#}
    {{ return({
        'missing_transaction_id': 'transaction_id is null',
        'id_of_two_senders': 'has_other_senders',
        'conflicting_duplicate': 'has_conflicting_contents',
        'invalid_amount': 'amount is null',
        'invalid_timestamp': 'transaction_at is null',
        'negative_amount': 'amount < 0',
        'terminated_employee':
            'is_terminated and (terminated_on is null or transaction_day >= terminated_on)',
        'invalid_employee_id': 'not is_known_holder',
        'invalid_benefit_account_id': 'not is_known_account',
        'cross_employee_account_usage': 'account_employee_id <> employee_id',
        'future_timestamp': is_future('transaction_day'),
        'category_mismatch': 'category is not null and is_known_account and not is_valid_category',
        'missing_category': 'category is null',
        'zero_amount': 'amount = 0',
        'before_hire_date': 'transaction_day < hire_date',
        'missing_merchant': 'merchant is null',
        'invalid_last_updated': 'has_last_updated_text and last_updated is null',
        'personal_data_in_merchant': holds_personal_data('merchant'),
        'duplicate_key': 'transaction_id is not null and has_other_contents',
    }) }}
{% endmacro %}
