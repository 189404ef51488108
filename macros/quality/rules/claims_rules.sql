{% macro claims_rules() %}
    {#- Conditions of the rules of benefits_admin.claims. -#}
    {{ return({
        'missing_claim_id': 'claim_id is null',
        'id_of_two_senders': 'has_other_senders',
        'missing_company_ein': 'company_ein is null',
        'invalid_amount': 'amount is null',
        'invalid_service_date': 'service_date is null',
        'future_service_date': is_future('service_date'),
        'unknown_company': 'company_ein is not null and not is_known_company',
        'unknown_claim_type': 'not is_known_type',
        'reversal': 'amount < 0',
        'zero_amount': 'amount = 0',
        'no_coverage_on_service_date':
            'service_date is not null and company_ein is not null and not is_covered',
        'invalid_last_updated': 'has_last_updated_text and last_updated is null',
        'ein_zero_restored': 'company_ein = short_company_ein',
        'personal_data_in_company_ein': 'has_ssn_in_company_ein',
        'duplicate_key': 'claim_id is not null and has_other_contents',
    }) }}
{% endmacro %}
