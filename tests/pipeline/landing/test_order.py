"""What deliveries mean depends on their place in the order, not on when they were loaded.

A slow reference replays the deliveries in their order, one sender after the other, and is compared
with landing_states after the files arrived one by one, in groups and late, with decisions that came
and went. `make test` has 8 histories, `make extended` 60.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benefits_warehouse.feeds import read_feeds
from benefits_warehouse.landing.loader import load_feeds
from benefits_warehouse.landing.order import date_in, in_order

COLUMNS = {
    "id": {"type": "text", "key": True},
    "company": {"type": "ein"},
    "name": {"type": "text"},
}
SCOPED = {
    "entity": "people",
    "row": "person",
    "domain": "people",
    "mode": "snapshot",
    "growth": "small",
    "rhythm_days": 9,
    "speaks_for": "company",
    "columns": COLUMNS,
}
PLAIN = {key: value for key, value in SCOPED.items() if key != "speaks_for"}
EVENTS = {**PLAIN, "mode": "delta", "growth": "endless"}
REGISTRY = read_feeds(
    {
        "s.scoped": SCOPED,
        "s.plain": {**PLAIN, "entity": "plain"},
        "s.events": {**EVENTS, "entity": "events"},
    }
)
EINS = ["11-1111111", "22-2222222", ""]
SHRINK = 50
Row = tuple[str, str, str]


@dataclass
class Told:
    """A delivery as the reference knows it."""

    name: str
    rows: list[Row]
    decision: str = ""


@dataclass
class Span:
    """Deliveries, by number, that held a row one after the other."""

    first: int
    last: int
    is_deleted: bool = False


@dataclass
class Replay:
    """The deliveries of one sender, replayed in their order."""

    is_scoped: bool
    spans: dict[Row, list[Span]] = field(default_factory=dict)
    alive: dict[Row, int] = field(default_factory=dict)
    mentioned: list[set[str]] = field(default_factory=list)

    def speaks(self, row: Row, last: int, mentioned: set[str]) -> bool:
        """Whether a delivery that mentions these companies speaks for a row."""
        if not self.is_scoped:
            return True
        if row[1]:
            return row[1] in mentioned
        then = self.mentioned[last]
        return bool(then & mentioned) or (not then and not mentioned)

    def replay(self, deliveries: list[Told]) -> None:
        """Apply them one by one."""
        for number, delivery in enumerate(deliveries):
            held = set(delivery.rows)
            mentioned = {row[1] for row in held if row[1]}
            spoken = [r for r, last in self.alive.items() if self.speaks(r, last, mentioned)]
            keys = {row[0] for row in spoken}
            lost = keys - {row[0] for row in held}
            is_small = not held or len(lost) * 100 > len(keys) * SHRINK
            if delivery.decision == "trust" or not is_small:
                for row in set(spoken) - held:
                    del self.alive[row]
                    self.spans[row][-1].is_deleted = True
            self.mentioned.append(mentioned)
            for row in held:
                spans = self.spans.setdefault(row, [])
                if spans and spans[-1].last == number - 1:
                    spans[-1].last = number
                else:
                    spans.append(Span(number, number))
                self.alive[row] = number


def reference(deliveries: list[Told], is_scoped: bool) -> set[tuple[Any, ...]]:
    """What landing_states should say of one sender: row, names of the span's ends, what became."""
    ordered = sorted(deliveries, key=lambda one: place(one.name, deliveries))
    counting = [one for one in ordered if one.decision != "withdraw"]
    replay = Replay(is_scoped)
    replay.replay(counting)
    return {
        (
            *row,
            counting[span.first].name,
            counting[span.last].name,
            span is spans[-1],
            span.is_deleted,
        )
        for row, spans in replay.spans.items()
        for span in spans
    }


def place(name: str, deliveries: list[Told]) -> tuple[Any, ...]:
    """Sort key: the day in the name where all have one, else its number."""
    stem = name.removesuffix(".csv")
    if all("2026" in one.name for one in deliveries):
        month, day = stem.split("-")[1:3]
        return int(month), int(day), len(stem), stem
    return (int("".join(letter for letter in stem if letter.isdigit()) or 0),)


