"""A plain-Python judge of every delivered row (SPEC 5, 6 and 14): verdict, reasons and flags.

It reads deliveries as they stand in the landing zone and the reference seeds, never the warehouse.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from benefits_warehouse.feeds import load_feeds

from .cleaning import (
    EARLIEST,
    NO_END,
    as_end,
    clean_day,
    clean_ein,
    clean_email,
    clean_moment,
    clean_money,
    clean_name,
    clean_text,
    holds_personal_data,
    holds_ssn,
    is_unlimited,
    short_ein,
)
from .names import Pair, names_of, names_person

Spot = tuple[str, int]  # source_file, source_row
Content = tuple[str, ...]  # the delivered texts in the order of the feed's columns
Key = tuple[Any, ...]
Parser = Callable[[str | None], Any]

EMPLOYEES = "benefits_admin.employees"
PLANS = "benefits_admin.plans"
CLAIMS = "benefits_admin.claims"
HOLDERS = "spend_accounts.employees"
ACCOUNTS = "spend_accounts.benefit_accounts"
TRANSACTIONS = "spend_accounts.transactions"

OLDEST = dt.datetime.min
DUPLICATE_WINDOW = dt.timedelta(minutes=5)
CONFLICTING = {PLANS, CLAIMS, TRANSACTIONS}  # feeds whose contradicting contents are all kept
VERSIONS, MOVEMENTS = "versions", "movements"  # what rows of claims are
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}  # in the period of an allowance
REFUNDS = {"refund", "credit", "reversal", "chargeback"}
SETTLED = {"cleared", "posted", "settled", "approved"}
NO_PURCHASE = {"declined", "error", "voided"}
CURRENCY = "usd"
TOLD_IN = {  # the text of each feed that has a rule of its own for what is personal in it
    EMPLOYEES: "title",
    PLANS: "carrier_name",
    ACCOUNTS: "program_name",
    TRANSACTIONS: "merchant",
}
DATED = re.compile(r"\d{4}-\d{2}-\d{2}").search


@dataclass(frozen=True, slots=True)
class Shape:
    """What a feed declares: the judge shares no more than that with what it judges."""

    columns: tuple[str, ...]
    key: tuple[str, ...]
    optional_key: frozenset[str]
    caseless_key: frozenset[str]
    mode: str
    types: Mapping[str, str]
    ends: frozenset[str]
    unlimited: frozenset[str]


SHAPES = {
    name: Shape(
        tuple(feed.columns),
        feed.key,
        frozenset(feed.having("optional")) & frozenset(feed.key),
        frozenset(feed.having("caseless")),
        feed.mode,
        {column: says.type for column, says in feed.columns.items()},
        frozenset(feed.having("is_end")),
        frozenset(feed.having("may_be_unlimited")),
    )
    for name, feed in load_feeds().items()
}


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """A file of a feed: its name below the feed's folder, its records, and its malformed lines."""

    name: str
    rows: Sequence[Mapping[str, str]]
    malformed_lines: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """Files that are applied together, and the UTC day on which they were landed."""

    files: Sequence[DeliveredFile]
    landed_on: dt.date

    @property
    def day(self) -> dt.date:
        """The date in its name, else the day on which it was landed."""
        name = self.files[0].name.split("/")[0] if self.files else ""
        found = DATED(name)
        return dt.date.fromisoformat(found[0]) if found else self.landed_on


Deliveries = Mapping[str, Sequence[Delivery]]  # feed to its deliveries, in order


@dataclass(frozen=True, slots=True)
class Rule:
    rule_id: str
    tier: int
    rank: int
    field: str


@dataclass(slots=True)
class Reference:
    """The reference seeds as the judge needs them."""

    rules: dict[str, dict[str, Rule]]
    companies: set[str]
    domains: dict[str, set[str]]
    spellings: dict[tuple[str, str], dict[str, str]]
    aliases: dict[tuple[str, str], dict[str, str]]  # other words for them, in lower case
    categories: dict[tuple[str, str], str]  # benefit type and category in lower case: category

    @classmethod
    def read(cls, folder: Path) -> Reference:
        rules: dict[str, dict[str, Rule]] = defaultdict(dict)
        for row in read_csv(folder / "dq_rules.csv"):
            rule = Rule(row["rule_id"], int(row["tier"]), int(row["rank"]), row["field"])
            rules[f"{row['source']}.{row['feed']}"][rule.rule_id] = rule
        domains: dict[str, set[str]] = defaultdict(set)
        for row in read_csv(folder / "company_lookup.csv"):
            domains[row["email_domain"]].add(row["company_ein"])
        spellings: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for row in read_csv(folder / "allowed_values.csv"):
            place = (f"{row['source']}.{row['feed']}", row["field"])
            spellings[place][row["value"].lower()] = row["value"]
        aliases: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for row in read_csv(folder / "value_aliases.csv"):
            place = (f"{row['source']}.{row['feed']}", row["field"])
            aliases[place][row["delivered_value"].lower()] = row["value"]
        return cls(
            dict(rules),
            {row["company_ein"] for row in read_csv(folder / "companies.csv")},
            dict(domains),
            dict(spellings),
            dict(aliases),
            {
                (row["benefit_type"].lower(), row["valid_category"].lower()): row["valid_category"]
                for row in read_csv(folder / "category_benefit_mappings.csv")
            },
        )

    def meanings(self, feed: str, values: Mapping[str, Any]) -> dict[str, str]:
        """Columns that mean another value: of a word for it, or an EIN without its zero."""
        found = {}
        if values.get("short_ein") in self.companies:
            found["company_ein"] = values["short_ein"]
        for (of, column), words in self.aliases.items():
            word = (values[column] or "").lower() if of == feed else ""
            known = self.spellings.get((of, column), {})
            if word in words and word not in known and words[word].lower() in known:
                found[column] = known[words[word].lower()]
        return found

    def spelled(self, feed: str, column: str, value: str | None) -> str | None:
        """As allowed_values spells it; an unknown value as delivered."""
        known = self.spellings.get((feed, column), {})
        return value if value is None else known.get(value.lower(), value)

    def is_allowed(self, feed: str, column: str, value: str | None) -> bool:
        return value is not None and value.lower() in self.spellings.get((feed, column), {})

    def spelled_category(self, category: str | None) -> str | None:
        """As category_benefit_mappings spells it; an unknown one as delivered."""
        names = self.categories.values()
        return next((name for name in names if name.lower() == (category or "").lower()), category)

    def only_company_of(self, email: str | None) -> str | None:
        """The company that the e-mail's domain names, where it names exactly one."""
        named = self.domains.get(email.split("@")[1], set()) if email else set()
        return next(iter(named)) if len(named) == 1 else None


