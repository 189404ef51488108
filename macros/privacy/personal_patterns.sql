{% macro personal_patterns() -%}
    {#- What looks like data about a person in a text about something else, as regular expressions:
        an e-mail address; a number written like a phone, a social security or a card number, or
        nine digits and more that no letter stands before, as in an article's code. The groups of
        `number` are the character before it. D, S and B stand for digits, blanks and dashes of any
        script, and those with dots. -#}
    {%- set written = [
        "[+]D(?:[()B]{0,2}D){6,14}",
        "(?:1[B]?)?[(]?D{3}(?:[)][B]{0,2}|[B]{1,2})D{3}[B]?D{4}",
        "D{3}[S]D{2}[S]D{4}",
        "D{4}[B]D{4}[B]?D{4}[B]?D{1,7}",
        "D{4}[B]D{6}[B]?D{5}",
    ] -%}
    {%- set number = "(^|[^+D])[+(]?(?:" ~ written | join("|") ~ ")D*"
        ~ "|(^|[^+D_\\pL])[+(]?D{9}D*" -%}
    {{ return({
        "email": "[^\\s@<>()]+@[^\\s@<>()]+\\.[^\\s@<>()]+",
        "number": number | replace("D", "\\p{Nd}") | replace("B", ".S")
            | replace("S", "\\p{Z}\\p{Pd}"),
    }) }}
{%- endmacro %}
