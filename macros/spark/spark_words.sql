{% macro spark_words() -%}
    {#- What Spark spells otherwise, as pairs of a regular expression and what is written instead,
        in their order: see macro spark_spelling. \x1f stands around the place of a quoted text. -#}
    {%- set name, sliced = "([\\w.]+)", "cardinality(\\1)" -%}
    {%- set rows = "\\bunnest\\((\\w+)\\) as (\\w+),\\s+" -%}
    {%- set other_rows = "\\bunnest\\(([^()]*)\\) as (\\w+),\\s+unnest\\(([^()]*)\\) as (\\w+)" -%}
    {{ return([
        [rows ~ "generate_subscripts\\(\\1, 1\\) as (\\w+)", "inline(arrays_zip("
            ~ "\\1, if(\\1 = array(), array(), sequence(1, len(\\1))))) as (\\2, \\3)"],
        [other_rows, "inline(arrays_zip(\\1, \\3)) as (\\2, \\4)"],
        ["\\bcross join unnest\\(", "cross join lateral explode("],
        ["\\bunnest\\(", "explode("],
        [name ~ "\\[:-2\\]", "slice(\\1, 1, greatest(" ~ sliced ~ " - 1, 0))"],
        [name ~ "\\[-1:\\]", "slice(\\1, greatest(" ~ sliced ~ ", 1), 1)"],
        [name ~ "\\[2:\\]", "slice(\\1, 2, " ~ sliced ~ ")"],
        [name ~ "\\[(\\w+(?: [+] 1)?)\\]", "try_element_at(\\1, int(\\2))"],
        ["\\brange\\(1, len\\((\\w+)\\) [+] 1\\)",
            "if(" ~ sliced ~ " > 0, sequence(1, " ~ sliced ~ "), array())"],
        ["\\bleft_grapheme\\((\\w+), 1\\)", "regexp_extract(\\1, '^\\\\\\\\X', 0)"],
        ["\\bleft\\(" ~ name ~ ", -(\\d+)\\)", "left(\\1, greatest(length(\\1) - \\2, 0))"],
        ["\\bvarchar\\[\\]", "array<string>"],
        ["\\bvarchar\\b", "string"],
        ["\\bhugeint\\b", "decimal(38, 0)"],
        ["\\bubigint\\b", "decimal(20, 0)"],
        ["\\bexclude \\(", "except ("],
        ["\\blambda (\\w+):", "\\1 ->"],
        [" // ", " div "],
        ["\\basc\\b(?! nulls)", "asc nulls last"],
        ["\\border by " ~ name ~ "(?=\\s*(\\)|rows\\b))", "order by \\1 asc nulls last"],
        ["\\bselect \\(([\\w.]+(?:, [\\w.]+)+)\\) from", "select \\1 from"],
        ["\\barg_(min|max)\\(", "\\1_by("],
        ["\\{", "named_struct("],
        ["\\}", ")"],
        ["(\x1f\\d+\x1f): ", "\\1, "],
    ] + spark_names()) }}
{%- endmacro %}
