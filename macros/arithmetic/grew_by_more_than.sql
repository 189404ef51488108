{% macro grew_by_more_than(current_cents, previous_cents) -%}
    {#- current - previous > spike_threshold_pct / 100 * previous, by multiplication; four decimals
        of the threshold count. Exactly the threshold is not more. -#}
    {%- set threshold = (var("spike_threshold_pct") | float * 10000) | round | int -%}
    ({{ current_cents }} - {{ previous_cents }}) * 1000000
    > {{ threshold }}::hugeint * {{ previous_cents }}
{%- endmacro %}
