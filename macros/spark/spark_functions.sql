{% macro spark_functions() -%}
    {#- Functions of DuckDB that Spark lacks, or gives another meaning: name to arguments, type and
        body. They are SQL functions of Spark in schema `engine`, made when a run begins, so that
        models call them by DuckDB's names (macro spark_spelling); a backslash is one here. They
        may not stand in a lambda or in what makes rows (explode). nfc_normalize leaves a text as it
        is, since it stands in strip_accents only, which takes marks of their own away, too. -#}
    {%- set date_parts = "regexp_replace(text, '^([0-9]{4})[-/]?([0-9]{2})[-/]?([0-9]{2})$', "
        ~ "'$1-$2-$3')" -%}
    {%- set months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ] -%}
    {%- set named = [] -%}
    {%- for month in months -%}
        {%- do named.append("'" ~ month ~ "', " ~ loop.index) -%}
        {%- do named.append("'" ~ month[:3] ~ "', " ~ loop.index) if month != "may" -%}
    {%- endfor -%}
    {{ return({
        "strip_accents": ["text string", "string",
            "translate(text, (select letters from " ~ handed_over("letters") ~ "), "
            ~ "(select plain from " ~ handed_over("letters") ~ "))"],
        "nfc_normalize": ["text string", "string", "text"],
        "rtrim": ["text string, signs string", "string", "trim(trailing signs from text)"],
        "trunc": ["amount decimal(18, 2)", "decimal(18, 2)",
            "cast(sign(amount) as int) * floor(abs(amount))"],
        "to_seconds": ["number bigint", "interval day to second",
            "make_dt_interval(0, 0, 0, number)"],
        "to_minutes": ["number int", "interval day to second", "make_dt_interval(0, 0, number)"],
        "to_hours": ["number int", "interval day to second", "make_dt_interval(0, number)"],
        "time_of_day": ["text string", "interval day to second",
            "case when text rlike '^(([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?"
            ~ "|24:00(:00([.]0+)?)?)\\z' then make_dt_interval(0, int(split_part(text, ':', 1)), "
            ~ "int(split_part(text, ':', 2)), "
            ~ "cast(concat('0', split_part(text, ':', 3)) as decimal(18, 6))) end"],
        "moment": ["text string", "timestamp",
            "case when text rlike '[ T]24:00:00([.]0+)?\\z' "
            ~ "then try_cast(substr(text, 1, 10) as timestamp) + interval 1 day "
            ~ "else try_cast(text as timestamp) end"],
        "make_timestamp": ["micros bigint", "timestamp", "timestamp_micros(micros)"],
        "strftime": ["moment timestamp, format string", "string",
            "date_format(moment, replace(replace(replace(replace(replace(format, 'Z', '''Z'''), "
            ~ "'%Y-%m-%d', 'yyyy-MM-dd'), '%H:%M:%S', 'HH:mm:ss'), '.%f', '.SSSSSS'), "
            ~ "'%b %-d, %Y', 'MMM d, yyyy'))"],
        "try_strptime": ["text string, formats array<string>", "date",
            "try_cast(case when text rlike '^[0-9]{4}' then " ~ date_parts
            ~ " when text rlike '^[0-9]{1,2}[-/.][0-9]' then regexp_replace(text, "
            ~ "'^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})$', "
            ~ "if(array_contains(formats, '%d/%m/%Y'), '$3-$2-$1', '$3-$1-$2')) "
            ~ "else regexp_extract(text, '([0-9]{4})$', 1) || '-' || map(" ~ named | join(", ")
            ~ ")[lower(regexp_extract(text, '[A-Za-z]+', 0))] || '-' || "
            ~ "regexp_extract(text, '(^|[^0-9])([0-9]{1,2})([^0-9]|$)', 2) end as date)"],
    }) }}
{%- endmacro %}
