-- What: each row of the seed value_aliases leads from a word to one allowed value of its field.
-- Why: an alias of a value that allowed_values does not list, of a word that is allowed itself, or
-- of two values changes nothing, or not what was meant, in silence.
-- Resolve: fix the row of value_aliases.csv, or add the value to allowed_values.csv.
with

aliases as (
    select
        *,
        count(distinct lower(value)) over (
            partition by source, feed, field, lower(delivered_value)
        ) as values_of_word
    from {{ ref('value_aliases') }}
),

allowed as (
    select distinct
        source,
        feed,
        field,
        lower(value) as caseless_value
    from {{ ref('allowed_values') }}
),

checked as (
    select
        aliases.*,
        case
            when aliases.delivered_value is null then 'delivered_value is blank'
            when known.caseless_value is null then 'value is not in allowed_values'
            when same_word.caseless_value is not null
                then 'delivered_value is an allowed value itself'
            when aliases.values_of_word > 1 then 'delivered_value has several values'
        end as problem
    from aliases
    left join allowed as known
        on
            aliases.source = known.source
            and aliases.feed = known.feed
            and aliases.field = known.field
            and lower(aliases.value) = known.caseless_value
    left join allowed as same_word
        on
            aliases.source = same_word.source
            and aliases.feed = same_word.feed
            and aliases.field = same_word.field
            and lower(aliases.delivered_value) = same_word.caseless_value
)

select * from checked
where problem is not null
