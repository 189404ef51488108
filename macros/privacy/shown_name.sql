{% macro shown_name(column) -%}
    {#- The name of a delivered file, column or sheet as it may be published: without control
        characters, and as its shape (letters a, digits 9, cut at 60) where it holds what looks like
        an e-mail address, a phone, social security or card number. A day with or without a time,
        as systems write it into file names, is none of them. Also used by Python. -#}
    {%- set name = "regexp_replace(" ~ column ~ ", '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]', '', 'g')" -%}
    {%- set stamp = "(19|20)\\d\\d[-_.]?[01]\\d[-_.]?[0-3]\\d([-_.T ]?[0-2]\\d[-_.:]?[0-5]\\d"
        ~ "([-_.:]?[0-5]\\d(\\d{3})?)?)?" -%}
    {%- set undated = "regexp_replace(" ~ name ~ ", '" ~ stamp ~ "', ' ', 'g')" -%}
    case when {{ holds_personal_data(undated) }} then {{ shape_of(name) }} else {{ name }} end
{%- endmacro %}
