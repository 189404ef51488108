"""Rows with one hostile text each: every text in every column of every feed.

Each text is marked with a canary, so that it can be looked for wherever it must not be: PERSON in
the columns that identify people, VALUE in all others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from .generate_dirty import AS_OF, Company, without_ties
from .generate_dirty_planted import Planter
from .generate_dirty_values import Row
from .judge import (
    ACCOUNTS,
    CLAIMS,
    EMPLOYEES,
    HOLDERS,
    PLANS,
    SHAPES,
    TRANSACTIONS,
    DeliveredFile,
    Delivery,
    Reader,
)

PERSON = "Zqperson"
VALUE = "Zqvalue"
PERSONAL = {"full_name", "first_name", "last_name", "email", "notes"}
LARGE = 100_000  # letters of the longest text
MOST = "9999999999999999.99"  # that DECIMAL(18,2) holds

# {} is the canary.
TEXTS = (
    # Templates, commands, formulas.
    *("{{{{ var('{}') }}}}", "{{% do exceptions.raise_compiler_error('{}') %}}", "{{# {} #}}"),
    *("'; drop table x; -- {}", '{}"; drop schema marts cascade; --', "$${}$$", "/* {}", "{}::int"),
    *('=HYPERLINK("http://x.example/{}")', "@SUM({})", "+{}", "-{}", "\t={}", "\r={}", "|{}"),
    *("<script>{}</script>", "%s %d {} %(x)s", "{{}} {} {{0}}", "${{{}}}", "\\{}\\", "../../{}"),
    # Quotes, separators, lines.
    *("'{}", '"{}', '{}"', "`{}", '""{}""', "a,{},b", "a;{}", "{}\nb", "{}\r\nb", "{}\rb", "\\n{}"),
    # Letters.
    *("\U0001f600{}\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u202e{}\u202c", "\u200f{}\u061c"),
    *("Z\u0351\u0343\u0310{}\u0337\u0353\u0324", "\ufeff{}", "\ufffd{}\ufffe", "\ue000{}"),
    *("\\ud800{}\\udfff", "\\x00{}", "\x01\x08\x0b\x0c\x1b[31m{}\x7f\x9f", "{}\u0000".strip("\0")),
    *(
        "\u00ad{}\u2060",
        "ǅ{}ß\u0130ı",
        "\u3000{}\u00a0",
        "\U0010ffff{}",
        "ａ{}＠ｂ．ｃ",
        "{}\x85\x1c",
    ),
    # Addresses.
    *("{}@x.example", "{}@@x.example", "{}@x", "a b{}@x.example", "{}@[1.2.3.4]", "{}@-.-"),
    *("'{}'@x.example", "{}@xn--e1afmkfd.example", "a@{}", "\u202e{}@x.example", "{}@x.example,"),
)
# Texts that carry no canary: each could be taken for a date, a moment, a number or a key.
VALUES = (
    *("0000-00-00", "9999-99-99", "290309-12-22", "-290308-12-21", "infinity", "-infinity"),
    *("NaN", "-nan", "epoch", "2024-13-01", "2024-02-30", "2023-02-29", "1900-02-29", "00000000"),
    *("2024-02-29", "0001-01-01", "9999-12-31", "9999-12-30", "1582-10-10", "2024-00-10", "0-0-0"),
    *("31/13/2024", "13/13/2024", "00/00/0000", "32-Jan-2024", "29-FEB-2023", "2024-W01", "45321"),
    *(
        "2958465",
        "2958466",
        "60",
        "0.5",
        "45321.75",
        "-1",
        "0000-01-01",
        "+12024-01-01",
        "10000101",
    ),
    *("294247-01-10T04:00:54.775807Z", "2024-01-01T00:00:00+99:99", "9999-12-31T23:59:59.999999Z"),
    *("2024-01-01T00:00:00-99:00", "2024-01-01T24:00:00", "2024-12-31T23:59:60Z", "1-1-1T1:1:1"),
    *("0000-00-00T00:00:00Z", "2024-01-01T00:00:00.0000000001Z", "1969-12-31T23:59:59.999999Z"),
    *("99999999-01-01", "2024-01-01 00:00:00 America/New_York", "2024-01-01BC", "44-03-15 (BC)"),
    *("1e400", "-1e400", "1e-400", "1E3", "0x7fffffffffffffff", "0b1", "1__0", "٣", "１２", "½"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "2147483648"),
    *("170141183460469231731687303715884105728", "9" * 38, "9" * 39, "9" * 400, "0." + "3" * 400),
    *("9999999999999999.99", "-9999999999999999.99", "(9,999,999,999,999,999.99)", "0.01", "-0"),
    *("10000000000000000.00", "0" * 300 + "1", "1" + ",000" * 100, "$" * 50, "--1", "+-1", "1,"),
    *(".", "-", "--", "+", "$", "()", "(", ")", "'", '"', ",", "''", '""', "%", "_", "\t"),
    *(
        "null",
        "NULL",
        "None",
        "nil",
        "undefined",
        "true",
        "N/A",
        "[]",
        "{}",
        "::",
        "\\N",
        "\\",
        "@",
    ),
    *("000000000", "999999999", "12-3456789-", "EIN", "EIN EIN 12-3456789", "1" * 9 + "\u0301"),
)
LONG = ("{}" + "x" * LARGE, "9" * LARGE, " " * LARGE + "{}", "{}\n" * (LARGE // 10), "@" * LARGE)


def texts_of(column: str) -> Iterator[str]:
    """Every hostile text, with the column's canary where there is room."""
    canary = PERSON if column in PERSONAL else VALUE
    for text in TEXTS:
        yield text.format(canary)
    yield from VALUES
    for text in LONG:
        yield text.replace("{}", canary)


