{% macro transactions_groups_rules() %}
    {#- Conditions of the rules of spend_accounts.transactions that look at a row's neighbours. -#}
    {{ return({
        'over_monthly_allowance': 'is_over_allowance',
        'suspected_duplicate': 'is_soon_repeated',
    }) }}
{% endmacro %}
