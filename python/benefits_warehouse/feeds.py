"""The registry of feeds (var `feeds` in dbt_project.yml): what an entry may say, and what is wrong.

Each column is declared once. Macros read the registry by macro feed_of; Python reads it here. A
wrong entry is told with its place and a remedy: by `feed_problems`, which each run asks first.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError

PROJECT = Path(__file__).resolve().parents[2]
TEXTS = ("text", "name")  # types whose text is the value: there is nothing to parse
VARIED = ("text", "email", "money", "timestamp")  # types whose cleaning can make use of `varied`
# What staging and the loader call columns of their own.
LINEAGE = (
    *("row_id", "file_id", "load_id", "source_file", "source_row", "loaded_at"),
    *("content_hash", "sender", "change", "entity_key"),
)

# What a quarantine table says beside the delivered columns.
WITHHELD = (
    *("rejection_reason", "all_reasons", "dq_flags", "row_id", "source_file", "source_row"),
    *("first_seen_at", "run_id"),
)

Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]


class Strict(BaseModel):
    """Knows no attribute but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Strict):
    """A column of a feed.

    Attributes:
        type: how its text is read; a name differs from a text in that only a blank is nothing.
        key: part of the key, which is compared after cleaning.
        caseless: compared in the key whatever the case.
        optional: may be absent from a delivery. In a key, nothing is a value like any other.
        varied: most values differ, which cleaning makes use of.
        identifies: says which person or account a row is of, for erasure.
        pii: how it is masked wherever it is shown; its values are about a person.
        free_text: not about people, and masked where it holds what looks personal.
        staged_as: its name from staging on, where that is another.
        judged_as: the name of the delivered value in the judged model, where the model puts
            another one in its place.
        is_end: a last day, of which a filler (an old or impossible day, a year 9999) and words such
            as present mean that there is no end: 9999-12-31 in staging.
        may_be_unlimited: an amount for which the word unlimited may stand: null in staging, and
            is_unlimited_<column> is true.
        valid_on: of an EIN, the column with the day of the row, for names of companies that meant
            another company before; without it the day of the delivery.
        doc: the doc block that describes it, where that is not called like the column.
        about: what describes it, where there is no doc block.
    """

    type: Literal["text", "name", "email", "ein", "date", "timestamp", "money"]
    key: StrictBool = False
    caseless: StrictBool = False
    optional: StrictBool = False
    varied: StrictBool = False
    identifies: StrictBool = False
    pii: Literal["name", "email", "hidden"] | None = None
    free_text: StrictBool = False
    staged_as: Name | None = None
    judged_as: Name | None = None
    is_end: StrictBool = False
    may_be_unlimited: StrictBool = False
    valid_on: Name | None = None
    doc: Name | None = None
    about: str | None = None

    @property
    def kind(self) -> str:
        """What it holds, for the macro mask_delivered; the macro feed_of says the same."""
        by_type = {"text": "id", "name": "text"}.get(self.type, self.type)
        return self.pii or ("text" if self.free_text else by_type)


class Feed(Strict):
    """A feed.

    Attributes:
        entity: what its models are named after.
        row: what one row is, in words: person of the HR roster.
        domain: the domain of its columns in the docs.
        mode: snapshot (a delivery is the whole state) or delta.
        growth: small (judged whole in each build) or endless (only what a load changed is).
        rhythm_days: days after which a feed that does not come is overdue.
        mart: the published model that holds its valid rows, if there is one.
        mart_count: the column of the mart that counts them, where it does not hold them one by one.
        seed: the seed with its sample rows; by default called as the feed.
        needs: lists of optional columns, of which a file must have all of one.
        speaks_for: the column of the company, where each company sends a file of its own: a
            snapshot then says nothing of the companies that it does not mention.
        columns: its columns by name, in their order.
    """

    entity: Name
    row: Annotated[str, Field(min_length=3)]
    domain: Name
    mode: Literal["snapshot", "delta"]
    growth: Literal["small", "endless"]
    rhythm_days: Annotated[StrictInt, Field(gt=0)]
    mart: Name | None = None
    mart_count: Name | None = None
    seed: Name | None = None
    needs: tuple[tuple[Name, ...], ...] = ()
    speaks_for: Name | None = None
    columns: Annotated[dict[Name, Column], Field(min_length=1)]

    def having(self, attribute: str) -> tuple[str, ...]:
        """The columns of which an attribute is set, in their order."""
        return tuple(name for name, column in self.columns.items() if getattr(column, attribute))

    def masked(self, kind: str) -> tuple[str, ...]:
        """The columns that are masked as a kind of personal data."""
        return tuple(name for name, column in self.columns.items() if column.pii == kind)

    @property
    def key(self) -> tuple[str, ...]:
        """The key columns."""
        return self.having("key")


