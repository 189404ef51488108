{% macro masked_texts(feed_name) -%}
    {#- A `replace` list that masks a feed's texts which are not about people (var feeds, free_text)
        in judged rows: what is judged is clear, what goes on to the marts is not. Plan types that
        differ only in what is masked are one from here on, so that keys stay keys. -#}
    replace (
        {%- for column in feed_of(feed_name).free_text %}
        {{ mask_text(column) }} as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
