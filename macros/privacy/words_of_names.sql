{% macro words_of_names(persons) -%}
    {#- The CTEs that end in `words_matched`: places of words that are a name, in those texts of
        texts_in_words that are in naming_texts. Words of a name that stand close by count, too: the
        first and second of Mary Ann Roe. persons: see texts_naming. Also used by Python. -#}
    words_placed as (
        select
            text,
            unnest(words) as word,
            generate_subscripts(words, 1) as place
        from texts_in_words
        where text in (select naming_texts.text from naming_texts)
    ),

    words_numbered as (
        select
            *,
            row_number() over (partition by text order by place) as number
        from words_placed
        where length(word) > 1
    ),

    words_matched as (
        select
            one.text,
            [one.place, other.place] as places
        from words_numbered as one
        inner join words_numbered as other
            on
                one.text = other.text
                and one.number < other.number
                and one.number + 3 >= other.number
        where
            {{ name_token("one.word", "other.word") }} in (
                select known.name_token from {{ persons }} as known
            )
    )
{%- endmacro %}
