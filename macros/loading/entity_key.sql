{% macro entity_key(feed_name) -%}
    {#- What makes two rows versions of one thing: the cleaned key (of several columns joined); with
        nothing in a part of it that is not optional, the whole content. In an optional part
        nothing is a value like any other; where there is one such part, it is left out, so that
        keys stay as they are when a sender begins to deliver it. -#}
    {%- set feed = feed_of(feed_name) -%}
    {%- set parts, needed = [], [] -%}
    {%- set is_told = feed.key | select("in", feed.optional) | list | length > 1 -%}
    {%- for column in feed.key -%}
        {%- set says = feed.columns[column] -%}
        {%- set name = says.staged_as or column -%}
        {%- set value = "lower(" ~ name ~ ")" if says.caseless else name -%}
        {%- do needed.append(value) if not says.optional -%}
        {%- set told = "coalesce(" ~ value ~ "::varchar, '')" -%}
        {%- do parts.append(told if says.optional and is_told else value) -%}
    {%- endfor -%}
    case
        when {{ needed | join(" is null or ") }} is null
            then chr(31) || content_hash::varchar
        {%- if parts | length == 1 %}
        {%- set is_text = feed.columns[feed.key[0]].type in ["text", "name"] %}
        else {{ parts[0] }}{{ "::varchar" if not is_text }}
        {%- else %}
        {%- if needed | length == 1 and not is_told %} {#- Most often so, and cheaper. #}
        when {{ parts | reject("in", needed) | join(" is null and ") }} is null then {{ needed[0] }}
        {%- endif %}
        else concat_ws(chr(31), {{ parts | join(", ") }})
        {%- endif %}
    end
{%- endmacro %}
