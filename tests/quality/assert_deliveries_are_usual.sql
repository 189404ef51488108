-- What: each feed has delivered within the days that var quality_gates gives it
-- (overdue_days_max), and its newest delivery is of about the usual size (volume_times_min,
-- volume_times_max).
-- Why: marts of a feed that stopped, or that sent half a file, look as good as ever. It hangs on
-- the ledger, the first model, so it speaks before the marts are built; it only warns unless a
-- threshold of level error is set. Asked in every run: time passes although no table changes.
-- Resolve: the row and the summary of the build name feed, delivery, figures and whom to ask;
-- analysis incident_volume_by_load shows the loads before. If this is how the feed is now, move
-- its threshold in dbt_project.yml.
{{ config(
    severity='error',
    fail_calc='coalesce(max(level), 0)',
    warn_if='>= 1',
    error_if='>= 2',
    meta={'asks_the_clock': true}
) }}
{{ unusual_deliveries(ref('landing_ledger')) }}
