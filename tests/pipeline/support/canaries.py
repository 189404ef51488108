"""Canaries: one unique word in every personal column of every feed, in every kind of row and line.

Which columns are personal is read from var `feeds` (pii), so a new one gets its canaries unasked.
So are the texts that should hold nothing personal, and do (free_text).
A canary is STEM and four letters. It stands inside a value that looks like one of its column, since
a bare word would be no address, and much that could leak it would not happen.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

from benefits_warehouse.feeds import Feed, load_feeds

STEM = "Zqkanarivo"
TEXT_STEM = STEM + "Im"  # in texts that are not about people
KEY_STEM = "Zqschluessel"  # in the keys of persons and of what belongs to them: pseudonyms
TOLD_NUMBER = "987-65-4321"
FIRST = "1/first.csv"
LETTERS = "BCDFGHJKLMNPRSTVWXYZ"

# Kind of row -> how each kind of personal value is written there; {} is the canary.
PLAIN = {"name": "Ada {}", "email": "{}@acme.com", "hidden": "asked {} to call back"}
QUOTED = {
    "name": "O'{} \"Zed\", =1+1 ' or ''='",
    "email": "o'{}@acme.com",
    "hidden": "said \"{}\";\r\n'{{{{ 1/0 }}}}', then -- {}",
}
BROKEN = {"name": "  {}\u00a0  Ann-Ada", "email": "{}.acme.com", "hidden": "{}"}
UPPER = {"name": "ADA {}", "email": " {}@ACME.COM ", "hidden": "=HYPERLINK({})"}
GOOD = {
    "title": "Clerk",
    "company_ein": "11-1111111",
    "start_date": "2020-01-01",
    "hire_date": "2020-01-01",
    "status": "active",
    "last_updated": "2024-01-01T00:00:00Z",
}


@dataclass(frozen=True)
class Canary:
    """A word that must not be found.

    Args:
        word: STEM and its own letters.
        group: where it was put: ``<source>.<feed>.<column>``.
        value: the whole delivered value that it is part of.
    """

    word: str
    group: str
    value: str


@dataclass
class Delivered:
    """What was made: canaries, and files by feed, delivery and name."""

    canaries: list[Canary] = field(default_factory=list)
    files: list[tuple[str, str, bytes]] = field(default_factory=list)


def personal_feeds() -> dict[str, Feed]:
    """The feeds that have personal columns."""
    return {name: feed for name, feed in load_feeds().items() if feed.having("pii")}


def word_of(number: int, stem: str = STEM) -> str:
    """The canary of a number: four letters of twenty, after the stem."""
    letters = ""
    for _ in range(4):
        number, digit = divmod(number, len(LETTERS))
        letters += LETTERS[digit].lower()
    return stem + letters


def line_of(cells: list[str], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return text.getvalue()


def told(made: Delivered, group: str, text: str = "Fit") -> str:
    """A text that is not about people, with an address and a number of one."""
    word = word_of(len(made.canaries), TEXT_STEM)
    value = f"{text} {word}@told.example, {TOLD_NUMBER}"
    made.canaries.append(Canary(word, group, value))
    return value


class Maker:
    """Makes the deliveries of one feed with personal columns, each row with canaries of its own."""

    def __init__(self, name: str, feed: Feed, made: Delivered) -> None:
        self.name, self.feed, self.made = name, feed, made
        self.columns = list(feed.columns)
        self.number = 0

    def row(self, written: dict[str, str], key: str | None = None, **cells: str) -> list[str]:
        """The cells of a row with new canaries; `key` None makes a new key."""
        self.number += 1
        row = {column: GOOD.get(column, "") for column in self.columns}
        row[self.feed.key[0]] = word_of(self.number, KEY_STEM) if key is None else key
        for column in self.feed.having("pii"):
            word = word_of(len(self.made.canaries))
            row[column] = written[self.feed.columns[column].pii].format(*[word] * 2)
            group = f"{self.name}.{column}"
            self.made.canaries.append(Canary(word, group, row[column]))
        for column in self.feed.having("free_text") if written is QUOTED else ():
            row[column] = told(self.made, f"{self.name}.{column}", row[column])
        row |= {column: value for column, value in cells.items() if column in row}
        return [row[column] for column in self.columns]

    def put(self, file: str, *lines: str, encoding: str = "utf-8") -> None:
        self.made.files.append((self.name, file, "".join(lines).encode(encoding)))

    def deliver(self) -> None:
        """Three deliveries, of which each later one changes, repeats and deletes."""
        header = line_of(self.columns)
        steady = [line_of(self.row(written)) for written in (PLAIN, QUOTED, UPPER, BROKEN)]
        bad_date = {"start_date": "soon", "hire_date": "soon"}
        changing = [self.row(PLAIN, last_updated="2024-01-02") for _ in range(3)]
        withheld = [line_of(self.row(PLAIN, key="")), line_of(self.row(QUOTED, **bad_date))]
        gone = [line_of(self.row(written)) for written in (PLAIN, QUOTED)]
        malformed = [
            line_of(self.row(PLAIN)[:-2]),
            line_of([*self.row(QUOTED), "1", "2"]),
            line_of(self.row(PLAIN)).replace(STEM, "\0" + STEM, 1),
        ]
        opened = '"' + line_of(self.row(PLAIN))  # a quote that nothing closes
        first = [header, *steady, *map(line_of, changing), *withheld, *gone]
        self.put(FIRST, *first)
        self.put("2/malformed.csv", header, *malformed, opened)
        # Refused as a whole: no header, another delimiter, another encoding, a column missing.
        self.put("3-no-header.csv", line_of(self.row(PLAIN)), line_of(self.row(QUOTED)))
        self.put("4-semicolons.csv", line_of(self.columns, ";"), line_of(self.row(PLAIN), ";"))
        self.put("5-utf-16.csv", header, line_of(self.row(PLAIN)), encoding="utf-16")
        self.put("6-no-key.csv", line_of(self.columns[1:]), line_of(self.row(PLAIN)[1:]))
        self.put("7-pasted.csv", line_of([*self.columns, *self.row(PLAIN)[1:3]]), *steady)
        # The next state: some changed, some withheld that were not, the gone ones gone.
        key = self.columns.index(self.feed.key[0])
        changed = [
            self.row(written, key=row[key], **cells)
            for row, written, cells in zip(
                changing,
                (PLAIN, QUOTED, PLAIN),
                ({"last_updated": "2024-03-01"}, {"last_updated": "2023-01-01"}, bad_date),
                strict=True,
            )
        ]
        self.put("8/next.csv", header, *steady, *map(line_of, changed), *withheld)


# Texts of which an unknown one withholds the row.
DECIDING = ("claim_status", "allowance_period", "transaction_status", "currency")


# What hangs on the persons, so that every published column with a key of theirs has rows.
def belongings(holder: str, made: Delivered) -> dict[str, list[dict[str, str]]]:
    """Rows of the other feeds, with canaries of KEY_STEM as keys, and each of them twice more.

    The repeats have canaries in their texts: one in those that decide nothing, so that it is as
    good as the row that it repeats, and one in all of them.
    """
    rows_of = plain_belongings(holder)
    for name, rows in rows_of.items():
        feed = load_feeds()[name]
        blank = dict.fromkeys(feed.having("free_text"), "")
        rows_of[name] = [blank | row for row in rows]
        for row in rows:
            for mark in "xy":
                key = feed.key[0]
                again = blank | row
                again[key] += mark if key != "company_ein" else ""
                if name == "spend_accounts.transactions":
                    again["benefit_account_id"] += "x"
                for column in feed.having("free_text"):
                    if mark == "y" or column not in DECIDING:
                        again[column] = told(made, f"{name}.{column}", again[column])
                rows_of[name].append(again)
    return rows_of


def plain_belongings(holder: str) -> dict[str, list[dict[str, str]]]:
    """Rows of the other feeds."""
    account, unknown = word_of(9001, KEY_STEM), word_of(9002, KEY_STEM)
    plan = {"company_ein": "11-1111111", "plan_type": "Medical", "carrier_name": "Cedar"}
    claim = {"company_ein": "11-1111111", "service_date": "2024-02-03", "claim_type": "Medical"}
    paid = {"merchant": "Gym", "timestamp": "2024-03-04T10:00:00Z", "category": "gym"}
    owned = {"benefit_type": "wellness", "program_name": "Fit", "current_balance": "1.00"}
    return {
        "benefits_admin.plans": [
            plan | {"start_date": "2023-01-01", "end_date": "2023-06-30"},
            plan | {"start_date": "2024-01-01", "end_date": "soon"},
        ],
        "benefits_admin.claims": [
            claim | {"claim_id": word_of(9003, KEY_STEM), "amount": "12.00"},
            claim | {"claim_id": word_of(9004, KEY_STEM), "amount": "dear"},
        ],
        "spend_accounts.benefit_accounts": [
            {
                "benefit_account_id": account,
                "employee_id": holder,
                "monthly_allowance": "9.00",
                **owned,
            },
            {
                "benefit_account_id": unknown,
                "employee_id": holder,
                "monthly_allowance": "",
                **owned,
            },
        ],
        "spend_accounts.transactions": [
            {
                "transaction_id": word_of(9005 + number, KEY_STEM),
                "employee_id": holder,
                "benefit_account_id": account,
                "amount": amount,
                **paid,
            }
            for number, amount in enumerate(("5.00", "-5.00"))
        ],
    }


def canary_deliveries() -> Delivered:
    """Everything, in the order in which it is to be delivered."""
    made = Delivered()
    holder = ""
    for name, feed in personal_feeds().items():
        maker = Maker(name, feed, made)
        maker.deliver()
        holder = word_of(1, KEY_STEM) if name == "spend_accounts.employees" else holder
    for name, rows in belongings(holder, made).items():
        lines = [line_of(list(rows[0])), *(line_of(list(row.values())) for row in rows)]
        made.files.append((name, "1.csv", "".join(lines).encode()))
    texts = [text_of(file) for file in made.files]
    made.canaries = [one for one in made.canaries if any(one.word in text for text in texts)]
    return made


def text_of(file: tuple[str, str, bytes]) -> str:
    """The content of a file, by the encoding that its name says."""
    _, name, content = file
    return content.decode("utf-16" if "utf-16" in name else "utf-8")
