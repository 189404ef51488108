{% macro personal_patterns() -%}
    {#- What looks like data about a person in a plain_text about something else, as regular
        expressions: an e-mail address; a number written like a phone, a social security or a card
        number, or nine digits and more that no letter stands before, as in an article's code. The
        groups of `number` are the character before it. `hint` is what a text has, as delivered,
        that holds one of them: most texts do not, and need no further look. D and B stand for
        digits and what separates them. -#}
    {%- set written = [
        "[+]D(?:[()B]{0,3}D){6,14}",
        "(?:1[B]?)?[(]?D{3}(?:[)][B]{0,2}|[B]{1,2})D{3}[B]?D{4}",
        "D{3}[ _-]D{2}[ _-]D{4}",
        "D{3}[.]D{2}[.]D{4}",
        "D{4}[B]D{4}[B]?D{4}[B]?D{1,7}",
        "D{4}[B]D{6}[B]?D{5}",
    ] -%}
    {%- set number = "(^|[^+D])[+(]?(?:" ~ written | join("|") ~ ")D*"
        ~ "|(^|[^+D_\\pL])[+(]?D{9}D*" -%}
    {{ return({
        "email": "[^\\s@<>()]+@[^\\s@<>()]+[.][^\\s@<>()]*\\pL[^\\s@<>()]*",
        "number": number | replace("D", "\\d") | replace("B", " ._-"),
        "hint": "[@＠]|[(\\[{][aA][tT][)\\]}]|(?:\\p{Nd}[^\\p{Nd}]*){7}",
    }) }}
{%- endmacro %}
