{% macro shown_text(column, text) -%}
    {#- A feed's text as it may be shown, where named_texts is joined; clear where masking is
        switched off. -#}
    {%- if var("pii_masking_enabled") -%}
        coalesce(named_{{ column }}.shown, {{ mask_text(text) }})
    {%- else -%}
        {{ text }}
    {%- endif -%}
{%- endmacro %}
