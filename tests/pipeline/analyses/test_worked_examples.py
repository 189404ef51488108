"""The worked examples of the page MEANING: what they deliver is loaded, what they answer is so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from conftest import PROJECT, Warehouse, copy_project

PAGE = (PROJECT / "models/_meaning.md").read_text()
DELIVERIES = re.findall(r"```\n(\w+)/(\w+)/([\w./=-]+)\n(.*?)```", PAGE, re.S)
ANSWERS = re.findall(r"```sql\n(.*?)```\n\n((?:\|[^\n]*\n)+)", PAGE, re.S)
SETTINGS = re.findall(r"`(benefits_admin,\w+,\w+,\w+,\w+)`", PAGE)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse of the page's deliveries, as of the day that it names."""
    folder = tmp_path_factory.mktemp("examples")
    project = copy_project(folder / "project")
    with (project / "seeds/reference/sender_settings.csv").open("a") as file:
        file.writelines(f"{line}\n" for line in SETTINGS)
    warehouse = Warehouse(folder, project)
    for source, feed, name, text in DELIVERIES:
        warehouse.deliver(f"{source}.{feed}", name, text)
    (as_of,) = re.findall(r"as of ([\d-]+):", PAGE)
    warehouse.build(vars={"as_of_date": as_of}, manifest=warehouse.manifest())
    yield warehouse


def test_the_page_has_examples() -> None:
    """Claims, a plan, an allowance, a spike; nothing below would fail without any."""
    assert len(DELIVERIES) == 9 and len(ANSWERS) == 6 and len(SETTINGS) == 1


@pytest.mark.parametrize(("question", "table"), ANSWERS)
def test_the_answer_is_that_of_the_page(built: Warehouse, question: str, table: str) -> None:
    """Columns, order and values."""
    head, _, *lines = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()
    ]
    with built.connect() as connection:
        result = connection.execute(question)
        assert [column[0] for column in result.description] == head
        rows = result.fetchall()
    words = {None: "", True: "true", False: "false"}
    shown = [
        [
            words[cell] if cell is None or cell is True or cell is False else str(cell)
            for cell in row
        ]
        for row in rows
    ]
    assert shown == lines
