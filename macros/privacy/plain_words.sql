{% macro plain_words(text) -%}
    {#- The words of a text as names are compared, in their order: without case, accents, wide
        letters, apostrophes, an 's at the end and what is not seen. Those of one letter are
        initials or nothing, and no part of a name. -#}
    {%- set narrow = "abcdefghijklmnopqrstuvwxyz" -%}
    {%- set wide = "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ" -%}
    {%- set letters = "regexp_replace(word, '(?i)[''’＇ʼ`]s$|[\\p{Cf}''’＇ʼ`]', '', 'g')" -%}
    list_transform(
        regexp_extract_all(
            case
                when regexp_matches({{ text }}, '[Ａ-Ｚａ-ｚ]')
                    then translate(lower({{ text }}), '{{ wide }}', '{{ narrow }}')
                else {{ text }}
            end, '{{ word_pattern() }}'
        ),
        lambda word: lower(strip_accents({{ letters }}))
    )
{%- endmacro %}
