{% macro spend_to_date() -%}
    {#- SQL of the spend of a transaction's account since its period began, in order of time and id.
        Where the periods of an account change, a transaction may lie in the month of one allowance
        and the year of the next; three sums then cost more, so it is asked first. -#}
    {%- set accounts = known_relation("model", "int_benefit_accounts_known") -%}
    {%- set query -%}
        select count(*) > 0 from (
            select benefit_account_id from {{ accounts }}
            group by benefit_account_id
            having count(distinct allowance_period) > 1
        )
    {%- endset -%}
    {%- set sums = {} -%}
    {%- for period in ["month", "quarter", "year", none] -%}
        {%- set start = "date_trunc('" ~ period ~ "', transaction_day)" if period
            else "period_start" -%}
        {%- do sums.update({period: "sum(amount) over (partition by benefit_account_id, " ~ start
            ~ ", is_countable order by transaction_at asc, transaction_id asc "
            ~ "rows between unbounded preceding and current row)"}) -%}
    {%- endfor -%}
    {%- if accounts and not run_query(query).rows[0][0] -%}
        {{ sums[none] }}
    {%- else -%}
    case allowance_period
        when 'year' then {{ sums["year"] }}
        when 'quarter' then {{ sums["quarter"] }}
        else {{ sums["month"] }}
    end
    {%- endif -%}
{%- endmacro %}
