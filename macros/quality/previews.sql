{% macro previews(feed) -%}
    {#- A map of column to what was delivered in it, masked and cut to 60 characters: evidence for
        a rule that fired on the row. -#}
    map {
        {%- for column in feed.columns %}
        '{{ column }}': left(
            {{ mask_delivered("landed." ~ adapter.quote(column), feed.pii.get(column)) }}, 60
        ){{ "," if not loop.last }}
        {%- endfor %}
    }
{%- endmacro %}
