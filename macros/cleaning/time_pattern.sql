{% macro time_pattern() -%}
    {#- Regular expression of a time part and what is between it and the day: 24 hours or AM and PM,
        and a Z, `UTC` or an offset. -#}
    {%- set rest = ":[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?" -%}
    {%- set clocks = [
        "([01]?[0-9]|2[0-3])" ~ rest,
        "24:00(:00([.]0{1,9})?)?",
        "(0?[1-9]|1[0-2])" ~ rest ~ " ?[AaPp][Mm]",
    ] -%}
    {%- set zone = "[Zz]|[Uu][Tt][Cc]|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?" -%}
    [Tt ]({{ clocks | join("|") }})( ?({{ zone }}))?
{%- endmacro %}
