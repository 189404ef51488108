{% macro clean_date(text) -%}
    {#- YYYY-MM-DD, YYYYMMDD, YYYY/MM/DD, DD-Mon-YYYY, and MM/DD/YYYY (var date_order); a time part
        is cut. The shape is checked first, since a cast alone takes '2024-1-5' and 'infinity'; the
        year 0000, which systems write for nothing, is none. -#}
    {%- set time = '([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?[AaPp][Mm])?'
        ~ '( ?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?))?)?' -%}
    {%- set day_first = '%d/%m/%Y' if var("date_order") == "dmy" else '%m/%d/%Y' -%}
    case
        when regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}{{ time }}')
            and not starts_with({{ text }}, '0000')
            then try_cast(left({{ text }}, 10) as date)
        when regexp_full_match({{ text }}, '[0-9]{8}{{ time }}')
            and not starts_with({{ text }}, '0000')
            then try_strptime(left({{ text }}, 8), '%Y%m%d')::date
        when regexp_full_match({{ text }}, '[0-9]{4}/[0-9]{2}/[0-9]{2}{{ time }}')
            and not starts_with({{ text }}, '0000')
            then try_strptime(left({{ text }}, 10), '%Y/%m/%d')::date
        when regexp_full_match({{ text }}, '[0-9]{2}-[A-Za-z]{3}-[0-9]{4}{{ time }}')
            and substr({{ text }}, 8, 4) <> '0000'
            then try_strptime(left({{ text }}, 11), '%d-%b-%Y')::date
        when regexp_full_match({{ text }}, '[0-9]{2}/[0-9]{2}/[0-9]{4}{{ time }}')
            and substr({{ text }}, 7, 4) <> '0000'
            then try_strptime(left({{ text }}, 10), '{{ day_first }}')::date
    end
{%- endmacro %}