@dataclass(frozen=True, slots=True)
class Reading:
    """A row's clean values, the columns that can't be read, and its key unless a null is in it."""

    values: dict[str, Any]
    malformed: frozenset[str]
    key: Key | None


@dataclass(slots=True)
class Stretch:
    """An unbroken row of deliveries that held a content, with the days of its ends."""

    first: int
    last: int
    began_on: dt.date
    held_on: dt.date


@dataclass(slots=True)
class Version:
    """One content as it was landed; `spots` has every row of that delivery where it stands."""

    content: Content
    landed_on: dt.date
    spots: list[Spot]
    reading: Reading
    stretches: list[Stretch] = field(default_factory=list)
    files: set[str] = field(default_factory=set)  # of the newest delivery that held it
    has_rival: bool = False  # its newest file holds other contents under its key
    meanings: dict[str, str] = field(default_factory=dict)  # of other words for allowed values

    whole_key: Key | None = None  # where only an EIN without its zero kept the key from being one

    @property
    def key(self) -> Key | None:
        return self.reading.key or self.whole_key

    @property
    def malformed(self) -> frozenset[str]:
        return self.reading.malformed

    @property
    def last_updated(self) -> dt.datetime | None:
        moment: dt.datetime | None = self["last_updated"]
        return moment

    @property
    def updated(self) -> tuple[bool, dt.datetime]:
        """Sorts by last_updated; none is older than any."""
        return self.last_updated is not None, self.last_updated or OLDEST

    @property
    def age(self) -> tuple[tuple[bool, dt.datetime], int]:
        """Sorts versions from the oldest to the one that counts."""
        return self.updated, self.load

    @property
    def load(self) -> int:
        """The newest delivery that held it."""
        return self.stretches[-1].last

    @property
    def held_on(self) -> dt.date:
        return self.stretches[-1].held_on

    def hold(self, load: int, day: dt.date) -> None:
        """A delivery holds it."""
        if self.stretches and self.load == load - 1:
            self.stretches[-1].last, self.stretches[-1].held_on = load, day
        else:
            self.stretches.append(Stretch(load, load, day, day))

    def __getitem__(self, column: str) -> Any:
        return self.meanings.get(column, self.reading.values[column])


@dataclass(slots=True)
class Judged:
    """A current row: the version that counts, what fired and what follows."""

    feed: str
    version: Version
    history: list[Version]  # all versions of the entity, oldest first
    is_deleted: bool
    is_conflicting: bool = False
    departed_on: dt.date | None = None  # the day of the delivery that deleted it
    spots: list[Spot] = field(default_factory=list)  # any of them may be the one that counts
    fired: set[str] = field(default_factory=set)
    all_reasons: list[str] = field(default_factory=list)
    dq_flags: list[str] = field(default_factory=list)
    published: dict[str, Any] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """No tier-2 rule fired; a parent of this kind is known, deleted or not."""
        return not self.all_reasons

    @property
    def rejection_reason(self) -> str | None:
        return self.all_reasons[0] if self.all_reasons else None

    @property
    def verdict(self) -> str:
        if self.is_deleted:
            return "deleted"
        return "valid" if self.is_valid else "quarantined"

    def today(self, as_of: dt.date | None) -> dt.date:
        """The day as of which its dates are past or still to come."""
        return as_of or self.version.held_on

    def is_future(self, day: dt.date | None, as_of: dt.date | None) -> bool:
        return day is not None and day > (as_of or self.version.landed_on)

    def __getitem__(self, column: str) -> Any:
        return self.version[column]


@dataclass(slots=True)
class FeedResult:
    """All current rows of a feed, and what became of the records."""

    rows: list[Judged]
    records: int
    lines_rejected: int

    def count(self, verdict: str) -> int:
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def reconciliation(self) -> dict[str, int]:
        return {
            "rows_landed": self.records + self.lines_rejected,
            "rows_superseded": self.records - len(self.rows),
            "rows_deleted": self.count("deleted"),
            "rows_valid": self.count("valid"),
            "rows_quarantined": self.count("quarantined"),
            "lines_rejected": self.lines_rejected,
            "difference": 0,
        }


