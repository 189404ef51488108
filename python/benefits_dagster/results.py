"""What a build left, as Dagster shows it: counts of the published tables, never a row of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dagster import AssetKey, AssetMaterialization, AssetObservation

from benefits_dagster.translator import feed_key
from benefits_warehouse.dashboard.published import Published
from benefits_warehouse.feeds import load_feeds
from benefits_warehouse.sql import identifier

MOST_NAMES = 20  # files of a feed that are named in one event
COUNTS = """
    select
        source, feed, rows_landed, rows_valid, difference,
        rows_quarantined as rows_withheld
    from quality.reconciliation
"""
TOTALS = """
    select
        sum(rows_landed)::bigint as rows_landed,
        sum(rows_valid)::bigint as rows_valid,
        sum(rows_quarantined)::bigint as rows_withheld,
        sum(abs(difference))::bigint as difference
    from quality.reconciliation
"""
RUN = """
    select rows_in, rows_out, rows_quarantined as rows_withheld, validation_errors, runtime_seconds
    from ops.run_history
    where run_id = $run_id
"""
FINDINGS = """
    select
        count(*) filter (resolved_at is null) as findings_open,
        count(*) filter (status = 'new') as findings_new
    from marts.findings
"""
# Names of files are masked in ops where they could be of a person.
LANDED = """
    select
        source,
        feed,
        count(*) filter (status = 'loaded') as files,
        count(*) filter (status = 'refused') as refused,
        coalesce(sum(rows) filter (status = 'loaded'), 0)::bigint as rows,
        coalesce(sum(rejected) filter (status = 'loaded'), 0)::bigint as rejected_lines,
        list(file order by file) as names
    from ops.loaded_files
    where run_id = $run_id and feed is not null
    group by all
"""


class Results:
    """What the build of a run left.

    Args:
        database: analytics.duckdb.
        run_id: dbt's id of the run.

    Raises:
        NotPublished: there is no such file, or it lacks a relation.
    """

    def __init__(self, database: Path, run_id: str) -> None:
        self.published = Published(database)
        self.run_id = run_id
        tables = self.published.rows(
            "select schema_name, table_name from duckdb_tables() "
            "union all select schema_name, view_name from duckdb_views() where not internal"
        )
        self.relations = {(table["schema_name"], table["table_name"]) for table in tables}
        self.counts = {
            f"{row.pop('source')}.{row.pop('feed')}": row for row in self.published.rows(COUNTS)
        }
        feeds = load_feeds()
        self.feeds = {f"quality.quarantine_{feed.entity}": name for name, feed in feeds.items()}
        self.feeds |= {f"marts.{feed.mart}": name for name, feed in feeds.items()}

    def metadata(self, schema: str, name: str) -> Mapping[str, Any]:
        """Counts of a published relation, by what they count; none where it is not there.

        Args:
            schema: of the relation.
            name: of the relation.
        """
        if (schema, name) not in self.relations:
            return {}
        relation = f"{schema}.{name}"
        sql = f"select count(*) as rows from {identifier(schema)}.{identifier(name)}"
        found: dict[str, Any] = {"dagster/row_count": self.published.row(sql)["rows"]}
        if feed := self.feeds.get(relation):
            found |= self.counts.get(feed, {})
        more = {"quality.reconciliation": TOTALS, "marts.findings": FINDINGS}.get(relation)
        if more:
            found |= self.published.row(more)
        if relation == "ops.run_history":
            found |= self.published.row(RUN, run_id=self.run_id)
        return {key: value for key, value in found.items() if value is not None}

    def landed(self) -> Iterator[AssetMaterialization | AssetObservation]:
        """What this run landed of each feed: an update, or, where all was refused, a note."""
        for row in self.published.rows(LANDED, run_id=self.run_id):
            key: AssetKey = feed_key(row.pop("source"), row.pop("feed"))
            row["names"] = ", ".join(first(row["names"], MOST_NAMES))
            kind = AssetMaterialization if row["files"] else AssetObservation
            yield kind(asset_key=key, metadata={**row, "dbt_run_id": self.run_id})


def first(names: Iterable[str], most: int) -> list[str]:
    """The first names, and how many more there are.

    Args:
        names: all of them.
        most: how many are told.
    """
    names = list(names)
    more = [f"and {len(names) - most} more"] if len(names) > most else []
    return [*names[:most], *more]
