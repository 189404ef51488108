{% macro named_texts(feed_name, alias, is_delivered=false) -%}
    {#- The joins that find, for each text of a feed that is not about people (var feeds,
        free_text), what may be shown of it where it names a person: named_<column>.shown.
        is_delivered: the texts are as they were delivered, else as staging has them. -#}
    {%- for column in feed_of(feed_name).free_text if var("pii_masking_enabled") %}
    {%- set text = alias ~ "." ~ (adapter.quote(column) if is_delivered else column) %}
    left join {{ ref('int_texts_named') }} as named_{{ column }}
        on {{ tidy_text(text) if is_delivered else text }} = named_{{ column }}.text
    {%- endfor %}
{%- endmacro %}
