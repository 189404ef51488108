"""Landing: deliveries of files (or seeds) become Parquet files with lineage, and ledger rows.

The flow of one delivery: find its files, check each header against the contract, read every value
as text, and write one Parquet set `<folder>/<source>/<feed>/<load_id>-<file_id>.parquet`. A landed
row carries file_id, load_id, source_file, source_row (1 = first after the header), loaded_at,
content_hash and `change`:

- ``upsert``: a row that was delivered (of a snapshot: one that the delivery before did not hold),
- ``deleted``: a content that the newest complete snapshot no longer holds,
- ``unseen``: the same, seen by a delivery that must not delete (refused parts, too small, ...).

The ledger decides what is landed: Parquet files that no ledger row names are leftovers of a killed
run and are removed before anything else happens, so no load is lost or applied twice.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

UNREADABLE = "the file can't be read"
SUFFIXES = (".csv", ".csv.gz", ".parquet")
WRONG_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "pipes"}
LINEAGE = {
    "file_id": "bigint",
    "load_id": "bigint",
    "source_file": "varchar",
    "source_row": "bigint",
    "loaded_at": "timestamp",
    "content_hash": "ubigint",
    "change": "varchar",
}
LEDGER = {
    "file_id": "bigint",
    "origin": "varchar",
    "source": "varchar",
    "feed": "varchar",
    "mode": "varchar",
    "delivery": "varchar",
    "file": "varchar",
    "size": "bigint",
    "content_hash": "varchar",
    "status": "varchar",
    "reason": "varchar",
    "rows": "bigint",
    "rejected": "bigint",
    "landed": "bigint",
    "load_id": "bigint",
    "loaded_at": "timestamp",
    "added_columns": "varchar[]",
    "missing_columns": "varchar[]",
    "run_id": "varchar",
}
REJECTED = {
    "file_id": "bigint",
    "source": "varchar",
    "feed": "varchar",
    "source_file": "varchar",
    "source_line": "bigint",
    "error_reason": "varchar",
    "raw_line": "varchar",
}


class RefusedError(Exception):
    """A file that can't be landed; the message says why and what to do."""


@dataclass(frozen=True)
class Feed:
    """What a feed promises to deliver.

    Args:
        source: source system.
        name: feed within the source.
        mode: ``snapshot`` (a delivery is the whole state) or ``delta``.
        key: key columns.
        columns: contract columns in their order.
        optional: contract columns that may be absent.
        aliases: delivered header (lower case) to contract column.
    """

    source: str
    name: str
    mode: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    optional: frozenset[str]
    aliases: Mapping[str, str]


@dataclass
class Part:
    """One file (or seed) of a delivery, and what became of it."""

    file: str
    size: int | None
    content_hash: str
    file_id: int = 0
    status: str = "loaded"
    reason: str | None = None
    rows: int = 0
    rejected: int = 0
    landed: int = 0
    positions: dict[str, int] = field(default_factory=dict)
    header: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    relation: Any = None
    path: Path | None = None


@dataclass
class Delivery:
    """The files that arrived together under one name."""

    name: str
    parts: list[Part]


