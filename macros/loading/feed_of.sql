{% macro feed_of(feed_name) -%}
    {#- A feed of the registry with what follows from it: lists of columns by what they are, names
        of models. What is wrong with an entry is told when the run begins (check_feeds), so nothing
        here stumbles over it before. -#}
    {%- set declared = var("feeds").get(feed_name) if var("feeds") is mapping -%}
    {%- set entry = declared if declared is mapping else {} -%}
    {%- set columns = {} -%}
    {%- set listed = entry.get("columns") -%}
    {%- for column, says in (listed if listed is mapping else {}).items() -%}
        {%- do columns.update({column: says}) if says is mapping -%}
    {%- endfor -%}
    {%- set masks, having, tokens = {}, {}, [] -%}
    {%- for attribute in ["key", "optional", "caseless", "free_text", "pii"] -%}
        {%- do having.update({attribute: []}) -%}
    {%- endfor -%}
    {%- for column, says in columns.items() -%}
        {%- for attribute, names in having.items() if says.get(attribute) -%}
            {%- do names.append(column) -%}
        {%- endfor -%}
        {%- set kind = {"text": "id", "name": "text"}.get(says.get("type"), says.get("type")) -%}
        {%- do masks.update({
            column: says.get("pii") or ("text" if says.get("free_text") else kind)
        }) -%}
        {%- do tokens.append(column ~ "_token") if masks[column] == "email" -%}
    {%- endfor -%}
    {%- set source_name, _, part = feed_name.partition(".") -%}
    {{ return(dict(
        having,
        name=feed_name,
        source=source_name,
        feed=part,
        entity=entry.get("entity") or "",
        mode=var("feed_modes").get(feed_name, entry.get("mode")),
        is_endless=entry.get("growth") == "endless",
        mart=entry.get("mart") if entry.get("mart") is string,
        mart_count=entry.get("mart_count"),
        rhythm_days=entry.get("rhythm_days"),
        needs=entry.get("needs"),
        speaks_for=entry.get("speaks_for"),
        seed=entry.get("seed") or part,
        columns=columns,
        masks=masks,
        tokens=tokens,
        judged="int_" ~ entry.get("entity") ~ "_judged",
        staged="stg_" ~ source_name ~ "__" ~ part,
        landed="land_" ~ source_name ~ "__" ~ part,
    )) }}
{%- endmacro %}
