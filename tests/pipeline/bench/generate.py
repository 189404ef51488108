"""A synthetic landing zone of any size: seeded, deterministic, written by DuckDB SQL.

    python tests/pipeline/bench/generate.py <zone> --scale 0.1 [--layout files] [--project <copy>]

Every value is a function of its row number (`hash(i, salt)`), so that the same sizes give the same
bytes, and a later day can restate what an earlier one delivered without reading it.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from pathlib import Path

import duckdb

LAST_DAY = "date '2025-06-30'"  # newest service day and transaction day
DELIVERED = "2025-07-01"
DAYS = 1096  # of service dates
TYPES = "['Medical', 'Dental', 'Vision']"
PER_FILE = 1_000_000


@dataclass(frozen=True)
class Sizes:
    """Rows per feed at full size; `scaled` shrinks all of them alike."""

    claims: int = 20_000_000
    employees: int = 200_000
    plans: int = 50_000
    companies: int = 5_000
    account_holders: int = 100_000
    benefit_accounts: int = 150_000
    transactions: int = 2_000_000
    claim_files: int = 20

    @classmethod
    def scaled(cls, scale: float) -> Sizes:
        """All feeds times `scale`; the number of files stays."""
        names = [field.name for field in fields(cls) if field.name != "claim_files"]
        return cls(**{name: max(10, round(getattr(cls, name) * scale)) for name in names})


def pick(salt: str, choices: int) -> str:
    """SQL of a number in [0, choices) that depends on the row number `i` and the salt only."""
    return f"(hash(i, '{salt}') % {choices})::bigint"


def spelled(salt: str, clean: str, *others: str) -> str:
    """SQL of a value: clean in six rows of ten, the other spellings share the rest evenly."""
    step = 40 / len(others)
    arms = " ".join(
        f"when {pick(salt, 100)} < {60 + round((n + 1) * step)} then {sql}"
        for n, sql in enumerate(others)
    )
    return f"case when {pick(salt, 100)} < 60 then {clean} {arms} end"


def spelled_money(salt: str, cents: str) -> str:
    """Money as 1234.50, with blanks, with $, with commas, with both."""
    plain = f"(({cents})::decimal(18, 0) * 0.01)::decimal(18, 2)::varchar"
    commas = f"format('{{:,.2f}}', ({cents}) / 100)"
    return spelled(
        salt, plain, f"' ' || {plain} || ' '", f"'$' || {plain}", commas, f"'$'||{commas}"
    )


def spelled_date(salt: str, day: str) -> str:
    """A day in ISO, with blanks, as MM/DD/YYYY, YYYYMMDD or DD-Mon-YYYY."""
    shapes = [f"strftime({day}, '{shape}')" for shape in ("%m/%d/%Y", "%Y%m%d", "%d-%b-%Y")]
    return spelled(salt, f"({day})::varchar", f"' ' || ({day})::varchar || ' '", *shapes)


def ein(company: str) -> str:
    """The employer number of the company with this number, NN-NNNNNNN."""
    digits = f"(120000000 + ({company}) * 12347)::varchar"
    return f"left({digits}, 2) || '-' || right({digits}, 7)"


def spelled_ein(salt: str, company: str) -> str:
    """An employer number, in 40 % without its dash or with blanks."""
    text = ein(company)
    return spelled(salt, text, f"replace({text}, '-', '')", f"' ' || {text}")


def spelled_word(salt: str, word: str) -> str:
    """A word, in 40 % in another case or with blanks."""
    return spelled(salt, word, f"upper({word})", f"' ' || {word} || '  '")


def rarely(salt: str, per_mille: int, rare: str, usual: str) -> str:
    """SQL that is `rare` in so many rows of a thousand."""
    return f"case when {pick(salt, 1000)} < {per_mille} then {rare} else {usual} end"


def claims_sql(first: int, last: int, sizes: Sizes, restated_pct: int) -> str:
    """Claims of the rows [first, last); some restate a claim of an earlier row, later updated."""
    day = f"{LAST_DAY} - {pick('day', DAYS)}::integer"
    # In the spring, a tenth of the companies cost eight times as much: spikes.
    season = (
        f"if(hash(number, 'company') % {sizes.companies} % 10 = 3 and month({day}) in (3, 4), 8, 1)"
    )
    cents = (
        f"{season} * (exp((hash(i, 'amount') % 1000) / 140.0) * 100)::bigint + {pick('cents', 900)}"
    )
    return f"""
        with drawn as (
            select
                i,
                case
                    when {pick("restated", 100)} < {restated_pct} and i > 0
                        then i - 1 - (hash(i, 'which') % i)::bigint
                    else i
                end as number,
                case
                    when {pick("sign", 1000)} < 10 then -1 when {pick("sign", 1000)} < 12 then 0
                    else 1
                end * ({cents}) as cents
            from range({first}, {last}) as rows(i)
        )
        select
            {rarely("id", 1, "null", "'C' || lpad(number::varchar, 9, '0')")} as claim_id,
            {
        rarely(
            "no_ein", 10, "null", spelled_ein("ein", f"hash(number, 'company') % {sizes.companies}")
        )
    }
                as company_ein,
            {
        rarely(
            "bad_day",
            10,
            "['2024-13-45', 'n/a', '45291', null][1 + i % 4]",
            spelled_date("date", day),
        )
    } as service_date,
            {
        rarely(
            "bad_amount",
            10,
            "['abc', '12.345', '1e3', null][1 + i % 4]",
            spelled_money("money", "cents"),
        )
    } as amount,
            {
        rarely(
            "bad_type",
            5,
            "'Chiropractic'",
            spelled_word("type", f"{TYPES}[1 + (hash(number, 'type') % 3)::bigint]"),
        )
    }
                as claim_type,
            {
        rarely(
            "no_update",
            5,
            "[null, 'yesterday'][1 + i % 2]",
            "strftime(timestamp '2025-07-01' + to_milliseconds(i * 20), '%Y-%m-%dT%H:%M:%SZ')",
        )
    } as last_updated
        from drawn"""


def transactions_sql(first: int, last: int, sizes: Sizes, restated_pct: int) -> str:
    """Card transactions of the rows [first, last), restated like claims."""
    holder = f"(account % {sizes.account_holders})"
    moment = f"{LAST_DAY}::timestamp + interval 1 day - to_seconds(1 + {pick('second', 31536000)})"
    return f"""
        with drawn as (
            select
                i,
                case
                    when {pick("restated", 100)} < {restated_pct} and i > 0
                        then i - 1 - (hash(i, 'which') % i)::bigint
                    else i
                end as number,
                (hash(number, 'account') % {sizes.benefit_accounts})::bigint as account
            from range({first}, {last}) as rows(i)
        )
        select
            {rarely("id", 1, "null", "'T' || lpad(number::varchar, 8, '0')")} as transaction_id,
            'H' || lpad({rarely("cross", 10, "(account + 1)", holder)}::varchar, 6, '0')
                as employee_id,
            {rarely("no_account", 10, "null", "'A' || lpad(account::varchar, 6, '0')")}
                as benefit_account_id,
            {
        rarely("no_merchant", 5, "null", f"'Merchant ' || {pick('merchant', 500)}")
    } as merchant,
            {
        rarely(
            "bad_amount",
            10,
            "['abc', '12.345', null][1 + i % 3]",
            spelled_money("money", rarely("sign", 5, "-1200", f"100 + {pick('cents', 3000)}")),
        )
    }
                as amount,
            {
        rarely(
            "bad_time",
            10,
            "['07/01/2024 10:00', 'soon', null][1 + i % 3]",
            f"strftime({moment}, '%Y-%m-%dT%H:%M:%SZ')",
        )
    } as "timestamp",
            {
        rarely(
            "bad_category",
            40,
            "[null, 'jewellery'][1 + i % 2]",
            spelled_word(
                "category", "['gym', 'office_supplies', 'groceries', 'education'][1 + account % 4]"
            ),
        )
    }
                as category,
            {
        rarely(
            "no_update",
            5,
            "null",
            "strftime(timestamp '2025-07-01' + to_milliseconds(i * 200), '%Y-%m-%dT%H:%M:%SZ')",
        )
    } as last_updated
        from drawn"""


def snapshots_sql(sizes: Sizes) -> dict[str, str]:
    """The four rosters, by feed; each key once."""
    person = f"'person' || i || '@company' || (i % {sizes.companies}) || '.example'"
    year = f"(2022 + i // {sizes.companies} // 3)"
    late = rarely("late", 300, f"100 + {pick('late by', 150)}", "0")
    start = f"make_date({year}, 1, 1) + ({late})::integer"
    is_open = f"{year} >= 2025 or ({year} = 2024 and i // {sizes.companies} % 3 > 0)"
    return {
        "benefits_admin/employees": f"""
            select
                'P' || lpad(i::varchar, 7, '0') as person_id,
                'First' || i % 997 || ' Last' || i % 7919 as full_name,
                {rarely("title", 20, "null", f"'Title ' || {pick('titles', 200)}")} as title,
                {rarely("email", 20, "[null, 'nobody'][1 + i % 2]", person)} as email,
                {rarely("no_ein", 30, "null", spelled_ein("ein", f"i % {sizes.companies}"))}
                    as company_ein,
                {
            rarely(
                "bad_day",
                10,
                "'soon'",
                spelled_date("date", f"date '2010-01-01' + {pick('start', 5000)}::integer"),
            )
        }
                    as start_date,
                {rarely("notes", 100, "'a note of ' || i", "null")} as notes,
                '2025-06-30T08:00:00Z' as last_updated
            from range({sizes.employees}) as rows(i)""",
        "benefits_admin/plans": f"""
            select
                {rarely("no_ein", 10, "null", spelled_ein("ein", f"i % {sizes.companies}"))}
                    as company_ein,
                {spelled_word("type", f"{TYPES}[1 + i // {sizes.companies} % 3]")} as plan_type,
                'Carrier ' || {pick("carrier", 40)} as carrier_name,
                ({start})::date as start_date,
                {
            rarely(
                "bad_day",
                5,
                "'never'",
                f'''case when {is_open} then
                    [null, '9999-12-31'][1 + i % 2] else {year} || '-12-31' end''',
            )
        } as end_date,
                '2025-06-30T08:00:00Z' as last_updated
            from range({sizes.plans}) as rows(i)""",
        "spend_accounts/employees": f"""
            select
                'H' || lpad(i::varchar, 6, '0') as employee_id,
                'First' || i % 997 as first_name,
                'Last' || i % 7919 as last_name,
                {person} as email,
                {
            rarely(
                "bad_day",
                5,
                "'soon'",
                spelled_date("date", f"date '2015-01-01' + {pick('hired', 3500)}::integer"),
            )
        }
                    as hire_date,
                {rarely("terminated", 30, "'terminated'", "'active'")} as status,
                case when {pick("terminated", 1000)} < 25
                    then (date '2024-07-01' + {pick("ended", 365)}::integer)::varchar else null end
                    as termination_date,
                '2025-06-30T08:00:00Z' as last_updated
            from range({sizes.account_holders}) as rows(i)""",
        "spend_accounts/benefit_accounts": f"""
            select
                'A' || lpad(i::varchar, 6, '0') as benefit_account_id,
                'H' || lpad((i % {sizes.account_holders})::varchar, 6, '0') as employee_id,
                ['wellness', 'wfh', 'meals', 'learning'][1 + i % 4] as benefit_type,
                'Program ' || i % 12 as program_name,
                {
            rarely(
                "bad_amount",
                5,
                "'lots'",
                spelled_money("money", f"2000 + 2000 * {pick('allowance', 6)}"),
            )
        }
                    as monthly_allowance,
                {spelled_money("balance", f"{pick('left', 30000)} - 100")} as current_balance,
                '2025-06-30T08:00:00Z' as last_updated
            from range({sizes.benefit_accounts}) as rows(i)""",
    }


def write(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    """COPY a query to a CSV file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy ({sql}) to '{path}' (format csv, header)")