def quoted(text: object) -> str:
    """A SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, streamed; hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def is_delivered_file(path: Path) -> bool:
    """True for a data file; hidden, temporary and other files are not deliveries."""
    return (
        path.is_file()
        and not path.name.startswith((".", "_"))
        and path.name.lower().endswith(SUFFIXES)
    )


def find_deliveries(folder: Path) -> list[Delivery]:
    """Deliveries of one feed folder in the order of their names.

    Args:
        folder: ``<zone>/<source>/<feed>``; an absent folder delivers nothing.

    Returns:
        One delivery per file, one per subfolder (its files are the parts).
    """
    if not folder.is_dir():
        return []
    deliveries = []
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        if entry.is_dir() and not entry.name.startswith((".", "_")):
            files = sorted(path for path in entry.rglob("*") if is_delivered_file(path))
        elif is_delivered_file(entry):
            files = [entry]
        else:
            continue
        parts = [
            Part(
                file=path.relative_to(folder).as_posix(),
                size=path.stat().st_size,
                content_hash=file_hash(path),
                path=path,
            )
            for path in files
        ]
        if parts:
            deliveries.append(Delivery(entry.name, parts))
    return deliveries


def open_text(path: Path) -> io.TextIOBase:
    """A UTF-8 text stream over a plain or gzipped file, BOM dropped."""
    opener: Any = gzip.open if path.name.lower().endswith(".gz") else open
    return io.TextIOWrapper(opener(path, "rb"), encoding="utf-8-sig", newline="")


def read_header(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """The column names of a file as delivered.

    Raises:
        RefusedError: empty, undecodable, or not what its name says.
    """
    if path.name.lower().endswith(".parquet"):
        try:
            rows = connection.execute(
                f"select name from parquet_schema({quoted(path)}) where num_children is null"
            ).fetchall()
        except duckdb.Error as error:
            raise RefusedError(
                f"{UNREADABLE} as Parquet ({type(error).__name__}); deliver it again"
            ) from error
        return [row[0] for row in rows]
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise RefusedError("the file is UTF-16; deliver UTF-8")
    try:
        if path.name.lower().endswith(".gz"):
            with gzip.open(path, "rb") as packed:
                while packed.read(1 << 20):  # DuckDB takes a truncated file for a shorter one
                    pass
        with open_text(path) as text:
            header = next(csv.reader(text), [])
    except UnicodeDecodeError as error:
        raise RefusedError("the header is not UTF-8; deliver UTF-8") from error
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise RefusedError(f"{UNREADABLE} ({type(error).__name__}); deliver it again") from error
    if not any(cell.strip() for cell in header):
        raise RefusedError("the file is empty: not even a header line")
    return header


def match_header(feed: Feed, part: Part) -> None:
    """Match delivered names to the contract, by name or alias, case and outer blanks ignored.

    Fills ``positions`` (contract column to position), ``added`` and ``missing`` of the part.

    Raises:
        RefusedError: wrong delimiter, duplicate column, or a required column is missing.
    """
    if len(part.header) == 1:
        for mark, name in WRONG_DELIMITERS.items():
            if mark in part.header[0]:
                raise RefusedError(f"wrong delimiter: columns are separated by {name}, not commas")
    wanted = {column.lower(): column for column in feed.columns}
    positions: dict[str, int] = {}
    for position, delivered in enumerate(part.header):
        label = re.sub(r"\s+", " ", delivered.replace("\u00a0", " ")).strip().lower()
        column = wanted.get(label) or feed.aliases.get(label)
        if column is None:
            part.added.append(delivered.strip())
        elif column in positions:
            raise RefusedError(f"column {column} is delivered twice; keep one")
        else:
            positions[column] = position
    absent = [column for column in feed.columns if column not in positions]
    required = [column for column in absent if column not in feed.optional]
    part.positions, part.missing = positions, absent
    if required:
        part.missing = required
        raise RefusedError(
            f"required column missing: {', '.join(required)}; "
            "deliver it, or name its header in the seed column_aliases"
        )


def scan(feed: Feed, part: Part) -> str:
    """SQL that reads one part as the feed's contract columns, all text, in file order."""
    if part.relation is not None:
        source = part.relation
        names = [identifier(name) for name in part.header]
    elif str(part.path).lower().endswith(".parquet"):
        source = f"read_parquet({quoted(part.path)})"
        names = [f"{identifier(name)}::varchar" for name in part.header]
    else:
        names = [f"c{position}" for position in range(len(part.header))]
        columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
        source = (
            f"read_csv({quoted(part.path)}, columns={{{columns}}}, auto_detect=false, header=true, "
            "delim=',', quote='\"', escape='\"', strict_mode=true, null_padding=false, "
            "ignore_errors=true, store_rejects=true, rejects_limit=0, max_line_size=16777216)"
        )
    columns = [
        f"nullif({names[part.positions[column]]}, '') as {identifier(column)}"
        if column in part.positions
        else f"null::varchar as {identifier(column)}"
        for column in feed.columns
    ]
    return f"select {', '.join(columns)} from {source}"


