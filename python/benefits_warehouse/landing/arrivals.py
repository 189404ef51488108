"""The deliveries that count: their order, their days, and what a person decided about them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import duckdb

from benefits_warehouse.declarations import columns_of
from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.order import date_in, in_order
from benefits_warehouse.landing.presence import Presence
from benefits_warehouse.privacy.names import shown_names
from benefits_warehouse.runtime.rows import relation_of
from benefits_warehouse.sql import identifier, quoted

FILES = columns_of("landing", "landing_files")
PARTIAL = "a part of the delivery was refused"
DOUBTED = "its trailer states another number of records"
DECISIONS = ("trust", "withdraw")
Row = dict[str, Any]


class Arrivals:
    """The files that count of all feeds, as rows of the table landing_files.

    Args:
        connection: DuckDB connection.
        schema: SQL name of the schema with that table; it is made where it is missing.
        ledger: rows of the ledger, for warehouses of older versions, which have no such table.
        decisions: rows of the seed delivery_decisions (source, feed, sender, delivery, decision,
            reason).
        max_shrink_pct: a snapshot that loses more of its keys deletes nothing.
        log: called with one line where a delivery of this run deletes nothing.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        schema: str,
        ledger: Sequence[Mapping[str, Any]],
        decisions: Iterable[tuple[str | None, ...]],
        max_shrink_pct: float,
        log: Callable[[str], None],
    ) -> None:
        self.connection = connection
        self.schema = schema
        self.max_shrink_pct = max_shrink_pct
        self.log = log
        self.presence = Presence(connection, schema)
        self.decisions = {
            (source, feed, sender or "", delivery): decision
            for source, feed, sender, delivery, decision, *_ in decisions
        }
        make_table(connection, schema)
        if not ledger:  # a warehouse that starts anew
            for table in ("landing_files", "landing_presence", "landing_states"):
                connection.execute(f"delete from {schema}.{table}")
        stored = connection.sql(f"from {schema}.landing_files order by file_id")
        rows = [dict(zip(stored.columns, row, strict=True)) for row in stored.fetchall()]
        self.stored: dict[int, Row] = {row["file_id"]: row for row in rows}
        self.rows = [dict(row) for row in rows]
        self.is_legacy = not rows and any(row["status"] == "loaded" for row in ledger)
        if self.is_legacy:
            loaded = [row for row in ledger if row["status"] == "loaded"]
            loads: dict[int, int] = {}
            for row in sorted(loaded, key=number_of):
                loads.setdefault(row["load_id"], row["file_id"])
            self.rows = [of_older(row, loads[row["load_id"]]) for row in loaded]

    def add(self, row: Row) -> None:
        """Let a file count.

        Args:
            row: what is known of it, see FILES; the rest follows when the feed is settled.
        """
        self.rows.append({**dict.fromkeys(FILES), "revision": 0, **row})

    def before(self, feed: Feed, name: str) -> Row | None:
        """The delivery that comes before a new one of a name; None where it is the first.

        Args:
            feed: the feed, of one sender.
            name: name of the new delivery.
        """
        known = self.deliveries(feed)
        new: Row = {"delivery": name, "delivery_id": sys.maxsize}
        place = in_order([*known, new], feed.settings.file_date_order).index(new)
        return in_order([*known, new], feed.settings.file_date_order)[place - 1] if place else None

    def of(self, feed: Feed) -> list[Row]:
        """The files of a feed, of all its senders."""
        return [
            row for row in self.rows if (row["source"], row["feed"]) == (feed.source, feed.name)
        ]

    def deliveries(self, feed: Feed) -> list[Row]:
        """The deliveries of a feed and sender in their order, see delivery_of."""
        mine = [row for row in self.of(feed) if row["sender"] == feed.sender]
        parts: dict[int, list[Row]] = {}
        for row in mine:
            parts.setdefault(row["delivery_id"], []).append(row)
        several = [delivery_of(rows) for rows in parts.values()]
        return in_order(several, feed.settings.file_date_order)

    def order(self, feed: Feed) -> list[int]:
        """The numbers of the deliveries of a feed and sender, in their order."""
        return [delivery["delivery_id"] for delivery in self.deliveries(feed)]

    def order_before(self, feed: Feed) -> list[int]:
        """The same as it was when presence was saved, of the deliveries that are still there."""
        mine = [row for row in self.deliveries(feed) if row["delivery_id"] in self.stored]
        mine.sort(key=lambda row: self.stored[row["delivery_id"]]["place"])
        return [row["delivery_id"] for row in mine]

    def decision(self, row: Mapping[str, Any]) -> str | None:
        """What a person decided about the delivery of a file, named by its name or its load."""
        place = row["source"], row["feed"], row["sender"]
        for name in (str(row["load_id"]), row["delivery"]):
            if (*place, name) in self.decisions:
                return self.decisions[(*place, name)]
        return None

    def settle(self, senders: Sequence[Feed]) -> None:
        """Say of each file of a feed what its place in the order makes of it, and save that.

        Args:
            senders: the feed, once for each of its senders.
        """
        place = 0
        for feed in sorted(senders, key=lambda feed: feed.sender):
            deliveries = self.deliveries(feed)
            for delivery in deliveries:
                place += 1
                decision = self.decision(delivery)
                delivery |= {
                    "place": place,
                    "delivered_on": date_in(delivery["delivery"], feed.settings.file_date_order)
                    or delivery["loaded_at"].date(),
                    "decision": decision,
                    "is_withdrawn": decision == "withdraw",
                    "held_back": None,
                }
            if feed.mode == "snapshot":
                self.settle_snapshots(feed, deliveries)
            for delivery in deliveries:
                for part in delivery.pop("parts"):
                    part |= {name: delivery[name] for name in SETTLED}
        self.presence.close()
        if not senders:
            return
        rows = self.of(senders[0])
        if senders[0].mode == "delta":
            self.settle_repeats(rows)
        self.save(senders[0], rows)

    def settle_repeats(self, rows: Sequence[Row]) -> None:
        """Let each file of a delta stand where its earliest repeat stands that counts.

        A repeat is not landed, so what was loaded first has to speak for the one that came first.

        Args:
            rows: files of the feed.
        """
        repeats: dict[int, list[Row]] = {}
        for row in rows:
            repeats.setdefault(row["repeats"] or row["file_id"], []).append(dict(row))
        for row in rows:
            standing = [one for one in repeats.get(row["file_id"], ()) if not one["is_withdrawn"]]
            if row["repeats"] is None and standing:
                first = min(standing, key=lambda one: one["place"])
                row |= {name: first[name] for name in ("place", "delivered_on", "is_withdrawn")}
        before = {row["file_id"]: self.stored.get(row["file_id"]) for row in rows}
        revision = max((old["revision"] for old in before.values() if old), default=0)
        was = [old for old in before.values() if old]
        now = [row for row in rows if before[row["file_id"]]]
        for row in rows:
            row["revision"] = revision + (standing_order(was) != standing_order(now))

    def settle_snapshots(self, feed: Feed, deliveries: Sequence[Row]) -> None:
        """Say which snapshots of a sender delete nothing, and write the states that follow.

        What was said of the first ones stays, as long as nothing came or went before their end.

        Args:
            feed: the feed, of one sender.
            deliveries: all of the sender in their order, with what was decided.
        """
        counting = [delivery for delivery in deliveries if not delivery["is_withdrawn"]]
        known = self.known(feed, counting)
        if (
            len(known) == len(counting) == len(self.stored_deliveries(feed))
            and (feed.source, feed.name, feed.sender) not in self.presence.changed
        ):
            for delivery, old in zip(counting, known, strict=True):
                delivery["held_back"] = old["held_back"]
            if all(self.stored[d["delivery_id"]]["place"] == d["place"] for d in counting):
                return
        presence = self.presence
        presence.open(feed)
        presence.hold(deliveries)
        numbers = {delivery["delivery_id"]: n for n, delivery in enumerate(counting, 1)}
        presence.begin(feed, numbers, len(known))
        for delivery in counting:
            number = numbers[delivery["delivery_id"]]
            if number <= len(known):
                delivery["held_back"] = known[number - 1]["held_back"]
                continue
            present, lost = presence.weigh(feed, number)
            delivery["told"] = self.told(delivery)
            reason = why_held_back(feed, delivery, (present, lost), self.max_shrink_pct)
            delivery["held_back"] = reason if present else None
            presence.advance(number, delivery["delivery_id"], reason is None)
            if delivery["held_back"] and delivery["delivery_id"] not in self.stored:
                name = f"{feed.source}.{feed.name} {delivery['told']}"
                self.log(f"{name} deletes nothing: {reason}")
        presence.write_states(feed, counting)

    def told(self, delivery: Row) -> str:
        """What the line of a decision calls a delivery: its name, or its load where that is masked.

        Args:
            delivery: the delivery.
        """
        name = delivery["delivery"]
        is_shown = shown_names(self.connection, [name])[name] == name
        return name if is_shown else str(delivery["load_id"])

    def stored_deliveries(self, feed: Feed) -> list[Row]:
        """The deliveries of a sender that counted when the states were saved, in their order."""
        mine = (feed.source, feed.name, feed.sender)
        return sorted(
            (
                row
                for row in self.stored.values()
                if (row["source"], row["feed"], row["sender"]) == mine
                and row["file_id"] == row["delivery_id"]
                and not row["is_withdrawn"]
            ),
            key=lambda row: row["place"],
        )

    def known(self, feed: Feed, counting: Sequence[Row]) -> list[Row]:
        """The first of the deliveries that count of which the saved states still hold.

        Args:
            feed: the feed, of one sender.
            counting: its deliveries that count, in their order.
        """
        known: list[Row] = []
        for old, new in zip(self.stored_deliveries(feed), counting, strict=False):
            same = ("delivery_id", "decision")
            if [old[name] for name in same] != [new[name] for name in same]:
                return known
            known.append(old)
        return known if len(known) == len(self.stored_deliveries(feed)) else []

    def save(self, feed: Feed, rows: Sequence[Row]) -> None:
        """Write the files of a feed to the table, where they are not as they were.

        Args:
            feed: the feed.
            rows: its files.
        """
        where = f"source = {quoted(feed.source)} and feed = {quoted(feed.name)}"
        old = [
            row
            for row in self.stored.values()
            if (row["source"], row["feed"]) == (feed.source, feed.name)
        ]
        if sorted(rows, key=number_of) == sorted(old, key=number_of):
            return
        table = f"{self.schema}.landing_files"
        self.connection.execute(f"delete from {table} where {where}")
        if rows:
            relation_of(self.connection, "settled_files", FILES, rows)
            self.connection.execute(f"insert into {table} by name from settled_files")


