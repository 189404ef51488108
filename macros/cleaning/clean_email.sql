{% macro clean_email(text) -%}
    {#- Lower-cased address with one @ and a domain with a dot; anything else becomes null. -#}
    case
        when regexp_full_match({{ text }}, '[^@\s]+@[^@\s.]+([.][^@\s.]+)+') then lower({{ text }})
    end
{%- endmacro %}
