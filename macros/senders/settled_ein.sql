{% macro settled_ein(text, says, rules) -%}
    {#- SQL of the EIN of a row: that of the sender (company_ein) where the file has none, and of
        what is another name of a company (seed company_identifiers) that company's, as of the day
        of the row (valid_on in var feeds), else of its delivery. -#}
    {%- set value, tidy = text, tidy_text(text) -%}
    {%- set seed = known_relation("seed", "company_identifiers") -%}
    {%- if seed and run_query("select count(*) from " ~ seed).rows[0][0] -%}
        {%- set day = clean_date(tidy_text("landed." ~ adapter.quote(says.valid_on)))
            if says.valid_on else "deliveries.delivered_on" -%}
        {%- set value -%}
            coalesce(
                (
                    select arg_max(known.company_ein, coalesce(known.valid_from, '0001-01-01'))
                    from {{ seed }} as known
                    where
                        lower({{ tidy_text("known.identifier") }}) = lower({{ tidy }})
                        and (
                            known.valid_from is null
                            or try_cast(known.valid_from as date) <= {{ day }}
                        )
                ),
                {{ text }}
            )
        {%- endset -%}
    {%- endif -%}
    {%- if rules.company_ein -%}
        {%- set value = "case when " ~ says_something(tidy) ~ " then " ~ value ~ " else '"
            ~ rules.company_ein ~ "' end" -%}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}
