{% macro spark_spelling(sql) -%}
    {#- The SQL of a model, which is DuckDB's, as Spark spells it: words, brackets and operators
        that mean the same in both, and the default order of nulls, which are last. Functions that
        Spark lacks, or reads otherwise, are those of schema `engine` (macro spark_functions).
        Quoted texts and names are left as they are, and comments left out. What is written in
        another way altogether stands in a dispatched macro (macros/engine), never here. -#}
    {%- set words = [
        ["\\bunnest\\((\\w+)\\) as (\\w+),\\s+generate_subscripts\\(\\1, 1\\) as (\\w+)",
            "inline(arrays_zip(\\1, if(\\1 = array(), array(), sequence(1, len(\\1))))) as (\\2, \\3)"],
        ["\\bunnest\\(([^()]*)\\) as (\\w+),\\s+unnest\\(([^()]*)\\) as (\\w+)",
            "inline(arrays_zip(\\1, \\3)) as (\\2, \\4)"],
        ["\\bleft_grapheme\\((\\w+), 1\\)", "regexp_extract(\\1, '^\\\\\\\\X', 0)"],
        ["\\bvarchar\\[\\]", "array<string>"],
        ["\\bvarchar\\b", "string"],
        ["\\bhugeint\\b", "decimal(38, 0)"],
        ["\\bubigint\\b", "decimal(20, 0)"],
        ["\\bexclude \\(", "except ("],
        ["\\blambda (\\w+):", "\\1 ->"],
        [" // ", " div "],
        ["\\basc\\b(?! nulls)", "asc nulls last"],
        ["\\border by ([\\w.]+)(?=\\s*(\\)|rows\\b))", "order by \\1 asc nulls last"],
        ["\\brange\\(1, len\\((\\w+)\\) [+] 1\\)",
            "if(cardinality(\\1) > 0, sequence(1, cardinality(\\1)), array())"],
        ["\\bleft\\(([\\w.]+), -(\\d+)\\)", "left(\\1, greatest(length(\\1) - \\2, 0))"],
        ["\\bstrlen\\(", "octet_length("],
        ["\\bstarts_with\\(", "startswith("],
        ["\\blen\\(", "cardinality("],
        ["\\brow\\(", "struct("],
        ["\\bhash\\(", "xxhash64("],
        ["\\bformat\\(", "format_string("],
        ["\\berror\\(", "raise_error("],
        ["\\barg_(min|max)\\(", "\\1_by("],
        ["\\barray_to_string\\(", "array_join("],
        ["\\bstring_split\\(", "split("],
        ["\\blist\\(", "collect_list("],
        ["\\blist_sort\\(", "sort_array("],
        ["\\bdate_add\\(", "add_months("],
        ["\\bto_months\\(", "int("],
        ["\\blist_contains\\(", "array_contains("],
        ["\\blist_distinct\\(", "array_distinct("],
        ["\\blist_filter\\(", "filter("],
        ["\\blist_transform\\(", "transform("],
        ["\\bcross join unnest\\(", "cross join lateral explode("],
        ["\\bunnest\\(", "explode("],
        ["\\bselect \\(([\\w.]+(?:, [\\w.]+)+)\\) from", "select \\1 from"],
        ["([\\w.]+)\\[:-2\\]", "slice(\\1, 1, greatest(cardinality(\\1) - 1, 0))"],
        ["([\\w.]+)\\[-1:\\]", "slice(\\1, greatest(cardinality(\\1), 1), 1)"],
        ["([\\w.]+)\\[2:\\]", "slice(\\1, 2, cardinality(\\1))"],
        ["([\\w.]+)\\[(\\w+(?: [+] 1)?)\\]", "try_element_at(\\1, int(\\2))"],
        ["\\{", "named_struct("],
        ["\\}", ")"],
        ["(\x1f\\d+\x1f): ", "\\1, "],
        ["\\b(" ~ spark_functions() | join("|") ~ ")\\(", "engine.\\1("],
    ] -%}
    {%- set values = {
        "'infinity'": "'9999-12-31'",
        "'-infinity'": "'0001-01-01'",
        "'run_id'": "'" ~ invocation_id ~ "'",
        "'pii_pepper'": "(select secret.value from " ~ handed_over("pepper") ~ " as secret)",
    } -%}
    {%- set plain, quoted = [], [] -%}
    {%- for part in modules.re.split("(--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\")", sql) -%}
        {%- if loop.index0 % 2 == 0 -%}
            {%- do plain.append(part) -%}
        {%- elif not part.startswith("--") -%}
            {%- do plain.append("\x1f" ~ quoted | length ~ "\x1f") -%}
            {%- set text = part if part in values else part | replace("\\", "\\\\") -%}
            {%- do quoted.append(values.get(text, text) | replace("{}", "%s")) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set spelled = [modules.re.sub("\\bgetvariable\\((\x1f\\d+\x1f)\\)", "\\1", plain | join)] -%}
    {%- for pattern, instead in words -%}
        {%- do spelled.append(modules.re.sub(pattern, instead, spelled.pop())) -%}
    {%- endfor -%}
    {%- for depth in range(3) -%}
        {%- set list = "(?<![\\w\\)\\]\x1f])\\[([^\\[\\]]*)\\]" -%}
        {%- do spelled.append(modules.re.sub(list, "array(\\1)", spelled.pop())) -%}
    {%- endfor -%}
    {%- set code, texts = spark_calls(spelled[0], quoted) -%}
    {%- set parts = [] -%}
    {%- for part in code.split("\x1f") -%}
        {%- do parts.append(part if loop.index0 % 2 == 0 else texts[part | int]) -%}
    {%- endfor -%}
    {{ return(parts | join) }}
{%- endmacro %}