def seed_of(name: str, feed: Feed) -> str:
    """The seed with a feed's sample rows."""
    return feed.seed or name.split(".")[1]


def read_feeds(entries: Mapping[str, Any]) -> dict[str, Feed]:
    """The var `feeds` as feeds by name.

    Raises:
        ValueError: an entry is wrong; names each place and the remedy.
    """
    problems = list(problems_of(entries))
    if problems:
        raise ValueError("; ".join(problems))
    return {name: Feed.model_validate(entry) for name, entry in entries.items()}


def load_feeds(project: Path = PROJECT) -> dict[str, Feed]:
    """The feeds of a project, as its dbt_project.yml has them."""
    return read_feeds(yaml.safe_load((project / "dbt_project.yml").read_text())["vars"]["feeds"])


def feed_problems(entries: str) -> str:
    """What is wrong with the var `feeds`, for SQL: '' where nothing is.

    Args:
        entries: the var as JSON.
    """
    return "; ".join(problems_of(json.loads(entries)))


def problems_of(entries: Any) -> Iterator[str]:
    """What is wrong with the var `feeds`, each with its place and the remedy."""
    if not isinstance(entries, Mapping) or not entries:
        yield "vars.feeds must name feeds, each as source.feed"
        return
    feeds = {}
    for name, entry in entries.items():
        if not re.fullmatch("[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*", name):
            yield f"vars.feeds.{name}: a feed is named source.feed, in small letters"
            continue
        try:
            feeds[name] = Feed.model_validate(entry)
        except ValidationError as error:
            for problem in error.errors():
                yield f"vars.feeds.{name}{told(entry, problem)}"
    for name, feed in feeds.items():
        yield from contradictions(name, feed)
    yield from repeated("entity", {name: feed.entity for name, feed in feeds.items()})
    yield from repeated("seed", {name: seed_of(name, feed) for name, feed in feeds.items()})


def repeated(attribute: str, values: Mapping[str, str]) -> Iterator[str]:
    """Feeds that share what each must have for itself."""
    for value, count in Counter(values.values()).items():
        if count > 1:
            names = " and ".join(name for name in values if values[name] == value)
            yield f"vars.feeds: {names} have the same {attribute}, {value}: give each its own"


