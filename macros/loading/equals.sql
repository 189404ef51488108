{% macro equals(keep_conflicts) -%}
    {#- The CTEs that end in `choices`: the CTE `contradicting` of macro versions, where several
        rows of a key count beside each other and none before the others: conflicts that are kept
        (keep_conflicts: all) and bookings. A booking counts as often as in the one file in which
        its content occurs most often, the earliest of several, so that files may overlap. -#}
    {%- set counted -%}
        case
            when not is_equal then version_count
            when row_number() over (
                partition by entity_key, is_booking, is_equal
                order by row_id
            ) = 1
                then
                    version_count + 1
                    - count_if(is_equal) over (partition by entity_key, is_booking)
            else 1
        end
    {%- endset -%}
    occurring as (
        select
            *,
            count(*) over (partition by entity_key, content_hash, file_id) as occurrences
        from contradicting
    ),

    counting as (
        select
            * exclude (occurrences),
            case
                when is_booking
                    then
                        file_id = first_value(file_id) over (
                            partition by entity_key, is_booking, content_hash
                            order by occurrences desc, delivery_order asc, file_id asc
                        )
                else {{ "has_conflicting_contents" if keep_conflicts == "all" else "false" }}
            end as is_equal
        from occurring
    ),

    choices as (
        select
            {{ star_with("*", {
                "has_other_senders": "has_other_senders and (is_equal or not is_booking)",
                "version_rank":
                    "case when is_equal then 1 when is_booking then 2 else version_rank end",
                "version_count": counted,
            }) }}
        from counting
    )
{%- endmacro %}