class AmbiguousTie(Exception):
    """Only the warehouse's content hash could say which of these rows counts."""


def judge(
    deliveries: Deliveries,
    reference: Reference,
    as_of: dt.date | None,
    date_order: str = "mdy",
    house_rules: Mapping[tuple[str, str], Callable[[Judged], bool]] | None = None,
    reader: Reader | None = None,
    claims_are: str = VERSIONS,
) -> dict[str, FeedResult]:
    """Judge every feed; parents before their children.

    Args:
        deliveries: what each feed got.
        reference: the reference seeds, and with them tiers and ranks.
        as_of: the var as_of_date; without it each row is judged as of its own day.
        date_order: the var date_order.
        house_rules: conditions of rules that someone added, by feed and rule_id.
        reader: one that has read some of the rows before; it has its own date_order.
        claims_are: what the senders of claims send, versions or movements.
    """
    reader = reader or Reader(date_order)
    results = {
        feed: current_rows(
            feed,
            deliveries.get(feed, ()),
            reader,
            reference,
            are_movements=feed == CLAIMS and claims_are == MOVEMENTS,
        )
        for feed in SHAPES
    }
    rows = {feed: result.rows for feed, result in results.items()}
    names = known_names(rows)
    for feed in SHAPES:
        for row in rows[feed]:
            fire_common(row)
            fire_personal(row, names)
            for (of, rule_id), condition in (house_rules or {}).items():
                fire(row, rule_id, of == feed and condition(row))
    judge_employees(rows[EMPLOYEES], reference, as_of)
    judge_plans(rows[PLANS], reference)
    judge_claims(rows[CLAIMS], rows[PLANS], reference, as_of)
    judge_holders(rows[HOLDERS], reference, as_of)
    judge_accounts(rows[ACCOUNTS], rows[HOLDERS], reference)
    judge_transactions(rows[TRANSACTIONS], rows[ACCOUNTS], rows[HOLDERS], reference, as_of)
    return results


# Landing and versions

Orders = tuple[tuple[str, str], ...]
DAYS: dict[str, Callable[..., Any]] = {"date": clean_day, "timestamp": clean_moment}
ONE_OF_TWO = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d").search


class Reader:
    """Cleans rows; the same content is cleaned once.

    Args:
        date_order: the var date_order.
    """

    def __init__(self, date_order: str = "mdy") -> None:
        self.parsers: dict[str, Parser] = {
            "text": clean_text,
            "name": clean_name,
            "email": clean_email,
            "ein": clean_ein,
            "date": partial(clean_day, date_order=date_order),
            "money": clean_money,
            "timestamp": clean_moment,
        }
        self.known: dict[tuple[str, Content, Orders], Reading] = {}

    def read(self, feed: str, content: Content, orders: Orders = ()) -> Reading:
        """The values of a content; `orders` says which columns of its file differ from the var."""
        if (feed, content, orders) not in self.known:
            self.known[feed, content, orders] = self.clean(SHAPES[feed], content, dict(orders))
        return self.known[feed, content, orders]

    def clean(self, shape: Shape, content: Content, orders: Mapping[str, str]) -> Reading:
        values: dict[str, Any] = {}
        unreadable = set()
        for column, raw in zip(shape.columns, content, strict=True):
            kind = shape.types[column]
            value = self.parsers[kind](raw)
            if column in orders:
                value = in_order(value, DAYS[kind](raw, "dmy"), orders[column])
            if column in shape.ends:
                value = as_end(raw, value)
            values[column] = value
            says_nothing = not clean_text(raw)
            if column in shape.unlimited:
                values["is_unlimited"] = is_unlimited(raw)
                says_nothing |= is_unlimited(raw)
            if kind not in ("text", "name") and value is None and not says_nothing:
                unreadable.add(column)
            if kind == "ein":
                values["short_ein"], values["holds_ssn"] = short_ein(raw), holds_ssn(raw)
            if column == "timestamp":
                values["has_time"] = ":" in raw
        return Reading(values, frozenset(unreadable), key_of(shape, values))


def in_order(by_month: Any, by_day: Any, order: str) -> Any:
    """What a day is in the order of its column: the one that reads it, or the one that both do."""
    if order == "dmy":
        return by_day
    if by_month is None or by_day is None:
        return by_month or by_day
    return by_month if by_month == by_day else None


def orders_in(shape: Shape, rows: Iterable[Mapping[str, str]]) -> Orders:
    """The columns of a file that are not simply month first: `dmy` where only that fits, else
    `strict`, which reads no day that would be another one in the other order."""
    found = {}
    for column in shape.columns:
        if shape.types[column] not in DAYS:
            continue
        texts = {row.get(column, "") for row in rows}
        read = DAYS[shape.types[column]]
        both = [(read(text, "mdy"), read(text, "dmy")) for text in texts if ONE_OF_TWO(text)]
        if any(one is None and other for one, other in both):
            is_mixed = any(one and other is None for one, other in both)
            found[column] = "strict" if is_mixed else "dmy"
    return tuple(sorted(found.items()))


