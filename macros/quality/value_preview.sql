{% macro value_preview(feed, prefix) -%}
    {#- What was delivered in the column that rules.field names, as it may be shown:
        evidence for a rule that fired on the row. `prefix` begins the names of the
        delivered columns, and of is_odd_… and is_doubtful of their row. -#}
    case rules.field
        {%- for column in feed.columns %}
        when '{{ column }}' then {{ mask_delivered(
            prefix ~ "landed_" ~ column, feed.masks[column],
            prefix ~ "is_odd_" ~ column, prefix ~ "is_doubtful",
            prefix ~ "named_" ~ column if column in feed.free_text else "null",
        ) }}
        {%- endfor %}
    end
{%- endmacro %}
