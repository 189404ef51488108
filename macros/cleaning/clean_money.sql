{% macro clean_money(text) -%}
    {#- Sign, $, thousands commas, (12.00) as negative, at most two decimals, to DECIMAL(18,2).
        Everything else (1e3, NaN, 1_000, three decimals) becomes null: nothing is rounded. -#}
    {%- set number = '([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?([.][0-9]{1,2})?' -%}
    {%- set signed = '([+-]?[$]? ?|[$] ?[+-])?' ~ number -%}
    case
        when regexp_full_match({{ text }}, '[0-9]{1,15}([.][0-9]{1,2})?')
            then try_cast({{ text }} as decimal(18, 2))
        when
            regexp_full_match({{ text }}, '{{ signed }}|[(][$]? ?{{ number }}[)]')
            and regexp_matches({{ text }}, '[0-9]')
            then
                try_cast(regexp_replace({{ text }}, '[^0-9.]', '', 'g') as decimal(18, 2))
                * case when regexp_matches({{ text }}, '^[(]|-') then -1 else 1 end
    end::decimal(18, 2)
{%- endmacro %}
