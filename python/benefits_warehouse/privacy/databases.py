"""How an erasure takes a person out of the working databases of a warehouse."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from benefits_warehouse.declarations import columns_of
from benefits_warehouse.privacy.landed import LandedRows, of_person
from benefits_warehouse.privacy.mentions import Mentions, left_of, mentioned
from benefits_warehouse.privacy.plan import Plan
from benefits_warehouse.privacy.restricted import rewrite_working
from benefits_warehouse.sql import identifier, quoted

# What logs keep of delivered texts.
TOLD = {
    "quality.quarantine_history": ("record_key",),
    "marts.findings": ("subject", "summary", "evidence_filter"),
}
ROSTER = "benefits_admin.employees"  # the feed that the snapshots of persons are taken of


class DatabaseEraser:
    """Erases a person from the working databases.

    Args:
        landed: the landed rows, already emptied; its connection has both databases attached.
        folder: the warehouse folder.
    """

    def __init__(self, landed: LandedRows, folder: Path) -> None:
        self.landed = landed
        self.connection = landed.connection
        self.folder = folder

    def erase(self, plan: Plan) -> None:
        """Take the person out of both databases, and leave no trace in what they were."""
        self.clean_restricted(plan)
        self.clean_analytics(plan)
        rewrite_working(self.connection, self.folder)

    def history(self, plan: Plan) -> list[tuple[str, str]]:
        """The snapshots of persons, each with the SQL condition of this person's records."""
        # A record without a person_id is known by the hash of its content.
        keys = ", ".join(quoted(chr(31) + value) for value in ["", *plan.hashes])
        feed = self.landed.feeds[ROSTER]
        found = []
        for table, columns in self.snapshots():
            condition = of_person(feed, plan.who, [name for name in feed.words if name in columns])
            found.append((table, f"({condition} or entity_key in ({keys}))"))
        return found

    def snapshots(self) -> list[tuple[str, list[str]]]:
        """The snapshots of persons, each with its columns."""
        return [
            (f"restricted.snapshots.{identifier(table)}", columns)
            for table, columns in self.landed.query(
                "select table_name, list(column_name) from duckdb_columns() "
                "where database_name = 'restricted' and schema_name = 'snapshots' "
                "group by table_name having list_contains(list(column_name), 'person_id')"
            )
        ]

    def count_history(self, plan: Plan) -> int:
        """How many records of the person the snapshots hold."""
        return sum(
            self.landed.count(f"from {table} where {condition}")
            for table, condition in self.history(plan)
        )

    def drop_derived(self, database: str, plan: Plan) -> None:
        """Drop what the next runs make anew: tables below the feeds of persons, seeds, failures.

        Args:
            database: name that it is attached by.
            plan: its models are those below the feeds of persons.
        """
        models = set(plan.models)
        for schema, table, comment in self.landed.query(
            "select schema_name, table_name, comment from duckdb_tables() where database_name = ?",
            [database],
        ):
            is_built = "|" in (comment or "") and schema != "snapshots" and table in models
            is_seen_copy = "__" in table and table.split("__")[0] in models
            if is_built or is_seen_copy or schema in ("seeds", "test_failures"):
                name = ".".join(map(identifier, (database, schema, table)))
                self.connection.execute(f"drop table {name}")

    def clean_restricted(self, plan: Plan) -> None:
        """Erase in restricted.duckdb: history, the ledger's counts, all that is made anew."""
        self.connection.execute("begin")
        self.drop_derived("restricted", plan)
        for table, condition in self.history(plan):
            self.connection.execute(f"delete from {table} where {condition}")
        self.connection.execute(
            "alter table restricted.landing.landing_ledger add column if not exists erased bigint"
        )
        mentions = Mentions(self.connection, plan)
        self.clean_texts(mentions, "restricted", {"snapshots": None})
        self.clean_ledger(mentions)
        for name in self.landed.feeds:
            for file_id, rows in self.landed.erased_rows(name).items():
                self.connection.execute(
                    "update restricted.landing.landing_ledger "
                    "set landed = landed + coalesce(erased, 0) - ?, erased = ? where file_id = ?",
                    [rows, rows, file_id],
                )
        self.connection.execute("commit")

    def clean_texts(
        self, mentions: Mentions, database: str, places: Mapping[str, Collection[str] | None]
    ) -> None:
        """Take the person out of texts, and leave the words of the warehouse's own alone.

        Args:
            mentions: those of the person.
            database: name that it is attached by.
            places: schema, or schema.table, to the columns of text; None for all.
        """
        compared = self.landed.compared()
        for schema, table, column in self.landed.query(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where database_name = ? and data_type = 'VARCHAR'",
            [database],
        ):
            columns = places.get(f"{schema}.{table}", places.get(schema, ()))
            if columns is not None and column not in columns:
                continue
            place, text = ".".join(map(identifier, (database, schema, table))), identifier(column)
            if column == "entity_key":
                self.clean_keys(mentions, place)
            elif mentions.note(f"select {text} from {place}"):
                self.connection.execute(
                    f"update {place} set {text} = {left_of(text, column in compared)} "
                    f"where {mentioned(text)}"
                )

    def clean_keys(self, mentions: Mentions, place: str) -> None:
        """Take the person out of the parts of keys, as out of the landed rows that they are of.

        Args:
            mentions: those of the person.
            place: SQL name of a table with entity_key.
        """
        parts = "string_split(entity_key, chr(31))"
        if mentions.note(f"select unnest({parts}) from {place}"):
            left = mentions.noted(is_key=True)
            for (key,) in self.landed.query(
                f"select distinct entity_key from {place} where list_has_any({parts}, ?)",
                [sorted(left)],
            ):
                kept = chr(31).join(left.get(part, part) for part in key.split(chr(31)))
                self.landed.query(
                    f"update {place} set entity_key = ? where entity_key = ?", [kept, key]
                )

    def clean_ledger(self, mentions: Mentions) -> None:
        """Take the person out of the reasons and the added columns of deliveries.

        Args:
            mentions: those of the person.
        """
        ledger = "restricted.landing.landing_ledger"
        mentions.note(
            f"select unnest(added_columns) from {ledger} union select reason from {ledger}"
        )
        left = mentions.noted()
        for file_id, columns, reason in self.landed.query(
            f"select file_id, added_columns, reason from {ledger}"
        ):
            if {*(columns or []), reason} & set(left):
                kept = columns and [left.get(name, name) for name in columns]
                self.landed.query(
                    f"update {ledger} set added_columns = ?::varchar[], reason = ? "
                    "where file_id = ?",
                    [kept, left.get(reason, reason), file_id],
                )

    def clean_analytics(self, plan: Plan) -> None:
        """Erase in the working copy of analytics.duckdb, and record the erasure as a run."""
        self.connection.execute("begin")
        self.drop_derived("analytics", plan)
        self.empty_quarantine(plan)
        self.drop_findings(plan)
        self.clean_texts(Mentions(self.connection, plan), "analytics", TOLD)
        self.record(plan)
        self.connection.execute("commit")

    def empty_quarantine(self, plan: Plan) -> None:
        """Take the keys of emptied rows out of quarantine_history, where there is one."""
        if not self.landed.query(
            "select table_name from duckdb_tables() where database_name = 'analytics' "
            "and schema_name = 'quality' and table_name = 'quarantine_history'"
        ):
            return
        emptied = " union all ".join(map(self.landed.emptied_ids, self.landed.personal()))
        self.connection.execute(
            f"""update analytics.quality.quarantine_history set
                record_key = null,
                outcome = if(left_at is null, 'erased', outcome),
                left_run_id = if(left_at is null, {quoted(plan.run_id)}, left_run_id),
                left_at = coalesce(left_at, timestamp {quoted(plan.started_at)})
            where row_id in ({emptied})"""
        )

    def drop_findings(self, plan: Plan) -> None:
        """Take out the findings about the person and their accounts, and what happened to them."""
        if not self.landed.query(
            "select table_name from duckdb_tables() where database_name = 'analytics' "
            "and schema_name = 'marts' and table_name = 'findings'"
        ):
            return
        values = sorted({value for kind in plan.who.values() for value in kind})
        self.connection.execute(
            "create or replace temp table of_person as "
            "select finding_id from analytics.marts.findings where list_has_any(subject_ids, ?)",
            [values],
        )
        for table in ("findings", "finding_events"):
            self.connection.execute(
                f"delete from analytics.marts.{table} "
                "where finding_id in (select finding_id from of_person)"
            )
            # The comment of a log says that what it holds is up to date, and was exported.
            self.connection.execute(f"comment on table analytics.marts.{table} is null")

    def record(self, plan: Plan) -> None:
        """Write what was erased, never of whom, to the logs of runs and of erasures."""
        run_id, started = quoted(plan.run_id), f"timestamp {quoted(plan.started_at)}"
        declared = columns_of("ops", "erasures").items()
        columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in declared)
        self.connection.execute(
            f"""create schema if not exists analytics.ops;
            create table if not exists analytics.ops.erasures ({columns});
            delete from analytics.ops.erasures where run_id = {run_id};
            delete from analytics.ops.run_history where run_id = {run_id}"""
        )
        for name, (rows, lines) in (plan.erased or {}).items():
            history = plan.history if name == ROSTER else 0
            self.connection.execute(
                "insert into analytics.ops.erasures by name "
                f"select ? as run_id, {started} as erased_at, ? as source, ? as feed, "
                "? as rows_erased, ? as lines_erased, ? as history_erased",
                [plan.run_id, *name.split("."), rows, lines, history],
            )
        self.connection.execute(
            f"""insert into analytics.ops.run_history by name
            select {run_id} as run_id, {started} as started_at,
                get_current_timestamp()::timestamp as finished_at, 'success' as status,
                'forget' as command, 'duckdb ' || version() as versions,
                date_diff('millisecond', {started}, get_current_timestamp()::timestamp) / 1000
                    as runtime_seconds"""
        )