class Landing:
    """One run of the loader over all feeds.

    Args:
        connection: DuckDB connection; only reads, temporary tables and COPY are used on it.
        folder: ``<warehouse>/restricted/landing``.
        ledger: rows of the ledger so far, as dicts with the keys of LEDGER.
        origin: ``seeds`` or ``landing_zone``.
        run_id: id of this run.
        max_shrink_pct: a snapshot that loses more of its keys deletes nothing.
        log: called with one line of progress or warning.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folder: Path,
        ledger: Sequence[Mapping[str, Any]],
        origin: str,
        run_id: str,
        max_shrink_pct: float,
        log: Callable[[str], None] = print,
    ) -> None:
        self.connection = connection
        self.folder = folder
        self.ledger = list(ledger)
        self.origin = origin
        self.run_id = run_id
        self.max_shrink_pct = max_shrink_pct
        self.log = log
        self.new_rows: list[dict[str, Any]] = []

    def remove_leftovers(self, feeds: Iterable[Feed]) -> None:
        """Delete Parquet files that no ledger row names; make sure that each feed has one file."""
        loads = {row["load_id"] for row in self.ledger if row["load_id"] is not None}
        files = {row["file_id"] for row in self.ledger}
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.rglob("*"):
            numbers = re.fullmatch(r"(\d+)-(\d+)\.parquet", path.name)
            landed = numbers and int(numbers[1]) in loads and int(numbers[2]) in files
            if path.is_file() and not landed and path.name != "contract.parquet":
                path.unlink()
        for feed in feeds:
            types = {**LINEAGE, **dict.fromkeys(feed.columns, "varchar")}
            self.write_contract(self.folder / feed.source / feed.name, types)
        self.write_contract(self.folder / "rejected_lines", REJECTED)

    def write_contract(self, folder: Path, types: Mapping[str, str]) -> None:
        """An empty Parquet file with the contract's columns, so that a glob is never empty."""
        path = folder / "contract.parquet"
        if path.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        columns = ", ".join(f"null::{kind} as {identifier(name)}" for name, kind in types.items())
        self.connection.execute(
            f"copy (select {columns} where false) to {quoted(path)} (format parquet)"
        )

    def land(self, feed: Feed, deliveries: Iterable[Delivery]) -> None:
        """Land the new deliveries of one feed, one by one, in the order given."""
        ordered = list(deliveries)
        for delivery in ordered:
            new_parts = self.find_new(feed, delivery, is_newest=delivery is ordered[-1])
            if not new_parts:
                continue
            if feed.mode == "delta":
                delivery.parts = new_parts
            duplicate_of = self.find_duplicate(feed, delivery, self.rows_of(feed))
            for part in delivery.parts:
                if duplicate_of(part):
                    part.status, part.reason = "duplicate", duplicate_of(part)
                else:
                    self.check(feed, part)
            self.land_delivery(feed, delivery)

    def find_new(self, feed: Feed, delivery: Delivery, is_newest: bool) -> list[Part]:
        """The parts of a delivery that the ledger does not know as they are now.

        A file is known by its newest ledger row, so one that is overwritten, A, B, A, is new each
        time. A part whose header was refused is new once it is accepted (an alias was added, say);
        of a snapshot only in the newest delivery, since an older one must not come after it.
        """
        known = {row["file"]: row for row in self.rows_of(feed)}
        new_parts = []
        for part in delivery.parts:
            row = known.get(part.file)
            if row is None or row["content_hash"] != part.content_hash:
                new_parts.append(part)
            elif (
                row["status"] == "refused"
                and not row["reason"].startswith(UNREADABLE)
                and (feed.mode == "delta" or is_newest)
            ):
                self.check(feed, part)
                if part.status == "loaded":
                    new_parts.append(part)
        return new_parts

    def rows_of(self, feed: Feed) -> list[Mapping[str, Any]]:
        """The ledger rows of one feed, this run's included."""
        return [
            row
            for row in [*self.ledger, *self.new_rows]
            if (row["source"], row["feed"]) == (feed.source, feed.name)
        ]

    def find_duplicate(
        self, feed: Feed, delivery: Delivery, seen: Sequence[Mapping[str, Any]]
    ) -> Callable[[Part], str | None]:
        """A function that says which loaded file a part repeats, if any.

        A delta file repeats any loaded file of the same content; a snapshot only the newest
        delivery as a whole, since A, B, A is three states.
        """
        loaded = [row for row in seen if row["status"] == "loaded"]
        if feed.mode == "snapshot":
            newest = max((row["load_id"] for row in loaded), default=None)
            current = [row for row in loaded if row["load_id"] == newest]
            same = sorted(row["content_hash"] for row in current) == sorted(
                part.content_hash for part in delivery.parts
            )
            loaded = current if same else []
        names = {row["content_hash"]: row["file"] for row in loaded}

        def duplicate_of(part: Part) -> str | None:
            name = names.get(part.content_hash)
            if name is None:
                names[part.content_hash] = part.file  # a second copy in the same delivery
                return None
            return f"same content as {name}"

        verdicts = {id(part): duplicate_of(part) for part in delivery.parts}
        return lambda part: verdicts[id(part)]

    def check(self, feed: Feed, part: Part) -> None:
        """Check one part's header; a part that fails is refused with its reason."""
        part.added, part.missing = [], []
        try:
            if part.path is not None:
                part.header = read_header(self.connection, part.path)
            match_header(feed, part)
        except RefusedError as error:
            part.status, part.reason = "refused", str(error)

    def land_delivery(self, feed: Feed, delivery: Delivery) -> None:
        """Write the accepted parts of a delivery and its ledger rows."""
        started = time.monotonic()
        loaded_at = datetime.now(UTC).replace(tzinfo=None)
        next_file = max((row["file_id"] for row in [*self.ledger, *self.new_rows]), default=0) + 1
        load_id = (
            max(
                (row["load_id"] or 0 for row in [*self.ledger, *self.new_rows]),
                default=0,
            )
            + 1
        )
        for number, part in enumerate(delivery.parts):
            part.file_id = next_file + number
        for part in delivery.parts:
            if part.status == "loaded":
                self.read_part(feed, part, load_id, loaded_at)
        accepted = [part for part in delivery.parts if part.status == "loaded"]
        if accepted:
            self.write_load(feed, delivery, accepted, load_id, loaded_at)
        for part in delivery.parts:
            self.record(feed, delivery, part, load_id, loaded_at)
        if time.monotonic() - started > 5:
            rows = sum(part.rows for part in accepted)
            self.log(f"landed {feed.source}.{feed.name} {delivery.name}: {rows:,} rows")

    def read_part(self, feed: Feed, part: Part, load_id: int, loaded_at: datetime) -> None:
        """Read one part into a temporary table `part_<file_id>`; refuse it when that fails."""
        columns = ", ".join(identifier(column) for column in feed.columns)
        self.connection.execute("set preserve_insertion_order = true")
        try:
            self.connection.execute("drop table if exists reject_errors")
            self.connection.execute("drop table if exists reject_scans")
            self.connection.execute(
                f"""create or replace temp table part_{part.file_id} as
                select
                    {part.file_id}::bigint as file_id,
                    {load_id}::bigint as load_id,
                    {quoted(part.file)}::varchar as source_file,
                    row_number() over () as source_row,
                    timestamp {quoted(loaded_at)} as loaded_at,
                    hash({columns})::ubigint as content_hash,
                    'upsert' as change,
                    {columns}
                from ({scan(feed, part)})"""
            )
            part.rows = self.count(f"select count(*) from part_{part.file_id}")
            part.rejected = self.write_rejects(feed, part, load_id)
            part.rows += part.rejected
        except duckdb.Error as error:
            part.status = "refused"
            part.reason = f"{UNREADABLE} ({type(error).__name__}); deliver it again"
        finally:
            self.connection.execute("set preserve_insertion_order = false")

    def write_rejects(self, feed: Feed, part: Part, load_id: int) -> int:
        """Keep the malformed lines of a part; returns how many there are."""
        found = self.connection.execute(
            "select count(*) from duckdb_tables() where table_name = 'reject_errors'"
        ).fetchone()
        if part.path is None or not found or not found[0]:
            return 0
        lines = self.count("select count(distinct line) from reject_errors")
        if lines:
            path = self.folder / "rejected_lines" / f"{load_id}-{part.file_id}.parquet"
            self.connection.execute(
                f"""copy (
                    select {part.file_id}::bigint as file_id, {quoted(feed.source)} as source,
                        {quoted(feed.name)} as feed, {quoted(part.file)} as source_file,
                        line::bigint as source_line,
                        lower(min(error_type)::varchar) as error_reason,
                        min(csv_line) as raw_line
                    from reject_errors group by line
                ) to {quoted(path)} (format parquet)"""
            )
        return lines

    def write_load(
        self,
        feed: Feed,
        delivery: Delivery,
        parts: Sequence[Part],
        load_id: int,
        loaded_at: datetime,
    ) -> None:
        """Write the Parquet files of a load: all rows of a delta, the changes of a snapshot."""
        if feed.mode == "delta":
            for part in parts:
                self.copy_out(feed, f"select * from part_{part.file_id}", load_id, part.file_id)
                part.landed = part.rows - part.rejected
        else:
            union = " union all ".join(f"select * from part_{part.file_id}" for part in parts)
            self.copy_out(
                feed,
                self.snapshot_changes(feed, delivery, union, load_id, loaded_at, parts),
                load_id,
                parts[0].file_id,
            )
            landed = self.connection.execute(
                f"select file_id, count(*) from read_parquet({self.glob(feed)}) "
                f"where load_id = {load_id} and change = 'upsert' group by file_id"
            ).fetchall()
            for part in parts:
                part.landed = dict(landed).get(part.file_id, 0)
        for part in parts:
            self.connection.execute(f"drop table part_{part.file_id}")

    def glob(self, feed: Feed) -> str:
        """The SQL literal that names a feed's Parquet files."""
        return quoted(self.folder / feed.source / feed.name / "*.parquet")

    def copy_out(self, feed: Feed, sql: str, load_id: int, file_id: int) -> None:
        """COPY a query to the load's Parquet file."""
        path = self.folder / feed.source / feed.name / f"{load_id}-{file_id}.parquet"
        self.connection.execute(f"copy ({sql}) to {quoted(path)} (format parquet)")

    def snapshot_changes(
        self,
        feed: Feed,
        delivery: Delivery,
        union: str,
        load_id: int,
        loaded_at: datetime,
        parts: Sequence[Part],
    ) -> str:
        """SQL of what a snapshot changes: new contents, and contents that are gone.

        A content that the state holds is not landed again; one that the state no longer holds is,
        and what left is landed as an event, so that the log alone tells the state after each
        delivery.
        """
        key = ", ".join(
            f"lower(trim({identifier(column)})) as {identifier(column)}" for column in feed.key
        )
        newest_key = ", ".join(
            f"arg_max({identifier(column)}, load_id) as {identifier(column)}" for column in feed.key
        )
        self.connection.execute(
            f"""create or replace temp table state as
            select content_hash, arg_max(change, load_id) as change, {newest_key}
            from read_parquet({self.glob(feed)}) where load_id < {load_id} group by content_hash"""
        )
        self.connection.execute(
            f"""create or replace temp table delivered as
            select * from ({union})
            qualify 1 = row_number() over (
                partition by content_hash order by file_id, source_row
            )"""
        )
        complete = self.may_delete(feed, delivery, parts, key)
        gone = "deleted" if complete else "unseen"
        still_there = "change <> 'deleted'" if complete else "change = 'upsert'"
        columns = ", ".join(
            f"state.{identifier(c)}" if c in feed.key else "null" for c in feed.columns
        )
        return f"""
            select delivered.* from delivered
            where not exists (
                from state where state.content_hash = delivered.content_hash and change = 'upsert'
            )
            union all
            select {parts[0].file_id}, {load_id}, {quoted(delivery.name)}, null,
                timestamp {quoted(loaded_at)}, state.content_hash, '{gone}', {columns}
            from state
            where {still_there} and content_hash not in (select content_hash from delivered)"""

    def may_delete(self, feed: Feed, delivery: Delivery, parts: Sequence[Part], key: str) -> bool:
        """Whether absence from this delivery means deletion; if not, says why."""
        rows = sum(part.rows - part.rejected for part in parts)
        present, lost = self.connection.execute(
            f"""with present as (
                    select distinct {key} from state where change <> 'deleted'
                ), newest as (select distinct {key} from delivered)
                select (select count(*) from present),
                       (select count(*) from (from present except from newest))"""
        ).fetchone()
        reason = None
        if any(part.status == "refused" for part in delivery.parts):
            reason = "a part of the delivery was refused"
        elif any(part.rejected for part in parts):
            reason = "the delivery has rejected lines"
        elif rows == 0:
            reason = "the delivery has no rows"
        elif lost * 100 > present * self.max_shrink_pct:
            reason = (
                f"the delivery lost {lost} of {present} keys, more than "
                f"max_snapshot_shrink_pct = {self.max_shrink_pct:g}"
            )
        if reason and present:
            for part in parts:
                part.reason = f"deletes nothing: {reason}"
            self.log(f"{feed.source}.{feed.name} {delivery.name} deletes nothing: {reason}")
        return reason is None

    def record(
        self, feed: Feed, delivery: Delivery, part: Part, load_id: int, loaded_at: datetime
    ) -> None:
        """Add the ledger row of a part, unless it repeats what the ledger says already."""
        verdict = (part.file, part.content_hash, part.status, part.reason)
        if part.status == "refused" and any(
            verdict == (row["file"], row["content_hash"], row["status"], row["reason"])
            for row in self.rows_of(feed)
        ):
            return
        if part.status == "refused":
            self.log(f"refused {feed.source}.{feed.name} {part.file}: {part.reason}")
        loaded = part.status == "loaded"
        self.new_rows.append(
            {
                "file_id": part.file_id,
                "origin": self.origin,
                "source": feed.source,
                "feed": feed.name,
                "mode": feed.mode,
                "delivery": delivery.name,
                "file": part.file,
                "size": part.size,
                "content_hash": part.content_hash,
                "status": part.status,
                "reason": part.reason,
                "rows": part.rows if loaded else 0,
                "rejected": part.rejected if loaded else 0,
                "landed": part.landed if loaded else 0,
                "load_id": load_id if loaded else None,
                "loaded_at": loaded_at,
                "added_columns": part.added,
                "missing_columns": part.missing,
                "run_id": self.run_id,
            }
        )

    def count(self, sql: str) -> int:
        """The single number that a query gives."""
        row = self.connection.execute(sql).fetchone()
        return int(row[0]) if row else 0


