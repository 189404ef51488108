"""Landing: deliveries of files (or seeds) become Parquet files with lineage, and ledger rows.

The flow of one delivery: find its files, check each header against the contract, read every value
as text, and write one Parquet set `<folder>/<source>/<feed>/<load_id>-<file_id>.parquet`. A landed
row carries file_id, load_id, source_file, source_row (1 = first after the header), loaded_at,
content_hash, the tokens of written.py, and `change`:

- ``upsert``: a row that was delivered (of a snapshot: one that the delivery before did not hold),
- ``deleted``: a content that the newest complete snapshot no longer holds,
- ``unseen``: the same, seen by a delivery that must not delete (refused parts, too small, ...).

A part is read into a file of its own first, in the order of what was delivered: there a row's place
is its number, since numbering the rows of a CSV on the way would keep all but one core waiting. A
row of a person who was forgotten keeps its place, as `erased`, with nothing in it (forgotten).

A CSV goes from the engine's reader straight to Parquet if the engine can't misread it: the rows
and the malformed lines that it reports must be as many as the lines that are there. Any other file
is sorted line by line first (landing/lines.py), so that we say what becomes of each line.

The ledger decides what is landed: Parquet files that no ledger row names are leftovers of a killed
run and are removed before anything else happens, so no load is lost or applied twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from benefits_warehouse.feeds import Feed as DeclaredFeed
from benefits_warehouse.feeds import seed_of
from benefits_warehouse.landing.arrivals import Arrivals
from benefits_warehouse.landing.companies import Companies
from benefits_warehouse.landing.contract import REJECTED, Feed, label_of
from benefits_warehouse.landing.days import note_orders, tell_orders
from benefits_warehouse.landing.files import (
    UNREADABLE,
    Delivery,
    File,
    FileState,
    Header,
    Part,
    find_deliveries,
    identify,
    limit_unpacked,
    too_large,
)
from benefits_warehouse.landing.history import LEDGER, History
from benefits_warehouse.landing.intact import note
from benefits_warehouse.landing.order import in_order
from benefits_warehouse.landing.reading import Reader, Reading
from benefits_warehouse.landing.settings import Settings
from benefits_warehouse.landing.strays import find_strays
from benefits_warehouse.landing.written import bring_up_to_date, write_contract, write_rows
from benefits_warehouse.privacy.forgotten import Forgotten
from benefits_warehouse.privacy.names import shown_headers, shown_names
from benefits_warehouse.progress import FileProgress, say
from benefits_warehouse.sql import identifier, only_row, quoted

__all__ = ["LEDGER", "Landing", "load_feeds"]


class Landing:
    """One run of the loader over all feeds.

    Args:
        connection: DuckDB connection; only reads, temporary tables and COPY are used on it.
        folder: ``<warehouse>/restricted/landing``.
        ledger: rows of the ledger so far, as dicts with the keys of LEDGER.
        origin: ``seeds`` or ``landing_zone``.
        run_id: id of this run.
        arrivals: the deliveries that count so far.
        companies: what is known of companies.
        log: called with one line of progress or warning.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folder: Path,
        ledger: Sequence[Mapping[str, Any]],
        origin: str,
        run_id: str,
        arrivals: Arrivals,
        companies: Companies,
        log: Callable[[str], None],
    ) -> None:
        self.connection = connection
        self.folder = folder
        self.arrivals = arrivals
        self.companies = companies
        self.ledger = ledger
        self.origin = origin
        self.run_id = run_id
        self.reader = Reader(connection, folder / ".scratch")
        self.files: dict[int, Mapping[str, Any]] = {}
        self.forgotten = Forgotten(connection, folder.parent)
        self.log = log
        self.progress = FileProgress(log)
        self.new_rows: list[dict[str, Any]] = []
        self.seen: set[int] = set()
        self.histories: dict[tuple[str, str, str], History] = {}
        self.last_file = self.last_load = 0
        for row in sorted(ledger, key=lambda row: row["file_id"]):
            self.remember(row)

    def remember(self, row: Mapping[str, Any]) -> None:
        """Take a ledger row into account."""
        place = row["source"], row["feed"], row["sender"] or ""
        self.histories.setdefault(place, History()).add(row)
        self.files[row["file_id"]] = row
        self.last_file = max(self.last_file, row["file_id"])
        self.last_load = max(self.last_load, row["load_id"] or 0)

    def history(self, feed: Feed) -> History:
        """What the ledger says of a feed and its sender."""
        return self.histories.setdefault((feed.source, feed.name, feed.sender), History())

    def remove_leftovers(self, feeds: Iterable[Feed]) -> None:
        """Delete files that no ledger row names; make sure that each feed has a Parquet file."""
        loads = {row["load_id"] for row in self.ledger if row["load_id"] is not None}
        files = {row["file_id"] for row in self.ledger}
        self.reader.scratch.mkdir(parents=True, exist_ok=True)
        for path in self.folder.rglob("*"):
            numbers = re.fullmatch(r"(\d+)-(\d+)\.parquet", path.name)
            landed = numbers and int(numbers[1]) in loads and int(numbers[2]) in files
            if not path.is_dir() and not landed and path.name != "contract.parquet":
                path.unlink()
        for feed in feeds:
            bring_up_to_date(self.connection, self.folder, feed, self.log)
        write_contract(self.connection, self.folder / "rejected_lines", REJECTED)

    def save_seen(self, schema: str) -> None:
        """Note which files of the ledger are there now, for the summary of the run.

        Args:
            schema: SQL name of the schema with the table landing_seen; it is made where it is
                missing.
        """
        table = f"{schema}.landing_seen"
        self.connection.execute(f"create table if not exists {table} (file_id bigint)")
        known = {row[0] for row in self.connection.execute(f"from {table}").fetchall()}
        if known != self.seen:
            self.connection.execute(f"delete from {table}")
            self.connection.execute(
                f"insert into {table} select unnest(?::bigint[])", [sorted(self.seen)]
            )

    def adopt(self, senders: Sequence[Feed]) -> None:
        """Bring presence in line before anything is landed.

        It is taken over from the events that an older version wrote, and put into another order
        where a setting gives the names another one.

        Args:
            senders: a feed, once for each of its senders.
        """
        for feed in senders:
            if feed.mode != "snapshot":
                continue
            presence, order = self.arrivals.presence, self.arrivals.order(feed)
            was = self.arrivals.order_before(feed)
            if self.arrivals.is_legacy and order:
                was = sorted(order)
                presence.open(feed)
                folder = self.folder / feed.source / feed.name
                loads = {row["load_id"]: row["delivery_id"] for row in self.arrivals.of(feed)}
                presence.take_over(feed, folder, self.companies.sql(feed), loads)
            if was != order:
                presence.open(feed)
                presence.reorder(feed, was, order)

    def land(self, feed: Feed, deliveries: Iterable[Delivery]) -> None:
        """Land the new deliveries of a feed and sender, one by one, in their order.

        Args:
            feed: the feed, of one sender.
            deliveries: what there is now, in any order.
        """
        history = self.history(feed)
        ordered = self.in_order(feed, deliveries)
        files = [part.file for delivery in ordered for part in delivery.parts]
        shown = shown_names(self.connection, [file.name for file in files]) if files else {}
        for file in files:
            file.told = shown[file.name]
        unknown = sum(not history.knows(part.file) for entry in ordered for part in entry.parts)
        self.progress.start(f"landing {feed.source}.{feed.name}", unknown)
        for delivery in ordered:
            new_parts = self.find_new(feed, delivery)
            if not new_parts:
                continue
            if feed.mode == "delta":
                delivery.parts = new_parts
            self.check_parts(feed, delivery)
            self.land_delivery(feed, delivery)
        rows = [history.newest.get(file.name) for file in files]
        self.seen.update(row["file_id"] for row in rows if row)

    def shown(self, name: str) -> str:
        """The name of a folder or file as it may be shown."""
        return shown_names(self.connection, [name])[name]

    def in_order(self, feed: Feed, deliveries: Iterable[Delivery]) -> list[Delivery]:
        """Deliveries of a sender in their order, see order.in_order.

        Args:
            feed: the feed, of one sender.
            deliveries: what there is now.
        """
        found = [
            {"delivery": delivery.name, "delivery_id": number, "found": delivery}
            for number, delivery in enumerate(deliveries)
        ]
        return [row["found"] for row in in_order(found, feed.settings.file_date_order)]

    def find_new(self, feed: Feed, delivery: Delivery) -> list[Part]:
        """The parts of a delivery that the ledger does not know as they are now.

        A file is known by its newest ledger row, so one that is overwritten, A, B, A, is new each
        time. A part whose header was refused is new once it is accepted (an alias was added, say),
        and one that could not be read once it can be, or other settings say how.

        Args:
            feed: the feed.
            delivery: the delivery.
        """
        history = self.history(feed)
        new_parts = []
        for part in delivery.parts:
            file, outcome = part.file, part.outcome
            row = history.newest.get(file.name)
            if row is not None and history.knows(file):
                file.content_hash = row["content_hash"]
            elif file.path is not None and outcome.is_loaded:
                identify(part)
            if row is None or (row["content_hash"] and row["content_hash"] != file.content_hash):
                new_parts.append(part)
            elif row["status"] == "refused" and outcome.is_loaded:
                is_same = row["settings"] in (None, feed.settings.digest(feed.aliases))
                stays = (UNREADABLE, too_large(file.most_bytes))
                if row["reason"].startswith(stays) and is_same:
                    continue
                self.reader.check(feed, part)
                if outcome.is_loaded:
                    new_parts.append(part)
        return new_parts

    def check_parts(self, feed: Feed, delivery: Delivery) -> None:
        """Sort out repeated files, and check the header of each of the others."""
        if feed.mode == "delta":
            repeated = self.history(feed).repeated_by(delivery.parts)
        else:
            repeated = self.repeated_snapshot(feed, delivery)
        seen: dict[str, File] = {}  # a second copy in the same delivery
        for part in delivery.parts:
            outcome, content = part.outcome, part.file.content_hash
            if outcome.is_refused:
                continue
            same = repeated.get(part.file.name)
            if same:
                told = self.shown(same["file"])
                outcome.repeat(told, same["file_id"])
                continue
            if content in seen:
                outcome.repeat(seen[content].told, None)
                continue
            self.reader.check(feed, part)
            if outcome.is_loaded:
                seen[content] = part.file

    def repeated_snapshot(self, feed: Feed, delivery: Delivery) -> dict[str, Mapping[str, Any]]:
        """The loaded files that a snapshot repeats: all those of the delivery before it, or none.

        A, B, A is three states. What is repeated is no news, but still a delivery in its place.

        Args:
            feed: the feed.
            delivery: the delivery, its files identified.

        Returns:
            Name of each file to the ledger row of the file that it repeats.
        """
        before = self.arrivals.before(feed, delivery.name)
        if before is None:
            return {}
        rows = [self.files[part["repeats"] or part["file_id"]] for part in before["parts"]]
        contents = {row["content_hash"]: row for row in rows}
        files = [part.file for part in delivery.parts]
        if sorted(row["content_hash"] for row in rows) != sorted(f.content_hash for f in files):
            return {}
        return {file.name: contents[file.content_hash] for file in files}

    def land_delivery(self, feed: Feed, delivery: Delivery) -> None:
        """Write the accepted parts of a delivery and its ledger rows."""
        loaded_at = datetime.now(UTC).replace(tzinfo=None)
        load_id = self.last_load + 1
        for number, part in enumerate(delivery.parts):
            part.file_id = self.last_file + 1 + number
        for part in delivery.parts:
            name, size, outcome = part.file.told, part.file.size or 0, part.outcome
            self.progress.begin(name, size)
            if outcome.is_loaded:
                goal = self.unfinished(feed, load_id, part)
                rejects = self.folder / "rejected_lines" / f"{load_id}-{part.file_id}.parquet"
                sorted_lines = self.reader.scratch / "records.csv"
                with self.progress.watch(name, size, goal, sorted_lines):
                    self.reader.read(Reading(feed, part, load_id, loaded_at, goal, rejects))
                    self.forget(feed, part, goal, rejects)
                    if outcome.is_loaded:
                        note_orders(self.connection, feed, goal, part.columns)
                        tell_orders(feed, part.columns, outcome)
                if rejects.exists():
                    note(self.folder, rejects)
            self.progress.end(
                name, f"{outcome.rows:,} rows" if outcome.is_loaded else outcome.status
            )
        before = self.arrivals.order(feed)
        if delivery.arrived:
            self.arrive(feed, delivery, load_id, loaded_at)
        if any(part.outcome.is_loaded for part in delivery.parts):
            self.write_load(feed, delivery, load_id)
        if feed.mode == "snapshot" and delivery.arrived:
            self.hold(feed, delivery, before)
        for part in delivery.parts:
            self.record(feed, delivery, part, load_id, loaded_at)

    def arrive(self, feed: Feed, delivery: Delivery, load_id: int, loaded_at: datetime) -> None:
        """Let the files of a delivery count that were loaded, or repeat others that are.

        Args:
            feed: the feed.
            delivery: the delivery, its files read.
            load_id: its load.
            loaded_at: when that began, UTC, without zone.
        """
        counted = {row["file_id"]: row for row in self.arrivals.of(feed)}
        for part in delivery.arrived:
            outcome = part.outcome
            facts = counted.get(outcome.repeats or 0, vars(outcome))
            self.arrivals.add(
                {
                    "file_id": part.file_id,
                    "source": feed.source,
                    "feed": feed.name,
                    "mode": feed.mode,
                    "sender": feed.sender,
                    "delivery_id": delivery.number,
                    "delivery": delivery.name,
                    "load_id": load_id if outcome.is_loaded else None,
                    "repeats": outcome.repeats,
                    "loaded_at": loaded_at,
                    "rows": facts["rows"],
                    "rejected": facts["rejected"],
                    "is_partial": any(other.outcome.is_refused for other in delivery.parts),
                    "is_doubted": facts["is_doubted"],
                }
            )

    def forget(self, feed: Feed, part: Part, rows: Path, rejects: Path) -> None:
        """Empty the rows and malformed lines of a part just read that are of forgotten persons.

        Args:
            feed: the feed.
            part: the part; its count and its reason say what was emptied.
            rows: Parquet file of its rows.
            rejects: Parquet file of its malformed lines; it need not be there.
        """
        outcome = part.outcome
        if not outcome.is_loaded or self.forgotten.is_empty:
            return
        outcome.erased = self.forgotten.erase(feed, rows)
        lines = self.forgotten.erase_lines(rejects) if rejects.exists() else 0
        if outcome.erased or lines:
            outcome.add_reason(f"{outcome.erased + lines} rows are of forgotten persons: left out")

    def write_load(self, feed: Feed, delivery: Delivery, load_id: int) -> None:
        """Finish what was read: all rows of a delta, the contents of a snapshot that are new.

        Args:
            feed: the feed.
            delivery: the delivery, each of its accepted parts read into its unfinished file.
            load_id: load that they belong to.
        """
        parts = [part for part in delivery.parts if part.outcome.is_loaded]
        files = [self.unfinished(feed, load_id, part) for part in parts]
        if feed.mode == "delta":
            for part, path in zip(parts, files, strict=True):
                goal = self.goal(feed, load_id, part)
                write_rows(self.connection, feed, [path], goal)
                path.unlink()
                note(self.folder, goal)
                outcome = part.outcome
                outcome.landed = outcome.rows - outcome.rejected - outcome.erased
            return
        goal = self.goal(feed, load_id, parts[0])
        largest = max((part.file for part in parts), key=lambda file: file.size or 0)
        with self.progress.watch(largest.told, largest.size or 0, goal):
            self.arrivals.presence.open(feed)
            self.arrivals.presence.deliver(feed, files, self.companies.sql(feed))
            landed = self.write_contents(feed, files, goal)
        for part, path in zip(parts, files, strict=True):
            part.outcome.landed = landed.get(part.file_id, 0)
            part.outcome.erased = 0  # what a snapshot does not show has no place to keep
            path.unlink()
        note(self.folder, goal)

    def write_contents(self, feed: Feed, files: Sequence[Path], goal: Path) -> dict[int, int]:
        """Write the contents of a snapshot that its sender never delivered before.

        Args:
            feed: the feed.
            files: Parquet files of the rows of the delivery.
            goal: Parquet file to write.

        Returns:
            How many there are of each file, by file_id.
        """
        write_rows(
            self.connection,
            feed,
            files,
            goal,
            "file_id * 100000000000 + file_row_number + 1 in "
            "(select place from delivered where known_file is null)",
        )
        landed = self.connection.execute(
            f"select file_id, count(*) from read_parquet({quoted(goal)}) group by file_id"
        )
        return dict(landed.fetchall())

    def hold(self, feed: Feed, delivery: Delivery, before: Sequence[int]) -> None:
        """Let presence know which contents a snapshot holds.

        Args:
            feed: the feed, of one sender.
            delivery: the delivery.
            before: the deliveries of the sender before it arrived, in their order.
        """
        presence = self.arrivals.presence
        if not any(part.outcome.is_loaded for part in delivery.parts):
            presence.open(feed)
            after = self.arrivals.order(feed)
            presence.deliver_again(after[after.index(delivery.number) - 1], before)
        presence.insert(feed, delivery.number, before, self.arrivals.order(feed))

    def goal(self, feed: Feed, load_id: int, part: Part) -> Path:
        """The Parquet file of a part."""
        return self.folder / feed.source / feed.name / f"{load_id}-{part.file_id}.parquet"

    def unfinished(self, feed: Feed, load_id: int, part: Part) -> Path:
        """What a part is read into; no pattern for Parquet files finds it."""
        goal = self.goal(feed, load_id, part)
        return goal.with_name(f"{goal.name}.tmp")

    def record(
        self, feed: Feed, delivery: Delivery, part: Part, load_id: int, loaded_at: datetime
    ) -> None:
        """Add the ledger row of a part, unless it repeats what the ledger says already.

        Args:
            feed: the feed.
            delivery: the delivery.
            part: one of its parts.
            load_id: load of the delivery.
            loaded_at: when that load began, UTC, without zone.
        """
        file, outcome = part.file, part.outcome
        loaded = outcome.is_loaded
        row = {
            "file_id": part.file_id,
            "origin": self.origin,
            "source": feed.source,
            "feed": feed.name,
            "mode": feed.mode,
            "delivery": delivery.name,
            "file": file.name,
            "size": file.size,
            "content_hash": file.content_hash,
            "status": outcome.status,
            "reason": outcome.reason,
            "rows": outcome.rows if loaded else 0,
            "rejected": outcome.rejected if loaded else 0,
            "landed": outcome.landed if loaded else 0,
            "load_id": load_id if loaded else None,
            "loaded_at": loaded_at,
            "added_columns": shown_headers(
                self.connection,
                part.columns.added,
                part.columns.is_doubtful or outcome.rows == outcome.rejected,
            ),
            "missing_columns": part.columns.missing,
            "run_id": self.run_id,
            "modified_ns": file.modified_ns,
            "erased": outcome.erased if loaded else 0,
            "sender": delivery.sender,
            "delivery_id": delivery.number if delivery.arrived else None,
            "repeats": outcome.repeats,
            "month_first": part.columns.month_first,
            "day_first": part.columns.day_first,
            "settings": feed.settings.digest(feed.aliases) if outcome.is_refused else None,
        }
        if outcome.is_refused:
            if History.outcome_of(row) in self.history(feed).outcomes:
                return
            self.log(f"refused {feed.source}.{feed.name} {file.told}: {outcome.reason}")
        self.new_rows.append(row)
        self.remember(row)


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
    rows, digest = only_row(
        connection,
        f"""select count(*), sum(hash(ordinal, {columns})::hugeint)
        from (select row_number() over () as ordinal, {columns} from {relation})""",
    )
    if rows:
        content = hashlib.sha256(f"{header}:{rows}:{digest}".encode()).hexdigest()
        path = Path(file)
        size = path.stat().st_size if path.is_file() else None
        seed = File(file, None, relation, FileState(size), content)
        yield Delivery(name, [Part(seed, header=Header(header))])


