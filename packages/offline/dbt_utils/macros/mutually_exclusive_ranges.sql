{% test mutually_exclusive_ranges(
    model,
    lower_bound_column,
    upper_bound_column,
    partition_by=none,
    gaps='allowed',
    zero_length_range_allowed=false
) %}

{%- set gap_operators = {'allowed': '<=', 'not_allowed': '=', 'required': '<'} -%}
{%- set in_words = {'<=': 'less_than_or_equal_to', '=': 'equal_to', '<': 'less_than'} -%}
{%- if gaps not in gap_operators -%}
    {%- do exceptions.raise_compiler_error(
        "mutually_exclusive_ranges: gaps is one of " ~ (gap_operators | list) ~ ", not '" ~ gaps ~ "'"
    ) -%}
{%- endif -%}
{%- set length_operator = '<=' if zero_length_range_allowed else '<' -%}
{%- set gap_operator = gap_operators[gaps] -%}
{%- set has_length = 'lower_bound_' ~ in_words[length_operator] ~ '_upper_bound' -%}
{%- set keeps_gap = 'upper_bound_' ~ in_words[gap_operator] ~ '_next_lower_bound' -%}
{%- set partition = 'partition by ' ~ partition_by if partition_by else '' -%}

with neighbours as (

    select
        {% if partition_by -%} {{ partition_by }} as partition_by_col, {%- endif %}
        {{ lower_bound_column }} as lower_bound,
        {{ upper_bound_column }} as upper_bound,
        lead({{ lower_bound_column }}) over (
            {{ partition }} order by {{ lower_bound_column }}, {{ upper_bound_column }}
        ) as next_lower_bound,
        1 = row_number() over (
            {{ partition }} order by {{ lower_bound_column }} desc, {{ upper_bound_column }} desc
        ) as is_last_record
    from {{ model }}

),

judged as (

    select
        *,
        -- a bound that is null can't be compared, and fails
        coalesce(lower_bound {{ length_operator }} upper_bound, false) as {{ has_length }},
        -- the last range has no neighbour to collide with
        coalesce(upper_bound {{ gap_operator }} next_lower_bound, is_last_record) as {{ keeps_gap }}
    from neighbours

)

select *
from judged
where not {{ has_length }} or not {{ keeps_gap }}

{% endtest %}
