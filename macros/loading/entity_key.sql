{% macro entity_key(feed_name) -%}
    {#- What makes two rows versions of one thing: the cleaned key (of several columns joined); with
        nothing in a part of it that is not optional, the whole content. In an optional part
        nothing is a value like any other. -#}
    {%- set feed = feed_of(feed_name) -%}
    {%- set parts, needed = [], [] -%}
    {%- for column in feed.key -%}
        {%- set says = feed.columns[column] -%}
        {%- set name = says.staged_as or column -%}
        {%- set value = "lower(" ~ name ~ ")" if says.caseless else name -%}
        {%- do needed.append(value) if not says.optional -%}
        {%- do parts.append("coalesce(" ~ value ~ "::varchar, '')" if says.optional else value) -%}
    {%- endfor -%}
    case
        when {{ needed | join(" is null or ") }} is null
            then chr(31) || content_hash::varchar
        {%- if parts | length == 1 %}
        {%- set is_text = feed.columns[feed.key[0]].type in ["text", "name"] %}
        else {{ parts[0] }}{{ "::varchar" if not is_text }}
        {%- else %}
        else concat_ws(chr(31), {{ parts | join(", ") }})
        {%- endif %}
    end
{%- endmacro %}
