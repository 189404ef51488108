{% macro settled_number(text, rules) -%}
    {#- SQL of a day or time that its sender writes as a number: an Excel serial (days since 1900,
        which Excel takes for a leap year) or an epoch (since 1970). -#}
    {%- set tidy, value = tidy_text(text), text -%}
    {%- if rules.excel_serial_dates == "true" -%}
        {%- set serial = "try_cast(" ~ tidy ~ " as decimal(18, 9))" -%}
        {%- set days = "(" ~ serial ~ " + if(" ~ serial ~ " < 60, 1, 0))" -%}
        {%- set value = "case when regexp_full_match(" ~ tidy ~ ", '[0-9]{1,6}([.][0-9]+)?') "
            ~ "and not (" ~ serial ~ " >= 60 and " ~ serial ~ " < 61) and " ~ serial ~ " >= 1 "
            ~ "then strftime(timestamp '1899-12-30' + to_seconds(round(" ~ days ~ "::decimal(28, 9)"
            ~ " * 86400)), '%Y-%m-%d %H:%M:%S') when regexp_full_match(" ~ tidy
            ~ ", '[0-9]{1,6}([.][0-9]+)?') then '?' || " ~ text ~ " else " ~ text ~ " end" -%}
    {%- endif -%}
    {%- if rules.epoch_unit -%}
        {%- set digits, unit = ("{9,11}", "1000000") if rules.epoch_unit == "seconds"
            else ("{11,14}", "1000") -%}
        {%- set value = "case when regexp_full_match(" ~ tidy ~ ", '-?[0-9]" ~ digits ~ "') then "
            ~ "strftime(make_timestamp(try_cast(" ~ tidy ~ " as bigint) * " ~ unit
            ~ "), '%Y-%m-%d %H:%M:%S.%fZ') else " ~ value ~ " end" -%}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}
