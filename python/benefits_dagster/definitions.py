"""What Dagster loads: assets, checks, the build as a job, its sensor and its schedule."""

from __future__ import annotations

from dagster import DefaultScheduleStatus, Definitions, ScheduleDefinition, define_asset_job

from benefits_dagster.build import dbt_resource, warehouse_assets
from benefits_dagster.deliveries import deliveries_sensor
from benefits_dagster.places import target_folder
from benefits_dagster.translator import Translator, feed_spec, read_manifest
from benefits_warehouse.feeds import load_feeds

EVERY_DAY = "0 6 * * *"  # UTC: after the deliveries of a night in the United States

manifest = read_manifest(target_folder() / "manifest.json")
translator = Translator()
warehouse = warehouse_assets(manifest, translator)
build = define_asset_job("build", [warehouse], description="`dbt build` of the whole warehouse")

defs = Definitions(
    assets=[
        warehouse,
        *[feed_spec(name, feed) for name, feed in load_feeds().items()],
        *[translator.get_asset_spec(manifest, source, None) for source in manifest["sources"]],
    ],
    jobs=[build],
    schedules=[
        ScheduleDefinition(
            name="every_day",
            job=build,
            cron_schedule=EVERY_DAY,
            execution_timezone="UTC",
            default_status=DefaultScheduleStatus.RUNNING,
            description="A build a day, deliveries or not: checks run, and the data gets its day.",
        )
    ],
    sensors=[deliveries_sensor(build)],
    resources={"dbt": dbt_resource()},
)
