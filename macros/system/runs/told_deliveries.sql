{% macro told_deliveries(ledger) -%}
    {#- Query of the lines of the summary about deliveries: what a person decided, which of this run
        deletes nothing, and companies whose persons stay on a roster since no delivery of the feed
        mentions them any more, for longer than its rhythm. -#}
    {%- set states = ledger.incorporate(path={"identifier": "landing_states"}) -%}
    select line from (
        select format(
            '  {} {}.{} {}{}',
            case files.decision when 'withdraw' then 'withdrawn' when 'trust' then 'trusted'
                else 'deletes nothing:' end,
            files.source, files.feed, {{ shown_name('files.delivery') }},
            coalesce(': ' || files.held_back, '')
        ) as line
        from {{ landing_files() }} as files
        inner join {{ ledger }} as ledger
            on files.file_id = ledger.file_id
        where
            files.file_id = files.delivery_id
            and (
                files.decision is not null
                or (files.held_back is not null and ledger.run_id = getvariable('run_id'))
            )
        order by files.file_id
    )
    {%- for name, feed in feeds().items() if feed.speaks_for %}
    union all
    select format(
        '  not mentioned        {{ name }} {} since {}: its {:,} rows stay until a delivery '
        || 'names it', company, last_on, held_rows
    ) as line
    from (
        select
            states.company,
            max(files.delivered_on) as last_on,
            count(distinct (states.file_id, states.source_row)) as held_rows
        from {{ states }} as states
        inner join {{ landing_files() }} as files
            on states.last_delivery = files.file_id
        where
            states.source = '{{ feed.source }}' and states.feed = '{{ feed.feed }}'
            and states.is_latest and not states.is_deleted and states.company is not null
        group by states.company
    )
    where last_on + {{ feed.rhythm_days }} < (
        select max(delivered_on) from {{ landing_files() }}
        where source = '{{ feed.source }}' and feed = '{{ feed.feed }}' and not is_withdrawn
    )
    {%- endfor %}
{%- endmacro %}