def key_of(shape: Shape, values: Mapping[str, Any]) -> Key | None:
    """The key of a row, unless a null is in it."""
    key = [values[column] for column in shape.key]
    for place, column in enumerate(shape.key):
        if column in shape.caseless_key and key[place]:
            key[place] = key[place].lower()
    is_whole = all(
        part is not None or column in shape.optional_key
        for column, part in zip(shape.key, key, strict=True)
    )
    return tuple(key) if is_whole else None


def content_of(feed: str, row: Mapping[str, str]) -> Content:
    return tuple([row.get(column, "") for column in SHAPES[feed].columns])


def record_key(feed: str, values: Mapping[str, Any]) -> str:
    """The key of a row for people: its parts, of which optional ones may be missing."""
    parts = [values[column] for column in SHAPES[feed].key if values.get(column) not in (None, "")]
    return "|".join(map(str, parts))


def current_rows(
    feed: str,
    deliveries: Sequence[Delivery],
    reader: Reader,
    reference: Reference,
    are_movements: bool = False,
) -> FeedResult:
    """Land the deliveries, then choose the version of each key that counts."""
    versions, records, present = land(feed, deliveries, reader, reference)
    rejected = sum(file.malformed_lines for one in deliveries for file in one.files)
    if are_movements:
        return FeedResult(bookings(versions), records, rejected)
    staying = staying_on_roster(versions, deliveries, reference) if feed == EMPLOYEES else set()
    entities: dict[Key, list[Version]] = defaultdict(list)
    for version in versions:
        entities[identity(version)].append(version)
    rows: list[Judged] = []
    for name, history in entities.items():
        history.sort(key=lambda version: version.age)
        is_deleted = SHAPES[feed].mode == "snapshot" and name not in present
        if feed == EMPLOYEES:
            is_deleted = not any(version.content in staying for version in history)
        chosen = choose(feed, history, is_deleted)
        if is_deleted and feed == HOLDERS:
            last = max(version.load for version in history)
            chosen[0].departed_on = deliveries[last].day  # loads are counted from 1
        rows += chosen
    return FeedResult(rows, records, rejected)


def bookings(versions: Iterable[Version]) -> list[Judged]:
    """Movements: a content counts as often as in the file in which it occurs most often."""
    most: dict[Content, tuple[Version, list[Spot]]] = {}
    for version in versions:
        for name in dict.fromkeys(name for name, _ in version.spots):
            spots = [spot for spot in version.spots if spot[0] == name]
            if len(spots) > len(most.get(version.content, (version, []))[1]):
                most[version.content] = version, spots
    for version, _ in most.values():
        version.has_rival = False
    return [
        Judged(CLAIMS, version, [version], False, spots=[spot])
        for version, spots in most.values()
        for spot in spots
    ]


def movements(files: Sequence[Sequence[Content]]) -> Counter[Content]:
    """The rows of senders whose claims are movements, as often as they count."""
    most: Counter[Content] = Counter()
    for file in files:
        most |= Counter(file)  # the greater of the two counts
    return most


def land(
    feed: str, deliveries: Sequence[Delivery], reader: Reader, reference: Reference
) -> tuple[list[Version], int, set[Key]]:
    """Versions, the number of landed records, and the entities of the newest delivery."""
    shape = SHAPES[feed]
    versions: list[Version] = []
    records = 0
    landed: dict[Content, Version] = {}
    present: set[Key] = set()
    for load, delivery in enumerate(deliveries, start=1):
        arrived: dict[Content, Version] = {}
        contents_of: dict[tuple[str, Key], set[Content]] = defaultdict(set)
        for file in delivery.files:
            orders = orders_in(shape, file.rows)
            for number, row in enumerate(file.rows, start=1):
                content = content_of(feed, row)
                if content not in arrived:
                    reading = (
                        landed[content].reading
                        if shape.mode == "snapshot" and content in landed
                        else reader.read(feed, content, orders)
                    )
                    version = Version(content, delivery.landed_on, [], reading)
                    version.hold(load, delivery.day)
                    version.meanings = reference.meanings(feed, reading.values)
                    if "company_ein" in version.meanings:
                        ein = {"company_ein": version["company_ein"]}
                        version.whole_key = key_of(shape, {**reading.values, **ein})
                    arrived[content] = version
                arrived[content].spots.append((file.name, number))
                arrived[content].files.add(file.name)
                contents_of[file.name, identity(arrived[content])].add(content)
        for content, version in arrived.items():
            version.has_rival = version.key is not None and any(
                len(contents_of[name, version.key]) > 1 for name, _ in version.spots
            )
            if shape.mode == "snapshot" and content in landed:
                landed[content].hold(load, delivery.day)  # delivered, and yet not landed again
                landed[content].has_rival = version.has_rival
                landed[content].files = version.files
                arrived[content] = landed[content]
            else:
                landed[content] = version
                versions.append(version)
                records += 1 if shape.mode == "snapshot" else len(version.spots)
        present = {identity(version) for version in arrived.values()}
    return versions, records, present


def staying_on_roster(
    versions: Iterable[Version], deliveries: Sequence[Delivery], reference: Reference
) -> set[Content]:
    """The contents that no roster deleted: each speaks only for the companies that it mentions.

    Who has no company goes with those of the delivery that held him last.
    """
    company_of = {
        version.content: version["company_ein"]
        or (short if (short := version["short_ein"]) in reference.companies else None)
        or reference.only_company_of(version["email"])
        for version in versions
    }
    alive: dict[Content, set[str]] = {}  # with the companies of the delivery that held it last
    for delivery in deliveries:
        held = {content_of(EMPLOYEES, row) for file in delivery.files for row in file.rows}
        mentioned = {company for content in held if (company := company_of[content])}
        spoken = {
            content
            for content, last in alive.items()
            if company_of[content] in mentioned
            or (company_of[content] is None and (last & mentioned or not (last or mentioned)))
        }
        if held and not any(file.malformed_lines for file in delivery.files):
            for content in spoken - held:
                del alive[content]
        alive |= dict.fromkeys(held, mentioned)
    return set(alive)


