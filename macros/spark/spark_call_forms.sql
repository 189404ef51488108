{% macro spark_call_forms() -%}
    {#- Calls that Spark writes otherwise: name to what stands before and behind the arguments. In
        Java Σ and İ become other letters than in DuckDB, and ß two; DuckDB trims blanks of every
        script. -#}
    {%- set blanks = "\u0020\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
        ~ "\u2009\u200a\u202f\u205f\u3000" -%}
    {{ return({
        "getvariable": ["", ""],
        "length_grapheme": ["regexp_count(", ", '\\\\X')"],
        "lower": ["lower(translate(", ", 'Σİ', 'σi'))"],
        "regexp_extract": ["regexp_extract(", ")"],
        "regexp_extract_all": ["regexp_extract_all(", ")"],
        "regexp_full_match": ["regexp_like(", ")"],
        "regexp_matches": ["regexp_like(", ")"],
        "regexp_replace": ["regexp_replace(", ")"],
        "sha256": ["sha2(", ", 256)"],
        "sign": ["int(sign(", "))"],
        "string_split_regex": ["split(", ")"],
        "trim": ["trim(both '" ~ blanks ~ "' from ", ")"],
        "upper": ["upper(translate(", ", 'ß', 'ẞ'))"],
    }) }}
{%- endmacro %}
