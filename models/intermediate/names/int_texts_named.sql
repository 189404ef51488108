{{ config(materialized='table', meta={'is_known_by_rows': true}) }}

-- A text names somebody where two words side by side, in whichever order and with initials between
-- them or not, are a name. Then other words of that name close by are masked, too: the first and
-- second of Mary Ann Roe.
with

persons as (
    select * from {{ ref('int_persons_named') }}
),

texts as (
    select
        text,
        {{ plain_words('text') }} as words
    from {{ ref('int_texts_listed') }}
),

compared as (
    select
        *,
        list_filter(words, lambda word: length(word) > 1) as long_words
    from texts
    where len(long_words) > 1
),

pairs as (
    select
        text,
        unnest(long_words[:-2]) as word,
        unnest(long_words[2:]) as next_word
    from compared
),

naming as (
    select distinct text
    from pairs
    where {{ name_token('word', 'next_word') }} in (select persons.name_token from persons)
),

placed as (
    select
        text,
        unnest(words) as word,
        generate_subscripts(words, 1) as place
    from texts
    where text in (select naming.text from naming)
),

numbered as (
    select
        *,
        row_number() over (partition by text order by place) as number
    from placed
    where length(word) > 1
),

matched as (
    select
        one.text,
        [one.place, other.place] as places
    from numbered as one
    inner join numbered as other
        on
            one.text = other.text
            and one.number < other.number
            and one.number + 3 >= other.number
    where {{ name_token('one.word', 'other.word') }} in (select persons.name_token from persons)
),

replaced as (
    select
        text,
        list_distinct(flatten(list(places))) as places,
        regexp_extract_all(text, '{{ word_pattern() }}') as written,
        string_split_regex(text, '{{ word_pattern() }}') as gaps
    from matched
    group by text
),

joined as (
    select
        text,
        gaps[1] || array_to_string(
            list_transform(
                range(1, len(written) + 1),
                lambda place: if(list_contains(places, place), '****', written[place])
                || gaps[place + 1]
            ), ''
        ) as masked
    from replaced
),

-- Of several words of a name one mask is left.
shortened as (
    select
        text,
        regexp_replace(
            masked, '[*]{4}([^\p{L}]+(\p{L}[^\p{L}]+)?[*]{4})+', '****', 'g'
        ) as masked
    from joined
)

select
    text,
    {{ mask_text('masked') }} as shown
from shortened
