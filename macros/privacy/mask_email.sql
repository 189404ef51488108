{% macro mask_email(column) -%}
    {#- An address as '****@domain'; '****' where it is malformed, or its domain is no host name or
        shows something personal; clear where masking is switched off. -#}
    {%- if var("pii_masking_enabled") -%}
        {%- set domain = "split_part(" ~ clean_email(clean_text(column)) ~ ", '@', 2)" -%}
        case
            when regexp_full_match({{ domain }}, '([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]{2,}')
                and length({{ domain }}) < 254 and not {{ holds_personal_data(domain) }}
                then '****@' || {{ domain }}
            when {{ column }} is not null then '****'
        end
    {%- else -%}
        {{ column }}
    {%- endif -%}
{%- endmacro %}
