{% macro plain_text(column) -%}
    {#- A text in which a number or an address is looked for: signs that are not seen are left out,
        wide signs are narrow ones, digits of other scripts are 0, each blank is one blank, each
        dash a hyphen, the word at in brackets an @; what separates digits is a hyphen, an
        underscore or a dot, without blanks around it, and so are @ and a dot with a blank before
        it. -#}
    {%- set narrow = "!\"#$%&()*+,-./0123456789:;<=>?@[]^_`{|}~" -%}
    {%- set wide = "！＂＃＄％＆（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠［］＾＿｀｛｜｝～" -%}
    {%- set steps = [
        ["[^\\x00-\\x7F\\P{Nd}]", "0"],
        ["\\p{Cf}", ""],
        ["[\\s\\p{Z}\\p{Cc}]+", " "],
        ["[\\p{Pd}−]", "-"],
        [" ?[(\\[{](?i:at)[)\\]}] ?", "@"],
        [" ?[(\\[{](?i:dot)[)\\]}] ?", "."],
        [" ?@ ?", "@"],
        [" [.] ?", "."],
        ["([0-9]) ?[-/·•:~]+ ?", "\\1-"],
        ["([0-9]) ?([._]) ?", "\\1\\2"],
    ] -%}
    {%- set text = ["translate(" ~ column ~ ", '" ~ wide ~ "', '" ~ narrow ~ "')"] -%}
    {%- for pattern, instead in steps -%}
        {%- do text.append(
            "regexp_replace(" ~ text[-1] ~ ", '" ~ pattern ~ "', '" ~ instead ~ "', 'g')"
        ) -%}
    {%- endfor -%}
    {{ text[-1] }}
{%- endmacro %}
