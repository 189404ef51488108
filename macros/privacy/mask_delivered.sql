{% macro mask_delivered(column, kind) -%}
    {#- A column as delivered, for quarantine: kind none shows it, name, email and hidden mask it.
        -#}
    {%- if not var("pii_masking_enabled") or not kind -%} {{ column }}
    {%- elif kind == "name" -%} {{ mask_name(column) }}
    {%- elif kind == "email" -%} {{ mask_email(column) }}
    {%- elif kind == "hidden" -%} null::varchar
    {%- else -%} {{ exceptions.raise_compiler_error("unknown kind of personal data: " ~ kind) }}
    {%- endif -%}
{%- endmacro %}
