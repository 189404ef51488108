{% macro clean_date(text) -%}
    {#- YYYY-MM-DD, YYYYMMDD, YYYY/MM/DD, DD-Mon-YYYY, and MM/DD/YYYY (var date_order); a time part
        is cut. The shape is checked first, since a cast alone takes '2024-1-5' and 'infinity'; the
        year 0000, which systems write for nothing, is none. Functions of one column only, see
        tidy_text. -#}
    {%- set year = "([0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})" -%}
    {%- set time = '([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?[AaPp][Mm])?'
        ~ '( ?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?))?)?' -%}
    {%- set shapes = [
        year ~ "-[0-9]{2}-[0-9]{2}",
        year ~ "[0-9]{4}",
        year ~ "/[0-9]{2}/[0-9]{2}",
        "[0-9]{2}-[A-Za-z]{3}-" ~ year,
        "[0-9]{2}/[0-9]{2}/" ~ year,
    ] -%}
    {%- set last_format = '%d/%m/%Y' if var("date_order") == "dmy" else '%m/%d/%Y' -%}
    try_strptime(
        regexp_extract({{ text }}, '^({{ shapes | join("|") }}){{ time }}$', 1),
        ['%Y-%m-%d', '%Y%m%d', '%Y/%m/%d', '%d-%b-%Y', '{{ last_format }}']
    )::date
{%- endmacro %}