class Case:
    """A landing zone, files that arrive at random, and what is decided."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.rng = random.Random(seed)
        self.connection = duckdb.connect()
        self.ledger: list[dict[str, Any]] = []
        self.decisions: list[tuple[str, ...]] = []

    def run(self) -> None:
        """Load what is there."""
        self.ledger += load_feeds(
            self.connection,
            REGISTRY,
            [],
            self.ledger,
            {
                "landing_zone": str(self.folder / "zone"),
                "folder": str(self.folder / "landed"),
                "run_id": "run",
                "max_snapshot_shrink_pct": SHRINK,
                "feed_modes": {},
            },
            {},
            lambda line: None,
            {"delivery_decisions": self.decisions},
        )

    def names(self, count: int) -> list[str]:
        """Names of deliveries that come one after the other."""
        if self.rng.random() < 0.5:
            days = sorted(self.rng.sample(range(300), count))
            day = dt.date(2026, 1, 1)
            return [f"r_2026-{day + dt.timedelta(n):%m-%d}.csv" for n in days]
        return ["export.csv", *(f"export ({n}).csv" for n in range(1, count))]

    def history(self, count: int) -> list[Told]:
        """Deliveries in which people come, go, change and come back."""
        people = {str(n): self.person() for n in range(self.rng.randint(2, 8))}
        told = []
        for name in self.names(count):
            for key in self.rng.sample(sorted(people), self.rng.randint(0, 2)):
                people[key] = self.person()
            of = [c for c in EINS if self.rng.random() < 0.7]
            rows = [
                (key, *who)
                for key, who in people.items()
                if who[0] in of and self.rng.random() < 0.85
            ]
            if told and self.rng.random() < 0.2:  # as one of before, perhaps the last
                rows = self.rng.choice(told).rows
            told.append(Told(name, rows))
        return told

    def person(self) -> tuple[str, str]:
        """A company and a name."""
        return self.rng.choice(EINS), self.rng.choice("abc")

    def deliver(self, feed: str, sender: str, told: Told) -> None:
        """Write the file of a delivery."""
        folder = self.folder / "zone" / "s" / feed / (f"sender={sender}" if sender else "")
        folder.mkdir(parents=True, exist_ok=True)
        lines = ["id,company,name", *(",".join(row) for row in told.rows)]
        (folder / told.name).write_text("\n".join(lines) + "\n")

    def states(self, feed: str, sender: str) -> set[tuple[Any, ...]]:
        """What landing_states says."""
        found = self.connection.execute(
            f"""select id, coalesce(rows.company, ''), name, first.delivery, last.delivery,
                is_latest, is_deleted
            from landing_states as states
            inner join read_parquet('{self.folder}/landed/s/{feed}/*.parquet') as rows
                using (file_id, source_row)
            inner join landing_files as first on first_delivery = first.file_id
            inner join landing_files as last on last_delivery = last.file_id
            where states.feed = ? and states.sender = ?""",
            [feed, sender],
        ).fetchall()
        assert len(found) == len(set(found))
        return set(found)


@pytest.mark.parametrize(
    "seed",
    [pytest.param(seed, marks=pytest.mark.extended if seed > 7 else ()) for seed in range(60)],
)
def test_any_arrival_means_the_same(tmp_path: Path, seed: int) -> None:
    """Files at once, one by one or late, with decisions that come and go: the same states."""
    case = Case(tmp_path, seed)
    feed = case.rng.choice(["scoped", "plain"])
    senders = {"": case.history(6)} | ({"b": case.history(4)} if seed % 3 == 0 else {})
    waiting = [(sender, told) for sender, several in senders.items() for told in several]
    if seed % 4:
        case.rng.shuffle(waiting)
    (tmp_path / "zone").mkdir()
    while waiting:
        for sender, told in [
            waiting.pop(0) for _ in range(min(len(waiting), case.rng.choice([1, 2, 4])))
        ]:
            case.deliver(feed, sender, told)
        case.decisions = [
            ("s", feed, sender, told.name, case.rng.choice(["trust", "withdraw"]), "")
            for sender, several in senders.items()
            for told in several
            if case.rng.random() < 0.1
        ]
        case.run()
    for sender, several in senders.items():
        for told in several:
            (decision,) = [d[4] for d in case.decisions if d[2:4] == (sender, told.name)] or [""]
            told.decision = decision
        wanted = reference(several, feed == "scoped")
        assert case.states(feed, sender) == wanted, (seed, sender, several)


def test_names_give_days() -> None:
    """Each form of a date, and near misses."""
    for name, day in {
        "nm_01-31-2027.csv": "2027-01-31",
        "claims_20260131T1015.csv": "2026-01-31",
        "x_2026-01-01_2026-01-31.csv": "2026-01-31",
        "Mar-04-2026.csv": "2026-03-04",
        "04MAR2026.csv": "2026-03-04",
        "4.3.2026.csv": "2026-04-03",
    }.items():
        assert date_in(name, "mdy") == dt.date.fromisoformat(day), name
    assert date_in("4.3.2026.csv", "dmy") == dt.date(2026, 3, 4)
    for name in ("12345678.csv", "acct_120260131.csv", "2026-04.csv", "31-31-2026.csv", "export"):
        assert date_in(name, "mdy") is None, name


def test_numbers_in_names_are_numbers() -> None:
    """And an ending is no part of the name."""
    names = ["export (10).csv", "export (2).csv", "export.csv", "export (1).csv.gz"]
    rows = [{"delivery": name, "delivery_id": n} for n, name in enumerate(names)]
    assert [row["delivery"] for row in in_order(rows, "mdy")] == [names[i] for i in (2, 3, 1, 0)]
