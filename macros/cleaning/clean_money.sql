{% macro clean_money(text, is_varied=false) -%}
    {#- An amount in US dollars as the page READING has it, to DECIMAL(18,2): nothing is rounded,
        and what is no amount (1e3, NaN, 1_000, a third decimal that is not zero) becomes null.
        is_varied: the text is as delivered, most values differ, and only what the first two
        branches leave, which are there for speed alone, is tidied. -#}
    {%- set tidy = tidy_text(text) if is_varied else text -%}
    {%- set plain = '[0-9]{1,15}([.][0-9]{1,2})?' -%}
    {%- set figures = '([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?([.][0-9]{1,2}0*)?' -%}
    {%- set currency, behind = '([$]|[Uu][Ss]([$]|[Dd]))', ' ?([-−]|[Cc][Rr])' -%}
    {%- set shapes = [
        '([-+−] ?)?(C ?)?N',
        'C ?[-+−] ?N',
        '(C ?)?N' ~ behind,
        '[(] ?(C ?)?N ?[)]',
        'C ?[(] ?N ?[)]',
        '(([-+−] ?)?N|N' ~ behind ~ '|[(] ?N ?[)]) ?[Uu][Ss][Dd]',
    ] -%}
    {%- set shape = shapes | join("|") | replace("[Cc]", "[c]") | replace("C", currency)
        | replace("[c]", "[Cc]") | replace("N", figures) -%}
    case
        when regexp_full_match({{ text }}, '{{ plain }}')
            then try_cast({{ text }} as decimal(18, 2))
        when regexp_full_match({{ text }}, ' *-?[$]? ?{{ plain }} *')
            then try_cast(translate({{ text }}, '$ ', '') as decimal(18, 2))
        when regexp_full_match({{ tidy }}, '{{ shape }}')
            then
                try_cast(translate({{ tidy }}, '$,()+-− USDCRusdcr', '') as decimal(18, 2))
                * case when regexp_matches({{ tidy }}, '[-−(]|[Cc][Rr]') then -1 else 1 end
    end::decimal(18, 2)
{%- endmacro %}
