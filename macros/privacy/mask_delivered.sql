{% macro mask_delivered(column, kind, is_odd=none, is_doubtful="false", named="null") -%}
    {#- A delivered value as it may be shown, by what its column holds: name, email and hidden mask
        it; text is `named` where that is something, else masks what looks personal, and is_doubtful
        makes it a shape; id shows what looks like an id, else a token; a date, timestamp, money or
        ein is a shape where is_odd. -#}
    {%- if not var("pii_masking_enabled") -%} {{ column }}
    {%- elif kind == "name" -%} {{ mask_name(column) }}
    {%- elif kind == "email" -%} {{ mask_email(column) }}
    {%- elif kind == "text" -%}
        case
            when {{ is_doubtful }} then {{ shape_of(column) }}
            else coalesce({{ named }}, {{ mask_text(column) }})
        end
    {%- elif kind == "id" -%}
        case
            when {{ is_id(column, is_doubtful) }} then {{ column }}
            else left({{ person_token(column) }}, 16)
        end
    {%- elif kind in ["date", "timestamp", "money", "ein"] -%}
        {%- set ssn = "regexp_replace(" ~ column ~ ", '" ~ ssn_pattern() ~ "', '\\1****\\2')" -%}
        case
            when {{ is_odd or "not " ~ has_signs_of(column, kind) }}
                then {{ shape_of(ssn if kind == "ein" else column) }}
            else {{ column }}
        end
    {%- else -%} null::varchar
    {%- endif -%}
{%- endmacro %}
