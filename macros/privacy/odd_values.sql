{% macro odd_values(feed, judged, landed) -%}
    {#- Columns of a select list. is_odd_<column>, for each date, amount and employer number of a
        feed: what was delivered could not be read and has other signs than its type has, so that it
        may be something else and is not shown. is_doubtful: cells of the row may have moved into
        other columns, as after a comma that is not quoted, so that its texts are not shown: two
        dates or amounts can't be read, or one holds an address or nine digits; of a company only
        these count. All are never null; judged and landed are aliases. -#}
    {%- set unread, personal = [], ["false"] -%}
    {%- for column in typed_columns(feed) -%}
        {%- set cell = landed ~ "." ~ adapter.quote(column) -%}
        case
            when {{ is_unread(feed, column, judged) }}
                then not {{ has_signs_of(cell, feed.columns[column].type) }}
            else false
        end as is_odd_{{ column }},
        {% set holds = "is_odd_" ~ column ~ " and regexp_matches(" ~ cell ~ ", " -%}
        {%- if feed.columns[column].type == "ein" -%}
            {%- do unread.append("(" ~ holds ~ "'([0-9][^0-9]*){9}'))::tinyint") -%}
            {%- do personal.append(holds ~ "'@')") -%}
        {%- else -%}
            {%- do unread.append("(" ~ is_unread(feed, column, judged) ~ ")::tinyint") -%}
            {%- do personal.append(holds ~ "'@|([0-9][^0-9]*){9}')") -%}
        {%- endif -%}
    {%- endfor -%}
    {{ unread | join(" + ") or "0" }} > 1 or {{ personal | join(" or ") }} as is_doubtful,
{%- endmacro %}
