{% macro has_signs_of(column, kind) -%}
    {#- Whether a delivered value that could not be read has no signs but those that a date,
        timestamp, money or ein may have, and at most eight digits besides a time, since nine and
        more may be a number of a person: 2022-02-30 in a date is shown. Null where there is none.
        -#}
    {%- set signs = "[0-9\\s\\p{Z}\\p{Pd}−./:,]" -%}
    {%- set months = "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?"
        ~ "|sep(tember)?|oct(ober)?|nov(ember)?|dec(ember)?" -%}
    {%- set words = {"money": "[$€£()+]|usd|cr|dr|unlimited", "ein": "fein|ein|#"}.get(
        kind, "[+TZ]|am|pm|utc|" ~ months
    ) -%}
    {%- set time = "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?([+-][0-9]{2}:?[0-9]{2})?" -%}
    (
        regexp_full_match({{ column }}, '(?i)({{ signs }}|{{ words }})*')
        and length(regexp_replace({{ column }}, '{{ time }}|[^0-9]', '', 'g')) <= 8
    )
{%- endmacro %}
