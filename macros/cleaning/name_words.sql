{% macro name_words(name) -%}
    {#- The words of a name as a sorted list, without case, accents and punctuation, so that
        "Roe, Ann" is Ann Roe; null where nothing is left. -#}
    {%- set plain = "lower(strip_accents(nfc_normalize(" ~ name ~ ")))" -%}
    nullif(
        list_sort(
            list_filter(
                list_distinct(
                    string_split_regex(
                        regexp_replace({{ plain }}, '[''’ʼ`.]', '', 'g'), '[^\p{L}\p{M}\p{N}]+'
                    )
                ),
                lambda word: word <> ''
            )
        ),
        []
    )
{%- endmacro %}
