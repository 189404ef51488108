{% macro clean_date(text, order=none) -%}
    {#- A day in one of the shapes of the page READING; a time part is cut. The shape is checked
        first, since a cast alone takes '2024-1-5' and 'infinity'; the year 0000, which systems
        write for nothing, is none. Years of two digits are 1950 to 2049. Functions of one column
        only, see tidy_text. -#}
    {%- set year = "([0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})" -%}
    {%- set digits, any_year = "[0-9]{1,2}", "(" ~ year ~ "|[0-9]{2})" -%}
    {%- set shapes = [
        year ~ "(-[0-9]{2}-|[0-9]{2}|/[0-9]{2}/)[0-9]{2}",
        digits ~ "(/" ~ digits ~ "/|-" ~ digits ~ "-|[.]" ~ digits ~ "[.])" ~ any_year,
        digits ~ "-[A-Za-z]{3}-" ~ any_year,
        "[0-9]{2}[A-Za-z]{3}" ~ year,
        "[A-Za-z]{3,9} " ~ digits ~ ",? " ~ year,
    ] -%}
    {%- set day = "regexp_extract(" ~ text ~ ", '^(" ~ shapes | join("|") ~ ")("
        ~ time_pattern() ~ ")?$', 1)" -%}
    {%- set short = "'^([0-9]{1,2}[-/.].*[-/.])(Y[0-9])$', '\\1CC\\2'" -%}
    {%- set day = "regexp_replace(regexp_replace(" ~ day ~ ", "
        ~ short | replace("Y", "[0-4]") | replace("CC", "20") ~ "), "
        ~ short | replace("Y", "[5-9]") | replace("CC", "19") ~ ")" -%}
    {%- set numbers = "%d?%m?%Y" if (order or var("date_order")) == "dmy" else "%m?%d?%Y" -%}
    try_strptime(
        {{ day }},
        [
            '%Y-%m-%d', '{{ numbers | replace("?", "/") }}', '%Y%m%d', '%Y/%m/%d',
            '{{ numbers | replace("?", "-") }}', '{{ numbers | replace("?", ".") }}',
            '%d-%b-%Y', '%d%b%Y', '%b %d, %Y', '%b %d %Y', '%B %d, %Y', '%B %d %Y'
        ]
    )::date
{%- endmacro %}
