{{ config(materialized='table', meta={'is_known_by_rows': true}) }}

-- Each first name with each last name, so that a text with the whole name has two words of it side
-- by side. Of a full name the last word is the last name: Mary Ann Roe is Mary Roe and Ann Roe, and
-- not Mary Ann.
with

names as (
    select
        regexp_replace(full_name, '^([^,]+),(.*)$', '\2 \1') as first_names,
        null as last_names
    from {{ ref('stg_benefits_admin__employees') }}
    union
    select
        first_name as first_names,
        last_name as last_names
    from {{ ref('stg_benefits_admin__employees') }}
    where last_name is not null
    union
    select
        first_name as first_names,
        last_name as last_names
    from {{ ref('stg_spend_accounts__employees') }}
    where last_name is not null
),

words as (
    select
        {{ plain_words('first_names') }} as first_names,
        {{ plain_words('last_names') }} as last_names
    from names
),

-- Initials and what stands behind a last name are no part of it.
names_alone as (
    select
        list_filter(
            first_names,
            lambda word: length(word) > 1 and word not in ('jr', 'sr', 'ii', 'iii', 'iv')
        ) as first_names,
        list_filter(
            last_names,
            lambda word: length(word) > 1 and word not in ('jr', 'sr', 'ii', 'iii', 'iv')
        ) as last_names
    from words
),

last_words as (
    select
        if(last_names is null, first_names[:-2], first_names) as first_names,
        unnest(coalesce(last_names, first_names[-1:])) as last_name
    from names_alone
),

pairs as (
    select
        unnest(first_names) as first_name,
        last_name
    from last_words
)

select distinct {{ name_token('first_name', 'last_name') }} as name_token
from pairs
