{% macro is_booking(feed_name) -%}
    {#- SQL of whether the rows of a sender are bookings (setting claims_are: movements), which are
        summed, and not versions of one claim; `false` where no sender of the feed has any. -#}
    {%- if feed_of(feed_name).entity == "claims" -%}
        {%- set kind = sender_setting(feed_name, "claims_are", "versions") -%}
        {%- if kind != "'versions'" -%}
            {{ return(kind ~ " = 'movements'") }}
        {%- endif -%}
    {%- endif -%}
    {{ return("false") }}
{%- endmacro %}