def make_table(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Make the table landing_files where it is missing, as in warehouses of older versions.

    Args:
        connection: DuckDB connection.
        schema: SQL name of the schema.
    """
    columns = ", ".join(f"{identifier(column)} {kind}" for column, kind in FILES.items())
    connection.execute(f"create table if not exists {schema}.landing_files ({columns})")


SETTLED = ("place", "delivered_on", "decision", "is_withdrawn", "held_back")


def number_of(row: Mapping[str, Any]) -> int:
    """The file_id of a row."""
    return int(row["file_id"])


def standing_order(rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """The landed files that count, in the order of their deliveries."""
    standing = [row for row in rows if row["repeats"] is None and not row["is_withdrawn"]]
    standing.sort(key=lambda row: (row["place"], row["file_id"]))
    return [row["file_id"] for row in standing]


def delivery_of(parts: Sequence[Row]) -> Row:
    """A delivery: what its files have in common, and `parts`, these files.

    Args:
        parts: rows of its files that count.
    """
    return {
        **{name: parts[0][name] for name in ("source", "feed", "sender", "delivery_id")},
        **{name: parts[0][name] for name in ("delivery", "load_id", "loaded_at")},
        "rows": sum(part["rows"] for part in parts),
        "rejected": sum(part["rejected"] for part in parts),
        "is_partial": any(part["is_partial"] for part in parts),
        "is_doubted": any(part["is_doubted"] for part in parts),
        "is_repeat": all(part["repeats"] is not None for part in parts),
        "parts": list(parts),
    }


def of_older(row: Mapping[str, Any], delivery_id: int) -> Row:
    """A file that counts, of a ledger row that an older version wrote.

    Args:
        row: the ledger row of a loaded file.
        delivery_id: number of its delivery.
    """
    reason = row["reason"] or ""
    return {
        **dict.fromkeys(FILES),
        **{name: row[name] for name in FILES if name in row},
        "sender": row["sender"] or "",
        "delivery_id": delivery_id,
        "is_partial": PARTIAL in reason,
        "is_doubted": DOUBTED in reason,
        "revision": 0,
    }


def why_held_back(
    feed: Feed, delivery: Row, keys: tuple[int, int], max_shrink_pct: float
) -> str | None:
    """Why what a snapshot lacks is not deleted, with the remedy; None where it is.

    Args:
        feed: its feed.
        delivery: the delivery, with what was decided.
        keys: how many it speaks for that were there before, and how many of them it lacks.
        max_shrink_pct: a snapshot that loses more of its keys deletes nothing.
    """
    present, lost = keys
    if delivery["is_partial"]:
        return f"{PARTIAL}; deliver that part again"
    if delivery["decision"] == "trust":
        return None
    reason = None
    if delivery["rejected"]:
        reason = "the delivery has rejected lines"
    elif delivery["is_doubted"]:
        reason = DOUBTED
    elif delivery["rows"] == 0:
        reason = "the delivery has no rows"
    elif lost * 100 > present * max_shrink_pct:
        reason = (
            f"the delivery lost {lost} of {present} keys, more than "
            f"max_snapshot_shrink_pct = {max_shrink_pct:g}"
        )
    line = ",".join(
        (feed.source, feed.name, feed.sender, csv_cell(delivery["told"]), "trust", "<why>")
    )
    remedy = f"if it is right, add the line {line} to the seed delivery_decisions"
    return f"{reason}; {remedy}" if reason else None


def csv_cell(text: str) -> str:
    """A text as a cell of a CSV, quoted where it must be."""
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n\r') else text
