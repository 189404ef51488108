{% macro parsed(text, kind) -%}
    {#- Cleaned text parsed as kind: text, email, ein, date, money or timestamp. -#}
    {%- if kind == "text" -%} {{ text }}
    {%- elif kind == "email" -%} {{ clean_email(text) }}
    {%- elif kind == "ein" -%} {{ clean_ein(text) }}
    {%- elif kind == "date" -%} {{ clean_date(text) }}
    {%- elif kind == "money" -%} {{ clean_money(text) }}
    {%- elif kind == "timestamp" -%} {{ clean_timestamp(text) }}
    {%- else -%} {{ exceptions.raise_compiler_error("unknown type of column: " ~ kind) }}
    {%- endif -%}
{%- endmacro %}
