-- The days that metrics are counted on (models/_metrics.yml). Borders are fixed, since the clock
-- must change nothing: what happened outside of them is counted too, but in no running total.
select {{ each_step("date '2000-01-01'", "date '2049-12-31'", 'day') }} as calendar_day
