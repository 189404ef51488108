{% macro plain_words(text) -%}
    {#- The words of a text as names are compared, in their order: without case, accents, wide
        letters, apostrophes, an 's at the end and what is not seen; letters that only some
        alphabets have are what is written for them elsewhere. Those of one letter are initials or
        nothing, and no part of a name. -#}
    {%- set narrow = "abcdefghijklmnopqrstuvwxyzlodi" -%}
    {%- set wide = "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚłøđı" -%}
    {%- set two = ["lower(" ~ text ~ ")"] -%}
    {%- for one, other in [["ß", "ss"], ["æ", "ae"], ["œ", "oe"]] -%}
        {%- do two.append("replace(" ~ two[-1] ~ ", '" ~ one ~ "', '" ~ other ~ "')") -%}
    {%- endfor -%}
    {%- set apostrophes = "''’‘＇ʼ`´′" -%}
    {%- set unseen = "\\p{Cf}\\x{115F}\\x{1160}\\x{3164}\\x{FFA0}" -%}
    {%- set words -%}
        regexp_extract_all(
            case
                when regexp_matches({{ text }}, '[Ａ-Ｚａ-ｚŁłØøĐđıßẞÆæŒœ]')
                    then translate({{ two[-1] }}, '{{ wide }}', '{{ narrow }}')
                else {{ text }}
            end, '{{ word_pattern() }}'
        )
    {%- endset -%}
    {{ plain_letters(words, "(?i)[" ~ apostrophes ~ "]s$|[" ~ unseen ~ apostrophes ~ "]") }}
{%- endmacro %}
