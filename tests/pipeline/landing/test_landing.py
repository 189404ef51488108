"""What landing makes of deliveries: the module alone, on files in a temporary folder, without
dbt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from benefits_warehouse.feeds import read_feeds
from benefits_warehouse.landing.loader import load_feeds

COLUMNS = {
    "id": {"type": "text", "key": True},
    "name": {"type": "text"},
    "last_updated": {"type": "timestamp", "optional": True},
}
SAYS = {"domain": "people", "growth": "small", "rhythm_days": 7, "columns": COLUMNS}
REGISTRY = read_feeds(
    {
        "s.people": {"entity": "people", "row": "person", "mode": "snapshot", **SAYS},
        "s.events": {"entity": "events", "row": "event", "mode": "delta", **SAYS},
    }
)


class Loader:
    """A landing zone and the ledger that grows with each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger: list[dict[str, Any]] = []
        self.aliases: list[tuple[str, str, str, str]] = []
        self.log: list[str] = []
        self.references: dict[str, list[tuple[Any, ...]]] = {}
        self.connection = duckdb.connect()

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file of the zone, `<feed>/<name>`."""
        path = self.folder / "zone" / "s" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, **settings: Any) -> list[dict[str, Any]]:
        """Load what is new; returns the new ledger rows."""
        rows = load_feeds(
            self.connection,
            REGISTRY,
            self.aliases,
            self.ledger,
            {
                "landing_zone": str(self.folder / "zone"),
                "folder": str(self.folder / "landed"),
                "run_id": "run",
                "max_snapshot_shrink_pct": 50,
                "feed_modes": {},
                **settings,
            },
            {},
            self.log.append,
            self.references,
        )
        self.ledger += rows
        return rows

    def landed(self, feed: str) -> list[tuple[Any, ...]]:
        """load, change, id and name of the landed rows."""
        return duckdb.sql(
            "select load_id, change, id, name "
            f"from read_parquet('{self.folder}/landed/s/{feed}/*') order by all"
        ).fetchall()

    def values(self, feed: str, file: str) -> list[tuple[Any, ...]]:
        """id and name of the rows that were landed of a file, in their order."""
        return [row[1:] for row in self.numbered(feed, file)]

    def numbered(self, feed: str, file: str) -> list[tuple[Any, ...]]:
        """source_row, id and name of the rows of a file, as the macro `landed` numbers them."""
        return duckdb.execute(
            "select coalesce(source_row, file_row_number + 1), id, name "
            f"from read_parquet('{self.folder}/landed/s/{feed}/*.parquet', union_by_name = true, "
            "file_row_number = true) where source_file = ? and change = 'upsert' order by 1",
            [file],
        ).fetchall()

    def rejects(self, feed: str, file: str) -> list[tuple[Any, ...]]:
        """Line and reason of the malformed lines of a file."""
        return duckdb.execute(
            "select source_line, error_reason "
            f"from read_parquet('{self.folder}/landed/rejected_lines/*.parquet') "
            "where feed = ? and source_file = ? order by 1",
            [feed, file],
        ).fetchall()

    def present(self) -> list[tuple[Any, ...]]:
        """The rows of people that the newest delivery left."""
        return [row[1:] for row in self.states() if not row[0]]

    def deleted(self) -> list[tuple[Any, ...]]:
        """The rows of people that deliveries deleted."""
        return [row[1:] for row in self.states() if row[0]]

    def states(self) -> list[tuple[Any, ...]]:
        """is_deleted, id and name of each row of people that a delivery held."""
        return self.connection.sql(
            "select states.is_deleted, rows.id, rows.name "
            f"from read_parquet('{self.folder}/landed/s/people/*.parquet') as rows "
            "inner join landing_states as states using (file_id, source_row) "
            "where states.is_latest order by all"
        ).fetchall()

    def held_back(self, delivery: str) -> str | None:
        """Why a delivery deletes nothing."""
        rows = self.connection.execute(
            "select held_back from landing_files "
            "where feed = 'people' and delivery = ? order by file_id desc",
            [delivery],
        ).fetchall()
        return rows[0][0] if rows else None


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    """An empty landing zone."""
    return Loader(tmp_path)


def test_columns_are_matched_by_name(loader: Loader) -> None:
    """Any order, case and blanks; aliases; added columns are noted, optional ones may be absent."""
    loader.aliases = [("s", "events", "Full  Name", "name")]
    loader.put("events/1.csv", "full name, ID ,Shoe\nAda,1,38\n")
    (row,) = loader.run()
    assert loader.landed("events") == [(1, "upsert", "1", "Ada")]
    assert (row["status"], row["rows"]) == ("loaded", 1)
    assert (row["added_columns"], row["missing_columns"]) == (["Shoe"], ["last_updated"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("id:name\n1:a\n", "none of the columns is there"),
        ("id,name,ID\n1,a,2\n", "delivered twice"),
        ("id,last_updated\n1,\n", "required column missing: name"),
    ],
)
def test_refused_files_leave_the_others_alone(loader: Loader, text: str, reason: str) -> None:
    """A refused file says why, once; its neighbours load."""
    loader.put("events/1.csv", text)
    loader.put("events/2.csv", "id,name\n2,b\n")
    rows = loader.run()
    assert [row["status"] for row in rows] == ["refused", "loaded"]
    assert reason in rows[0]["reason"]
    assert [row[2:] for row in loader.landed("events")] == [("2", "b")]
    assert loader.run() == []


def test_a_fixed_alias_lets_a_refused_file_in(loader: Loader) -> None:
    """The same file loads once its header is understood."""
    loader.put("events/1.csv", "id,nom\n1,a\n")
    assert loader.run()[0]["status"] == "refused"
    loader.aliases = [("s", "events", "nom", "name")]
    assert loader.run()[0]["status"] == "loaded"
    assert loader.run() == []


def test_same_content_is_a_duplicate_in_a_delta_feed(loader: Loader) -> None:
    """Under any name, in the same or a later run."""
    loader.put("events/1.csv", "id,name\n1,a\n")
    loader.put("events/2.csv", "id,name\n1,a\n")
    assert [row["status"] for row in loader.run()] == ["loaded", "duplicate"]
    loader.put("events/3.csv", "id,name\n1,a\n")
    assert [row["status"] for row in loader.run()] == ["duplicate"]
    assert loader.landed("events") == [(1, "upsert", "1", "a")]


@pytest.mark.parametrize("names", [["1.csv", "2.csv", "3.csv"], ["1.csv", "1.csv", "1.csv"]])
def test_a_b_a_is_three_states(loader: Loader, names: list[str]) -> None:
    """Of a snapshot feed, under three names or one that is overwritten."""
    first = "id,name\n1,a\n2,b\n"
    for name, text in zip(names, [first, "id,name\n1,a\n3,c\n", first], strict=True):
        loader.put(f"people/{name}", text)
        assert [row["status"] for row in loader.run()] == ["loaded"]
    assert loader.present() == [("1", "a"), ("2", "b")]
    assert loader.run() == []


def test_unchanged_rows_are_not_landed_again(loader: Loader) -> None:
    """A snapshot lands what changed and what is gone."""
    loader.put("people/1.csv", "id,name\n1,a\n2,b\n3,c\n")
    loader.put("people/2.csv", "name,id\na,1\nB,2\n")
    loader.run()
    assert loader.landed("people")[3:] == [(2, "upsert", "2", "B")]
    assert loader.deleted() == [("2", "b"), ("3", "c")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("id,name\n9,z\n", "lost 4 of 4 keys"), ("id,name\n", "has no rows")],
)
def test_a_broken_snapshot_deletes_nothing(loader: Loader, text: str, reason: str) -> None:
    """Too small or empty: what was there stays, and the ledger says so; a good one then deletes."""
    loader.put("people/1.csv", "id,name\n1,a\n2,b\n3,c\n4,d\n")
    loader.put("people/2.csv", text)
    loader.run()
    assert reason in str(loader.held_back("2.csv"))
    assert "s,people,,2.csv,trust,<why> to the seed delivery_decisions" in loader.log[-1]
    assert not loader.deleted()
    loader.put("people/3.csv", "id,name\n1,a\n2,b\n3,c\n")
    loader.run()
    assert ("4", "d") in loader.deleted()
    assert loader.present() == [("1", "a"), ("2", "b"), ("3", "c")]


def test_a_refused_part_deletes_nothing_and_is_not_applied_again(loader: Loader) -> None:
    """A delivery in parts with one refused part is applied once, and later ones stay newer."""
    loader.put("people/0.csv", "id,name\n1,a\n2,b\n3,c\n")
    loader.put("people/d1/good.csv", "id,name\n1,a\n2,b\n")
    loader.put("people/d1/bad.csv", "what\n3\n")
    loader.put("people/d2.csv", "id,name\n1,A\n2,b\n")
    statuses = [(row["file"], row["status"]) for row in loader.run()]
    assert statuses == [
        ("0.csv", "loaded"),
        ("d1/bad.csv", "refused"),
        ("d1/good.csv", "loaded"),
        ("d2.csv", "loaded"),
    ]
    assert loader.present() == [("1", "A"), ("2", "b")]
    assert loader.run() == []
    assert loader.present() == [("1", "A"), ("2", "b")]


def test_malformed_lines_are_kept_and_counted(loader: Loader) -> None:
    """A ragged line is rejected with its number, its neighbours load, and no later run loses it."""
    loader.put("events/0.csv", "nothing\n1\n")
    loader.put("events/1.csv", "id,name\n1,a\n2,b,c\n3,d\n")
    rows = loader.run()
    assert (rows[1]["rows"], rows[1]["rejected"]) == (3, 1)
    assert [row[2:] for row in loader.landed("events")] == [("1", "a"), ("3", "d")]
    loader.run()
    assert duckdb.sql(
        f"select source_line, raw_line from '{loader.folder}/landed/rejected_lines/*.parquet'"
    ).fetchall() == [(3, "2,b,c")]


def test_leftovers_of_a_killed_run_are_removed(loader: Loader) -> None:
    """Parquet files that the ledger does not know are not there for anyone."""
    loader.put("events/1.csv", "id,name\n1,a\n")
    loader.run()
    stray = loader.folder / "landed" / "s" / "events" / "7-9.parquet"
    stray.write_bytes((stray.parent / "1-1.parquet").read_bytes())
    loader.run()
    assert not stray.exists()
    assert len(loader.landed("events")) == 1


def test_gzip_and_parquet(loader: Loader) -> None:
    """The other two formats; a truncated gzip is refused."""
    import gzip

    folder = loader.folder / "zone" / "s" / "events"
    folder.mkdir(parents=True)
    data = gzip.compress(b"id,name\n" + b"1,abcdefgh\n" * 1000)
    (folder / "1.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbfid,name\r\n1,a\r\n"))
    (folder / "2.csv.gz").write_bytes(data[: len(data) // 2])
    duckdb.sql("select 5 as id, 'e' as name").write_parquet(str(folder / "3.parquet"))
    statuses = [row["status"] for row in loader.run()]
    assert statuses == ["loaded", "refused", "loaded"]
    assert [row[2:] for row in loader.landed("events")] == [("1", "a"), ("5", "e")]
    assert loader.run() == []
