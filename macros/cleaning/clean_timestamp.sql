{% macro clean_timestamp(text, is_varied=false, order=none) -%}
    {#- A day as clean_date reads it, and a time part in UTC, which is midnight where there is none;
        without Z, UTC or an offset it is UTC. The offset is computed here: a cast to timestamptz
        would depend on the session. The first two branches are there for speed alone.
        is_varied: as in clean_money. -#}
    {%- set tidy = tidy_text(text) if is_varied else text -%}
    {%- set plain = '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?' -%}
    {%- set plain_offset = "[+-](0[0-9]|1[0-4]):[0-5][0-9]" -%}
    {%- set clock = '([0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)' -%}
    {%- set hour = "regexp_extract(" ~ tidy ~ ", '([0-9]+):[0-9:.]+ ?[AaPp][Mm]', 1)" -%}
    {%- set offset = "regexp_extract(" ~ tidy ~ ", ':.*[+-]([0-9]{2}):?([0-9]{2})?$', " -%}
    case
        when regexp_full_match({{ text }}, '{{ plain }}Z?') and not starts_with({{ text }}, '0000')
            then try_cast(rtrim({{ text }}, 'Z') as timestamp)
        when
            regexp_full_match({{ text }}, '{{ plain }}{{ plain_offset }}')
            and not starts_with({{ text }}, '0000')
            then
                try_cast(left({{ text }}, -6) as timestamp)
                - to_minutes(
                    try_cast(left(right({{ text }}, 6), 3) as integer) * 60
                    + try_cast(left(right({{ text }}, 6), 1) || right({{ text }}, 2) as integer)
                )
        when not contains({{ tidy }}, ':')
            then {{ clean_date(tidy, order) }}::timestamp
        else
            {{ clean_date(tidy, order) }}
            + try_cast(regexp_extract({{ tidy }}, '{{ clock }}', 1) as time)
            + to_hours(
                case
                    when {{ hour }} = '' then 0
                    when regexp_matches({{ tidy }}, '[Pp][Mm]')
                        then if({{ hour }} = '12', 0, 12)
                    else if({{ hour }} = '12', -12, 0)
                end
            )
            - to_minutes(
                case when regexp_matches({{ tidy }}, ':.*-[0-9:]+$') then -1 else 1 end
                * (
                    coalesce(try_cast({{ offset }} 1) as integer), 0) * 60
                    + coalesce(try_cast({{ offset }} 2) as integer), 0)
                )
            )
    end
{%- endmacro %}
