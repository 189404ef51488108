-- One row per allowed value, with the spelling that is published and a caseless one to find it by.
with

allowed as (
    select
        {{ clean_text('source') }} as source,
        {{ clean_text('feed') }} as feed,
        {{ clean_text('field') }} as field,
        {{ clean_text('value') }} as value
    from {{ ref('allowed_values') }}
),

final as (
    select
        source,
        feed,
        field,
        lower(value) as caseless_value,
        min(value) as value
    from allowed
    where value is not null
    group by source, feed, field, lower(value)
)

select * from final
