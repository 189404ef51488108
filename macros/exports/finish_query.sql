{% macro finish_query(beside, goal, finish="finish_file") -%}
    {#- Query that puts a finished file in its place; what is clear is for its owner alone. -#}
    select {{ finish }}(
        '{{ beside | replace("'", "''") }}', '{{ goal | replace("'", "''") }}',
        {{ var("pii_masking_enabled") | string | lower }}
    )
{%- endmacro %}
