{% macro entity_key(columns) -%}
    {#- What makes two rows versions of one thing: the cleaned key; with a null in it, the whole
        content. -#}
    case
        when {{ columns | join(" is null or ") }} is null
            then chr(31) || content_hash::varchar
        {%- if columns | length == 1 %}
        else {{ columns[0] }}
        {%- else %}
        else concat_ws(chr(31), {{ columns | join(", ") }})
        {%- endif %}
    end
{%- endmacro %}
