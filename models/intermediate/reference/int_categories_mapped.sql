-- One row per benefit type and category that may be paid from it, with caseless spellings to match.
with

mappings as (
    select
        {{ clean_text('benefit_type') }} as benefit_type,
        {{ clean_text('valid_category') }} as category
    from {{ ref('category_benefit_mappings') }}
),

final as (
    select
        lower(benefit_type) as caseless_benefit_type,
        lower(category) as caseless_category,
        min(category) as category
    from mappings
    where benefit_type is not null and category is not null
    group by lower(benefit_type), lower(category)
)

select * from final
