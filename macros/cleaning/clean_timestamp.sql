{% macro clean_timestamp(text, is_varied=false) -%}
    {#- ISO 8601 with Z or an offset to UTC, without one taken as UTC; a bare date is its midnight.
        The offset is computed here: a cast to timestamptz would depend on the session.
        is_varied: as in clean_money. -#}
    {%- set tidy = tidy_text(text) if is_varied else text -%}
    {%- set day = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set clock = '[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?' -%}
    {%- set microseconds = '[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?' -%}
    {%- set zone = '[Zz]|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?' -%}
    {%- set offset = "regexp_extract(" ~ tidy ~ ", ':.*[+-]([0-9]{2}):?([0-9]{2})?$', " -%}
    case
        when regexp_full_match({{ text }}, '{{ day }}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z')
            and not starts_with({{ text }}, '0000')
            then try_cast(left({{ text }}, 19) as timestamp)
        when regexp_full_match({{ tidy }}, '{{ day }}([Tt ]{{ clock }} ?({{ zone }})?)?')
            and not starts_with({{ tidy }}, '0000')
            then
                try_cast(
                    regexp_extract(
                        upper({{ tidy }}), '^{{ day }}([T ]{{ microseconds }})?'
                    ) as timestamp
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
