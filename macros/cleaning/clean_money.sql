{% macro clean_money(text, is_varied=false) -%}
    {#- Sign, $, thousands commas, (12.00) as negative, at most two decimals, to DECIMAL(18,2).
        Everything else (1e3, NaN, 1_000, three decimals) becomes null: nothing is rounded.
        is_varied: the text is as delivered, most values differ, and only what the first two
        branches leave, which are there for speed alone, is tidied. -#}
    {%- set tidy = tidy_text(text) if is_varied else text -%}
    {%- set plain = '[0-9]{1,15}([.][0-9]{1,2})?' -%}
    {%- set number = '([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?([.][0-9]{1,2})?' -%}
    {%- set signed = '([+-]?[$]? ?|[$] ?[+-])?' ~ number -%}
    case
        when regexp_full_match({{ text }}, '{{ plain }}')
            then try_cast({{ text }} as decimal(18, 2))
        when regexp_full_match({{ text }}, ' *[$]? ?{{ plain }} *')
            then try_cast(replace(trim({{ text }}), '$', '') as decimal(18, 2))
        when regexp_full_match({{ tidy }}, '{{ signed }}|[(][$]? ?{{ number }}[)]')
            then
                try_cast(translate({{ tidy }}, '$,()+- ', '') as decimal(18, 2))
                * case
                    when contains({{ tidy }}, '-') or starts_with({{ tidy }}, '(') then -1
                    else 1
                end
    end::decimal(18, 2)
{%- endmacro %}
