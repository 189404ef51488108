{% macro as_of_date() -%}
    {#- The var as_of_date as a date, null where it is not set; a typo stops the run at once. -#}
    {%- if var("as_of_date") -%}
        {%- do modules.datetime.datetime.strptime(var("as_of_date") | string, "%Y-%m-%d") -%}
        date '{{ var("as_of_date") }}'
    {%- else -%}
        null::date
    {%- endif -%}
{%- endmacro %}
