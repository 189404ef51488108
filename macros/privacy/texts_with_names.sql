{% macro texts_with_names(texts, persons) -%}
    {#- The CTEs that end in `with_names`: the texts that name somebody, and as `masked` what is
        left of them. A text names somebody where two words side by side, in whichever order and
        with initials between them or not, are a name. Then other words of that name close by are
        masked, too: the first and second of Mary Ann Roe.
        texts: relation with the column text, each once. persons: relation with the column
        name_token, see macro name_token. Also used by Python. -#}
    texts_in_words as (
        select
            text,
            {{ plain_words("text") }} as words
        from {{ texts }}
    ),

    texts_compared as (
        select
            *,
            list_filter(words, lambda word: length(word) > 1) as long_words
        from texts_in_words
        where len(long_words) > 1
    ),

    pairs_in_texts as (
        select
            text,
            unnest(long_words[:-2]) as word,
            unnest(long_words[2:]) as next_word
        from texts_compared
    ),

    -- Texts repeat their words: a token is made once for each pair.
    pairs_known as (
        select
            word,
            next_word
        from (
            select distinct
                word,
                next_word
            from pairs_in_texts
        )
        where
            {{ name_token("word", "next_word") }} in (
                select one.name_token from {{ persons }} as one
            )
    ),

    naming_texts as (
        select distinct text
        from pairs_in_texts
        where (word, next_word) in (select (known.word, known.next_word) from pairs_known as known)
    ),

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
    ),

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
