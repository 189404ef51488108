{% macro told_rules() -%}
    {#- Query of the lines of the summary about rules that fire on more than half of a feed, which
        has one cause and not thousands; of feeds with twenty rows or more. -#}
    select format(
        '  on most rows         {} ({}): {}', scores.rule_id,
        string_agg(
            format(
                '{:.0f}% of {}.{}', 100 * scores.rows_failed / scores.rows_checked, scores.source,
                scores.feed
            ), ', ' order by scores.source, scores.feed
        ), any_value(rules.fix_hint)
    )
    from {{ relation_of("dq_scorecard") }} as scores
    inner join {{ relation_of("int_rules_versioned") }} as rules
        on
            scores.source = rules.source
            and scores.feed = rules.feed
            and scores.rule_id = rules.rule_id
    where scores.rows_checked >= 20 and scores.rows_failed * 2 > scores.rows_checked
    group by scores.rule_id
    order by scores.rule_id
{%- endmacro %}
