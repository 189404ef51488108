{% macro feeds() -%}
    {#- The registry of feeds (var `feeds`) with the modes of var `feed_modes` put in; `masks`: how
        each delivered column is masked when it is shown (macro mask_delivered). -#}
    {%- set registry = {} -%}
    {%- for name, feed in var("feeds").items() -%}
        {%- set source_name, feed_part = name.split(".") -%}
        {%- do registry.update({
            name: dict(
                feed,
                source=source_name,
                feed=feed_part,
                mode=var("feed_modes").get(name, feed.mode),
                judged="int_" ~ feed.entity ~ "_judged",
                staged="stg_" ~ source_name ~ "__" ~ feed_part,
                landed="land_" ~ source_name ~ "__" ~ feed_part,
                record_key=feed.key[0] if feed.key | length == 1 else "record_key",
                masks=dict(dict.fromkeys(feed.free_text, "text"), **feed.pii),
                is_increment=feed.get("increment", false),
            )
        }) -%}
    {%- endfor -%}
    {{ return(registry) }}
{%- endmacro %}
