{% macro spending_period(accounts) -%}
    {#- SQL of the period in which the transactions of an account are compared with its allowance:
        the month, or the year of an account that ever had a longer one.
        accounts: relation int_benefit_accounts_known. -#}
    {%- set day = business_day("transaction_at", "spend_accounts.transactions") -%}
    case
        when
            benefit_account_id in (
                select accounts.benefit_account_id from {{ accounts }} as accounts
                where accounts.allowance_period <> 'month'
            )
            then date_trunc('year', {{ day }})
        else date_trunc('month', {{ day }})
    end
{%- endmacro %}
