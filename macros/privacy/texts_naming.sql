{% macro texts_naming(texts, persons) -%}
    {#- The CTEs that end in `naming_texts`: the texts that name somebody. A text does where two
        words side by side, in whichever order and with initials between them or not, are a name.
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
        where len(list_filter(words, lambda word: length(word) > 1)) > 1
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
    )
{%- endmacro %}
