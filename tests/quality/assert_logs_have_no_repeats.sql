-- What: no log of quality holds a row twice, and no row of data is in two open stays in quarantine.
-- Why: a run that failed half-way and was run again must not count for two.
-- Resolve: the run_id leads to ops.run_history; delete the second of the rows named here.
{{ config(severity='error') }}
{% set keys = {
    'quarantine_history': ['row_id', 'left_at'],
    'quality_trends': ['run_id', 'kind', 'source', 'feed', 'subject', 'measure'],
    'rule_versions': ['kind', 'name', 'run_id'],
} %}
{% for name, columns in keys.items() %}
select
    '{{ name }}' as relation,
    concat_ws(' | ', {{ columns | join(', ') }}) as repeated_key,
    count(*) as rows_of_key
from {{ ref(name) }}
group by {{ columns | join(', ') }}
having count(*) > 1
{{ "union all" if not loop.last }}
{% endfor %}
