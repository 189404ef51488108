"""One erasure: what it finds, and what it changes, in an order that makes a kill harmless.

What is to be done is written to `restricted/forget.json` first, and removed last. While that file
is there, other commands of dbt are refused, and running again goes on where it stopped: every step
may be done twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.cli.main import dbtRunner, dbtRunnerResult

from benefits_warehouse.landing.contract import Feed, quoted
from benefits_warehouse.landing.intact import forget_notes
from benefits_warehouse.privacy.cleaning import cleaned
from benefits_warehouse.privacy.forgotten import (
    KINDS,
    Forgotten,
    check_list,
    list_pepper,
    pattern_of,
    tidy,
    write_privately,
)
from benefits_warehouse.privacy.restricted import attach_plain, attach_restricted, rewrite
from benefits_warehouse.runtime.dbt_plugin import read_pepper

PROJECT = Path(__file__).resolve().parents[3]
ERASURES = {
    "run_id": "varchar",
    "erased_at": "timestamp",
    "source": "varchar",
    "feed": "varchar",
    "rows_erased": "bigint",
    "lines_erased": "bigint",
    "history_erased": "bigint",
}

Who = dict[str, set[str]]  # identifiers by kind, see forgotten.KINDS


def feed_of(name: str, entry: Mapping[str, Any]) -> Feed:
    """A feed of the registry, as far as an erasure needs to know it."""
    identifies = tuple(entry.get("identifies", ()))
    columns = tuple(entry["columns"])
    return Feed(*name.split("."), entry["mode"], (), columns, frozenset(), {}, identifies)


class Erasure:
    """One erasure on one warehouse; nobody else may run on it meanwhile (see take_lock).

    Args:
        folder: the warehouse folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.restricted = folder / "restricted"
        self.landing = self.restricted / "landing"
        self.plan_file = self.restricted / "forget.json"
        self.database = folder / "restricted.duckdb"
        self.working_copy = folder / ".build" / "analytics.duckdb"
        settings = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["feeds"]
        self.registry: dict[str, Any] = settings
        self.feeds = {name: feed_of(name, entry) for name, entry in settings.items()}
        self.pepper = list_pepper(read_pepper(folder))
        check_list(self.restricted, self.pepper)
        self.connection = duckdb.connect(config={"autoinstall_known_extensions": False})
        self.connection.execute(
            f"set TimeZone = 'UTC'; set variable forgotten_pepper = {quoted(self.pepper)}; "
            f"set temp_directory = {quoted(self.restricted / 'tmp')}"
        )
        attach_restricted(self.connection, self.database)
        attach_plain(self.connection, self.working_copy, "analytics")
        self.forgotten = Forgotten(self.connection, self.restricted)
        self.plan: dict[str, Any] = {}

    def query(self, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.connection.execute(sql, parameters).fetchall()

    def landed(self, name: str) -> str:
        """SQL of the landed rows of a feed."""
        pattern = self.landing / name.replace(".", "/") / "*.parquet"
        return f"read_parquet({quoted(pattern)}, union_by_name = true)"

    def files(self, name: str) -> list[Path]:
        """The Parquet files of a feed, or of rejected_lines."""
        paths = (self.landing / name.replace(".", "/")).glob("*-*.parquet")
        return sorted(paths)

    def complete(self, who: Who) -> Who:
        """A person's identifiers in both systems: those that share a valid e-mail address.

        Raises:
            RuntimeError: that leads to several persons of one system; nothing was changed.
        """
        found = {kind: set(values) for kind, values in who.items()}
        size = -1
        while size != sum(map(len, found.values())):
            size = sum(map(len, found.values()))
            for name, feed in self.feeds.items():
                if "email" not in feed.identifies:
                    continue
                kind = next(kind for kind in feed.identifies if kind != "email")
                number = cleaned("clean_text", kind)
                email = cleaned("clean_email", cleaned("tidy_text", "email"))
                for value, address in self.query(
                    f"""select distinct {number}, {email} from {self.landed(name)}
                    where {tidy(kind, kind)} in (select unnest(?::varchar[]))
                        or {tidy("email", "email")} in (select unnest(?::varchar[]))""",
                    [sorted(found[kind]), sorted(found["email"])],
                ):
                    found["email"] |= {address} - {None}
                    found[kind] |= {value} - {None}
        for kind in ("person_id", "employee_id"):
            if len(found[kind]) > max(1, len(who[kind])):
                raise RuntimeError(
                    f"The e-mail addresses lead to {len(found[kind])} different {kind}: several "
                    "persons share one, or one has several. Nothing was changed. Name each "
                    "identifier of the person, and add a line `exact`."
                )
        return found

    def add_accounts(self, who: Who) -> None:
        """Add the accounts that were never anybody else's."""
        for name, entry in self.registry.items():
            if entry["key"] == ["benefit_account_id"]:
                account = cleaned("clean_text", "benefit_account_id")
                owner = tidy("employee_id", "employee_id")
                who["benefit_account_id"] |= {
                    row[0]
                    for row in self.query(
                        f"""select {account} from {self.landed(name)}
                        where {account} is not null and change = 'upsert'
                        group by {account}
                        having bool_and(coalesce({owner} in (select unnest(?::varchar[])), false))
                        """,
                        [sorted(who["employee_id"])],
                    )
                }

    def condition(self, feed: Feed, who: Mapping[str, Iterable[str]]) -> str:
        """SQL: which rows of a feed are of a person, named in clear."""
        parts = ["false"]
        for kind in feed.identifies:
            values = ", ".join(quoted(value) for value in sorted(who[kind]))
            parts += [f"coalesce({tidy(kind, kind)} in ({values}), false)"] if values else []
        return f"({' or '.join(parts)})"

    def make_plan(self, who: Who, is_exact: bool, dbt: list[str]) -> None:
        """Find what is to be done, and write it down; nothing else is changed.

        Raises:
            RuntimeError: nobody is found, several persons are, or a seed still holds the person.
        """
        found = who if is_exact else self.complete(who)
        self.add_accounts(found)
        plan: dict[str, Any] = {"names": [], "hashes": [], "holders": {}, "found": 0}
        for name, feed in self.feeds.items():
            if not feed.identifies:
                continue
            condition = self.condition(feed, found)
            rows = f"(from {self.landed(name)} where change = 'upsert' and {condition})"
            plan["found"] += self.query(f"select count(*) from {rows}")[0][0]
            plan["hashes"] += [
                str(row[0]) for row in self.query(f"select distinct content_hash from {rows}")
            ]
            parts = [c for c, kind in self.registry[name]["pii"].items() if kind == "name"]
            if parts:
                full = tidy(f"concat_ws(' ', {', '.join(parts)})", "name")
                plan["names"] += [
                    row[0] for row in self.query(f"select distinct {full} from {rows}")
                ]
            plan["holders"][name] = self.holding_files(name, condition)
        plan["names"] = sorted({name for name in plan["names"] if " " in name})
        if not plan["found"] and not is_exact:
            raise RuntimeError(
                "Nobody with these identifiers is in the warehouse. Nothing was changed. A line "
                "`exact` puts them on the list anyway, for future deliveries."
            )
        self.refuse_seeds(found)
        select = " ".join(
            f"land_{name.replace('.', '__')}+"
            for name, feed in self.feeds.items()
            if feed.identifies
        )
        only = ["--quiet", "--resource-type", "model", "--output", "name", "--select"]
        with contextlib.redirect_stdout(io.StringIO()):
            listed = run_dbt(["ls", *only, *select.split(), *dbt])
        if not listed.success:
            raise RuntimeError(f"dbt ls failed: nothing was changed.\n{listed.exception}")
        plan |= {
            "run_id": str(uuid.uuid4()),
            "started_at": str(dt.datetime.now(dt.UTC).replace(tzinfo=None)),
            "who": {kind: sorted(values) for kind, values in found.items()},
            "models": listed.result,
            "erased": None,
        }
        self.plan = plan
        self.save()

    def save(self) -> None:
        """Write the plan down."""
        write_privately(self.plan_file, json.dumps(self.plan))

    def holding_files(self, name: str, condition: str) -> list[str]:
        """The delivered files that hold a person: of a snapshot all that showed the row."""
        with_ledger = f"""
            with ledger as (
                select * from restricted.landing.landing_ledger
                where source || '.' || feed = {quoted(name)}
            ),
            rows as (from {self.landed(name)} where {condition}),
            held as (
                select
                    file_id, content_hash, load_id,
                    (
                        select min(gone.load_id) from {self.landed(name)} as gone
                        where gone.content_hash = rows.content_hash
                            and gone.change = 'deleted' and gone.load_id > rows.load_id
                    ) as until
                from rows where change = 'upsert'
            ),
            hashes as (
                select ledger.content_hash from ledger inner join held
                    on ledger.file_id = held.file_id
                    or (
                        ledger.mode = 'snapshot' and ledger.load_id >= held.load_id
                        and (held.until is null or ledger.load_id < held.until)
                    )
            )"""
        return [
            row[0]
            for row in self.query(
                f"{with_ledger} select distinct file from ledger "
                "where content_hash in (from hashes) order by file"
            )
        ]

    def refuse_seeds(self, who: Who) -> None:
        """Refuse while a seed holds the person: it is ours, and every build reads it whole.

        Raises:
            RuntimeError: names the seeds; nothing was changed.
        """
        origins = self.query("select distinct origin from restricted.landing.landing_ledger")
        holding = []
        for name, feed in self.feeds.items():
            path = PROJECT / "seeds" / feed.source / f"{self.registry[name]['seed']}.csv"
            if ("seeds",) in origins and feed.identifies and path.exists():
                rows = f"read_csv({quoted(path)}, all_varchar = true, header = true)"
                condition = self.condition(feed, who)
                count = self.query(f"select count(*) from {rows} where {condition}")[0][0]
                holding += [f"{path.relative_to(PROJECT)} ({count} rows)"] * bool(count)
        if holding:
            raise RuntimeError(
                f"Nothing was changed: {', '.join(holding)} still hold the person, and each build "
                "reads its seeds whole. Remove these rows, and run this again."
            )

    def erase_landed(self) -> None:
        """Put the person on the list, and empty what was landed."""
        plan, who = self.plan, self.plan["who"]
        if plan["erased"] is not None:
            return
        self.forgotten.add(who, self.pepper)
        forget_notes(self.landing)
        pattern = pattern_of([*(v for kind in KINDS for v in who[kind]), *plan["names"]])
        rejected = self.files("rejected_lines")
        if "lines" not in plan:  # counted before the first is gone, or a kill would lose count
            plan["lines"] = {}
            for path in rejected:
                name = ".".join(self.query(f"select source, feed from {quoted(path)} limit 1")[0])
                names = self.forgotten.lines_named(pattern)
                lines = self.forgotten.count_text(path, "raw_line", names)
                plan["lines"][name] = plan["lines"].get(name, 0) + lines
            self.save()
        for path in rejected:
            self.forgotten.erase_lines(path, pattern)
        for name, feed in self.feeds.items():
            texts = [c for c, kind in self.registry[name]["pii"].items() if kind == "hidden"]
            for path in self.files(name) if feed.identifies else []:
                self.forgotten.erase(feed, path)
                for column in texts:
                    self.forgotten.erase_mentions(path, column, pattern)
        before = dict(
            self.query(
                "select source || '.' || feed, coalesce(sum(erased), 0)::bigint "
                "from restricted.landing.landing_ledger group by all"
            )
        )
        plan["erased"] = {
            name: [
                sum(self.erased_rows(name).values()) - before.get(name, 0),
                plan["lines"].get(name, 0),
            ]
            for name, feed in self.feeds.items()
            if feed.identifies or plan["lines"].get(name)
        }
        plan["history"] = sum(
            self.query(f"select count(*) from restricted.snapshots.{table} where {condition}")[0][0]
            for table, condition in self.history()
        )
        self.save()

    def erased_rows(self, name: str) -> dict[int, int]:
        """How many rows of each file of a feed are emptied, ever."""
        return dict(
            self.query(
                f"select file_id, count(*) from {self.landed(name)} "
                "where change = 'erased' group by file_id"
            )
        )

    def erase_databases(self) -> None:
        """Take the person out of both working databases, and leave no trace in free blocks."""
        self.clean_restricted()
        self.clean_analytics()
        for path, attach in ((self.database, attach_restricted), (self.working_copy, attach_plain)):
            rewrite(self.connection, path, attach)

    def drop_derived(self, database: str) -> None:
        """Drop what the next build makes anew: tables below the feeds of persons, and seeds."""
        models = set(self.plan["models"])
        for schema, table, comment in self.query(
            "select schema_name, table_name, comment from duckdb_tables() where database_name = ?",
            [database],
        ):
            is_built = "|" in (comment or "") and schema != "snapshots" and table in models
            is_seen_copy = "__" in table and table.split("__")[0] in models
            if is_built or is_seen_copy or schema == "seeds":
                self.connection.execute(f'drop table "{database}"."{schema}"."{table}"')

    def clean_restricted(self) -> None:
        """Erase in restricted.duckdb: history, the ledger's counts, all that is made anew."""
        self.connection.execute("begin")
        self.drop_derived("restricted")
        for table, condition in self.history():
            self.connection.execute(f"delete from restricted.snapshots.{table} where {condition}")
        self.connection.execute(
            "alter table restricted.landing.landing_ledger add column if not exists erased bigint"
        )
        for name in self.feeds:
            for file_id, rows in self.erased_rows(name).items():
                self.connection.execute(
                    "update restricted.landing.landing_ledger "
                    "set landed = landed + coalesce(erased, 0) - ?, erased = ? where file_id = ?",
                    [rows, rows, file_id],
                )
        self.connection.execute("commit")

    def history(self) -> list[tuple[str, str]]:
        """The snapshots of persons, each with the SQL condition of this person's records."""
        who, feed = self.plan["who"], self.feeds["benefits_admin.employees"]
        # A record without a person_id is known by the hash of its content.
        keys = ", ".join(quoted(chr(31) + value) for value in ["", *self.plan["hashes"]])
        return [
            (table, f"({self.condition(feed, who)} or entity_key in ({keys}))")
            for (table,) in self.query(
                "select table_name from duckdb_columns() where database_name = 'restricted' "
                "and schema_name = 'snapshots' and column_name = 'person_id'"
            )
        ]

    def clean_analytics(self) -> None:
        """Erase in the working copy of analytics.duckdb, and record the erasure as a run."""
        plan = self.plan
        self.connection.execute("begin")
        self.drop_derived("analytics")
        tables = {
            f"{row[0]}.{row[1]}"
            for row in self.query(
                "select schema_name, table_name from duckdb_tables() "
                "where database_name = 'analytics'"
            )
        }
        started = f"timestamp {quoted(plan['started_at'])}"
        if "quality.quarantine_history" in tables:
            emptied = " union all ".join(
                f"select file_id * 100000000000 + coalesce(source_row, file_row_number + 1) "
                f"from {self.numbered(name)} where change = 'erased'"
                for name in self.registry
                if self.feeds[name].identifies
            )
            self.connection.execute(
                f"""update analytics.quality.quarantine_history set
                    record_key = null,
                    outcome = if(left_at is null, 'erased', outcome),
                    left_run_id = if(left_at is null, {quoted(plan["run_id"])}, left_run_id),
                    left_at = coalesce(left_at, {started})
                where row_id in ({emptied})"""
            )
        columns = ", ".join(f"{name} {kind}" for name, kind in ERASURES.items())
        self.connection.execute(
            f"""create schema if not exists analytics.ops;
            create table if not exists analytics.ops.erasures ({columns});
            delete from analytics.ops.erasures where run_id = {quoted(plan["run_id"])};
            delete from analytics.ops.run_history where run_id = {quoted(plan["run_id"])}"""
        )
        for name, (rows, lines) in plan["erased"].items():
            history = plan["history"] if name == "benefits_admin.employees" else 0
            self.connection.execute(
                "insert into analytics.ops.erasures by name "
                f"select ? as run_id, {started} as erased_at, ? as source, ? as feed, "
                "? as rows_erased, ? as lines_erased, ? as history_erased",
                [plan["run_id"], *name.split("."), rows, lines, history],
            )
        self.connection.execute(
            f"""insert into analytics.ops.run_history by name
            select {quoted(plan["run_id"])} as run_id, {started} as started_at,
                get_current_timestamp()::timestamp as finished_at, 'success' as status,
                'forget' as command, 'duckdb ' || version() as versions,
                date_diff('millisecond', {started}, get_current_timestamp()::timestamp) / 1000
                    as runtime_seconds;
            commit"""
        )

    def numbered(self, name: str) -> str:
        """SQL of the landed rows of a feed with their places."""
        return self.landed(name).removesuffix(")") + ", file_row_number = true)"

    def run(self, dbt: list[str]) -> None:
        """Erase what the plan says, and build the rest anew.

        Args:
            dbt: further arguments of `dbt build`, such as --vars.

        Raises:
            RuntimeError: the build failed; the published file and exports are the old ones still.
        """
        self.erase_landed()
        self.erase_databases()
        self.connection.close()
        if not run_dbt(["build", *dbt], self.plan["run_id"]).success:
            raise RuntimeError(
                "The person is out of the restricted data, but the build failed: published data "
                "is from before. Fix what the build names, and run this again."
            )
        self.plan_file.unlink()


def run_dbt(arguments: list[str], erasure: str = "") -> dbtRunnerResult:
    """Run dbt on the project of the current folder, in this process: it keeps the lock.

    Args:
        arguments: command and options.
        erasure: run_id of the erasure that may go on, see dbt_plugin.refuse_while_erasing.
    """
    os.environ["BENEFITS_ERASURE"] = erasure
    return dbtRunner().invoke(arguments)
