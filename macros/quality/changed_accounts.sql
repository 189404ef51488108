{% macro changed_accounts() -%}
    {#- The table of the accounts whose utilization is not what it was, and from which month on:
        from the earliest month whose transactions changed, or all of it where the account's life or
        its allowances are others. For an increment of account_utilization. -#}
    {%- set query %}
    with

    changed as (
        select
            benefit_account_id,
            date_trunc('month', transaction_day)::date as month
        from ({{ counted_rows(
            'int_transactions_judged', ['benefit_account_id', 'transaction_day', 'amount']
        ) }})
        {%- for parent in ['int_benefit_accounts_lives', 'int_benefit_accounts_known'] %}
        union all
        select
            benefit_account_id,
            date '-infinity' as month
        from ({{ differing_rows(parent) }})
        {%- endfor %}
    )

    select
        benefit_account_id,
        min(month) as changed_from
    from changed
    group by benefit_account_id
    {%- endset -%}
    {{ return(changed_parts(query)) }}
{%- endmacro %}