def contradictions(name: str, feed: Feed) -> Iterator[str]:
    """Attributes of a feed that do not go together."""
    place = f"vars.feeds.{name}"
    if not feed.key:
        yield f"{place}.columns: no column is a key: say key: true of those that tell rows apart"
    elif all(feed.columns[column].optional for column in feed.key):
        yield f"{place}.columns: every key column is optional: one at least must be delivered"
    if feed.mart_count and not feed.mart:
        yield f"{place}.mart_count: there is no mart to count in: name it, or take this out"
    if feed.speaks_for and getattr(feed.columns.get(feed.speaks_for), "type", "") != "ein":
        yield f"{place}.speaks_for: must be a column of type ein"
    for column in {name for several in feed.needs for name in several}:
        if column not in feed.columns or not feed.columns[column].optional:
            yield f"{place}.needs: {column} must be an optional column of the feed"
    updated = feed.columns.get("last_updated")
    if updated and (updated.type != "timestamp" or updated.staged_as):
        yield f"{place}.columns.last_updated: must be a timestamp, and be called so in staging"
    staged = Counter(LINEAGE)
    withheld = set(feed.columns) & set(WITHHELD)
    if withheld:
        yield (
            f"{place}.columns: each quarantine table has its own {', '.join(sorted(withheld))}: "
            "give the column another name, and its header to column_aliases"
        )
    for column, says in feed.columns.items():
        where = f"{place}.columns.{column}"
        staged[says.staged_as or column] += 1
        if says.type not in TEXTS:
            staged.update([f"has_{column}_text", f"{column}_text", f"delivered_{column}"])
        if says.kind == "email":
            staged.update([f"{column}_token"])
        if says.type == "timestamp":
            staged.update([f"has_{column}_time"])
        if says.may_be_unlimited:
            staged.update([f"is_unlimited_{column}"])
        if says.pii and says.free_text:
            yield f"{where}: pii and free_text exclude each other: free_text is not about people"
        if says.free_text and says.type not in TEXTS:
            yield f"{where}.free_text: a {says.type} is no free text: take it out"
        if says.valid_on and (
            says.type != "ein"
            or getattr(feed.columns.get(says.valid_on), "type", "") not in ("date", "timestamp")
        ):
            yield f"{where}.valid_on: is for an ein, and names a column of type date or timestamp"
        if says.is_end and says.type != "date":
            yield f"{where}.is_end: is for a date: take it out"
        if says.may_be_unlimited and (says.type != "money" or says.varied):
            yield f"{where}.may_be_unlimited: is for money that is not varied: take it out"
        if says.varied and says.type not in VARIED:
            yield f"{where}.varied: is of use for {', '.join(VARIED)}: take it out"
        if says.caseless and not (says.key and says.type in TEXTS):
            yield f"{where}.caseless: is for texts in a key: take it out"
        if says.pii == "hidden" and (says.type != "text" or not says.staged_as or says.key):
            yield (
                f"{where}.pii: what is hidden goes on as a hash: type text, no key, and "
                f"staged_as: {column}_hash"
            )
        if says.key and says.free_text and feed.growth == "endless":
            yield f"{where}: a key of an endless feed must be found again, so it is no free_text"
        if says.doc and says.about:
            yield f"{where}: doc and about exclude each other: keep one"
    for column, count in staged.items():
        if count > 1:
            yield f"{place}.columns: {column} is the name of two columns in staging: use staged_as"


def told(entry: Any, problem: Mapping[str, Any]) -> str:
    """The place of a problem below its feed, and what to do."""
    place = "".join(f".{part}" for part in problem["loc"] if part != "[key]")
    kind, given = problem["type"], problem.get("input")
    if kind == "extra_forbidden":
        model = Column if len(problem["loc"]) > 1 else Feed
        known = list(model.model_fields)
        return f"{place}: unknown attribute; {nearest(str(problem['loc'][-1]), known)}"
    if kind == "missing":
        return f"{place}: is missing{values_of(problem['loc'])}"
    if kind == "literal_error":
        values = re.findall("'([^']*)'", problem["ctx"]["expected"])
        return f"{place}: {given!r} is unknown; {nearest(str(given), values)}"
    if kind == "bool_type":
        return f"{place}: must be true or false, without quotes, not {given!r}"
    if kind == "string_pattern_mismatch":
        return f"{place}: {given!r} must be small letters, digits and _"
    if kind in ("model_type", "dict_type"):
        return f"{place}: must be attributes, as in {{type: text}}, not {given!r}"
    return f"{place}: {problem['msg'].lower()}, not {given!r}"


def values_of(place: tuple[Any, ...]) -> str:
    """What a missing attribute may be, where there are only so many values."""
    model = Column if len(place) > 1 else Feed
    allowed = getattr(model.model_fields[place[-1]].annotation, "__args__", ())
    return f"; one of {', '.join(map(str, allowed))}" if allowed else ""


def nearest(given: str, known: list[str]) -> str:
    """What is known, the nearest first of all."""
    close = difflib.get_close_matches(given, known, 1, 0.5)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{hint}one of {', '.join(known)}"
