"""Seeded dirty deliveries of all six feeds, many faults at once, with the seeds they refer to.

Every field of a row is faulty with a probability of its own; keys come back spelled otherwise,
late, older, twice in a file, without last_updated; parents are unknown, quarantined or gone.
Nothing is drawn whose verdict hangs on the warehouse's content hash alone.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from zlib import crc32

from .cleaning import clean_text
from .generate_dirty_values import FIRST_NAMES, LAST_NAMES, Dirt, Row
from .judge import (
    ACCOUNTS,
    CLAIMS,
    CONFLICTING,
    DAYS,
    EMPLOYEES,
    HOLDERS,
    ONE_OF_TWO,
    PLANS,
    SHAPES,
    TRANSACTIONS,
    Content,
    DeliveredFile,
    Delivery,
    Key,
    Reader,
    Reading,
    content_of,
    key_of,
    mean_the_same,
    orders_in,
    read_csv,
)

DEFAULT_SEED = 19580
AS_OF = dt.date(2025, 6, 30)
DELIVERIES = 4
FIRST_DELIVERY = dt.date(2025, 2, 7)
WEEKS_BETWEEN = 4
FIRST_DAY = dt.date(2023, 1, 1)
STATUSES = (
    "active",
    "Active",
    "terminated",
    "TERMINATED",
    "Terminated",
    "on leave",
    "T",
    "left",
    "A",
)
PERSON_STATUSES = ("active", "ACTIVE", "terminated", "Term", "On Leave", "Retired", "sabbatical")
CLAIM_STATUSES = ("paid", "paid", "Paid in Full", "PD", "denied", "pending", "Pend", "void", "Open")
PERIODS = ("month", "Monthly", "quarter", "Q", "year", "annual", "Per Year")
KINDS = ("purchase", "Sale", "refund", "Return", "credit", "reversal", "chargeback", "Dispute")
STATES = (
    *("posted", "posted", "cleared", "settled", "approved", "approved", "Completed", "Captured"),
    *("pending", "Hold", "declined", "error", "voided"),
)
CURRENCIES = (
    *("USD", "USD", "USD", "usd", "$", "US Dollar", "840", "US$", "USD", "EUR", "Euro", "XYZ"),
)
PLAN_NAMES = ("", "", "N/A", "PPO 500", "ppo 500", "HSA", "Hsa")
PLAN_TYPES = ("Medical", "Dental", "Vision", "medical", "DENTAL", "Pet", "pet", "MED", "Hdhp PPO")
CARRIERS = ("Willow Dental", "WILLOW dental", "Maple Mutual", "N/A", "Oak & Sons, Inc.", "None")
BENEFITS = ("wellness", "Wellness", "wfh", "meals", "MEALS", "learning", "parking", "Home OFFICE")
CATEGORIES = ("gym", "Fitness", "office_supplies", "food", "GROCERIES", "education", "Travel")
MERCHANTS = ("Corner Café", "corner café", "N/A", "None", "MegaMart, Inc.", 'Bo "Fit" Gym', "-")
AMOUNTS = ("10.00", "25.00", "25.00", "50.00", "0.01", "12.34", "0.00", "1234.50", "99.99")
ALLOWANCES = ("100.00", "50.00", "75.00", "0.00", "1500.00", "200.00")
TITLES = ("Clerk", "Senior Analyst", "Driver", "VP, Benefits")
LATE_SECONDS = (0, 0, 1, 59, 60, 299, 300, 300, 301, 600)


@dataclass(slots=True)
class Company:
    company_ein: str
    domain: str
    is_listed: bool  # in companies.csv
    links: list[str] = field(default_factory=list)  # the EINs that company_lookup gives its domain


@dataclass(slots=True)
class Dirty:
    """Deliveries for the judge and for the landing zone, and the reference seeds behind them."""

    seed: int
    landed_on: dt.date
    deliveries: dict[str, list[Delivery]]
    companies: list[Company]

    def rows_of(self, feed: str) -> int:
        return sum(len(file.rows) for one in self.deliveries[feed] for file in one.files)


class Generator:
    """Draws a world of companies, people and accounts, then what is delivered about them.

    Args:
        rows: about how many rows each feed gets, and not fewer.
        seed: the same seed gives the same rows.
        landed_on: the UTC day on which the deliveries will be landed.
    """

    def __init__(self, rows: int, seed: int, landed_on: dt.date) -> None:
        self.rows = rows
        self.seed = seed
        self.landed_on = landed_on
        self.rng = Random(seed)
        self.dirt = Dirt(self.rng)
        self.companies: list[Company] = self.make_companies()
        self.plans: list[tuple[str, str, dt.date, dt.date | None]] = []
        self.owner_of: dict[str, str] = {}
        self.busy: list[str] = []
        self.busy_owners: list[str] = []
        self.left: list[str] = []  # accounts of holders whom the last delivery doesn't hold
        self.paid: list[tuple[str, str, str, Decimal, dt.datetime]] = []
        self.reader = Reader()

    def generate(self) -> Dirty:
        made: dict[str, list[Delivery]] = {}
        entities = int(self.rows * 0.76)
        people = [f"P{n}" for n in range(1, entities + 1)]
        made[EMPLOYEES] = self.snapshots(EMPLOYEES, people, self.employee)
        made[PLANS] = self.snapshots(PLANS, [str(n) for n in range(1, entities + 1)], self.plan)
        made[CLAIMS] = self.deltas(CLAIMS, "C", self.claim)
        holders = [f"E{n}" for n in range(1, entities + 1)]
        self.busy_owners = holders[:: max(1, len(holders) * 40 // self.rows)]
        made[HOLDERS] = self.snapshots(HOLDERS, holders, self.holder)
        accounts = [f"BA{n}" for n in range(1, entities + 1)]
        for number, account in enumerate(accounts):
            owners = self.busy_owners if number < self.rows // 40 else holders
            self.owner_of[account] = self.rng.choice(owners)
        self.busy = accounts[: self.rows // 40]
        last = made[HOLDERS][-1].files
        held = {clean_text(row["employee_id"]) for file in last for row in file.rows}
        self.left = [one for one in accounts if self.owner_of[one] not in held]
        made[ACCOUNTS] = self.snapshots(ACCOUNTS, accounts, self.account)
        made[TRANSACTIONS] = self.deltas(TRANSACTIONS, "T", self.transaction)
        return Dirty(self.seed, self.landed_on, made, self.companies)

    # The world

    def make_companies(self) -> list[Company]:
        companies: list[Company] = []
        for number in range(1, max(20, self.rows // 12) + 1):
            ein = f"{number % 90:02d}-{7_000_000 + number:07d}"
            one = Company(ein, f"dirty{number}.example", self.rng.random() < 0.9)
            fate = self.rng.random()
            if fate < 0.85:
                one.links = [ein]
            if fate < 0.1 and companies:
                one.links.append(companies[-1].company_ein)
            companies.append(one)
        return companies

    def day(self, latest: dt.date = AS_OF) -> dt.date:
        return FIRST_DAY + dt.timedelta(days=self.rng.randint(0, (latest - FIRST_DAY).days + 1))

    def updated(self, rate: float) -> str:
        """Mostly nothing; else one of few moments, so that versions tie across deliveries."""
        if self.rng.random() < 0.45:
            return ""
        moment = dt.datetime(2025, self.rng.randint(1, 6), self.rng.choice((1, 14, 28)), 12)
        return self.dirt.moment(moment, rate)

    # One raw row of each feed

    def employee(self, person_id: str) -> Row:
        dirt, rng = self.dirt, self.rng
        rate = dirt.row_rate()
        company, other = rng.choice(self.companies), rng.choice(self.companies)
        ein = other.company_ein if rng.random() < 0.05 else company.company_ein
        name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
        email = f"p{rng.randint(1, 10**6)}@{company.domain}"
        return {
            "person_id": dirt.key(person_id, rate),
            "full_name": dirt.name(name, rate),
            "title": dirt.told(dirt.text(rng.choice(TITLES), max(rate, 0.15)), rate),
            "email": dirt.email(email, rate),
            "company_ein": dirt.ein(ein, max(rate, 0.1)),
            "start_date": dirt.day(self.day(AS_OF + dt.timedelta(days=20)), rate),
            "notes": rng.choice(("", "", "call back", "=1+1", "N/A", "two\nlines")),
            "status": dirt.one_of(PERSON_STATUSES, rate),
            "termination_date": self.ended(0.3, rate),
            "last_updated": self.updated(rate),
        }

    def ended(self, share: float, rate: float) -> str:
        """The last day of some persons, often about the days of deliveries and of the end."""
        rng = self.rng
        ended = rng.choice((self.day(), AS_OF, delivery_day(rng.randint(1, DELIVERIES))))
        ended += dt.timedelta(days=rng.choice((-1, 0, 1, 7)))
        return self.dirt.end(ended if rng.random() < share else None, rate)

    def plan(self, number: str) -> Row:
        dirt, rng = self.dirt, self.rng
        rate = dirt.row_rate() / 2
        company = self.companies[int(number) % len(self.companies)]
        own = Random(f"{self.seed}/{number}")  # the plan keeps its key when it is drawn again
        kind, carrier = own.choice(PLAN_TYPES), own.choice(CARRIERS)
        start = FIRST_DAY + dt.timedelta(days=15 * own.randint(0, 65))
        if own.random() < 0.2:  # a key that others may have, too
            kind, start = own.choice(("Medical", "medical")), dt.date(2025, 1, 1)
        name = own.choice(PLAN_NAMES)
        end: dt.date | None = start + dt.timedelta(days=rng.choice((-1, 0, 27, 30, 90, 180, 364)))
        if rng.random() < 0.1:
            end = None
        self.plans.append((company.company_ein, kind, start, end))
        return {
            "company_ein": dirt.ein(company.company_ein, rate),
            "plan_type": dirt.text(kind, rate),
            "carrier_name": dirt.told(dirt.name(carrier, rate), rate),
            "plan_name": dirt.text(name, rate),
            "start_date": dirt.day(start, rate),
            "end_date": dirt.end(end, rate),
            "last_updated": self.updated(rate),
        }

    def claim(self, claim_id: str) -> Row:
        dirt, rng = self.dirt, self.rng
        rate = dirt.row_rate()
        own = Random(f"{self.seed}/{claim_id}")  # a version of the claim is one of its line
        line = own.choice(("", "", "1", "2", "01"))
        ein, kind, start, end = rng.choice(self.plans)
        day = rng.choice((start, end or start, self.day(AS_OF + dt.timedelta(days=9))))
        day += dt.timedelta(days=rng.choice((-1, 0, 0, 1, 10)))
        amount = Decimal(rng.choice(AMOUNTS)) * rng.choice((1, 1, 1, -1))
        paid = day + dt.timedelta(days=rng.choice((-1, 0, 5, 30, 60)))
        return {
            "claim_id": dirt.key(claim_id, rate),
            "line_number": dirt.text(line, rate / 4) if line else dirt.missing(),
            "company_ein": dirt.ein(ein, rate),
            "service_date": dirt.day(day, rate),
            "paid_date": dirt.day(paid, rate) if rng.random() < 0.5 else dirt.missing(),
            "amount": dirt.money(amount, rate),
            "claim_type": dirt.text(kind, rate),
            "claim_status": dirt.one_of(CLAIM_STATUSES, rate),
            "last_updated": self.updated(rate),
        }

    def holder(self, employee_id: str) -> Row:
        dirt, rng = self.dirt, self.rng
        rate = dirt.row_rate() / (4 if employee_id in self.busy_owners else 1)
        status = rng.choice(STATUSES) if rng.random() < 0.5 else "active"
        email = f"{employee_id}@{rng.choice(self.companies).domain}"
        return {
            "employee_id": dirt.key(employee_id, rate),
            "first_name": dirt.name(rng.choice(FIRST_NAMES), rate),
            "last_name": dirt.name(rng.choice(LAST_NAMES), rate),
            "email": dirt.email(email, max(rate, 0.2)),
            "hire_date": dirt.day(self.day(), rate),
            "status": dirt.text(status, max(rate, 0.3)),
            "termination_date": self.ended(0.12, rate),
            "last_updated": self.updated(rate),
        }

    def account(self, account_id: str) -> Row:
        dirt, rng = self.dirt, self.rng
        rate = dirt.row_rate() / (4 if account_id in self.busy else 1)
        owner = self.owner_of[account_id]
        if rng.random() < 0.02:
            owner = f"E9{rng.randint(10**6, 10**7)}"
        return {
            "benefit_account_id": dirt.key(account_id, rate),
            "employee_id": dirt.text(owner, rate),
            "benefit_type": dirt.text(rng.choice(BENEFITS), rate),
            "program_name": dirt.told(
                dirt.name(rng.choice(("Lunch Card", "N/A", "Fit For All")), rate), rate
            ),
            "monthly_allowance": self.allowance(rate),
            "allowance_period": dirt.one_of(PERIODS, rate),
            "current_balance": dirt.money(Decimal(rng.choice(("27.66", "-3.00", "0.00"))), rate),
            "last_updated": self.updated(rate),
        }

    def allowance(self, rate: float) -> str:
        if self.rng.random() < 0.08:
            return self.dirt.padded(self.rng.choice(("unlimited", "Unlimited", "UNLIMITED")))
        return self.dirt.money(Decimal(self.rng.choice(ALLOWANCES)), rate)

    def transaction(self, transaction_id: str) -> Row:
        dirt, rng = self.dirt, self.rng
        rate = dirt.row_rate() / 2
        payment = self.payment()
        if rng.random() < 0.3 and self.paid:  # the same again, within minutes before or after
            shift = dt.timedelta(seconds=rng.choice(LATE_SECONDS) * rng.choice((1, -1)))
            payment = rng.choice(self.paid[-20:])
            payment = (*payment[:4], payment[4] + shift)
        self.paid.append(payment)
        employee, account, merchant, amount, moment = payment
        kinds = KINDS if amount >= 0 or rng.random() < 0.3 else KINDS[2:]
        kind = rng.choice(kinds) if amount < 0 and rng.random() < 0.5 else ""
        return {
            "transaction_id": dirt.key(transaction_id, rate),
            "employee_id": dirt.text(employee, rate),
            "benefit_account_id": dirt.text(account, rate),
            "merchant": dirt.told(dirt.name(merchant, rate), rate),
            "amount": dirt.money(amount, rate),
            "timestamp": dirt.moment(moment, rate),
            "category": dirt.text(rng.choice(CATEGORIES), rate),
            "transaction_type": dirt.text(kind, rate) if kind else dirt.one_of(KINDS, rate),
            "transaction_status": dirt.one_of(STATES, rate),
            "currency": dirt.one_of(CURRENCIES, rate),
            "last_updated": self.updated(rate),
        }

    def payment(self) -> tuple[str, str, str, Decimal, dt.datetime]:
        """Employee, account, merchant, amount and moment; mostly of one of few busy accounts."""
        rng = self.rng
        account = rng.choice(self.busy if rng.random() < 0.7 else list(self.owner_of))
        employee = self.owner_of[account]
        moment = self.paid_at()
        fate = rng.random()
        if fate < 0.04:
            employee = self.owner_of[rng.choice(self.busy)]
        elif fate < 0.06:
            employee, account = f"E9{rng.randint(10**6, 10**7)}", f"BA9{rng.randint(1, 99)}"
        elif fate < 0.14 and self.left:
            account = rng.choice(self.left)
            employee = self.owner_of[account]
            day = delivery_day(rng.randint(2, DELIVERIES)) + dt.timedelta(days=rng.randint(0, 3))
            moment = dt.datetime.combine(day, moment.time())
        amount = Decimal(rng.choice(AMOUNTS)) * (-1 if rng.random() < 0.1 else 1)
        return employee, account, rng.choice(MERCHANTS), amount, moment

    def paid_at(self) -> dt.datetime:
        """Often one of few moments, or minutes from them; many at the borders of days."""
        rng = self.rng
        day = self.landed_on if rng.random() < 0.02 else self.day(AS_OF + dt.timedelta(days=2))
        if rng.random() < 0.5:
            day = dt.date(2025, rng.randint(1, 6), rng.choice((1, 15)))
        clock = rng.choice((dt.time(0), dt.time(12), dt.time(23, 59, 59), dt.time(9, 30, 0, 1)))
        return dt.datetime.combine(day, clock) + dt.timedelta(seconds=rng.choice(LATE_SECONDS))

    # Deliveries

    def snapshots(
        self, feed: str, names: Sequence[str], make: Callable[[str], Row]
    ) -> list[Delivery]:
        """Whole states: some entities change, repeat, vanish, come back or are new."""
        rng = self.rng
        begun = len(names) * 9 // 10
        state: dict[str, list[Row]] = {name: self.draw(feed, name, make) for name in names[:begun]}
        waiting, gone = list(names[begun:]), dict[str, list[Row]]()
        deliveries = [self.deliver(feed, 1, [row for rows in state.values() for row in rows])]
        while len(deliveries) < DELIVERIES or sum(map(self.count, deliveries)) < self.rows:
            for name in list(state):
                fate = rng.random()
                if fate < 0.05:
                    gone[name] = state.pop(name)
                elif fate < 0.2:
                    state[name] = self.draw(feed, name, make)
                elif fate < 0.22:
                    state[name] = [*state[name], *self.draw(feed, name, make)]
            for name in list(gone):
                fate = rng.random()
                if fate < 0.2:
                    state[name] = gone.pop(name)
                    if fate < 0.1:
                        state[name] = self.draw(feed, name, make)
            for name in waiting[: len(names) // 25]:
                state[name] = self.draw(feed, name, make)
            del waiting[: len(names) // 25]
            rows = [row for rows in state.values() for row in rows]
            deliveries.append(self.deliver(feed, len(deliveries) + 1, rows))
        return deliveries

    def deltas(self, feed: str, prefix: str, make: Callable[[str], Row]) -> list[Delivery]:
        """New rows, repeats of earlier ones, and other versions of earlier ids."""
        rng = self.rng
        seen: list[tuple[str, Row]] = []
        deliveries: list[Delivery] = []
        while sum(map(self.count, deliveries)) < self.rows:
            rows: list[Row] = []
            for _ in range(self.rows // DELIVERIES + 1):
                fate = rng.random()
                if fate < 0.06 and seen:
                    rows.append(rng.choice(seen)[1])
                    continue
                name = rng.choice(seen)[0] if fate < 0.16 and seen else f"{prefix}{len(seen) + 1}"
                for row in self.draw(feed, name, make):
                    seen.append((name, row))
                    rows.append(row)
            deliveries.append(self.deliver(feed, len(deliveries) + 1, rows))
        return deliveries

    @staticmethod
    def count(delivery: Delivery) -> int:
        return sum(len(file.rows) for file in delivery.files)

    def draw(self, feed: str, name: str, make: Callable[[str], Row]) -> list[Row]:
        """One row of a key; at times two versions, a repeat, or the same spelled otherwise."""
        row = make(name)
        fate = self.rng.random()
        if fate < 0.02:
            return [row, dict(row)]
        if fate < 0.04:
            column = SHAPES[feed].key[0]
            return [row, {**row, column: row[column] + "\u00a0"}]
        if fate < 0.09:
            return [row, make(name)]
        if fate < 0.12:  # the same, updated
            return [row, {**row, "last_updated": self.updated(0.0)}]
        return [row]

    def deliver(self, feed: str, number: int, rows: list[Row]) -> Delivery:
        """One file or two parts; what only a content hash could decide is left out."""
        self.rng.shuffle(rows)
        if feed == PLANS:  # a start_date that the file's order makes unreadable would be no key
            rows = [row for row in rows if not orders_in(SHAPES[feed], [row])]
        rows = without_ties(feed, rows, self.reader)
        parts: tuple[list[Row], list[Row]] = [], []
        for row in rows:  # rows of a key stay together: ties between parts are the hash's
            content = content_of(feed, row)
            entity = likely_key(feed, self.reader.read(feed, content)) or content
            parts[0 if number % 2 else crc32(repr(entity).encode()) % 2].append(row)
        is_delta = SHAPES[feed].mode == "delta"  # a snapshot with such a line deletes nothing
        name = delivery_name(number)
        files = [DeliveredFile(f"{name}/a.csv", parts[0], 2 if is_delta else 0)]
        if parts[1]:
            suffix = ".csv.gz" if is_delta else ".csv"
            files.append(DeliveredFile(f"{name}/b{suffix}", parts[1]))
        return Delivery(files, self.landed_on)


def delivery_day(number: int) -> dt.date:
    """The day of a delivery; the first has number 1."""
    return FIRST_DELIVERY + dt.timedelta(weeks=WEEKS_BETWEEN * (number - 1))


def delivery_name(number: int) -> str:
    return delivery_day(number).isoformat()


def likely_key(feed: str, reading: Reading) -> Key | None:
    """The key of a row; with the zero that its EIN lacks, since that may come back."""
    if reading.values.get("short_ein"):
        return key_of(SHAPES[feed], {**reading.values, "company_ein": reading.values["short_ein"]})
    return reading.key


def without_ties(feed: str, rows: Iterable[Row], reader: Reader) -> list[Row]:
    """Drop a row that may have key and last_updated of an earlier one that means something else."""
    kept: list[Row] = []
    contents: dict[Key, list[Content]] = defaultdict(list)
    for row in rows:
        content = content_of(feed, row)
        key = likely_key(feed, reader.read(feed, content))
        if key is not None and content not in contents[key]:
            if any(may_tie(feed, content, other, reader) for other in contents[key]):
                continue
            contents[key].append(content)
        kept.append(row)
    return kept


def possible_readings(feed: str, content: Content, reader: Reader) -> list[Reading]:
    """What a row can be: other rows of its file decide on the order of its days."""
    shape = SHAPES[feed]
    told = zip(shape.columns, content, strict=True)
    days = sorted(name for name, text in told if shape.types[name] in DAYS and ONE_OF_TWO(text))
    orders = ("dmy", "strict") if days else ()
    others = [reader.read(feed, content, tuple((name, one) for name in days)) for one in orders]
    return [reader.read(feed, content), *others]


def may_tie(feed: str, one: Content, other: Content, reader: Reader) -> bool:
    """Whether only a content hash could say which of two rows of a delivery counts."""
    some, others = (possible_readings(feed, content, reader) for content in (one, other))
    moments = {reading.values["last_updated"] for reading in some}
    moments &= {reading.values["last_updated"] for reading in others}
    if feed in CONFLICTING:  # without last_updated both of them are kept
        moments.discard(None)
    return bool(moments) and not all(mean_the_same(some[0], two) for two in (*some, *others))


def generate(rows: int, seed: int, landed_on: dt.date) -> Dirty:
    return Generator(rows, seed, landed_on).generate()


def write_reference_seeds(companies: Iterable[Company], folder: Path) -> None:
    """Add the generated companies to companies.csv and company_lookup.csv of a copied project."""
    companies = list(companies)
    listed = [
        {
            "company_ein": one.company_ein,
            "company_name": f"Dirty {one.domain}",
            "expected_employees": "10",
        }
        for one in companies
        if one.is_listed
    ]
    links = [
        {"email_domain": one.domain, "company_ein": ein} for one in companies for ein in one.links
    ]
    for name, rows in (("companies.csv", listed), ("company_lookup.csv", links)):
        every = read_csv(folder / name) + rows
        (folder / name).write_text(as_csv(every, list(every[0])), newline="")


def as_csv(
    rows: Iterable[Mapping[str, str]],
    columns: Sequence[str],
    headers: Mapping[str, str] | None = None,
) -> str:
    """CSV text with the columns in this order, under other headers where some are given."""
    cells = [[row.get(column, "") for column in columns] for row in rows]
    # The writer does not see that a lone CR ends a line, too.
    has_cr = any("\r" in cell for row in cells for cell in row)
    text = io.StringIO()
    writer = csv.writer(
        text, lineterminator="\n", quoting=csv.QUOTE_ALL if has_cr else csv.QUOTE_MINIMAL
    )
    writer.writerow((headers or {}).get(column, column) for column in columns)
    writer.writerows(cells)
    return text.getvalue()


def write_landing_zone(
    deliveries: Mapping[str, Sequence[Delivery]], zone: Path, aliases: Path
) -> None:
    """Write what isn't there yet; second parts have other headers in another order.

    Args:
        deliveries: the deliveries of each feed.
        zone: the landing zone.
        aliases: column_aliases.csv, where the other headers stand.
    """
    names = {
        (f"{row['source']}.{row['feed']}", row["column_name"]): row["delivered_name"].upper()
        for row in read_csv(aliases)
    }
    for feed, several in deliveries.items():
        headers = {column: name for (of, column), name in names.items() if of == feed}
        for file in (file for one in several for file in one.files):
            path = zone / feed.replace(".", "/") / file.name
            if path.exists():
                continue
            columns = SHAPES[feed].columns
            if "/b." in file.name:
                text = as_csv(file.rows, columns[::-1], headers)
            else:
                text = as_csv(file.rows, columns)
            text += file.malformed_lines * (",".join(["too", "many", "columns"] * 9) + "\n")
            data = text.encode()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
