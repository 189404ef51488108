{% macro spark_spelling(sql) -%}
    {#- The SQL of a model, which is DuckDB's, as Spark spells it: words, brackets and operators
        that mean the same in both, the default order of nulls, which are last, and regular
        expressions. Quoted texts and names are left as they are, and comments left out. What is
        written in another way altogether stands in a dispatched macro (macros/engine). -#}
    {%- set ends = {"'infinity'": "'9999-12-31'", "'-infinity'": "'0001-01-01'"} -%}
    {%- set plain, quoted = [], [] -%}
    {%- for part in modules.re.split("(--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\")", sql) -%}
        {%- if loop.index0 % 2 == 0 -%}
            {%- do plain.append(part) -%}
        {%- elif not part.startswith("--") -%}
            {%- do plain.append("\x1f" ~ quoted | length ~ "\x1f") -%}
            {%- do quoted.append(ends.get(part, part) | replace("\\", "\\\\")) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set spelled = [plain | join] -%}
    {%- for pattern, instead in spark_words() -%}
        {%- do spelled.append(modules.re.sub(pattern, instead, spelled.pop())) -%}
    {%- endfor -%}
    {%- for _ in range(3) -%} {#- lists in lists -#}
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
