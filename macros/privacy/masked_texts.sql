{% macro masked_texts(feed_name) -%}
    {#- A `replace` list that masks a feed's texts which are not about people (var feeds, free_text)
        in judged rows: what is judged and compared is clear, what goes on to the marts is not. -#}
    replace (
        {%- for column in feeds()[feed_name].free_text %}
        {{ mask_text(column) }} as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
