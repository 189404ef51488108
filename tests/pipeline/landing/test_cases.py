"""Cases that people really have: small inputs, the question, and the right answer.

One landing zone carries all of them, each case as a sender of its own; the last cases need
deliveries one after the other.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from conftest import Warehouse

CLAIM = "claim_id,company_ein,service_date,amount,claim_type"
PLAN = "company_ein,plan_type,carrier_name,start_date,end_date"
HOLDER = "employee_id,first_name,last_name,email,hire_date,status"
ACCOUNT = (
    "benefit_account_id,employee_id,benefit_type,program_name,monthly_allowance,current_balance"
)
CARD = "transaction_id,employee_id,benefit_account_id,merchant,amount,timestamp,category"
FEEDS = {
    "claims": "benefits_admin/claims",
    "plans": "benefits_admin/plans",
    "people": "benefits_admin/employees",
    "holders": "spend_accounts/employees",
    "accounts": "spend_accounts/benefit_accounts",
    "cards": "spend_accounts/transactions",
}
AMOUNT = "select amount::varchar from marts.fct_claims where claim_id = 'x-{case}'"
ALL_AMOUNTS = (
    "select string_agg(amount::varchar, ' ' order by claim_id) from marts.fct_claims "
    "where claim_id like '{case}-%'"
)
DAY = "select service_date::varchar from marts.fct_claims where claim_id = 'x-{case}'"
REASON = "select rejection_reason from quality.quarantine_claims where claim_id = 'x-{case}'"
STATUS = "select status from ops.loaded_files where sender = '{case}'"
TOLD = "select reason from ops.loaded_files where sender = '{case}'"
REJECTED = "select rejected from ops.loaded_files where sender = '{case}' and feed = 'claims'"
SPEND = (
    "select coalesce(sum(spend), 0)::varchar from marts.account_utilization "
    "where benefit_account_id = 'a-{case}'"
)


def claim(case: str, day: str = "2026-03-04", amount: str = "100.00", ein: str = "") -> str:
    """A line of a claim of a case."""
    cells = (f"x-{case}", ein or "77-0000001", day, amount, "Medical")
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in cells)


def of_claims(*lines: str, name: str = "1.csv") -> dict[str, bytes]:
    """A file of claims as text."""
    return {f"claims/{name}": ("\n".join(lines) + "\n").encode()}


def spending(
    case: str, *cards: str, allowance: str = "100", header: str = CARD
) -> dict[str, bytes]:
    """A holder, an account and card transactions of a case, whose ids it ends."""
    files = {
        "holders": f"{HOLDER}\ne-{case},A,B,{case}@card.example,2026-01-05,active\n",
        "accounts": f"{ACCOUNT}\na-{case},e-{case},wellness,Fit {case},{allowance},0\n",
        "cards": "\n".join([header, *(card.replace("@", f"e-{case},a-{case}") for card in cards)]),
    }
    return {f"{feed}/1.csv": f"{text}\n".encode() for feed, text in files.items()}


def workbook(*rows: list[Any]) -> bytes:
    """A workbook of one sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Export")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return target.getvalue()


