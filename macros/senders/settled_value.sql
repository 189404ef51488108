{% macro settled_value(text, column, says, rules, is_disordered) -%}
    {#- SQL of a delivered text of one sender as staging reads it; the text itself where nothing is
        said of it. -#}
    {%- if says.type == "money" -%}
        {{ return(settled_money(text, rules)) }}
    {%- elif says.type in ["date", "timestamp"] -%}
        {%- set value = text -%}
        {%- if is_disordered -%}
            {%- set value = settled_order(text, column, rules.date_order or var("date_order")) -%}
        {%- endif -%}
        {%- set value = settled_number(value, rules) -%}
        {{ return(settled_zone(value, rules.time_zone) if says.type == "timestamp" else value) }}
    {%- elif says.type == "ein" -%}
        {{ return(settled_ein(text, says, rules)) }}
    {%- elif says.type == "text" and says.varied and rules.id_prefix -%}
        {{ return(
            "case when " ~ says_something(tidy_text(text)) ~ " then '" ~ rules.id_prefix ~ ":' || "
            ~ tidy_text(text) ~ " else " ~ text ~ " end"
        ) }}
    {%- endif -%}
    {{ return(text) }}
{%- endmacro %}