def seed_delivery(
    connection: duckdb.DuckDBPyConnection, name: str, file: str, relation: str
) -> Iterator[Delivery]:
    """A seed as a delivery: whenever its content is new, it is one; an empty seed is none.

    Args:
        connection: DuckDB connection.
        name: name of the seed.
        file: path of its CSV in the project, for lineage.
        relation: a SQL subquery of the seed's table, all columns text, in file order.
    """
    described = connection.execute(f"select * from {relation} limit 0").description or []
    header = [column[0] for column in described]
    columns = ", ".join(identifier(column) for column in header)
    rows, digest = connection.execute(
        f"""select count(*), sum(hash(ordinal, {columns})::hugeint)
        from (select row_number() over () as ordinal, {columns} from {relation})"""
    ).fetchone()
    if rows:
        content = hashlib.sha256(f"{header}:{rows}:{digest}".encode()).hexdigest()
        path = Path(file)
        size = path.stat().st_size if path.is_file() else None
        part = Part(file=file, size=size, content_hash=content, header=header)
        part.relation = relation
        yield Delivery(name, [part])


def load_feeds(
    connection: duckdb.DuckDBPyConnection,
    registry: Mapping[str, Mapping[str, Any]],
    aliases: Iterable[tuple[str, str, str, str]],
    ledger: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
    seeds: Mapping[str, str],
    log: Callable[[str], None] = print,
) -> list[dict[str, Any]]:
    """Land all feeds and return the new ledger rows.

    Args:
        connection: DuckDB connection of the model.
        registry: the var `feeds`.
        aliases: rows of the seed column_aliases (source, feed, delivered_name, column_name).
        ledger: the ledger so far.
        settings: landing_zone ('' = seeds), folder, run_id, max_snapshot_shrink_pct, feed_modes.
        seeds: seed name to SQL name of its table.
        log: called with one line of progress or warning.

    Returns:
        New ledger rows; also those of files that were refused or are duplicates.
    """
    zone = settings["landing_zone"]
    spellings: dict[tuple[str, str], dict[str, str]] = {}
    for source, name, delivered, column in aliases:
        label = " ".join(str(delivered).split()).lower()
        spellings.setdefault((source, name), {})[label] = column
    feeds = {}
    for full_name, entry in registry.items():
        source, name = full_name.split(".")
        feeds[full_name] = Feed(
            source=source,
            name=name,
            mode=settings["feed_modes"].get(full_name, entry["mode"]),
            key=tuple(entry["key"]),
            columns=tuple(entry["columns"]),
            optional=frozenset(entry["optional"]),
            aliases=spellings.get((source, name), {}),
        )
    landing = Landing(
        connection,
        Path(settings["folder"]),
        ledger,
        "landing_zone" if zone else "seeds",
        settings["run_id"],
        float(settings["max_snapshot_shrink_pct"]),
        log,
    )
    landing.remove_leftovers(feeds.values())
    for full_name, feed in feeds.items():
        if zone:
            landing.land(feed, find_deliveries(Path(zone) / feed.source / feed.name))
        else:
            seed = registry[full_name]["seed"]
            file = f"seeds/{feed.source}/{seed}.csv"
            landing.land(feed, seed_delivery(connection, seed, file, seeds[seed]))
    return landing.new_rows
