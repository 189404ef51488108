{% macro clean_end_date(text) -%}
    {#- A last day; 9999-12-31 where there is none, as systems write it: a year 9999, a day before
        var earliest_date, a date of zeros, or a word such as present. Functions of one column only,
        see tidy_text. -#}
    {%- set words = "present|ongoing|current|open|tbd|\\\\n" -%}
    {%- set zeros = "0{1,4}[-/.]0{1,2}[-/.]0{1,4}|0{8}" -%}
    {%- set zero_time = "[ T][0:.]+( ?AM)?( ?(Z|UTC|[+-][0:]+))?" -%}
    {%- set day = clean_date(text) -%}
    case
        when {{ day }} >= date '9999-01-01' or {{ day }} < date '{{ var("earliest_date") }}'
            then date '9999-12-31'
        when regexp_full_match({{ text }}, '(?i){{ words }}|({{ zeros }})({{ zero_time }})?')
            then date '9999-12-31'
        else {{ day }}
    end
{%- endmacro %}
