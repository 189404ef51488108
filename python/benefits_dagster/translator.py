"""What Dagster shows of dbt's manifest: layers as groups, owners, tags, columns, checks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from dagster import AssetKey, AssetSpec, FreshnessPolicy, TableColumn, TableSchema
from dagster_dbt import DagsterDbtTranslator, DbtProject

from benefits_warehouse.feeds import Feed, load_feeds

Node = Mapping[str, Any]

LEDGER = AssetKey(["landing", "landing_ledger"])  # the model that loads the files
# A daily build is late after two hours more than a day, and missed after a day and a half.
DAILY = FreshnessPolicy.time_window(
    warn_window=timedelta(hours=26), fail_window=timedelta(hours=36)
)


def feed_key(source: str, feed: str) -> AssetKey:
    """The key of the asset that stands for the files of a feed."""
    return AssetKey(["feeds", source, feed])


def feed_spec(name: str, feed: Feed) -> AssetSpec:
    """The files of a feed as an asset that others make: what landed, and when it is overdue.

    Args:
        name: of the feed, source.feed.
        feed: its entry in the registry.
    """
    rhythm = timedelta(days=feed.rhythm_days)
    return AssetSpec(
        feed_key(*name.split(".")),
        description=f"Files of {name}: one row per {feed.row}. A {feed.mode} feed.",
        group_name="feeds",
        owners=["team:senders"],
        tags={"subject": feed.domain},
        freshness_policy=FreshnessPolicy.time_window(warn_window=rhythm, fail_window=2 * rhythm),
    )


def is_published(node: Node) -> bool:
    """True for what readers get from analytics.duckdb, by rename, at the end of a good build."""
    return bool(node["database"] == "analytics" and node["resource_type"] == "model")


def layer_of(node: Node) -> str:
    """The layer of a model; else the kind of the node in the plural, `seeds` or `snapshots`."""
    kind = node["resource_type"]
    if kind == "source":
        return str(node["schema"])
    return str(node["fqn"][1]) if kind == "model" else f"{kind}s"


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of dbt, in which each data test says which model it is a check of.

    A singular test that reads several models would be no check in Dagster. It is one of the model
    that comes last, and depends on the others.

    Args:
        path: manifest.json.
    """
    manifest: dict[str, Any] = json.loads(path.read_text())
    order = {unique_id: place for place, unique_id in enumerate(in_order(manifest))}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and not node.get("attached_node"):
            read = [parent for parent in node["depends_on"]["nodes"] if parent in order]
            node["attached_node"] = max(read, key=order.__getitem__)
    return manifest


def in_order(manifest: Mapping[str, Any]) -> list[str]:
    """The nodes of a manifest but its tests, parents first, otherwise by name.

    Args:
        manifest: dbt's.
    """
    nodes = {key: node for key, node in manifest["nodes"].items() if "depends_on" in node}
    done: dict[str, None] = {}

    def visit(key: str) -> None:
        if key in nodes and key not in done and nodes[key]["resource_type"] != "test":
            for parent in sorted(nodes[key]["depends_on"].get("nodes", ())):
                visit(parent)
            done[key] = None

    for key in sorted(nodes):
        visit(key)
    return list(done)


class Translator(DagsterDbtTranslator):
    """How a node of dbt becomes an asset."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> AssetSpec:
        """The asset of a node; the ledger depends on the feeds, and what it writes on the ledger.

        Args:
            manifest: dbt's.
            unique_id: of the node.
            project: of dagster-dbt, where there is one.
        """
        spec: AssetSpec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if spec.key == LEDGER:
            feeds = [feed_key(*name.split(".")) for name in load_feeds()]
            spec = spec.replace_attributes(deps=[*spec.deps, *feeds])
        if node["resource_type"] == "source":
            spec = spec.replace_attributes(deps=[LEDGER])
        if layer_of(node) in ("marts", "findings"):
            spec = spec.replace_attributes(freshness_policy=DAILY)
        return spec

    def get_group_name(self, dbt_resource_props: Node) -> str:
        """The layer.

        Args:
            dbt_resource_props: the node.
        """
        return layer_of(dbt_resource_props)

    def get_owners(self, dbt_resource_props: Node) -> Sequence[str]:
        """The address of the group's owner, else the team that `meta.owner` names.

        Args:
            dbt_resource_props: the node.
        """
        owner = dbt_resource_props["config"].get("meta", {}).get("owner")
        return super().get_owners(dbt_resource_props) or ([f"team:{owner}"] if owner else [])

    def get_tags(self, dbt_resource_props: Node) -> Mapping[str, str]:
        """The tags of dbt, whether it is handed out, and the subject, a folder below the layer.

        Args:
            dbt_resource_props: the node.
        """
        access = "published" if is_published(dbt_resource_props) else "restricted"
        folders = dbt_resource_props["fqn"][2:-1]
        subject = {"subject": folders[0]} if folders else {}
        return {**super().get_tags(dbt_resource_props), "access": access, **subject}

    def get_metadata(self, dbt_resource_props: Node) -> Mapping[str, Any]:
        """The metadata of dagster-dbt, with labels of privacy and subject on the columns.

        Args:
            dbt_resource_props: the node.
        """
        columns = [
            TableColumn(
                name=name,
                type=column["data_type"] or "?",
                description=column["description"],
                tags=labels(column),
            )
            for name, column in dbt_resource_props["columns"].items()
        ]
        metadata = super().get_metadata(dbt_resource_props)
        schema = {"dagster/column_schema": TableSchema(columns)} if columns else {}
        return {**metadata, **schema}


def labels(column: Node) -> dict[str, str]:
    """meta.pii and meta.domain of a column.

    Args:
        column: of a node.
    """
    meta = column.get("config", {}).get("meta", {})
    return {label: meta[label] for label in ("pii", "domain") if label in meta}
