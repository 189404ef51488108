{% macro entity_key(columns) -%}
    {#- What makes two rows versions of one thing: the cleaned key; with a null in it, the whole
        content. -#}
    case
        when {{ columns | join(" is null or ") }} is null
            then chr(31) || content_hash::varchar
        else concat_ws(chr(31), {{ columns | join(", ") }})
    end
{%- endmacro %}
