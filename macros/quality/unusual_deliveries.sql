{% macro unusual_deliveries(ledger) -%}
{#-
    Query of what does not come as it should, one row per feed and gate: feeds that are overdue, and
    newest deliveries far off the usual size, with `told`, a line for people.

    Overdue is asked of the clock, at the start of the run, since only it knows what did not come;
    no mart depends on the answer. A refused file brought nothing. A repeat says of a snapshot that
    it still holds, of a delta nothing. Seeds are never overdue, nor is a feed that never came.
    Usual is the median of the deliveries before the newest (var usual_volume): of a feed without
    enough of them, or with few rows, nothing is said, since chance alone doubles and halves those.
-#}
{%- set usual = var("usual_volume") -%}
{%- set now = run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") -%}
with

ledger as (
    select
        *,
        source || '.' || feed as feed_name
    from {{ ledger }}
),

arrivals as (
    select
        feed_name as feed,
        arg_max(delivery, file_id) as delivery,
        max(loaded_at) as arrived_at
    from ledger
    where
        origin = 'landing_zone'
        and (status = 'loaded' or (status = 'duplicate' and mode = 'snapshot'))
    group by feed_name
),

deliveries as (
    select
        feed_name as feed,
        any_value(delivery) as delivery,
        sum(rows) as delivered_rows,
        row_number() over (partition by feed_name order by load_id desc) as recency
    from ledger
    where status = 'loaded'
    group by feed_name, load_id
),

volumes as (
    select
        feed,
        max(delivery) filter (where recency = 1) as delivery,
        max(delivered_rows) filter (where recency = 1) as delivered_rows,
        count(*) filter (where recency > 1) as deliveries_before,
        median(delivered_rows) filter (where recency > 1) as usual_rows
    from deliveries
    where recency <= 1 + {{ usual.of_recent }}
    group by feed
),

volume_gates (gate) as (
    values ('volume_times_min'), ('volume_times_max')
),

measures as (
    select
        'overdue_days_max' as gate,
        feed,
        delivery,
        (epoch_us(timestamp '{{ now }}') - epoch_us(arrived_at)) / 86400e6 as value,
        'came on ' || strftime(arrived_at, '%Y-%m-%d') || ', {} days ago, nothing since; ask the '
        || 'sender, or why it does not reach the landing zone' as told
    from arrivals
    union all
    select
        volume_gates.gate,
        volumes.feed,
        volumes.delivery,
        volumes.delivered_rows / greatest(volumes.usual_rows, 1) as value,
        'has ' || {{ with_commas('volumes.delivered_rows::bigint') }} || ' rows, {} times the '
        || {{ with_commas('volumes.usual_rows::bigint') }} || ' of the '
        || volumes.deliveries_before || ' before it; ask the sender before the marts are believed'
            as told
    from volumes
    cross join volume_gates
    where
        volumes.deliveries_before >= {{ usual.at_least }}
        and greatest(volumes.delivered_rows, volumes.usual_rows) >= {{ usual.from_rows }}
),

{{ beyond_gates(['overdue_days_max', 'volume_times_min', 'volume_times_max']) }}

select
    gate,
    feed,
    delivery,
    value,
    warn,
    error,
    level,
    if(gate = 'overdue_days_max', 'overdue', 'unusual size') as problem,
    feed || ' ' || delivery || ' ' || replace(told, '{}', round(value, 2)::varchar) || ' ('
    || gate || ' ' || coalesce(if(level = 2, error, warn), warn)::varchar || ')' as told
from beyond
order by level desc, gate, feed
{%- endmacro %}
