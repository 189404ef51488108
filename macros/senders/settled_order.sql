{% macro settled_order(text, column, order) -%}
    {#- SQL of a day of two numbers and a year (3/4/2026, with or without a time) with the month
        where var date_order has it. A file's column has one order: the sender's; the other one
        where only that gives each value a day; where neither does, a value that would be another
        day in the other order gets a ? in front, so that it stays unreadable. -#}
    {%- set tidy = tidy_text(text) -%}
    {%- set other = "dmy" if order == "mdy" else "mdy" -%}
    {%- set lists = {"mdy": "files.month_first", "dmy": "files.day_first"} -%}
    {%- set has = {} -%}
    {%- for name, list in lists.items() -%}
        {%- set holds = "list_contains(" ~ list ~ ", '" ~ column ~ "')" -%}
        {%- do has.update({name: "coalesce(" ~ holds ~ ", false)"}) -%}
    {%- endfor -%}
    {%- set shape = "^([0-9]{1,2})([-/.])([0-9]{1,2})([-/.]([0-9]{4}|[0-9]{2})([ T].*)?)$" -%}
    {%- set first = "regexp_extract(" ~ tidy ~ ", '" ~ shape ~ "', 1)::integer" -%}
    {%- set second = "regexp_extract(" ~ tidy ~ ", '" ~ shape ~ "', 3)::integer" -%}
    {%- set swapped = "regexp_replace(" ~ tidy ~ ", '" ~ shape ~ "', '\\3\\2\\1\\4')" -%}
    {%- set turned = {"mdy": text, "dmy": text} -%}
    {%- do turned.update({("dmy" if var("date_order") == "mdy" else "mdy"): swapped}) -%}
    {{ return(
        "case when not coalesce(regexp_matches(" ~ tidy ~ ", '" ~ shape ~ "'), false) then "
        ~ text ~ " when not " ~ has[other] ~ " then " ~ turned[order] ~ " when not " ~ has[order]
        ~ " then " ~ turned[other] ~ " when greatest(" ~ first ~ ", " ~ second ~ ") <= 12 and "
        ~ first ~ " <> " ~ second ~ " then '?' || " ~ text ~ " when " ~ first ~ " > 12 then "
        ~ turned.dmy ~ " else " ~ turned.mdy ~ " end"
    ) }}
{%- endmacro %}