def generate(zone: Path, sizes: Sizes, layout: str = "parts") -> None:
    """Write the first delivery of all six feeds.

    Args:
        zone: landing zone to make.
        sizes: rows per feed.
        layout: `parts` (claims are one delivery in parts) or `files` (each file is a delivery).
    """
    connection = duckdb.connect()
    for feed, sql in snapshots_sql(sizes).items():
        write(connection, sql, zone / feed / f"{DELIVERED}.csv")
    write(
        connection,
        transactions_sql(0, sizes.transactions, sizes, 1),
        zone / "spend_accounts/transactions" / f"{DELIVERED}.csv",
    )
    folder = zone / "benefits_admin/claims"
    for number in range(sizes.claim_files):
        first, last = (sizes.claims * n // sizes.claim_files for n in (number, number + 1))
        name = f"{DELIVERED}-{number:02}.csv" if layout == "files" else f"part-{number:02}.csv"
        path = folder / name if layout == "files" else folder / DELIVERED / name
        write(connection, claims_sql(first, last, sizes, 1), path)


def next_day(zone: Path, sizes: Sizes, share: float, day: int = 2, before: float = 1) -> None:
    """Deliver `share` times as many claims and transactions again: new ids, 2 % restatements.

    Args:
        zone: landing zone with a first delivery of the same sizes.
        sizes: sizes of the first delivery.
        share: new rows as a share of the first delivery.
        day: day of July.
        before: what was delivered before, as a share of the first delivery.
    """
    connection = duckdb.connect()
    name = f"2025-07-{day:02}"
    first, last = (round(sizes.transactions * part) for part in (before, before + share))
    write(
        connection,
        transactions_sql(first, last, sizes, restated_pct=2),
        zone / "spend_accounts/transactions" / f"{name}.csv",
    )
    first, last = (round(sizes.claims * part) for part in (before, before + share))
    for number, start in enumerate(range(first, last, PER_FILE)):
        sql = claims_sql(start, min(start + PER_FILE, last), sizes, restated_pct=2)
        write(connection, sql, zone / "benefits_admin/claims" / name / f"part-{number:02}.csv")


def write_reference(project: Path, sizes: Sizes) -> None:
    """Append the companies and their e-mail domains to the reference seeds of a project copy."""
    connection = duckdb.connect()
    rows = connection.execute(
        f"select {ein('i')}, i from range({sizes.companies}) as rows(i)"
    ).fetchall()
    reference = project / "seeds/reference"
    with (reference / "companies.csv").open("a") as file:
        file.writelines(f"{number},Company {i},{20 + i % 60}\n" for number, i in rows)
    with (reference / "company_lookup.csv").open("a") as file:
        file.writelines(f"company{i}.example,{number}\n" for number, i in rows)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("zone", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--layout", choices=["parts", "files"], default="parts")
    parser.add_argument("--project", type=Path, help="copy of the project to add companies to")
    parser.add_argument("--next-day", type=float, help="add this share of rows to a zone instead")
    arguments = parser.parse_args()
    sizes = Sizes.scaled(arguments.scale)
    if arguments.next_day:
        next_day(arguments.zone, sizes, arguments.next_day)
    else:
        generate(arguments.zone, sizes, arguments.layout)
    if arguments.project:
        write_reference(arguments.project, sizes)


if __name__ == "__main__":
    main()
