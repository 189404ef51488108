{% macro settled_zone(text, zone) -%}
    {#- SQL of a timestamp in UTC: one without a zone of its own is in that of its sender. -#}
    {%- if not zone or zone == "UTC" -%}
        {{ return(text) }}
    {%- endif -%}
    {%- set tidy = tidy_text(text) -%}
    {%- set moment = clean_timestamp(tidy) -%}
    {{ return(
        "case when " ~ moment ~ " is null or regexp_matches(" ~ tidy
        ~ ", ':.*([Zz]|[Uu][Tt][Cc]|[+-][0-9]{2}(:?[0-9]{2})?)$') then " ~ text
        ~ " else strftime(" ~ utc_of(moment, "'" ~ zone ~ "'") ~ ", '%Y-%m-%d %H:%M:%S.%f') end"
    ) }}
{%- endmacro %}
