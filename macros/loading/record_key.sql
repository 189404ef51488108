{% macro record_key(feed_name, alias=none, mask=false) -%}
    {#- The key of a row as people read it, its parts joined by |; nothing where a part that is not
        optional is missing. Judged rows are masked already; of others it is to be asked for. -#}
    {%- set feed = feed_of(feed_name) -%}
    {%- set parts, needed = [], [] -%}
    {%- for column in feed.key -%}
        {%- set says = feed.columns[column] -%}
        {%- set clear = (alias ~ "." if alias else "") ~ (says.staged_as or column) -%}
        {%- set value = mask_text(clear) if mask and says.free_text else clear -%}
        {%- do needed.append(clear) if not says.optional -%}
        {%- do parts.append("coalesce(" ~ value ~ "::varchar, '')" if says.optional else value) -%}
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
