{% macro texts_with_names(texts, persons) -%}
    {#- The CTEs that end in `with_names`: the texts that name somebody, and as `masked` what is
        left of them. texts and persons: see texts_naming. Also used by Python. -#}
    {{ texts_naming(texts, persons) }},

    {{ words_of_names(persons) }},

    words_replaced as (
        select
            text,
            list_distinct(flatten(list(places))) as places,
            regexp_extract_all(text, '{{ word_pattern() }}') as written,
            string_split_regex(text, '{{ word_pattern() }}') as gaps
        from words_matched
        group by text
    ),

    texts_joined as (
        select
            text,
            gaps[1] || array_to_string(
                list_transform(
                    range(1, len(written) + 1),
                    lambda place: if(list_contains(places, place), '****', written[place])
                    || gaps[place + 1]
                ), ''
            ) as masked
        from words_replaced
    ),

    -- Of several words of a name one mask is left.
    with_names as (
        select
            text,
            regexp_replace(
                masked, '[*]{4}([^\p{L}]+(\p{L}[^\p{L}]+)?[*]{4})+', '****', 'g'
            ) as masked
        from texts_joined
    )
{%- endmacro %}
