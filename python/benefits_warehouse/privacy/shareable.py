"""Which published tables can be shared as counts, and by what: derived from what describes them.

Labels of columns (`meta.pii`, `meta.domain`), their types, the registry of feeds and the lists of
words in the reference seeds decide. No table and no column is named here.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import yaml

from benefits_warehouse.declarations import PROJECT, Loader
from benefits_warehouse.feeds import Feed
from benefits_warehouse.runtime.reference import reference_folder
from benefits_warehouse.variables import variable_problems

SHARED = "marts"  # the other schemas hold rows as delivered, and logs with names of files
OWN_DOMAINS = ("quality", "operations")  # domains of columns about the warehouse itself
LISTS = {  # reference seeds, and their columns that list words
    "allowed_values": ("value",),
    "value_aliases": ("value",),
    "category_benefit_mappings": ("benefit_type", "valid_category"),
}


@dataclass
class Table:
    """A published table as it may be counted.

    Attributes:
        name: its name in the schema.
        subjects: columns that say which person a row is about, or else which company.
        year: the date that a row is counted under; None without one.
        texts: columns that may be counted by, if their values are listed words.
        flags: columns of true and false that are counted by.
        amounts: columns that are added up.
        left_out: the other columns.
    """

    name: str
    subjects: list[str] = field(default_factory=list)
    year: str | None = None
    texts: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    amounts: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def described(schema: str = SHARED) -> dict[str, list[dict[str, Any]]]:
    """The tables of a schema and their columns, as the YAML beside the models describes them."""
    tables = {}
    for path in sorted((PROJECT / "models" / schema).glob("**/_*__models.yml")):
        declared = yaml.load(path.read_text(encoding="utf-8"), Loader)
        for model in declared.get("models", ()):
            tables[model["name"]] = model["columns"]
    return tables


def table_of(name: str, columns: list[dict[str, Any]], feeds: dict[str, Feed]) -> Table:
    """What of a table may be counted.

    Args:
        name: its name.
        columns: its columns, as they are described.
        feeds: the registry.
    """
    declared = [(kind, column) for feed in feeds.values() for kind, column in feed.columns.items()]
    persons = {key for feed in feeds.values() if feed.having("pii") for key in feed.key}
    companies = {kind for kind, column in declared if column.type == "ein"}
    money = {kind for kind, column in declared if column.type == "money"}
    table = Table(name)
    names = [column["name"] for column in columns]
    named = [kind for kind in names if kind in persons]
    table.subjects = named or [kind for kind in names if kind in companies]
    for column in columns:
        kind, meta = column["data_type"], column["config"]["meta"]
        is_free = meta["pii"] == "none" and meta["domain"] not in OWN_DOMAINS
        if column["name"] in companies or not is_free:
            table.left_out.append(column["name"])
        elif kind in ("date", "timestamp") and table.year is None:
            table.year = column["name"]
        elif kind == "varchar":
            table.texts.append(column["name"])
        elif kind == "boolean":
            table.flags.append(column["name"])
        elif kind.startswith("decimal") and column["name"] in money:
            table.amounts.append(column["name"])
        else:
            table.left_out.append(column["name"])
    return table


def listed_words() -> dict[str, str]:
    """Words that are nobody's, by themselves in small letters.

    Those that the reference seeds list as values, and those that the SQL of the models writes.
    """
    words: set[str] = set()
    for path in sorted(PROJECT.glob("models/**/*.sql")):
        words |= set(re.findall(r"'([a-z]+(?:_[a-z]+)*)'", path.read_text(encoding="utf-8")))
    for name, columns in LISTS.items():
        with (reference_folder() / f"{name}.csv").open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                words |= {row[column] for column in columns if row.get(column)}
    return {word.lower(): word for word in sorted(words)}


def given_vars(arguments: list[str]) -> dict[str, Any]:
    """The vars of the project, and in their place those that arguments of dbt name.

    Args:
        arguments: `--vars` and vars, in one word or two, among others.

    Raises:
        RuntimeError: a var is wrong; nothing was changed.
    """
    given: Any = {}
    for flag, value in pairwise([*arguments, ""]):
        if flag == "--vars" or flag.startswith("--vars="):
            given = yaml.safe_load(flag.partition("=")[2] or value) or {}
    if not isinstance(given, dict):
        raise RuntimeError("Nothing was changed. --vars must be names and values: '{name: value}'.")
    if problems := variable_problems(given):
        raise RuntimeError(f"Nothing was changed. {'; '.join(problems)}.")
    project = yaml.load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"), Loader)
    return {**project["vars"], **given}