class HostilePlanter(Planter):
    """Good rows, each spoiled in one column; each has a holder, an account and a company."""

    def __init__(self) -> None:
        super().__init__(copies=1)
        self.number = 3 * 10**6

    def hostile(self) -> dict[str, list[Row]]:
        companies = [self.company() for _ in range(5)]
        holder = self.holder()
        self.put(HOLDERS, holder, [])
        account = self.owned_account(holder)
        self.put(ACCOUNTS, account, [])
        for feed, shape in SHAPES.items():
            number = 0
            for column in shape.columns:
                for text in texts_of(column):
                    number += 1
                    # One company's claims: a first day in the year 1 has a million windows.
                    company = companies[0 if feed == CLAIMS else number % len(companies)]
                    self.put(feed, {**self.good(feed, company, account), column: text}, [])
        self.extremes()
        return self.made.first

    def good(self, feed: str, company: Company, account: Row) -> Row:
        if feed == EMPLOYEES:
            return self.person(company)
        if feed == PLANS:
            return self.plan(company, carrier_name=self.next("Carrier"), end_date="2024-06-30")
        if feed == CLAIMS:
            return self.bare_claim(company, "2025-02-03", "120.00")
        if feed == HOLDERS:
            return self.holder()
        if feed == ACCOUNTS:
            return self.owned_account({"employee_id": account["employee_id"]})
        return self.bare_payment(account, "2025-03-04T10:00:00Z", "12.50")

    def extremes(self) -> None:
        """Good values whose sums, ratios and spans are the largest that there can be."""
        for amounts in ([MOST] * 300, [MOST, f"-{MOST}", "0.05"]):
            company = self.company()
            for day in ("2023-01-01", "2025-03-01"):
                self.put(CLAIMS, self.bare_claim(company, day, "0.01"), [])
            for amount in amounts:
                self.put(CLAIMS, self.bare_claim(company, AS_OF.isoformat(), amount), [])
        holder = self.holder(hire_date="1990-01-01", termination_date="9999-12-31")
        self.put(HOLDERS, holder, [])
        for allowance, period, amounts in (
            ("0.01", "year", [MOST] * 300),
            (MOST, "quarter", ["0.01"]),
            ("0", "month", [MOST]),
            ("unlimited", "year", [MOST] * 2),
        ):
            account = self.owned_account(
                holder, monthly_allowance=allowance, allowance_period=period
            )
            self.put(ACCOUNTS, account, [])
            for minute, amount in enumerate(amounts):
                moment = f"2025-03-04T{minute // 60:02d}:{minute % 60:02d}:00Z"
                self.put(TRANSACTIONS, self.bare_payment(account, moment, amount), [])
        company = self.company()
        for start, end in (
            *(("0001-01-01", "0001-01-01"), ("1990-01-01", "1990-01-01")),
            *(("9999-12-29", "9999-12-30"), ("9999-12-31", "")),
        ):
            self.put(PLANS, self.plan(company, start_date=start, end_date=end), [])

    def bare_claim(self, company: Company, day: str, amount: str) -> Row:
        """A claim without a plan of its own."""
        return {
            "claim_id": self.next("C"),
            "company_ein": company.company_ein,
            "service_date": day,
            "amount": amount,
            "claim_type": "Medical",
            "last_updated": "",
        }

    def bare_payment(self, account: Row, moment: str, amount: str) -> Row:
        """A transaction on an account that is there."""
        return {
            "transaction_id": self.next("T"),
            "employee_id": account["employee_id"],
            "benefit_account_id": account["benefit_account_id"],
            "merchant": "Corner Café",
            "amount": amount,
            "timestamp": moment,
            "category": "food",
            "last_updated": "",
        }


def hostile_deliveries(landed_on: dt.date) -> tuple[dict[str, list[Delivery]], list[Company]]:
    """One delivery a feed, and the companies that the rows belong to."""
    planter = HostilePlanter()
    reader = Reader()
    rows = {feed: without_ties(feed, some, reader) for feed, some in planter.hostile().items()}
    deliveries = {
        feed: [Delivery([DeliveredFile("2025-01/hostile.csv", rows[feed])], landed_on)]
        for feed in SHAPES
    }
    return deliveries, planter.made.companies