def load_feeds(
    connection: duckdb.DuckDBPyConnection,
    registry: Mapping[str, DeclaredFeed],
    aliases: Iterable[tuple[str, str, str, str]],
    ledger: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
    seeds: Mapping[str, str],
    log: Callable[[str], None] = say,
    references: Mapping[str, Sequence[Any]] | None = None,
) -> list[dict[str, Any]]:
    """Land all feeds and return the new ledger rows.

    Args:
        connection: DuckDB connection of the model.
        registry: the feeds of the var `feeds`.
        aliases: rows of the seed column_aliases (source, feed, delivered_name, column_name).
        ledger: the ledger so far.
        settings: landing_zone ('' = seeds), folder, run_id, max_snapshot_shrink_pct, feed_modes,
            date_order, max_unpacked_mb, and schema, the SQL name of the schema of the tables
            beside the ledger.
        seeds: seed name to SQL name of its table.
        log: called with one line of progress or warning.
        references: rows of reference seeds, by name: sender_settings (source, feed, sender,
            setting, value), delivery_decisions (source, feed, sender, delivery, decision, reason),
            companies, company_lookup and company_identifiers.

    Returns:
        New ledger rows; also those of files that were refused or are duplicates.
    """
    zone = settings["landing_zone"]
    spellings: dict[tuple[str, str], dict[str, str]] = {}
    for source, name, delivered, column in aliases:
        spellings.setdefault((source, name), {})[label_of(str(delivered))] = column
    feeds = {
        name: Feed.of(name, declared, settings["feed_modes"].get(name), spellings)
        for name, declared in registry.items()
    }
    schema = settings.get("schema", "main")
    arrivals = Arrivals(
        connection,
        schema,
        ledger,
        (references or {}).get("delivery_decisions", ()),
        float(settings["max_snapshot_shrink_pct"]),
        log,
    )
    landing = Landing(
        connection,
        Path(settings["folder"]),
        ledger,
        "landing_zone" if zone else "seeds",
        settings["run_id"],
        arrivals,
        Companies(connection, references or {}),
        log,
    )
    connection.execute("set TimeZone = 'UTC'")  # times in Parquet become text
    landing.remove_leftovers(feeds.values())
    for full_name, feed in feeds.items():
        if zone:
            deliveries = find_deliveries(Path(zone) / feed.source / feed.name)
            parts = [part for delivery in deliveries for part in delivery.parts]
            limit_unpacked(parts, int(settings.get("max_unpacked_mb", 20_000) * 1_000_000))
        else:
            seed = seed_of(full_name, registry[full_name])
            file = f"seeds/{feed.source}/{seed}.csv"
            deliveries = list(seed_delivery(connection, seed, file, seeds[seed]))
        names = {row["sender"] for row in arrivals.of(feed)}
        senders = [
            replace(
                feed,
                sender=sender,
                settings=Settings.of(
                    (references or {}).get("sender_settings", ()),
                    (feed.source, feed.name, sender),
                    settings.get("date_order", "mdy"),
                ),
            )
            for sender in sorted(names.union(delivery.sender for delivery in deliveries))
        ]
        landing.adopt(senders)
        for sender in senders:
            landing.land(sender, [d for d in deliveries if d.sender == sender.sender])
        arrivals.settle(senders)
    if zone:
        for stray, strays in find_strays(Path(zone), list(feeds.values()), landing.shown):
            landing.land(stray, strays)
    landing.save_seen(schema)
    return landing.new_rows