def identity(version: Version) -> Key:
    """The key, or for a row with a null in it the whole delivered content."""
    return version.key if version.key is not None else ("no key", version.content)


def choose(feed: str, history: list[Version], is_deleted: bool) -> list[Judged]:
    """The row that counts, or all contents of a key that contradict each other."""
    newest = [version for version in history if version.age == history[-1].age]
    contradicts = len(newest) > 1 and newest[0].last_updated is None
    if feed in CONFLICTING and contradicts:
        if len({name for version in newest for name in version.files}) > 1:
            raise AmbiguousTie(f"{newest[0].key}: different contents in parts of one delivery")
        return [
            Judged(feed, version, [version], is_deleted, is_conflicting=True, spots=version.spots)
            for version in newest
        ]
    for version in newest[1:]:
        if not mean_the_same(version.reading, newest[0].reading):
            raise AmbiguousTie(f"{version.key}: {newest[0].content} or {version.content}")
    spots = [spot for version in newest for spot in version.spots]
    return [Judged(feed, newest[-1], history, is_deleted, spots=spots)]


def mean_the_same(one: Reading, other: Reading) -> bool:
    """Whichever counts, the verdict is the same; no rule looks at notes."""
    values = {**one.values, "notes": None} == {**other.values, "notes": None}
    return values and one.malformed == other.malformed


# Rules


def fire_common(row: Judged) -> None:
    if "short_ein" in row.version.reading.values:
        fire(row, "ein_zero_restored", "company_ein" in row.version.meanings)
        fire(row, "personal_data_in_company_ein", row["holds_ssn"])
    fire(row, "invalid_last_updated", "last_updated" in row.version.malformed)
    fire(row, "duplicate_key", row.version.has_rival)


def known_names(rows: Mapping[str, Iterable[Judged]]) -> frozenset[Pair]:
    """The names of all persons of both rosters, in every version.

    Args:
        rows: of each feed.
    """
    found: set[Pair] = set()
    for feed in (EMPLOYEES, HOLDERS):
        for version in (version for row in rows[feed] for version in row.history):
            full_name = version["full_name"] if feed == EMPLOYEES else None
            found |= names_of(full_name, version["first_name"], version["last_name"])
    return frozenset(found)


def is_personal(text: str | None, names: Collection[Pair]) -> bool:
    """Whether a text holds personal data or the name of a known person.

    Args:
        text: a text that should be about something else.
        names: see known_names.
    """
    return holds_personal_data(text) or names_person(text, names)


def fire_personal(row: Judged, names: Collection[Pair]) -> None:
    column = TOLD_IN.get(row.feed)
    if column:
        text = row[column]
        if text is None and row.feed == EMPLOYEES:
            text = last_title(row.history[:-1], row.version)
        fire(row, f"personal_data_in_{column}", is_personal(text, names))


def fire(row: Judged, rule_id: str, condition: bool) -> None:
    if condition:
        row.fired.add(rule_id)


def settle(rows: Iterable[Judged], reference: Reference) -> None:
    """Sort what fired by the registry's tiers and ranks; a rule that isn't in it says nothing."""
    for row in rows:
        rules = reference.rules[row.feed]
        known = [rules[one] for one in row.fired if one in rules]
        known.sort(key=lambda rule: rule.rank)
        row.all_reasons = [rule.rule_id for rule in known if rule.tier == 2]
        row.dq_flags = [rule.rule_id for rule in known if rule.tier == 1]


def is_implausible(day: dt.date | None) -> bool:
    """A day so early that it is none, of something that began or happened."""
    return day is not None and day < EARLIEST


def termination_of(row: Judged | Version) -> dt.date | None:
    """The last day that was told, unless it can't be read or says that there is none."""
    day: dt.date | None = row["termination_date"]
    return None if day == NO_END else day


def fire_termination(row: Judged, reference: Reference, as_of: dt.date | None) -> None:
    """Whether status and termination_date can be true together, for both rosters."""
    status = (reference.spelled(row.feed, "status", row["status"]) or "").lower()
    ended, today = termination_of(row), row.today(as_of)
    is_late = status == "active" and ended is not None and ended < today
    is_early = status == "terminated" and ended is not None and ended > today
    fire(row, "status_contradicts_date", is_late or is_early)
    fire(row, "invalid_termination_date", "termination_date" in row.version.malformed)


