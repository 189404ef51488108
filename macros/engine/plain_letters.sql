{% macro plain_letters(words, left_out) -%}
    {#- A list of words in lower case, without accents and what a regular expression finds in one.
        -#}
    {{ return(adapter.dispatch("plain_letters", "benefits_warehouse")(words, left_out)) }}
{%- endmacro %}


{% macro default__plain_letters(words, left_out) -%}
    list_transform(
        {{ words }},
        lambda word: lower(strip_accents(regexp_replace(word, '{{ left_out }}', '', 'g')))
    )
{%- endmacro %}


{% macro spark__plain_letters(words, left_out) -%}
    {#- Functions of schema engine may not stand in a lambda: the words are one text meanwhile. -#}
    {%- set pattern = left_out | replace("$|", "(?=\\x{1F}|$)|") -%}
    list_filter(
        string_split(
            lower(strip_accents(regexp_replace(
                chr(31) || array_to_string({{ words }}, chr(31)), '{{ pattern }}', '', 'g'
            ))), chr(31)
        ), (word, place) -> place > 0
    )
{%- endmacro %}
