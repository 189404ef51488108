{% macro us_money(amount) -%}
    {#- An amount as US users write it, such as $1,234.50 or -$12.00; exact to the cent. -#}
    if({{ amount }} < 0, '-$', '$')
    || {{ with_commas("floor(abs(" ~ amount ~ "))::hugeint") }} || '.'
    || lpad(((abs({{ amount }})::decimal(38, 2) * 100)::hugeint % 100)::varchar, 2, '0')
{%- endmacro %}