def judge_employees(rows: list[Judged], reference: Reference, as_of: dt.date | None) -> None:
    for row in rows:
        email, start, title = row["email"], row["start_date"], row["title"]
        delivered, named = row["company_ein"], reference.only_company_of(email)
        ein = delivered or named
        former = last_title(row.history[:-1], row.version) if title is None else None
        fire(row, "missing_person_id", row["person_id"] is None)
        fire(row, "invalid_start_date", start is None)
        fire(row, "implausible_date", is_implausible(start))
        fire_termination(row, reference, as_of)
        fire(row, "invalid_email", "email" in row.version.malformed)
        fire(row, "missing_email", email is None and "email" not in row.version.malformed)
        fire(row, "missing_title", title is None)
        fire(row, "title_carried_forward", former is not None)
        fire(row, "company_inferred", delivered is None and named is not None)
        fire(row, "company_unresolved", ein is None)
        fire(row, "unknown_company", ein is not None and ein not in reference.companies)
        fire(row, "company_domain_mismatch", None not in (delivered, named) and delivered != named)
        unread = "company_ein" in row.version.malformed
        fire(row, "invalid_company_ein", unread and delivered is None)
        fire(row, "future_start_date", row.is_future(start, as_of))
        row.published = {
            "person_id": row["person_id"],
            "full_name": row["full_name"],
            "title": title or former,
            "email": email,
            "email_domain": email.split("@")[1] if email else None,
            "company_ein": ein,
            "company_ein_source": "source" if delivered else "inferred" if named else "none",
            "start_date": start,
            "status": reference.spelled(EMPLOYEES, "status", row["status"]),
            "termination_date": termination_of(row),
            "is_deleted": row.is_deleted,
        }
    settle(rows, reference)


def last_title(history: list[Version], counted: Version) -> str | None:
    """The title of the newest version before the counted one that has a title."""
    titled = [version for version in history if version["title"] and version.age < counted.age]
    titles = {version["title"] for version in titled if version.age == titled[-1].age}
    if len(titles) > 1:
        raise AmbiguousTie(f"{counted.key}: titles {titles}")
    return next(iter(titles), None)


def judge_plans(rows: list[Judged], reference: Reference) -> None:
    for row in rows:
        ein, kind = row["company_ein"], row["plan_type"]
        start, end = row["start_date"], row["end_date"]
        fire(row, "missing_company_ein", ein is None)
        fire(row, "missing_plan_type", kind is None)
        fire(row, "invalid_start_date", start is None)
        fire(row, "implausible_date", is_implausible(start))
        fire(row, "invalid_end_date", "end_date" in row.version.malformed)
        fire(row, "end_before_start", None not in (start, end) and end < start)
        fire(row, "unknown_company", ein is not None and ein not in reference.companies)
        fire(
            row,
            "unknown_plan_type",
            kind is not None and not reference.is_allowed(PLANS, "plan_type", kind),
        )
    settle(rows, reference)
    fire_spelled_alike(rows)
    for plans in by_cover(rows).values():
        options: dict[str, list[Judged]] = defaultdict(list)
        for plan in plans:
            options[(plan["plan_name"] or "").lower()].append(plan)
        for alternatives in options.values():
            fire_overlapping(alternatives)
    settle(rows, reference)


def fire_overlapping(plans: list[Judged]) -> None:
    """Plans of one company, type and name that share a day."""
    plans.sort(key=lambda plan: plan["start_date"])
    for number, plan in enumerate(plans):
        for later in plans[number + 1 :]:
            if later["start_date"] > last_day(plan):
                break
            plan.fired.add("overlapping_coverage")
            later.fired.add("overlapping_coverage")


def fire_spelled_alike(rows: list[Judged]) -> None:
    """Plans of one key in a file are duplicates of each other, and plans that count and whose keys
    differ by letter case only."""
    alike: dict[Key, list[Judged]] = defaultdict(list)
    for row in rows:
        fire(row, "duplicate_plan_key", row.version.has_rival)
        if row.verdict == "valid" and row.version.key:
            ein, _, carrier, name, start = row.version.key
            alike[ein, row["plan_type"].lower(), carrier.lower(), name, start].append(row)
    for plans in alike.values():
        for plan in plans:
            fire(plan, "duplicate_plan_key", len(plans) > 1)


def by_cover(plans: Iterable[Judged]) -> dict[tuple[str, str], list[Judged]]:
    """The plans that cover: valid, not deleted; by company and caseless type."""
    groups: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for plan in plans:
        if plan.verdict == "valid":
            groups[plan["company_ein"], plan["plan_type"].lower()].append(plan)
    return groups


def last_day(plan: Judged) -> dt.date:
    end: dt.date | None = plan["end_date"]
    return end or NO_END


def judge_claims(
    rows: list[Judged], plans: list[Judged], reference: Reference, as_of: dt.date | None
) -> None:
    cover = by_cover(plans)
    for row in rows:
        ein, day, amount, kind = (
            row[column] for column in ("company_ein", "service_date", "amount", "claim_type")
        )
        status, paid = (
            reference.spelled(CLAIMS, "claim_status", row["claim_status"]),
            row["paid_date"],
        )
        fire(row, "missing_claim_id", row["claim_id"] is None)
        fire(row, "conflicting_duplicate", row.is_conflicting)
        fire(row, "claim_not_paid", status is not None and status.lower() != "paid")
        fire(row, "paid_before_service", None not in (paid, day) and paid < day)
        fire(row, "missing_company_ein", ein is None)
        fire(row, "invalid_amount", amount is None)
        fire(row, "invalid_service_date", day is None)
        fire(row, "implausible_date", is_implausible(day))
        fire(row, "future_service_date", row.is_future(day, as_of))
        fire(row, "unknown_company", ein is not None and ein not in reference.companies)
        fire(row, "unknown_claim_type", not reference.is_allowed(CLAIMS, "claim_type", kind))
        fire(row, "reversal", amount is not None and amount < 0)
        fire(row, "zero_amount", amount == 0)
        if ein is not None and day is not None:
            group = cover.get((ein, kind.lower()), ()) if kind else ()
            covered = any(plan["start_date"] <= day <= last_day(plan) for plan in group)
            fire(row, "no_coverage_on_service_date", not covered)
        row.published = {
            "claim_id": row["claim_id"],
            "line_number": row["line_number"],
            "company_ein": ein,
            "service_date": day,
            "paid_date": paid,
            "amount": amount,
            "claim_type": reference.spelled(CLAIMS, "claim_type", kind),
            "claim_status": status,
        }
    settle(rows, reference)


