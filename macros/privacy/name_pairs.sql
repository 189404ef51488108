{% macro name_pairs(names) -%}
    {#- The CTEs that end in `pairs`: first_name and last_name, one word each, of names as texts in
        the columns first_names and last_names. Without last names the first ones are a full name:
        its last word is the last name, or what stands before a comma; what is in brackets does not
        count. So that a text with the whole name has two words of a pair side by side, each first
        name stands with each last name: Mary Ann Roe is Mary Roe and Ann Roe, and not Mary Ann.
        Also used by Python. -#}
    {%- set is_name = "length(word) > 1"
        ~ " and word not in ('jr', 'sr', 'ii', 'iii', 'iv', 'phd', 'esq', 'cpa')" -%}
    {%- set bare = "regexp_replace(first_names, '[(][^()]*[)]', ' ', 'g')" -%}
    {%- set first_names = "case when last_names is null then regexp_replace(" ~ bare
        ~ ", '^([^,]+),(.*)$', '\\2 \\1') else first_names end" -%}
    words as (
        select
            {{ plain_words(first_names) }} as first_names,
            {{ plain_words("last_names") }} as last_names
        from {{ names }}
    ),

    -- Initials and what stands behind a last name are no part of it.
    names_alone as (
        select
            list_filter(first_names, lambda word: {{ is_name }}) as first_names,
            list_filter(last_names, lambda word: {{ is_name }}) as last_names
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
{%- endmacro %}
