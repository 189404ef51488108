{% macro rules_of(feed) %}
    {#- All conditions of a feed's rules: of macro `<entity>_rules`, and `<entity>_groups_rules`
        where the feed has rules over groups of rows. -#}
    {%- set rules = {} -%}
    {%- for name in [feed.entity ~ "_rules", feed.entity ~ "_groups_rules"] if name in context -%}
        {%- do rules.update(context[name]()) -%}
    {%- endfor -%}
    {{ return(rules) }}
{% endmacro %}