def judge_holders(rows: list[Judged], reference: Reference, as_of: dt.date | None) -> None:
    for row in rows:
        status, ended = row["status"], termination_of(row)
        fire(row, "missing_employee_id", row["employee_id"] is None)
        fire(row, "invalid_hire_date", "hire_date" in row.version.malformed)
        fire(row, "implausible_date", is_implausible(row["hire_date"]))
        fire(row, "invalid_email", "email" in row.version.malformed)
        fire(row, "unknown_status", not reference.is_allowed(HOLDERS, "status", status))
        fire_termination(row, reference, as_of)
        has_left = ended is not None and ended <= row.today(as_of)
        row.published = {
            "employee_id": row["employee_id"],
            "first_name": row["first_name"],
            "last_name": row["last_name"],
            "email": row["email"],
            "hire_date": row["hire_date"],
            "status": reference.spelled(HOLDERS, "status", status),
            "is_terminated": has_left or is_terminated(row.version),
            "terminated_on": terminated_on(row),
            "is_deleted": row.is_deleted,
        }
    settle(rows, reference)


def is_terminated(version: Version) -> bool:
    """By its status."""
    return (version["status"] or "").lower() == "terminated"


def told_of(history: list[Version]) -> list[tuple[Version, dt.date]]:
    """What was told of an entity, the oldest first, and since when each was known."""
    told = [(version, stretch) for version in history for stretch in version.stretches]
    told.sort(key=lambda one: (one[0].updated, one[1].first))
    return [
        (version, version.last_updated.date() if version.last_updated else stretch.began_on)
        for version, stretch in told
    ]


def terminated_on(holder: Judged) -> dt.date | None:
    """The first day that is too late for a holder; none is known of one never seen active."""
    if termination_of(holder) or not is_terminated(holder.version):
        return termination_of(holder)
    told = told_of(holder.history)
    streak: list[tuple[Version, dt.date]] = []  # another status, a rehire, begins anew
    for version, known_on in told:
        streak = [*streak, (version, known_on)] if is_terminated(version) else []
    delivered = [day for version, _ in streak if (day := termination_of(version))]
    if delivered:
        return delivered[-1]
    return None if len(streak) == len(told) else streak[0][1]


def judge_accounts(rows: list[Judged], holders: list[Judged], reference: Reference) -> None:
    known = {holder["employee_id"] for holder in holders if holder.is_valid}
    for row in rows:
        kind, balance = row["benefit_type"], row["current_balance"]
        fire(row, "missing_benefit_account_id", row["benefit_account_id"] is None)
        fire(row, "invalid_allowance", allowance_told(row.version) is None)
        fire(row, "invalid_employee_id", row["employee_id"] not in known)
        fire(row, "negative_balance", balance is not None and balance < 0)
        fire(row, "unknown_benefit_type", not reference.is_allowed(ACCOUNTS, "benefit_type", kind))
    settle(rows, reference)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an account may spend in a period; no amount is no limit."""

    amount: Decimal | None
    period: str
    known_on: dt.date


def allowance_told(version: Version, known_on: dt.date = dt.date.min) -> Allowance | None:
    """The allowance of a version of an account; None where it can't be read."""
    amount, period = version["monthly_allowance"], (version["allowance_period"] or "month").lower()
    if period not in MONTHS_OF or (amount is None and not version["is_unlimited"]):
        return None
    return Allowance(amount, period, known_on)


def allowances_of(account: Judged) -> list[Allowance]:
    """What was known of its allowance, the oldest first."""
    told = [allowance_told(version, known_on) for version, known_on in told_of(account.history)]
    return [one for one in told if one is not None]


def known_at(allowances: list[Allowance], day: dt.date) -> Allowance:
    """The newest of them that was known on a day; the first one has always been."""
    known = [one for one in allowances if one.known_on <= day]
    return (known or allowances[:1])[-1]


def judge_transactions(
    rows: list[Judged],
    accounts: list[Judged],
    holders: list[Judged],
    reference: Reference,
    as_of: dt.date | None,
) -> None:
    holder_of = {one["employee_id"]: one for one in holders if one.is_valid}
    account_of = {one["benefit_account_id"]: one for one in accounts if one.is_valid}
    for row in rows:
        holder = holder_of.get(row["employee_id"])
        account = account_of.get(row["benefit_account_id"])
        moment = row["timestamp"]
        day = moment.date() if moment else None
        fire(row, "missing_transaction_id", row["transaction_id"] is None)
        fire(row, "conflicting_duplicate", row.is_conflicting)
        fire(row, "invalid_timestamp", day is None)
        fire(row, "implausible_date", is_implausible(day))
        fire(row, "future_timestamp", row.is_future(day, as_of))
        fire(row, "missing_merchant", row["merchant"] is None)
        fire_spending(row, reference)
        fire_by_holder(row, holder, day)
        fire_by_account(row, account, reference)
        row.published = transaction_published(row, account, reference)
    settle(rows, reference)
    good = [row for row in rows if row.is_valid]
    good.sort(key=lambda row: (row["timestamp"], row["transaction_id"]))
    fire_over_allowance(good, account_of)
    fire_suspected_duplicates(good)
    settle(rows, reference)


