-- One row per word for an allowed value, with the spelling that is published and a caseless one to
-- find it by: the value itself, and what the seed value_aliases has for it.
with

allowed as (
    select
        {{ clean_text('source') }} as source,
        {{ clean_text('feed') }} as feed,
        {{ clean_text('field') }} as field,
        {{ clean_text('value') }} as value
    from {{ ref('allowed_values') }}
),

aliases as (
    select
        {{ clean_text('source') }} as source,
        {{ clean_text('feed') }} as feed,
        {{ clean_text('field') }} as field,
        lower({{ clean_text('delivered_value') }}) as caseless_word,
        lower({{ clean_text('value') }}) as caseless_value
    from {{ ref('value_aliases') }}
),

spelled as (
    select
        source,
        feed,
        field,
        lower(value) as caseless_value,
        min(value) as value
    from allowed
    where value is not null
    group by source, feed, field, lower(value)
),

-- What an allowed value means is not for an alias to say.
meant as (
    select
        aliases.source,
        aliases.feed,
        aliases.field,
        aliases.caseless_word as caseless_value,
        min(spelled.value) as value
    from aliases
    inner join spelled
        on
            aliases.source = spelled.source
            and aliases.feed = spelled.feed
            and aliases.field = spelled.field
            and aliases.caseless_value = spelled.caseless_value
    left join spelled as same_word
        on
            aliases.source = same_word.source
            and aliases.feed = same_word.feed
            and aliases.field = same_word.field
            and aliases.caseless_word = same_word.caseless_value
    where aliases.caseless_word is not null and same_word.value is null
    group by aliases.source, aliases.feed, aliases.field, aliases.caseless_word
),

final as (
    select * from spelled
    union all
    select * from meant
)

select * from final
