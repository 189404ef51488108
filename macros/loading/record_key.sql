{% macro record_key(feed_name, alias=none) -%}
    {#- The key of a row as people read it, its parts joined by |, without optional ones that are
        missing; nothing where another part is. -#}
    {%- set feed = feed_of(feed_name) -%}
    {%- set parts, needed = [], [] -%}
    {%- for column in feed.key -%}
        {%- set says = feed.columns[column] -%}
        {%- set clear = (alias ~ "." if alias else "") ~ (says.staged_as or column) -%}
        {%- do needed.append(clear) if not says.optional -%}
        {%- do parts.append(clear) -%}
    {%- endfor -%}
    {%- if parts | length == 1 -%}
        {{ parts[0] }}
    {%- else -%}
        case
            when {{ needed | join(" is not null and ") }} is not null
                then concat_ws('|', {{ parts | join(", ") }})
        end
    {%- endif -%}
{%- endmacro %}