def fire_spending(row: Judged, reference: Reference) -> None:
    """Whether money was spent, how much and in which currency."""
    amount = row["amount"]
    kind, status, currency = (
        (reference.spelled(TRANSACTIONS, column, row[column]) or "").lower()
        for column in ("transaction_type", "transaction_status", "currency")
    )
    is_negative = amount is not None and amount < 0
    fire(row, "invalid_amount", amount is None)
    fire(row, "zero_amount", amount == 0)
    fire(row, "refund", is_negative and kind in REFUNDS)
    fire(row, "negative_amount", is_negative and kind not in REFUNDS)
    fire(row, "not_a_purchase", status in NO_PURCHASE)
    fire(row, "not_settled", status not in {"", *NO_PURCHASE, *SETTLED})
    fire(row, "foreign_currency", currency not in {"", CURRENCY})


def fire_by_holder(row: Judged, holder: Judged | None, day: dt.date | None) -> None:
    """Who paid, and whether they were there on that day."""
    gone = terminated_on(holder) if holder else None
    hired = holder["hire_date"] if holder else None
    left = holder.departed_on if holder else None
    was_never_here = holder is not None and gone is None and is_terminated(holder.version)
    has_left = gone is not None and day is not None and day >= gone
    fire(row, "terminated_employee", was_never_here or has_left)
    fire(row, "invalid_employee_id", holder is None)
    fire(row, "departed_employee", day is not None and left is not None and day > left)
    fire(row, "before_hire_date", day is not None and hired is not None and day < hired)


def fire_by_account(row: Judged, account: Judged | None, reference: Reference) -> None:
    """Whose account was charged, and with what."""
    payer, category = row["employee_id"], row["category"]
    fire(row, "missing_category", category is None)
    fire(row, "invalid_benefit_account_id", account is None)
    if account is None:
        return
    owner, benefit = account["employee_id"], (account["benefit_type"] or "").lower()
    fire(row, "cross_employee_account_usage", payer is not None and owner != payer)
    is_known = category is not None and (benefit, category.lower()) in reference.categories
    fire(row, "category_mismatch", category is not None and not is_known)


def transaction_published(
    row: Judged, account: Judged | None, reference: Reference
) -> dict[str, Any]:
    benefit = account["benefit_type"] if account else None
    spelled = ("transaction_type", "transaction_status", "currency")
    return {
        "transaction_id": row["transaction_id"],
        "employee_id": row["employee_id"],
        "benefit_account_id": row["benefit_account_id"],
        "merchant": row["merchant"],
        "amount": row["amount"],
        "transaction_at": row["timestamp"],
        "category": reference.spelled_category(row["category"]),
        "benefit_type": reference.spelled(ACCOUNTS, "benefit_type", benefit),
        "program_name": account["program_name"] if account else None,
        **{column: reference.spelled(TRANSACTIONS, column, row[column]) for column in spelled},
    }


def fire_over_allowance(good: list[Judged], account_of: Mapping[str, Judged]) -> None:
    """Month by month against the allowance known on its last day, with the spend of its period."""
    allowances: dict[str, list[Allowance]] = {}
    spent: dict[tuple[str, str, dt.date], Decimal] = defaultdict(Decimal)
    for row in good:
        account, day = row["benefit_account_id"], row["timestamp"].date()
        if account not in allowances:
            allowances[account] = allowances_of(account_of[account])
        for period in MONTHS_OF:
            spent[account, period, first_of(period, day)] += row["amount"]
        one = known_at(allowances[account], last_of_month(day))
        to_date = spent[account, one.period, first_of(one.period, day)]
        fire(row, "over_monthly_allowance", one.amount is not None and to_date > one.amount)


def first_of(period: str, day: dt.date) -> dt.date:
    """The first day of the calendar month, quarter or year."""
    months = MONTHS_OF[period]
    return day.replace(day=1, month=(day.month - 1) // months * months + 1)


def last_of_month(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def fire_suspected_duplicates(good: list[Judged]) -> None:
    """Of what has a time of day: two purchases of one day are no repeat."""
    last_paid: dict[tuple[str, str, Decimal], dt.datetime] = {}
    for row in good:
        if row["merchant"] is None or not row["has_time"]:
            continue
        alike = (row["employee_id"], row["merchant"], row["amount"])
        before = last_paid.get(alike)
        fire(
            row,
            "suspected_duplicate",
            before is not None and row["timestamp"] - before <= DUPLICATE_WINDOW,
        )
        last_paid[alike] = row["timestamp"]


def fired_rules(result: FeedResult, reference: Reference) -> Iterator[tuple[Judged, Rule]]:
    """Every current row and rule that fired, both tiers, in rank order."""
    for row in result.rows:
        for rule_id in (*row.all_reasons, *row.dq_flags):
            yield row, reference.rules[row.feed][rule_id]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
