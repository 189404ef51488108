{% macro known_stays(written, persons) -%}
    {#- The CTEs that end in `stays`: stays in quarantine as they were written, with a token in
        place of a key whose texts name somebody, as is known by now (is_renamed). Feeds whose keys
        have no text (var feeds, free_text) are not searched. -#}
    {%- set with_texts = [] -%}
    {%- for feed in feeds().values() if feed.key | select("in", feed.free_text) | list -%}
        {%- do with_texts.append("'" ~ feed.name ~ "'") -%}
    {%- endfor -%}
    {%- set shown = "if(naming_texts.text is null, written.record_key, left("
        ~ person_token("written.record_key") ~ ", 16))" -%}
    keys_known as (
        select distinct record_key as text from {{ written }}
        where source || '.' || feed in ({{ with_texts | join(", ") or "''" }})
    ),

    {{ texts_naming("keys_known", persons) }},

    stays as (
        select
            {{ star_with("written.*", {"record_key": shown}) }},
            naming_texts.text is not null as is_renamed
        from {{ written }} as written
        left join naming_texts
            on written.record_key = naming_texts.text
    )
{%- endmacro %}
