"""What a snapshot changes: new contents, and contents that are gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.files import Delivery, Part
from benefits_warehouse.sql import identifier, only_row, quoted


@dataclass(frozen=True)
class Snapshot:
    """The accepted parts of a delivery, each read into a Parquet file.

    Args:
        feed: its feed.
        delivery: the delivery, with the parts that were refused.
        parts: the accepted parts.
        files: their Parquet files.
        load_id: load that they belong to.
        loaded_at: when that load began.
        goal: the Parquet file of changes to write.
    """

    feed: Feed
    delivery: Delivery
    parts: Sequence[Part]
    files: Sequence[Path]
    load_id: int
    loaded_at: datetime
    goal: Path


class SnapshotWriter:
    """Compares snapshots with the state that the log tells, and writes what they change.

    Args:
        connection: DuckDB connection; only reads, temporary tables and COPY are used on it.
        max_shrink_pct: a snapshot that loses more of its keys deletes nothing.
        log: called with one line where one deletes nothing.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        max_shrink_pct: float,
        log: Callable[[str], None],
    ) -> None:
        self.connection = connection
        self.max_shrink_pct = max_shrink_pct
        self.log = log
        self.state_of: Feed | None = None

    def write(self, snapshot: Snapshot) -> None:
        """Write what a snapshot changes: new contents, and contents that are gone.

        A content that the state holds is not landed again; one that the state no longer holds is,
        and what left is landed as an event, so that the log alone tells the state after each
        delivery.
        """
        feed, parts, goal = snapshot.feed, snapshot.parts, snapshot.goal
        self.read_state(feed, goal.parent)
        rows = self.read_delivered(snapshot)
        complete = self.may_delete(snapshot)
        gone = quoted("deleted" if complete else "unseen")
        still_there = "true" if complete else "change = 'upsert'"
        columns = ", ".join(
            f"state.{identifier(c)}" if c in feed.key else "null" for c in feed.columns
        )
        self.connection.execute(
            f"""copy (
                select * exclude (place) from ({rows}) where place in (
                    select place from delivered where not exists (
                        from state
                        where state.content_hash = delivered.content_hash and change = 'upsert'
                    )
                )
                union all
                select {parts[0].file_id}, {snapshot.load_id},
                    {quoted(snapshot.delivery.name)}, null, timestamp {quoted(snapshot.loaded_at)},
                    state.content_hash, {gone}, {columns}
                from state
                where {still_there} and content_hash not in (select content_hash from delivered)
            ) to {quoted(goal)} (format parquet)"""
        )
        landed = self.connection.execute(
            f"select file_id, count(*) from read_parquet({quoted(goal)}) "
            "where change = 'upsert' group by file_id"
        ).fetchall()
        for part in parts:
            part.outcome.landed = dict(landed).get(part.file_id, 0)
        self.advance_state(feed, complete)

    def read_state(self, feed: Feed, folder: Path) -> None:
        """Make the temporary table `state`: what the deliveries so far left, and left unseen.

        Read from the log once a run; each delivery then moves it on.

        Args:
            feed: the feed.
            folder: of its Parquet files.
        """
        if self.state_of == feed:
            return
        keys = ", ".join(
            f"arg_max({identifier(column)}, load_id) as {identifier(column)}" for column in feed.key
        )
        log = quoted(folder / "*.parquet")
        self.connection.execute(
            f"""create or replace temp table state as
            select content_hash, arg_max(change, load_id) as change, {keys}
            from read_parquet({log}, union_by_name = true)
            where change <> 'erased'
            group by content_hash
            having arg_max(change, load_id) <> 'deleted'"""
        )
        self.state_of = feed

    def read_delivered(self, snapshot: Snapshot) -> str:
        """Make the temporary table `delivered`: each content of a delivery and its first place.

        Returns:
            SQL of the delivery's rows with their places.
        """
        feed = snapshot.feed
        files = ", ".join(quoted(path) for path in snapshot.files)
        columns = ", ".join(identifier(column) for column in feed.columns)
        rows = f"""
            select file_id, load_id, source_file, file_row_number + 1 as source_row, loaded_at,
                content_hash, change, {columns},
                file_id * 100000000000 + file_row_number as place
            from read_parquet([{files}], file_row_number = true)
            where change = 'upsert'"""
        keys = ", ".join(
            f"any_value({identifier(column)}) as {identifier(column)}" for column in feed.key
        )
        self.connection.execute(
            f"""create or replace temp table delivered as
            select content_hash, min(place) as place, {keys} from ({rows}) group by content_hash"""
        )
        return rows

    def advance_state(self, feed: Feed, complete: bool) -> None:
        """Let `state` be what the delivery just written left.

        Args:
            feed: the feed.
            complete: the delivery deleted what it did not hold.
        """
        keys = ", ".join(identifier(column) for column in feed.key)
        unseen = f"""
            union all
            select content_hash, 'unseen', {keys} from state
            where content_hash not in (select content_hash from delivered)"""
        self.connection.execute(
            f"""create or replace temp table state as
            select content_hash, 'upsert' as change, {keys} from delivered
            {"" if complete else unseen}"""
        )

    def may_delete(self, snapshot: Snapshot) -> bool:
        """Whether absence from this delivery means deletion; if not, says why."""
        feed, delivery, parts = snapshot.feed, snapshot.delivery, snapshot.parts
        key = ", ".join(
            f"lower(trim({identifier(column)})) as {identifier(column)}" for column in feed.key
        )
        rows = sum(part.outcome.rows - part.outcome.rejected for part in parts)
        present, lost = only_row(
            self.connection,
            f"""with present as (select distinct {key} from state),
                newest as (select distinct {key} from delivered)
            select (select count(*) from present),
                   (select count(*) from (from present except from newest))""",
        )
        reason = None
        if any(part.outcome.is_refused for part in delivery.parts):
            reason = "a part of the delivery was refused"
        elif any(part.outcome.rejected for part in parts):
            reason = "the delivery has rejected lines"
        elif any(part.outcome.is_doubted for part in parts):
            reason = "its trailer states another number of records"
        elif rows == 0:
            reason = "the delivery has no rows"
        elif lost * 100 > present * self.max_shrink_pct:
            reason = (
                f"the delivery lost {lost} of {present} keys, more than "
                f"max_snapshot_shrink_pct = {self.max_shrink_pct:g}"
            )
        if reason and present:
            for part in parts:
                part.outcome.add_reason(f"deletes nothing: {reason}")
            self.log(f"{feed.source}.{feed.name} {delivery.name} deletes nothing: {reason}")
        return reason is None
