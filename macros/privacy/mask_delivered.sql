{% macro mask_delivered(column, kind) -%}
    {#- A column as delivered, for quarantine: without a kind it is shown, name, email and
        hidden mask it, text what looks personal in it, ein what looks like a social security
        number. -#}
    {%- if not var("pii_masking_enabled") or not kind -%} {{ column }}
    {%- elif kind == "name" -%} {{ mask_name(column) }}
    {%- elif kind == "email" -%} {{ mask_email(column) }}
    {%- elif kind == "text" -%} {{ mask_text(column) }}
    {%- elif kind == "ein" -%}
        regexp_replace({{ column }}, '{{ ssn_pattern() }}', '\1****\2', 'g')
    {%- elif kind == "hidden" -%} null::varchar
    {%- else -%} {{ exceptions.raise_compiler_error("unknown kind of personal data: " ~ kind) }}
    {%- endif -%}
{%- endmacro %}
