{% macro mask_email(column) -%}
    {#- An address as '****@domain', a malformed one as '****'; clear where masking is switched
        off. -#}
    {%- if var("pii_masking_enabled") -%}
        case
            when ({{ clean_email(clean_text(column)) }}) is not null
                then '****@' || split_part({{ clean_email(clean_text(column)) }}, '@', 2)
            when {{ column }} is not null then '****'
        end
    {%- else -%}
        {{ column }}
    {%- endif -%}
{%- endmacro %}
