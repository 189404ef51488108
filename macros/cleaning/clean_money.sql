{% macro clean_money(text) -%}
    {#- Sign, $, thousands commas, (12.00) as negative, at most two decimals, to DECIMAL(18,2).
        Everything else (1e3, NaN, 1_000, three decimals) becomes null: nothing is rounded. -#}
    {%- set number = '([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?([.][0-9]{1,2})?' -%}
    {%- set signed = '([+-]?[$]? ?|[$] ?[+-])?' ~ number -%}
    case
        when regexp_full_match({{ text }}, '[0-9]{1,15}([.][0-9]{1,2})?')
            then try_cast({{ text }} as decimal(18, 2))
        when regexp_full_match({{ text }}, '{{ signed }}|[(][$]? ?{{ number }}[)]')
            then
                try_cast(translate({{ text }}, '$,()+- ', '') as decimal(18, 2))
                * case
                    when contains({{ text }}, '-') or starts_with({{ text }}, '(') then -1
                    else 1
                end
    end::decimal(18, 2)
{%- endmacro %}
