{% macro entity_key(columns) -%}
    {#- What makes two rows versions of one thing: the cleaned key; with a null in it, the content. -#}
    case
        when {% for column in columns %}{{ column }} is null{{ " or " if not loop.last }}{% endfor %}
            then chr(31) || content_hash::varchar
        else concat_ws(chr(31), {{ columns | join(", ") }})
    end
{%- endmacro %}
