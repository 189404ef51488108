"""Random delivery histories, and ways to spread one history over deliveries.

A history owns its companies, persons, plans, claims, holders, accounts and transactions; their ids
hold its number (h0007, 10-0000007), so that many histories share the same few builds without
meeting. The rows of a delta feed's key come in drops: rows that arrive in one file. Histories from
FIRST_FREE on have a last_updated that decides, so their drops may come in any order; those of the
others keep theirs. Snapshots come in the same sequence always. Random(f"{seed}/{number}") makes
history `number` again, alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from .judge import ACCOUNTS, CLAIMS, EMPLOYEES, HOLDERS, PLANS, TRANSACTIONS

FIRST_FREE = 5000
FIRST_QUIET = 9001
ANCHOR_DAY = "2024-12-31"  # newest day of all data, delivered first: as_of_date in every variant
SNAPSHOTS = 5
MOST_DROPS = 6  # of a key: four versions and two repeats

Row = dict[str, str]
Drop = list[Row]
Draw = Callable[[Random], str]


@dataclass(slots=True)
class History:
    """The drops of each key of the delta feeds, and the rows of each snapshot."""

    number: int
    drops: dict[str, list[list[Drop]]] = field(default_factory=dict)
    snapshots: dict[str, list[list[Row]]] = field(default_factory=dict)
    is_quiet: bool = False  # rows come in the first delivery, a second version in the last

    @property
    def is_free(self) -> bool:
        """True where drops may come in any order."""
        return self.number >= FIRST_FREE


def day(rng: Random) -> str:
    """Some day of 2024, now and then of the year before."""
    first = dt.date(2023, 7, 1) if rng.random() < 0.08 else dt.date(2024, 3, 1)
    return str(first + dt.timedelta(days=rng.randrange(280)))


def moment(rng: Random) -> str:
    """Some minute; minutes lie close together, so that purchases repeat and months fill."""
    start = rng.choice(["2024-05-31T23:5", "2024-06-01T00:0", "2024-07-02T12:0", "2024-08-02T08:3"])
    return f"{start}{rng.randrange(10)}:{rng.choice(['00', '30'])}Z"


def one_of(*values: str) -> Draw:
    """Draws one of some values."""
    return lambda rng: rng.choice(values)


def stamp(minute: int) -> str:
    """A last_updated."""
    return f"{dt.datetime(2024, 5, 30) + dt.timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}"


BAD: dict[str, Draw] = {
    "company_ein": one_of("", "12", "900-12-3456", "47719283"),  # listed: 04-7719283
    "service_date": one_of("", "2024-02-30"),
    "amount": one_of("", "abc", "1.234"),
    "claim_type": one_of("", "Chiro"),
    "employee_id": one_of("", "nobody"),
    "benefit_account_id": one_of("N/A", "nothing"),
    "merchant": one_of(""),
    "timestamp": one_of("", "noon"),
    "category": one_of("", "boats"),
    "start_date": one_of("45000", "2024-99-01"),
    "end_date": one_of("2001-01-01", "someday"),
    "hire_date": one_of("someday"),
    "status": one_of("on leave"),
    "monthly_allowance": one_of("lots", "", "10.999"),
    "benefit_type": one_of("boats"),
    "email": one_of("", "a@b@c"),
    "title": one_of(""),
}

TO_MEND = {"12", "2024-02-30", "abc", "nobody", "nothing", "noon", "45000", "someday", "lots"}


class Drafter:
    """Draws the rows of one history, and changes them."""

    def __init__(self, rng: Random, number: int) -> None:
        self.rng = rng
        self.number = number
        self.tag = tag = f"h{number:04}"
        self.is_free = number >= FIRST_FREE
        companies = one_of(*(f"{first}0-{number:07}" for first in "112"))
        holders = one_of(*(f"{tag}e{one}" for one in "123"))
        accounts = one_of(*(f"{tag}{letter}{one}" for one in "123" for letter in "ab"))
        money = one_of(*(["10.00", "10", "$10.00", "25.00"] * 3), "60.00", "0", "(10.00)")
        self.draws: dict[str, dict[str, Draw]] = {
            CLAIMS: {
                "company_ein": companies,
                "service_date": day,
                "amount": one_of("10", "250.00", "$1,000.00", "0", "-40.00", "900.00"),
                "claim_type": one_of("Medical", "medical", "Dental", "Vision"),
            },
            TRANSACTIONS: {
                "employee_id": holders,
                "benefit_account_id": accounts,
                "merchant": one_of(
                    f"{tag} Gym", f"{tag} Gym", f"{tag} Cafe", f"{tag} Cafe 123-45-6789"
                ),
                "amount": money,
                "timestamp": moment,
                "category": one_of("food", "food", "Food", "groceries", "gym"),
            },
            PLANS: {"start_date": day, "end_date": one_of("", "9999-12-31", "2024-06-30")},
            HOLDERS: {
                "hire_date": one_of("2023-01-15", "2023-01-15", "2024-06-14", "2024-08-01"),
                "email": one_of(*(f"{tag}p{one}@{tag}.example" for one in "123")),
                "status": one_of("active", "active", "Terminated"),
            },
            ACCOUNTS: {
                "benefit_type": one_of("wellness", "meals", "Meals"),
                "current_balance": one_of("5.00", "-5.00"),
                "monthly_allowance": one_of("15.00", "30", "$100.00", "0"),
            },
            EMPLOYEES: {
                "company_ein": companies,
                "title": one_of("Clerk", "Baker"),
                "email": one_of(*(f"{tag}p{one}@{tag}.example" for one in "123")),
            },
        }

    def change(self, feed: str, row: Row, share_bad: float = 0.15) -> Row:
        """The row with one or two other values; bad ones are mended first of all."""
        rng, draws = self.rng, self.draws[feed]
        bad = [name for name in draws if row[name] in TO_MEND]
        names = rng.sample(bad or list(draws), 1 if bad else rng.choice([1, 1, 2]))
        row = row | {
            name: BAD[name](rng) if name in BAD and rng.random() < share_bad else draws[name](rng)
            for name in names
        }
        if feed == TRANSACTIONS and self.tag in row["employee_id"] and rng.random() < 0.85:
            row["benefit_account_id"] = row["employee_id"].replace("e", rng.choice("ab"))
        if feed == ACCOUNTS and rng.random() < 0.06:
            row["employee_id"] = f"{self.tag}e{rng.choice('123')}"
        return row

    def draft(self, feed: str, key: str, value: str) -> Row:
        """A row of a delta feed."""
        row = {key: value} | {name: draw(self.rng) for name, draw in self.draws[feed].items()}
        if feed == TRANSACTIONS and self.rng.random() < 0.95:
            row["benefit_account_id"] = row["employee_id"].replace("e", self.rng.choice("ab"))
        row["last_updated"] = ""
        return self.change(feed, row, 1) if self.rng.random() < 0.06 else row

    def keys(self, feed: str, key: str, count: int) -> list[list[Drop]]:
        """The drops of each key of a delta feed; some rows have no key."""
        found = []
        for index in range(count):
            is_null = self.rng.random() < 0.03
            value = self.rng.choice(["", "N/A"]) if is_null else f"{self.tag}{key[0]}{index}"
            rows = [self.draft(feed, key, value)]
            for _ in range(0 if is_null else self.rng.choice([0, 0, 0, 1, 1, 2, 3])):
                rows.append(self.change(feed, rows[-1]))
                if self.rng.random() < 0.1:
                    rows[-1] = rows[-1] | {key: f" {value}\u00a0"}
            found.append(self.free(rows) if self.is_free else self.ordered(rows))
        return found

    def ordered(self, versions: list[Row]) -> list[Drop]:
        """Drops in the order of delivery: few last_updated, conflicts in one file, repeats."""
        rng = self.rng
        is_stamped = rng.random() < 0.3
        drops: list[Drop] = []
        for version in versions:
            if is_stamped and rng.random() < 0.7:  # older ones arrive later, some are equal
                version["last_updated"] = stamp(rng.randrange(4))
            elif rng.random() < 0.05:
                version["last_updated"] = "soon"
            if drops and rng.random() < 0.25:
                drops[-1].append(version)
            else:
                drops.append([version])
        for _ in range(rng.choice([0, 0, 1, 2])):
            drops.insert(rng.randrange(len(drops) + 1), [rng.choice(rng.choice(drops))])
        if rng.random() < 0.1:
            drops[-1].append(drops[-1][0])
        return drops

    def free(self, versions: list[Row]) -> list[Drop]:
        """Drops in any order: the newest last_updated decides, or equal ones are in one drop."""
        rng = self.rng
        minutes = sorted(rng.sample(range(1000), len(versions)))
        for version, minute in zip(versions, minutes, strict=True):
            version["last_updated"] = stamp(minute)
        if len(versions) == 2 and rng.random() < 0.2:
            versions[0]["last_updated"] = versions[1]["last_updated"]
            return [versions]
        for version in versions[:-1]:
            if rng.random() < 0.3:
                version["last_updated"] = rng.choice(["", "soon", stamp(minutes[0])])
        rows = versions + [rng.choice(versions) for _ in range(rng.choice([0, 0, 1, 2]))]
        rng.shuffle(rows)
        drops: list[Drop] = []
        for row in rows:
            if drops and rng.random() < 0.2:
                drops[-1].append(row)
            else:
                drops.append([row])
        return drops

    def life(self, feed: str, row: Row) -> list[Row | None]:
        """An entity in each snapshot: it may come late, change, leave and come back."""
        rng = self.rng
        is_stamped = rng.random() < 0.5
        arrives = rng.choice([0, 0, 0, 1, 2, 3])
        row = self.change(feed, row, 1) if rng.random() < 0.1 else row
        states: list[Row | None] = []
        for step in range(SNAPSHOTS):
            if step and rng.random() < 0.3:
                row = self.change(feed, row)
                if feed == HOLDERS:
                    row = row | {"termination_date": self.termination(row["status"], is_stamped)}
                if is_stamped:
                    row = row | {"last_updated": stamp(1440 * (rng.randrange(8) + 5 * step))}
            elif is_stamped and not row["last_updated"]:
                row = row | {"last_updated": stamp(0)}
            states.append(None if step < arrives or rng.random() < 0.06 else row)
        return states

    def termination(self, status: str, is_stamped: bool) -> str:
        """A day; none only where last_updated says it, not the clock of the load."""
        if status != "Terminated" or (is_stamped and self.rng.random() < 0.5):
            return ""
        return self.rng.choice(["2024-06-01", "2024-06-14", "2024-07-02"])

    def snapshots(self) -> dict[str, list[list[Row]]]:
        """The rows of each snapshot of each snapshot feed."""
        tag, rng = self.tag, self.rng
        entities: dict[str, list[Row]] = {EMPLOYEES: [], PLANS: [], HOLDERS: [], ACCOUNTS: []}
        for one in "123":
            mail = f"{tag}p{one}@{tag}.example"
            person = {"person_id": f"{tag}p{one}", "full_name": f"Ann {tag}", "title": "Clerk"}
            person |= {"email": mail, "company_ein": f"10-{self.number:07}"}
            entities[EMPLOYEES].append(person | {"start_date": "2023-01-15", "notes": tag})
            holder = {"employee_id": f"{tag}e{one}", "first_name": "Ann", "last_name": tag}
            holder |= {"email": mail, "hire_date": "2023-01-15", "status": "active"}
            if rng.random() < 0.1:
                holder["status"] = "terminated"  # always has been
            entities[HOLDERS].append(holder | {"termination_date": ""})
            for letter in "ab":  # groups of few rows: what is missed is not met by chance
                account = {"benefit_account_id": f"{tag}{letter}{one}"}
                account |= {"employee_id": f"{tag}e{one}", "program_name": f"{tag} {letter}"}
                account |= {"benefit_type": "meals", "monthly_allowance": rng.choice(["15", "30"])}
                entities[ACCOUNTS].append(account | {"current_balance": "5.00"})
        for first in "12":
            for plan_type in ("Medical", "dental", "Vision"):
                plan = {"company_ein": f"{first}0-{self.number:07}", "plan_type": plan_type}
                plan |= {"carrier_name": f"{tag} {rng.choice('XY')}", "start_date": day(rng)}
                entities[PLANS].append(plan | {"end_date": rng.choice(["", "2024-12-01"])})
        lives = {
            feed: [self.life(feed, row | {"last_updated": ""}) for row in rows]
            for feed, rows in entities.items()
        }
        return {
            feed: [[row for life in several if (row := life[step])] for step in range(SNAPSHOTS)]
            for feed, several in lives.items()
        }


def draw_history(number: int, seed: int) -> History:
    """One history, from a stream of its own."""
    rng = Random(f"{seed}/{number}")
    drafter = Drafter(rng, number)
    made = History(number, snapshots=drafter.snapshots())
    made.drops[CLAIMS] = drafter.keys(CLAIMS, "claim_id", rng.randrange(6, 14))
    made.drops[TRANSACTIONS] = drafter.keys(TRANSACTIONS, "transaction_id", rng.randrange(12, 24))
    return made


def quiet_histories() -> list[History]:
    """In each, one thing happens at last, beside rows that nothing else touches.

    Random histories are so busy that what is forgotten once is mended by the next change.
    """
    moves, goes, ends = (
        History(number, snapshots=fixed(Drafter(Random(number), number)), is_quiet=True)
        for number in range(FIRST_QUIET, FIRST_QUIET + 3)
    )
    for rows in (rows for history in (moves, goes, ends) for rows in history.snapshots[HOLDERS]):
        rows[:] = [row | {"status": "active"} for row in rows]

    def purchase(history: History, one: int, **values: str) -> Row:
        tag = f"h{history.number}"
        row = {"transaction_id": f"{tag}t{one}", "employee_id": f"{tag}e{one}"}
        row |= {"benefit_account_id": f"{tag}a{one}", "merchant": f"{tag} Gym", "amount": "10.00"}
        row |= {"timestamp": f"2024-07-02T12:0{one}:00Z", "category": "food"}
        return row | {"last_updated": stamp(0)} | values

    # A purchase leaves the month of an account, so that another one is no longer above the
    # allowance, and repeats nothing.
    for rows in moves.snapshots[ACCOUNTS]:
        rows[:] = [row | {"monthly_allowance": "15"} for row in rows]
    one, same = purchase(moves, 1), {"employee_id": "h9001e1", "benefit_account_id": "h9001a1"}
    other = purchase(moves, 3, transaction_id=one["transaction_id"], last_updated=stamp(9))
    moves.drops = {CLAIMS: [], TRANSACTIONS: [[[one], [other]], [[purchase(moves, 2, **same)]]]}
    # A holder, and an account of another one, are no longer known.
    goes.drops = {CLAIMS: [], TRANSACTIONS: [[[purchase(goes, one)]] for one in (1, 2)]}
    for feed, key, value, change in (
        (HOLDERS, "employee_id", "h9002e1", {"hire_date": "someday"}),
        (ACCOUNTS, "benefit_account_id", "h9002a2", {"monthly_allowance": "lots"}),
    ):
        rows = goes.snapshots[feed][-1]
        goes.snapshots[feed][-1] = [row | change if row[key] == value else row for row in rows]
    # A plan is gone, and with it the cover of a claim.
    *rest, plan = ends.snapshots[PLANS][-1]
    ends.snapshots[PLANS][-1] = rest
    claim = {"claim_id": "h9003c1", "company_ein": plan["company_ein"], "amount": "10"}
    claim |= {"service_date": plan["start_date"], "claim_type": plan["plan_type"]}
    ends.drops = {CLAIMS: [[[claim | {"last_updated": stamp(0)}]]], TRANSACTIONS: []}
    return [moves, goes, ends]


def generate(count: int, seed: int) -> list[History]:
    """`count` histories, half of them free, and the quiet ones."""
    numbers = [*range(1, count // 2 + 1), *range(FIRST_FREE, FIRST_FREE + count - count // 2)]
    return [draw_history(number, seed) for number in numbers] + quiet_histories()


def anchor() -> dict[str, Row]:
    """A row of each feed that pins as_of_date; snapshots hold it always, the first files too."""
    made = Drafter(Random(0), 0)
    rows = {feed: states[0][0] for feed, states in fixed(made).items()}
    rows[CLAIMS] = {"claim_id": "anchor", "company_ein": "11-1111111", "last_updated": ""}
    rows[CLAIMS] |= {"service_date": ANCHOR_DAY, "amount": "1.00", "claim_type": "Medical"}
    rows[TRANSACTIONS] = {"transaction_id": "anchor", "employee_id": rows[HOLDERS]["employee_id"]}
    rows[TRANSACTIONS] |= {
        "benefit_account_id": rows[ACCOUNTS]["benefit_account_id"],
        "merchant": "anchor",
        "amount": "1.00",
        "timestamp": f"{ANCHOR_DAY}T12:00:00Z",
        "category": "food",
        "last_updated": "",
    }
    return rows


def fixed(drafter: Drafter) -> dict[str, list[list[Row]]]:
    """Snapshots in which nothing ever happens."""
    drafter.life = lambda feed, row: [row] * SNAPSHOTS  # type: ignore[method-assign]
    return drafter.snapshots()


def snapshots_of(histories: Iterable[History], feed: str) -> list[list[Row]]:
    """The snapshots of a feed, of all histories."""
    pinned = anchor()[feed]
    return [
        [pinned, *(row for history in histories for row in history.snapshots[feed][step])]
        for step in range(SNAPSHOTS)
    ]


def spread(
    histories: Sequence[History], feed: str, deliveries: int, rng: Random, singles: bool = False
) -> list[list[Drop]]:
    """The drops of a delta feed over so many deliveries, no two of one key in one of them.

    Args:
        histories: whose drops.
        feed: the delta feed.
        deliveries: at least MOST_DROPS.
        rng: which delivery a drop falls into.
        singles: every other free history comes whole in one file, which is the last delivery.
    """
    spread_over: list[list[Drop]] = [[] for _ in range(deliveries + singles)]
    spread_over[0].append([anchor()[feed]])
    for history in histories:
        for drops in history.drops[feed]:
            places = sorted(rng.sample(range(deliveries), len(drops)))
            if history.is_quiet:
                places = [0, deliveries - 1][: len(drops)]
            elif history.is_free:
                rng.shuffle(places)
                if singles and history.number % 2:
                    places = [deliveries] * len(drops)
            for place, drop in zip(places, drops, strict=True):
                spread_over[place].append(drop)
    for delivery in spread_over:
        rng.shuffle(delivery)
    return spread_over
