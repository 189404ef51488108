{% macro transactions_rules() %}
    {#- Conditions of the rules of spend_accounts.transactions. -#}
    {{ return({
        'missing_transaction_id': 'transaction_id is null',
        'id_of_two_senders': 'has_other_senders',
        'conflicting_duplicate': 'has_conflicting_contents',
        'invalid_amount': 'amount is null',
        'invalid_timestamp': 'transaction_at is null',
        'implausible_date': is_implausible('transaction_day'),
        'negative_amount': 'amount < 0 and not is_refund',
        'not_settled': "lower(transaction_status) not in ('cleared', 'posted', 'settled', "
            ~ "'approved', 'declined', 'error', 'voided')",
        'not_a_purchase': "lower(transaction_status) in ('declined', 'error', 'voided')",
        'foreign_currency': "upper(currency) <> "
            ~ sender_setting('spend_accounts.transactions', 'currency', 'USD'),
        'terminated_employee': 'transaction_day >= terminated_on '
            ~ 'or (is_terminated and terminated_on is null)',
        'invalid_employee_id': 'not is_known_holder',
        'invalid_benefit_account_id': 'not is_known_account',
        'cross_employee_account_usage': 'account_employee_id <> employee_id',
        'future_timestamp': is_future('transaction_day'),
        'category_mismatch': 'category is not null and is_known_account and not is_valid_category',
        'missing_category': 'category is null',
        'zero_amount': 'amount = 0',
        'refund': 'amount < 0 and is_refund',
        'departed_employee': 'transaction_day > departed_on',
        'before_hire_date': 'transaction_day < hire_date',
        'missing_merchant': 'merchant is null',
        'invalid_last_updated': 'has_last_updated_text and last_updated is null',
        'personal_data_in_merchant': is_personal_text('merchant'),
        'duplicate_key': 'transaction_id is not null and has_other_contents',
    }) }}
{% endmacro %}
