{% macro finding_id(subject_key, is_event, period_start) -%}
    {#- A number for people: a letter first, so that no spreadsheet takes it for a number. -#}
    'F' || upper(left(
        md5(concat_ws('|', {{ subject_key }}, if({{ is_event }}, {{ period_start }}, null))), 15
    ))
{%- endmacro %}
