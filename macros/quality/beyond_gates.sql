{% macro beyond_gates(gates) -%}
{#-
    The CTEs that end in `beyond`: the rows of the CTE `measures` (gate, feed, value, more) that are
    beyond a threshold of var quality_gates, with the columns warn, error and level (1 warns, 2
    fails the build). A gate that ends in _min is a lower bound, any other an upper one; a threshold
    is a number, a number by feed, rhythm_days (what the feed says itself), or null: off.
-#}
thresholds (gate, feed, warn, error) as (
    values
    {%- for gate in gates %}
    {%- set levels = var("quality_gates").get(gate) or {} %}
    {%- for name, feed in feeds().items() %}
    (
        '{{ gate }}',
        '{{ name }}',
        {%- for level in ["warn", "error"] %}
        {%- set given = levels.get(level) %}
        {%- set threshold = given.get(name) if given is mapping
            else feed.rhythm_days if given == "rhythm_days" else given %}
        {{ "null" if threshold is none else threshold | float }}::double{{ "," if not loop.last }}
        {%- endfor %}
    ){{ "," if not loop.last }}
    {%- endfor %}{{ "," if not loop.last }}
    {%- endfor %}
),

compared as (
    select
        measures.*,
        thresholds.warn,
        thresholds.error,
        case
            when measures.gate like '%_min' then measures.value < thresholds.error
            else measures.value > thresholds.error
        end as is_error,
        case
            when measures.gate like '%_min' then measures.value < thresholds.warn
            else measures.value > thresholds.warn
        end as is_warning
    from measures
    inner join thresholds
        on
            measures.gate = thresholds.gate
            and measures.feed = thresholds.feed
),

beyond as (
    select
        * exclude (is_error, is_warning),
        case when is_error then 2 else 1 end as level
    from compared
    where is_error or is_warning
)
{%- endmacro %}
