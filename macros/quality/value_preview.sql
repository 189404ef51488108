{% macro value_preview(feed, field, prefix) -%}
    {#- What was delivered in the column that `field` names, masked and cut to 60 characters:
        evidence for a rule that fired on the row. `prefix` begins the delivered columns' names. -#}
    left(
        case {{ field }}
            {%- for column in feed.columns %}
            when '{{ column }}' then {{ mask_delivered(prefix ~ column, feed.masks.get(column)) }}
            {%- endfor %}
        end,
        60
    )
{%- endmacro %}