def archive(name: str, content: bytes) -> bytes:
    """A ZIP archive of one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr(name, content)
    return target.getvalue()


def text(case: str) -> bytes:
    """A plain file with one claim of a case."""
    return of_claims(CLAIM, claim(case))["claims/1.csv"]


Case = tuple[dict[str, bytes], str, Any]
# What a file is made of: files, question, right answer.
FILES: dict[str, Case] = {
    "plain": (of_claims(CLAIM, claim("plain")), AMOUNT, "100.00"),
    "upper": ({"claims/EXPORT.CSV": text("upper")}, AMOUNT, "100.00"),
    "txt": ({"claims/export.txt": text("txt")}, AMOUNT, "100.00"),
    "dat": ({"claims/export.dat": text("dat")}, AMOUNT, "100.00"),
    "tsv": ({"claims/e.tsv": text("tsv").replace(b",", b"\t")}, AMOUNT, "100.00"),
    "gz": ({"claims/e.csv.gz": gzip.compress(text("gz"))}, AMOUNT, "100.00"),
    "zip": ({"claims/e.zip": archive("in/e.csv", text("zip"))}, AMOUNT, "100.00"),
    "json": (
        {
            "claims/e.json": json.dumps(
                [dict(zip(CLAIM.split(","), claim("json").split(","), strict=True))]
            ).encode()
        },
        AMOUNT,
        "100.00",
    ),
    "xlsx": (
        {
            "claims/e.xlsx": workbook(
                ["Claims of March"], CLAIM.split(","), claim("xlsx").split(",")
            )
        },
        AMOUNT,
        "100.00",
    ),
    "pgp": ({"claims/e.csv.pgp": b"x"}, STATUS, "refused"),
    "no_ending": ({"claims/export": text("no_ending")}, STATUS, "refused"),
    "semicolon": ({"claims/1.csv": text("semicolon").replace(b",", b";")}, AMOUNT, "100.00"),
    "pipe": ({"claims/1.csv": text("pipe").replace(b",", b"|")}, AMOUNT, "100.00"),
    "caret": ({"claims/1.csv": text("caret").replace(b",", b"^")}, AMOUNT, "100.00"),
    "utf16": ({"claims/1.csv": text("utf16").decode().encode("utf-16")}, AMOUNT, "100.00"),
    "bom": ({"claims/1.csv": b"\xef\xbb\xbf" + text("bom")}, AMOUNT, "100.00"),
    "cr_only": ({"claims/1.csv": text("cr_only").replace(b"\n", b"\r")}, AMOUNT, "100.00"),
    "empty": ({"claims/1.csv": b""}, STATUS, "refused"),
    "header_only": (of_claims(CLAIM), STATUS, "loaded"),
    "no_header": (of_claims(claim("no_header")), STATUS, "refused"),
    "html": (of_claims("<html><body>Please sign in</body></html>"), STATUS, "refused"),
    "fixed_width": (of_claims("claim_id  company_ein  amount", "1  2  3"), STATUS, "refused"),
    "workbook_as_csv": ({"claims/1.csv": workbook([CLAIM])}, STATUS, "refused"),
    "titles": (
        of_claims("Paid claims", "", "Run 11/20/2026,,,,", CLAIM, claim("titles")),
        AMOUNT,
        "100.00",
    ),
    "sep_line": (of_claims("sep=,", CLAIM, claim("sep_line")), AMOUNT, "100.00"),
    "comment": (of_claims("# made by hand", CLAIM, claim("comment")), AMOUNT, "100.00"),
    "human": (
        of_claims("Claim-ID,Company EIN,SERVICE DATE,Amount,claim.type", claim("human")),
        AMOUNT,
        "100.00",
    ),
    "unknown_headers": (
        of_claims("Claim Number,Group,Service Date,Paid,Claim Type", "1,2,3,4,5"),
        "select position('claim_id, company_ein, amount' in reason) > 0 from ops.loaded_files "
        "where sender = '{case}'",
        True,
    ),
    "duplicate_header": (of_claims(f"{CLAIM},amount", f"{claim('d')},1"), STATUS, "refused"),
    "blank_column": (of_claims(f",{CLAIM}", f",{claim('blank_column')}"), AMOUNT, "100.00"),
    "trailing_commas": (
        of_claims(f"{CLAIM},,", f"{claim('trailing_commas')},,"),
        AMOUNT,
        "100.00",
    ),
    "total": (of_claims(CLAIM, claim("total"), "Total records: 1"), REJECTED, 0),
    "total_padded": (of_claims(CLAIM, claim("total_padded"), "Total,,,100.00,"), REJECTED, 0),
    "trl": (of_claims(CLAIM, claim("trl"), "TRL|00001"), REJECTED, 0),
    "thousands": (of_claims(CLAIM, "x-thousands,77-0000001,2026-03-04,$1,100.00,"), REJECTED, 1),
    "surplus": (of_claims(CLAIM, f"{claim('surplus')},"), REJECTED, 1),
    "multitable": (
        of_claims(CLAIM, claim("multitable"), "", "plan,premium", "HMO,100"),
        AMOUNT,
        "100.00",
    ),
    "guards": (
        of_claims(CLAIM, 'x-guards,="770000001",2026-03-04,\'12.00,Medical'),
        AMOUNT,
        "12.00",
    ),
    "latin": (
        {
            "people/1.csv": "person_id,full_name,start_date\nx-latin,Zoë José,2020-01-01\n".encode(
                "cp1252"
            )
        },
        "select full_name from marts.dim_employees where person_id = 'x-latin'",
        "Z. J.",
    ),
    "adp": (
        {
            "people/1.csv": b"File Number,Payroll Name,Legal First Name,Legal Last Name,Job Title "
            b"Description,Work Contact: Work Email,Hire Date,FEIN\n"
            b'x-adp,"Roe, Al",Al,Roe,Clerk,al@adp.example,03/14/2019,77-0000002\n'
        },
        "select start_date::varchar || ' ' || company_ein from marts.dim_employees "
        "where person_id = 'x-adp'",
        "2019-03-14 77-0000002",
    ),
    "workday": (
        {
            "people/1.csv": b"All Workers,,,,\nAs of 11/20/2026,,,,\n,,,,\nWorker,,,Company,\n"
            b"Employee ID,Worker,Business Title,Email - Work,Hire Date\n"
            b'x-workday,Al Poe,Clerk,al@wd.example,"Mar 4, 2019"\n'
        },
        "select start_date::varchar from marts.dim_employees where person_id = 'x-workday'",
        "2019-03-04",
    ),
    "names_mdy": (
        {
            "claims/c_12-31-2026.csv": of_claims(CLAIM, claim("names_mdy", amount="1"))[
                "claims/1.csv"
            ],
            "claims/c_01-31-2027.csv": of_claims(CLAIM, claim("names_mdy", amount="2"))[
                "claims/1.csv"
            ],
        },
        AMOUNT,
        "2.00",
    ),
    "names_count": (
        {
            "claims/export (10).csv": of_claims(CLAIM, claim("names_count", amount="2"))[
                "claims/1.csv"
            ],
            "claims/export (9).csv": of_claims(CLAIM, claim("names_count", amount="1"))[
                "claims/1.csv"
            ],
        },
        AMOUNT,
        "2.00",
    ),
    "updated_header": (
        {
            "claims/1.csv": (
                f"{CLAIM},Last Updated\n{claim('updated_header')},2026-05-01\n"
            ).encode(),
            "claims/2.csv": (
                f"{CLAIM},LAST_UPDATED\n{claim('updated_header', amount='55')},2026-04-01\n"
            ).encode(),
        },
        AMOUNT,
        "100.00",
    ),
    "lost_zero": (
        of_claims(CLAIM, claim("lost_zero", ein="47719283")),
        "select company_ein from marts.fct_claims where claim_id = 'x-lost_zero'",
        "04-7719283",
    ),
    "ssn": (of_claims(CLAIM, claim("ssn", ein="123-45-6789")), REASON, "missing_company_ein"),
}
DAYS = {
    "3/14/2026": "2026-03-14",
    "3/4/2026": "2026-03-04",
    "3/4/26": "2026-03-04",
    "03-04-2026": "2026-03-04",
    "3.4.2026": "2026-03-04",
    "Mar 4 2026": "2026-03-04",
    "March 4, 2026": "2026-03-04",
    "4-Mar-26": "2026-03-04",
    "04MAR2026": "2026-03-04",
    "3/4/2026 12:00:00 AM": "2026-03-04",
    "3/4/2026 0:00": "2026-03-04",
    "2026-03-04 00:00:00 UTC": "2026-03-04",
    "2026-03-04T23:00:00-05:00": "2026-03-04",
    "46085": None,
    "00/00/0000": None,
    "2026-W10-3": None,
}
AMOUNTS = {
    "12.3400": "12.34",
    "5-": "-5.00",
    "12.00CR": "-12.00",
    "$(1,234.50)": "-1234.50",
    "USD 12.00": "12.00",
    "−12.00": "-12.00",
    "1.234,50": None,
    "€12.00": None,
    "12.345": None,
    "1e3": None,
}
for number, (value, right) in enumerate(DAYS.items()):
    FILES[f"day{number}"] = (of_claims(CLAIM, claim(f"day{number}", day=value)), DAY, right)
for number, (value, right) in enumerate(AMOUNTS.items()):
    FILES[f"sum{number}"] = (of_claims(CLAIM, claim(f"sum{number}", amount=value)), AMOUNT, right)

# What columns mean: section 14.
MEANINGS: dict[str, Case] = {
    "lines": (
        of_claims(
            f"{CLAIM},line_number",
            *(
                f"lines-1,77-0000001,2026-03-04,{amount},Medical,{n}"
                for n, amount in ((1, 250), (2, 250))
            ),
        ),
        ALL_AMOUNTS,
        "250.00 250.00",
    ),
    "denied": (
        of_claims(f"{CLAIM},claim_status", f"{claim('denied')},denied"),
        REASON,
        "claim_not_paid",
    ),
    "sentinel": (of_claims(CLAIM, claim("sentinel", day="1900-01-01")), REASON, "implausible_date"),
    "refund": (
        spending(
            "refund",
            "r1,@,Gym,80.00,2026-03-02T10:00:00Z,gym,purchase",
            "r2,@,Gym,-80.00,2026-03-03T10:00:00Z,gym,refund",
            "r3,@,Gym,60.00,2026-03-04T10:00:00Z,gym,purchase",
            header=f"{CARD},transaction_type",
        ),
        SPEND,
        "60.00",
    ),
    "states": (
        spending(
            "states",
            "s1,@,Gym,55.00,2026-03-02T10:00:00Z,gym,CLEARED",
            "s2,@,Cafe,99.00,2026-03-02T11:00:00Z,gym,DECLINED",
            "s3,@,Pool,44.00,2026-03-02T12:00:00Z,gym,PENDING",
            header=f"{CARD},transaction_status",
        ),
        SPEND,
        "55.00",
    ),
    "currency": (
        spending(
            "currency",
            "u1,@,Gym,10.00,2026-03-02T10:00:00Z,gym,USD",
            "u2,@,Gym,5000.00,2026-03-03T10:00:00Z,gym,JPY",
            header=f"{CARD},currency",
        ),
        SPEND,
        "10.00",
    ),
    "two_coffees": (
        spending("two_coffees", "c1,@,Cafe,4.00,2026-03-02,food", "c2,@,Cafe,4.00,2026-03-02,food"),
        "select count(*) from marts.fct_transactions where benefit_account_id = 'a-{case}' "
        "and list_contains(dq_flags, 'suspected_duplicate')",
        0,
    ),
    "options": (
        {
            "plans/1.csv": (
                f"{PLAN}\n77-0000010,Medical,Cedar,2025-01-01,2025-06-30\n"
                "77-0000010,Medical,Cedar,2025-01-01,2026-12-31\n"
            ).encode()
        },
        "select plan_count from marts.fct_plan_coverage where company_ein = '77-0000010'",
        2,
    ),
    "plan_end_words": (
        {"plans/1.csv": f"{PLAN}\n77-0000011,Medical,Cedar,2025-01-01,Present\n".encode()},
        "select coverage_end is null from marts.fct_plan_coverage where company_ein = '77-0000011'",
        True,
    ),
    "annual": (
        {
            **spending(
                "annual",
                "n1,@,Gym,700.00,2026-03-02T10:00:00Z,gym",
                "n2,@,Pool,700.00,2026-04-02T10:00:00Z,gym",
            ),
            "accounts/1.csv": (
                f"{ACCOUNT},allowance_period\na-annual,e-annual,wellness,Fit annual,1200,0,year\n"
            ).encode(),
        },
        "select bool_or(over_allowance) from marts.account_utilization "
        "where benefit_account_id = 'a-annual'",
        True,
    ),
}
CASES = {**FILES, **MEANINGS}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """One build of all cases, each as a sender."""
    warehouse = Warehouse(tmp_path_factory.mktemp("cases"))
    for case, (files, _, _) in CASES.items():
        for name, content in files.items():
            feed, _, file = name.partition("/")
            folder = FEEDS[feed].replace("/", ".")
            warehouse.deliver(folder, f"sender={case}/{file}", content)
    warehouse.build(vars={"as_of_date": "2026-11-20"}, manifest=warehouse.manifest())
    yield warehouse


@pytest.mark.parametrize("case", CASES)
def test_case(built: Warehouse, case: str) -> None:
    """Case, expected, got."""
    _, question, right = CASES[case]
    rows = built.query(question.replace("{case}", case))
    got = rows[0][0] if rows else None
    print(f"{case}: expected {right!r}, got {got!r}")
    assert got == right


@pytest.mark.extended
def test_rosters_of_companies_and_leavers(tmp_path: Path) -> None:
    """One file a company, with a footer each week: who leaves, leaves; other companies stay."""
    warehouse = Warehouse(tmp_path)
    header = "person_id,full_name,start_date,company_ein"

    def deliver(company: str, day: str, count: int) -> None:
        ein = {"acme": "77-0000021", "blue": "77-0000022"}[company]
        rows = [f"{company}{n},N {n},2020-01-01,{ein}" for n in range(count)]
        lines = [header, *rows, f"Total records: {count}"]
        name = f"{company}_{day}.csv"
        warehouse.deliver("benefits_admin.employees", name, "\n".join(lines) + "\n")

    def observed() -> dict[str, int]:
        return dict(
            warehouse.query(
                "select company_ein, observed from marts.roster_mismatch "
                "where company_ein like '77-%' order by 1"
            )
        )

    deliver("acme", "2026-11-01", 6)
    deliver("blue", "2026-11-01", 4)
    warehouse.build()
    assert observed() == {"77-0000021": 6, "77-0000022": 4}
    deliver("acme", "2026-11-08", 5)
    warehouse.build()
    assert observed() == {"77-0000021": 5, "77-0000022": 4}
