"""A copy of a database by what changed in it: the same bytes, whoever reads, whatever is broken."""

from __future__ import annotations

import filecmp
import os
import random
import shutil
from pathlib import Path

import duckdb
import pytest

from benefits_warehouse.runtime import database_copy
from benefits_warehouse.runtime.database_copy import (
    FORMER,
    copy_beside,
    finish_copy,
    keep_no_former,
)

ROWS = 400_000  # some 30 blocks


class Published:
    """A warehouse folder with a working copy that changes and is published."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.working, self.goal = folder / ".build/analytics.duckdb", folder / "analytics.duckdb"
        self.former = folder / ".build" / FORMER
        self.working.parent.mkdir()
        self.change(f"create table kept as select i, hash(i) as h from range({ROWS}) as r(i)")

    def change(self, sql: str) -> None:
        """Change the working copy."""
        with duckdb.connect(str(self.working)) as connection:
            connection.execute(sql)
            connection.execute("checkpoint")

    def copy(self) -> Path:
        """Copy it beside the goal; the copy is the same, byte by byte."""
        part = Path(copy_beside(str(self.working), str(self.goal)))
        assert filecmp.cmp(part, self.working, shallow=False)
        assert part.stat().st_mode & 0o777 == 0o600
        return part

    def publish(self) -> int:
        """Publish it, and say how many blocks were written."""
        database_copy.write_at.count = 0  # type: ignore[attr-defined]
        part = self.copy()
        # The copy is written to before it is published: the record of the run.
        with duckdb.connect(str(part)) as connection:
            connection.execute("create or replace table recorded as select 1 as x")
        finish_copy(str(part), str(self.goal), True)
        assert self.goal.stat().st_mode & 0o777 == 0o644
        assert not self.former.exists() or self.former.stat().st_mode & 0o777 == 0o600
        return database_copy.write_at.count  # type: ignore[attr-defined,no-any-return]

    def rows(self) -> int:
        """Rows that readers see."""
        with duckdb.connect(str(self.goal), read_only=True) as connection:
            return connection.execute("select count(*) from kept").fetchall()[0][0]  # type: ignore[no-any-return]


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Published:
    """One that was published twice, on a file system that shares no blocks."""
    write_at = database_copy.write_at

    def counting(handle: int, content: bytes, place: int) -> None:
        counting.count += 1  # type: ignore[attr-defined]
        write_at(handle, content, place)

    counting.count = 0  # type: ignore[attr-defined]
    monkeypatch.setattr(database_copy, "write_at", counting)
    monkeypatch.setattr(database_copy, "shares_blocks", lambda source, part: False)
    one = Published(tmp_path)
    assert [one.publish(), one.publish()] == [0, 0]  # whole copies
    return one


def test_what_changed_is_written_alone(published: Published) -> None:
    published.change("update kept set h = 0 where i = 5")
    assert 1 < published.publish() < 12
    published.change("insert into kept select i, i from range(7) as r(i)")
    assert 1 < published.publish() < 12
    assert published.rows() == ROWS + 7


def test_any_change_gives_the_same_bytes(published: Published) -> None:
    random.seed(7)
    for number in range(25):
        low = random.randrange(ROWS)
        sql = random.choice([
            f"delete from kept where i between {low} and {low + random.randrange(90_000)}",
            f"insert into kept select i, hash(i) from range({random.randrange(150_000)}) as r(i)",
            f"create or replace table other as select i, md5(i::varchar) from range({low}) as r(i)",
            "drop table if exists other",
            f"update kept set h = {number} where i % 1000 = {number}",
        ])  # fmt: skip
        published.change(sql)
        published.publish()


def test_a_reader_keeps_what_he_opened(published: Published) -> None:
    """Whether by DuckDB or by a program that copies the file, and locks nothing."""
    with duckdb.connect(str(published.goal), read_only=True) as reader:
        before = reader.execute("select sum(h) from kept").fetchall()
        with published.goal.open("rb") as other:
            content = other.read(1000)
            for number in (1, 2, 3):
                published.change(f"update kept set h = {number}")
                published.publish()
            other.seek(0)
            assert other.read(1000) == content
        assert reader.execute("select sum(h) from kept").fetchall() == before
    assert published.publish() > 0  # nobody has it open any more


def test_a_killed_copy_is_not_begun_with_again(published: Published) -> None:
    """Neither one that was half brought up to date, nor one that never was published."""
    published.change("update kept set h = 1")
    part = published.copy()
    assert published.former.samefile(published.goal)
    part.write_bytes(b"half")
    published.change("update kept set h = 2")
    assert published.publish() == 0
    assert published.rows() == ROWS


@pytest.mark.parametrize("broken", ["", "no database", "cut", "another block size"])
def test_what_is_not_as_expected_is_copied_whole(published: Published, broken: str) -> None:
    if broken == "cut":
        os.truncate(published.former, published.former.stat().st_size - 1000)
    elif broken == "another block size":
        published.former.unlink()
        with duckdb.connect() as connection:
            connection.execute(f"attach '{published.former}' as small (block_size 16384)")
            connection.execute("create table small.t as select 1 as x")
    else:
        published.former.write_text(broken)
    assert published.publish() == 0


def test_what_must_go_is_not_kept(published: Published) -> None:
    """Neither what was published before, nor what is published now, once it is no more."""
    keep_no_former(published.folder)
    assert not published.former.exists()
    assert published.publish() == 0
    assert not published.former.exists()
    assert published.publish() == 0
    assert published.former.exists()


def test_blocks_are_shared_where_they_can_be(tmp_path: Path) -> None:
    """Or the file is copied: in both cases the copy is a file of its own."""
    one = Published(tmp_path)
    part = one.copy()
    before = one.working.read_bytes()
    part.write_bytes(b"another")
    assert one.working.read_bytes() == before
    shutil.rmtree(one.folder / ".build")
