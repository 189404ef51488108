{% macro settled_money(text, rules) -%}
    {#- SQL of an amount as its sender writes it (decimal_mark, amount_unit, amount_sign, currency)
        in dollars and cents as clean_money reads them; what is no amount gets a ? in front, so that
        it stays unreadable. Cents are whole numbers. -#}
    {%- set signs = {
        "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "C[$]|CA[$]", "CHF": "Fr[.]?",
        "INR": "₹|Rs[.]?",
    } -%}
    {%- set currency = rules.currency if rules.currency != "USD" -%}
    {%- set is_cents = rules.amount_unit == "cents" -%}
    {%- set is_reversed = rules.amount_sign == "reversed" -%}
    {%- if not (currency or is_cents or is_reversed or rules.decimal_mark == ",") -%}
        {{ return(text) }}
    {%- endif -%}
    {%- set plain = tidy_text(text) -%}
    {%- if rules.decimal_mark == "," -%}
        {%- set close = "regexp_replace(" ~ plain ~ ", '([0-9]) ([0-9]{3})', '\\1\\2', 'g')" -%}
        {%- set plain = "translate(" ~ close ~ ", ',.', '.,')" -%}
    {%- endif -%}
    {%- if currency -%}
        {%- set marks = "(?i)(" ~ ([currency, signs.get(currency)] | select | join("|")) ~ ")" -%}
        {%- set plain = "regexp_replace(regexp_replace(" ~ plain ~ ", '" ~ marks ~ "', ''), "
            ~ "'(?i)[$]|USD', '?')" -%}
    {%- endif -%}
    {%- set amount = clean_money("trim(" ~ plain ~ ")") -%}
    {%- if is_cents -%}
        {%- set amount = "case when " ~ amount ~ " = trunc(" ~ amount ~ ") then (" ~ amount
            ~ " * 0.01::decimal(3, 2))::decimal(18, 2) end" -%}
    {%- endif -%}
    {%- set amount = "-(" ~ amount ~ ")" if is_reversed else amount -%}
    {{ return(
        "case when " ~ says_something(tidy_text(text)) ~ " then coalesce((" ~ amount
        ~ ")::varchar, '?' || " ~ text ~ ") else " ~ text ~ " end"
    ) }}
{%- endmacro %}
