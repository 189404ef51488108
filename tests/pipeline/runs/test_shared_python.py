"""Python that all packages share: files whole or not at all, columns as declared, SQL text."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benefits_warehouse import declarations
from benefits_warehouse.declarations import columns_of
from benefits_warehouse.runtime.database_copy import copy_beside
from benefits_warehouse.sql import identifier, only_row, quoted
from benefits_warehouse.whole_files import (
    PRIVATE_FILE,
    beside,
    finish_file,
    replacing,
    write_text,
)

SHARED = ("declarations", "progress", "sql", "whole_files")


def test_a_file_is_its_old_or_its_new_self(tmp_path: Path) -> None:
    goal = tmp_path / "goal"
    beside(goal).write_text("of a killed run")
    write_text(goal, "old\n", PRIVATE_FILE)
    assert goal.stat().st_mode & 0o777 == PRIVATE_FILE
    with pytest.raises(OSError, match="disk"), replacing(goal) as part:
        part.write_text("half")
        assert goal.read_text() == "old\n"
        raise OSError("the disk is full")
    assert [path.name for path in tmp_path.iterdir()] == ["goal"]
    assert goal.read_text() == "old\n"
    write_text(goal, "new\r\n")
    assert goal.read_bytes() == b"new\r\n"


def test_what_is_published_is_readable_for_all(tmp_path: Path) -> None:
    source, goal = tmp_path / "source", tmp_path / "folder" / "goal"
    write_text(source, "published", PRIVATE_FILE)
    part = copy_beside(str(source), str(goal))
    assert not goal.exists() and Path(part).parent == goal.parent
    assert finish_file(part, str(goal), True) == len("published")
    assert goal.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in goal.parent.iterdir()] == ["goal"]


def test_columns_are_those_of_the_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, anchors included; a column without a type is no column of a table."""
    assert list(columns_of("ops", "erasures"))[:2] == ["run_id", "erased_at"]
    assert columns_of("landing", "landing_ledger")["added_columns"] == "varchar[]"
    monkeypatch.setattr(declarations, "PROJECT", tmp_path)
    path = tmp_path / "models" / "x" / "_x__models.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "anchors: [&id {name: id, data_type: bigint}]\n"
        "models:\n"
        "  - {name: one, columns: [{name: b, data_type: varchar}, *id]}\n"
        "  - {name: two, columns: [{name: b}]}\n"
    )
    assert list(columns_of("x", "one").items()) == [("b", "varchar"), ("id", "bigint")]
    for model in ("two", "three"):
        with pytest.raises(KeyError):
            columns_of("x", model)


@pytest.mark.parametrize("text", ["", "it's", 'a "name"', "''", "line\nbreak", "; drop table x"])
def test_quoted_text_is_text(text: str) -> None:
    with duckdb.connect() as connection:
        sql = f"select {quoted(text)} as {identifier(text or 'x')}"
        assert only_row(connection, sql) == (text,)
        with pytest.raises(LookupError):
            only_row(connection, f"{sql} where false")


def test_what_all_share_imports_nothing_of_ours() -> None:
    """So that no circle of imports can lead through it."""
    package = Path(declarations.__file__).parent
    shared = [path for path in package.glob("*.py") if path.stem in SHARED]
    assert len(shared) == len(SHARED)
    assert not [path.name for path in shared if "benefits_warehouse" in path.read_text()]
