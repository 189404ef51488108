"""`dbt build` as a run of Dagster."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetExecutionContext, AssetsDefinition, Output
from dagster_dbt import DbtCliResource, dbt_assets

from benefits_dagster.places import DBT, PROJECT, target_folder, warehouse_folder
from benefits_dagster.results import Results
from benefits_dagster.translator import Translator, is_published

# What `dbt build` by hand leaves out, too (selectors.yml): unit tests test code, not data.
BUILD = ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]


def dbt_resource() -> DbtCliResource:
    """The dbt of this environment, on this project."""
    return DbtCliResource(
        project_dir=str(PROJECT),
        profiles_dir=str(PROJECT),
        dbt_executable=str(DBT),
        global_config_flags=["--no-use-colors"],
    )


def warehouse_assets(manifest: dict[str, Any], translator: Translator) -> AssetsDefinition:
    """All models, seeds and snapshots, built together by one command.

    Readers get the published tables at the end of a good build, all at once. So their assets are
    updated then, with counts of what was published; a failed build updates none of them.

    Args:
        manifest: see translator.read_manifest.
        translator: how nodes become assets.
    """
    published = {
        translator.get_asset_key(node): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and is_published(node)
    }

    @dbt_assets(manifest=manifest, dagster_dbt_translator=translator, name="warehouse")
    def warehouse(context: AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        held = []
        build = dbt.cli(BUILD, context=context, target_path=target_folder())
        for event in build.stream():
            if not isinstance(event, Output):
                yield event
            elif context.asset_key_for_output(event.output_name) in published:
                held.append(event)
            else:
                yield event
        run_id = build.get_artifact("run_results.json")["metadata"]["invocation_id"]
        results = Results(warehouse_folder() / "analytics.duckdb", run_id)
        for event in results.landed():
            context.log_event(event)
        for output in held:
            node = published[context.asset_key_for_output(output.output_name)]
            counts = results.metadata(node["schema"], node["alias"])
            yield output.with_metadata({**output.metadata, **counts})

    assets: AssetsDefinition = warehouse
    return assets
