{% macro claims_rules() %}
    {#- Conditions of the rules of benefits_admin.claims. -#}
    {{ return({
        'missing_claim_id': 'claim_id is null',
        'id_of_two_senders': 'has_other_senders',
        'conflicting_duplicate': 'has_conflicting_contents',
        'missing_company_ein': 'company_ein is null',
        'invalid_amount': 'amount is null',
        'invalid_service_date': 'service_date is null',
        'implausible_date': is_implausible('service_date'),
        'future_service_date': is_future('service_date'),
        'claim_not_paid': "lower(claim_status) <> 'paid'",
        'unknown_company': 'company_ein is not null and not is_known_company',
        'unknown_claim_type': 'not is_known_type',
        'reversal': 'amount < 0',
        'zero_amount': 'amount = 0',
        'no_coverage_on_service_date':
            'service_date is not null and company_ein is not null and not is_covered',
        'invalid_last_updated': 'has_last_updated_text and last_updated is null',
        'ein_zero_restored': 'company_ein = short_company_ein',
        'personal_data_in_company_ein': 'has_ssn_in_company_ein',
        'paid_before_service': 'paid_date < service_date',
        'duplicate_key': 'claim_id is not null and has_other_contents',
    }) }}
{% endmacro %}
