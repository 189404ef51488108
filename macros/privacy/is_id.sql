{% macro is_id(column, is_doubtful="false") -%}
    {#- Whether a delivered id looks like one: a word of at most 60 signs that is not written like a
        social security, phone or card number. Where the cells of the row may have moved
        (is_doubtful), also a digit in a word of three signs and more, and at most eight digits
        alone. Null where there is none. -#}
    {%- set numbers = [
        "[0-9]{3}B[0-9]{2}B[0-9]{4}",
        "[+]?([0-9]{1,3}B)?([(][0-9]{3}[)]B?|[0-9]{3}B)[0-9]{3}B?[0-9]{4}",
        "[0-9]{4}(B[0-9]{4}){2,3}(B[0-9]{1,3})?",
        "[0-9]{4}B[0-9]{6}B[0-9]{5}",
        "[+][0-9]{7,}",
    ] | join("|") | replace("B", "[-./]") -%}
    {%- set id = "trim(" ~ column ~ ")" -%} {#- its length: a repetition takes long to compile -#}
    case
        when regexp_full_match({{ column }}, '[A-Za-z]{1,9}[-_]?[0-9]{1,20}') then true -- for speed
        else
            length({{ id }}) <= 60
            and regexp_full_match({{ id }}, '[\p{L}\p{N}._:/#|+()-]+')
            and not regexp_full_match({{ id }}, '{{ numbers }}')
            and not (
                {{ is_doubtful }} and length({{ id }}) > 2
                and (
                    not regexp_matches({{ id }}, '[0-9]')
                    or length({{ id }}) > 8 and regexp_full_match({{ id }}, '[0-9]+')
                )
            )
    end
{%- endmacro %}
