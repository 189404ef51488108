{% macro shown_key(feed_name, alias, is_doubtful) -%}
    {#- The key of a judged row as it may be shown: as record_key has it where each part looks like
        what it should be, else a token. With masking switched off too, since logs stay. -#}
    {%- set feed = feed_of(feed_name) -%}
    {%- set fits = [] -%}
    {%- for column in feed.key -%}
        {%- set part = alias ~ "." ~ (feed.columns[column].staged_as or column) -%}
        {%- if feed.masks[column] == "id" -%}
            {%- do fits.append("coalesce(" ~ is_id(part, "(" ~ is_doubtful ~ ")") ~ ", true)") -%}
        {%- elif feed.masks[column] == "text" -%}
            {%- do fits.append("not coalesce(" ~ is_personal_text(part) ~ ", false)") -%}
            {%- do fits.append("not (" ~ is_doubtful ~ ")") -%}
        {%- endif -%}
    {%- endfor -%}
    case
        when {{ fits | unique | join(" and ") or "true" }} then {{ record_key(feed_name, alias) }}
        else left({{ person_token(record_key(feed_name, alias)) }}, 16)
    end
{%- endmacro %}
