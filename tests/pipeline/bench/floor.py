"""The floor: the same reading, typing, choosing, judging and writing by hand, without dbt.

    python tests/pipeline/bench/floor.py <zone> <folder> --project <copy> [--no-landing]

Claims and transactions of a first load (one delivery of each) go to landed Parquet with lineage,
facts, quarantine, validation errors, cost windows and spikes, in two DuckDB files. It is the bound
of a first `dbt build`, so it uses every short cut that gives the same rows: a value in its clean
spelling is only looked at, spellings of few distinct values are cleaned once each, versions are
compared only where a key occurs twice, and rules are bits of one number.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from pathlib import Path

import duckdb
import yaml

TIDY = r"trim(regexp_replace(x, '[\s\p{Z}\p{Cc}]+', ' ', 'g'))"
MONEY = "([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?([.][0-9]{1,2})?"
HOUR = (
    "([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?[AaPp][Mm])?"
    "( ?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?))?)?"
)
CLOCK = "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?"
OFFSET = "try_cast(regexp_extract(x, ':.*[+-]([0-9]{{2}}):?([0-9]{{2}})?$', {}) as integer)"
ZONE = "[Zz]|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?"
EIN_DIGITS = r"regexp_replace(x, '(?i)^(fein|ein)[ :#.]*|[\s\p{Pd}−]', '', 'g')"

# macros/cleaning/*.sql, as functions of DuckDB, each with a short cut for the clean spelling.
CLEANING = {
    "clean_name": f"nullif({TIDY}, '')",
    # A list, since IN over many constants is planned as a join that sees every row.
    "without_words": "case when strlen(x) > 4 then x when not list_contains("
    "['', 'null', 'n/a', 'na', 'none', 'nan', '-'], lower(x)) then x end",
    "clean_text": "case when regexp_full_match(x, '[!-~]{5,}') then x "
    f"else without_words({TIDY}) end",
    "tidy_money": f"""case
        when (
            regexp_full_match(x, '([+-]?[$]? ?|[$] ?[+-])?{MONEY}|[(][$]? ?{MONEY}[)]')
            and regexp_matches(x, '[0-9]')
        ) then try_cast(regexp_replace(x, '[^0-9.]', '', 'g') as decimal(18, 2))
            * case when regexp_matches(x, '^[(]|-') then -1 else 1 end
        end::decimal(18, 2)""",
    "plain_money": "case when regexp_full_match(x, '[0-9]{1,15}([.][0-9]{1,2})?') "
    "then try_cast(x as decimal(18, 2)) end",
    "odd_money": "case when not regexp_full_match(x, '[0-9]{1,15}([.][0-9]{1,2})?') then x end",
    "clean_money": "tidy_money(clean_text(x))",
    "tidy_date": f"""case
        when regexp_full_match(x, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{HOUR}')
            then try_cast(left(x, 10) as date)
        when regexp_full_match(x, '[0-9]{{8}}{HOUR}')
            then try_strptime(left(x, 8), '%Y%m%d')::date
        when regexp_full_match(x, '[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}}{HOUR}')
            then try_strptime(left(x, 10), '%Y/%m/%d')::date
        when regexp_full_match(x, '[0-9]{{2}}-[A-Za-z]{{3}}-[0-9]{{4}}{HOUR}')
            then try_strptime(left(x, 11), '%d-%b-%Y')::date
        when regexp_full_match(x, '[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}}{HOUR}')
            then try_strptime(left(x, 10), '%m/%d/%Y')::date
        end""",
    "clean_date": "tidy_date(clean_text(x))",
    "tidy_ein": f"""case when regexp_full_match({EIN_DIGITS}, '[0-9]{{9}}')
        then left({EIN_DIGITS}, 2) || '-' || right({EIN_DIGITS}, 7) end""",
    "clean_ein": "tidy_ein(clean_text(x))",
    "tidy_timestamp": f"""case
        when regexp_full_match(x, '[0-9-]{{10}}([Tt ]{CLOCK} ?({ZONE})?)?')
            then try_cast(regexp_extract(
                upper(x),
                '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}'
                || '([.][0-9]{{1,6}})?)?)?'
            ) as timestamp) - to_minutes(
                case when regexp_matches(x, ':.*-[0-9:]+$') then -1 else 1 end
                * (coalesce({OFFSET.format(1)}, 0) * 60 + coalesce({OFFSET.format(2)}, 0)))
        when regexp_full_match(x, '[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}} [0-9]{{2}}:[0-9]{{2}}')
            then try_strptime(x, '%m/%d/%Y %H:%M')
        end""",
    "clean_timestamp": "case when regexp_full_match(x, '[0-9-]{10}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z') "
    "then try_cast(x as timestamp) else tidy_timestamp(clean_text(x)) end",
}

# Conditions of the rules, over the columns of the judged query; tier and rank come from dq_rules.
CLAIM_RULES = {
    "missing_claim_id": "claim_id is null",
    "missing_company_ein": "company_ein is null",
    "invalid_amount": "amount is null",
    "invalid_service_date": "service_date is null",
    "future_service_date": "service_date > loaded_on",
    "unknown_company": "company_ein is not null and not is_known_company",
    "unknown_claim_type": "not is_known_type",
    "reversal": "amount < 0",
    "zero_amount": "amount = 0",
    "no_coverage_on_service_date": "service_date is not null and company_ein is not null "
    "and not is_covered",
    "invalid_last_updated": "case when last_updated is null "
    "then clean_text(update_text) is not null end",
    "duplicate_key": "false",  # set where versions are compared
}
TRANSACTION_RULES = {
    "missing_transaction_id": "transaction_id is null",
    "conflicting_duplicate": "false",
    "invalid_amount": "amount is null",
    "invalid_timestamp": "transaction_at is null",
    "negative_amount": "amount < 0",
    "terminated_employee": "is_terminated and (terminated_on is null "
    "or transaction_at::date >= terminated_on)",
    "invalid_employee_id": "not is_known_holder",
    "invalid_benefit_account_id": "not is_known_account",
    "cross_employee_account_usage": "account_employee_id <> employee_id",
    "future_timestamp": "transaction_at::date > loaded_on",
    "category_mismatch": "category is not null and is_known_account and not is_valid_category",
    "missing_category": "category is null",
    "zero_amount": "amount = 0",
    "over_monthly_allowance": "false",
    "before_hire_date": "transaction_at::date < hire_date",
    "missing_merchant": "merchant is null",
    "suspected_duplicate": "false",
    "invalid_last_updated": CLAIM_RULES["invalid_last_updated"],
    "duplicate_key": "false",
}
PROJECT = Path(__file__).resolve().parents[3]
FEEDS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["feeds"]
COLUMNS = {name.replace(".", "/"): list(feed["columns"]) for name, feed in FEEDS.items()}


def header_of(zone: Path, feed: str) -> list[str]:
    """The columns of a feed that its first file has."""
    with min((zone / feed).glob("**/*.csv")).open() as file:
        return file.readline().strip().split(",")


class Floor:
    """One run over a landing zone.

    Args:
        zone: landing zone with one delivery per feed.
        folder: where the two databases and the landed files go.
        project: project whose reference seeds are used.
        is_landed: whether rows are written as Parquet first and read from there.
        memory: memory limit of DuckDB.
    """

    def __init__(
        self, zone: Path, folder: Path, project: Path, is_landed: bool, memory: str = "6GB"
    ) -> None:
        folder.mkdir(parents=True)
        self.zone, self.folder, self.is_landed = zone, folder, is_landed
        self.reference = project / "seeds/reference"
        self.connection = duckdb.connect(
            config={"memory_limit": memory, "temp_directory": str(folder / "tmp")}
        )
        self.started = time.monotonic()
        self.run(f"attach '{folder / 'analytics.duckdb'}' as analytics (storage_version 'v1.4.0')")
        self.run("create schema analytics.marts; create schema analytics.quality")
        for name, body in CLEANING.items():
            self.run(f"create temp macro {name}(x) as {body}")
        self.run("set variable loaded_at = now()::timestamp")

    def run(self, sql: str) -> None:
        """Execute SQL."""
        self.connection.execute(sql)

    def say(self, step: str) -> None:
        """Print the time since the start."""
        print(f"{time.monotonic() - self.started:8.1f} s  {step}", flush=True)

    def seed(self, name: str) -> str:
        """SQL that reads a reference seed as text."""
        return f"read_csv('{self.reference / name}.csv', all_varchar = true, header = true)"

    def read(self, feed: str) -> str:
        """SQL that reads the files of a feed as text."""
        columns = ", ".join(f"\"{name}\": 'VARCHAR'" for name in header_of(self.zone, feed))
        return (
            f"read_csv('{self.zone}/{feed}/**/*.csv', columns = {{{columns}}}, header = true, "
            "auto_detect = false, delim = ',', quote = '\"', escape = '\"', filename = true, "
            "strict_mode = true, ignore_errors = true, store_rejects = true)"
        )

    def land(self, feed: str) -> str:
        """Write a feed as Parquet with lineage, file by file; returns SQL that reads it again.

        The row's number in its file is the position in the Parquet file, which a reader knows.
        """
        there = header_of(self.zone, feed)
        names = ", ".join(f'"{name}"' for name in there)
        hashed = ", ".join(f'"{one}"' if one in there else "null::varchar" for one in COLUMNS[feed])
        self.run("set preserve_insertion_order = true")
        if not self.is_landed:
            self.run(
                f"create temp table raw as select *, hash({hashed}) as content_hash "
                f"from {self.read(feed)}"
            )
            self.run("""create temp view numbered as
                select *, raw.rowid - first_row as position from raw inner join (
                    select filename, min(rowid) as first_row from raw group by filename
                ) using (filename)""")
            self.run("set preserve_insertion_order = false")
            self.say(f"read {feed}")
            return "numbered"
        for number, path in enumerate(sorted((self.zone / feed).glob("**/*.csv"))):
            goal = self.folder / "landing" / feed / f"1-{number}.parquet"
            goal.parent.mkdir(parents=True, exist_ok=True)
            self.run(
                f"""copy (
                    select {number} as file_id, 1 as load_id, '{path.name}' as source_file,
                        getvariable('loaded_at') as loaded_at, hash({hashed}) as content_hash,
                        {names}
                    from {self.read(feed).replace(f"{self.zone}/{feed}/**/*.csv", str(path))}
                ) to '{goal}' (format parquet)"""
            )
        self.run("set preserve_insertion_order = false")
        self.say(f"landed {feed}")
        self.run(f"""create or replace temp view numbered as
            select *, file_row_number as position
            from read_parquet('{self.folder}/landing/{feed}/*.parquet',
                filename = true, file_row_number = true)""")
        return "numbered"

    def spellings(self, name: str, rows: str, column: str, cleaned: Mapping[str, str]) -> None:
        """A table of the distinct texts of a column, each cleaned once."""
        values = ", ".join(f"{sql} as {alias}" for alias, sql in cleaned.items())
        self.run(
            f"""create or replace temp table {name} as
            with texts as (select distinct {column} as text from {rows}),
            tidied as (select text, {TIDY.replace("(x,", "(text,")} as x from texts),
            worded as (select text, without_words(x) as x from tidied)
            select text, {values} from worded where text is not null"""
        )

    def type_rows(self, table: str, rows: str, columns: str, joins: str, rules: Mapping) -> None:
        """Write the typed rows, with the fired rules as bits and, where withheld, the raw texts."""
        tiers = dict(
            self.connection.execute(
                f"select rule_id, tier from {self.seed('dq_rules')} where feed = '{table}'"
            ).fetchall()
        )
        bits = {rule: 1 << number for number, rule in enumerate(rules)}
        withheld = sum(bits[rule] for rule in rules if tiers[rule] == "2")
        fired = " + ".join(f"if({sql}, {bits[rule]}, 0)" for rule, sql in rules.items())
        source = next(name for name in COLUMNS if name.endswith(table))
        names = [f'"{name}"' for name in header_of(self.zone, source)]
        files = self.connection.execute(f"select distinct filename from {rows}").fetchall()
        literals = ", ".join(repr(row[0]) for row in sorted(files))
        self.run(f"create type {table}_file as enum ({literals})")
        self.run(
            f"""create temp table {table} as
            with typed as (
                select {columns}, raw.last_updated as update_text,
                    clean_timestamp(raw.last_updated) as last_updated,
                    {", ".join(f"raw.{name} as text_{n}" for n, name in enumerate(names))},
                    raw.filename::{table}_file as file, raw.position, raw.content_hash,
                    getvariable('loaded_at')::date as loaded_on
                from {rows} as raw {joins}
            ), judged as (select *, {fired} as fired from typed)
            select columns(lambda c: not regexp_matches(
                    c, '^is_|text|loaded_on|terminated|hire_date'
                )),
                case when fired & {withheld} > 0
                    then [{", ".join(f"text_{n}" for n in range(len(names)))}] end as texts
            from judged"""
        )
        if not self.is_landed:
            self.run("drop view numbered; drop table raw")
        self.say(f"typed {table}")

    def registry(self, table: str, rules: Mapping) -> None:
        """A table of the combinations of rules that occur, with both tiers' lists."""
        bits = ", ".join(f"('{rule}', {1 << number})" for number, rule in enumerate(rules))
        self.run(
            f"""create or replace temp table {table}_rules as
            select seed.*, bits.bit, seed.rank::integer as rule_rank
            from {self.seed("dq_rules")} as seed
            inner join (values {bits}) as bits (rule_id, bit) on seed.rule_id = bits.rule_id
            where seed.feed = '{table}'"""
        )
        self.run(
            f"""create or replace temp table {table}_fired as
            select fired,
                coalesce(list(rule_id order by rule_rank) filter (where tier = '1'), [])
                    as dq_flags,
                coalesce(list(rule_id order by rule_rank) filter (where tier = '2'), [])
                    as all_reasons
            from (select distinct fired from {table}) left join {table}_rules on fired & bit > 0
            group by fired"""
        )

    def choose(self, table: str, key: str, duplicate: int, conflict: int | None = None) -> None:
        """Compare versions where a key occurs twice; the others leave, two rules get their bits."""
        source = next(name for name in COLUMNS if name.endswith(table))
        # Files directly in the folder of a feed are deliveries, and the later one counts.
        later = "file desc, " if any((self.zone / source).glob("*.csv")) else ""
        same = "row(entity, file = newest_file, content_hash)"
        marks = f"if(has_others, {duplicate}, 0)"
        stays = "version_rank = 1"
        if conflict:
            conflicts = "has_others and newest_update is null and repeat_rank = 1"
            marks += f" + if({conflicts}, {conflict}, 0)"
            stays += f" or ({conflicts})"
        self.run(
            f"""create temp table {table}_versions as
            with entities as (
                select coalesce({key}, chr(31) || content_hash) as entity, rowid as id,
                    position, last_updated, content_hash, file from {table}
            ), repeated as (select entity from entities group by entity having count(*) > 1),
            ranked as (
                select *, row_number() over newest as version_rank,
                    first_value(file) over newest as newest_file,
                    first_value(last_updated) over newest as newest_update
                from entities where entity in (from repeated)
                window newest as (partition by entity
                    order by last_updated desc nulls last, {later}content_hash desc, file, position)
            ), compared as (
                select *,
                    file = newest_file and min(content_hash) over same_file
                        <> max(content_hash) over same_file as has_others,
                    row_number() over (partition by {same} order by file, position) as repeat_rank
                from ranked window same_file as (partition by entity, file = newest_file)
            )
            select id, {stays} as stays, {marks} as marks, version_rank from compared"""
        )
        self.run(
            f"delete from {table} where rowid in (select id from {table}_versions where not stays)"
        )
        self.run(
            f"update {table} set fired = fired | marks from {table}_versions "
            f"where {table}.rowid = id and stays and marks > 0"
        )
        self.say(f"chose versions of {table}")

    def write(self, table: str, key: str, facts: str) -> None:
        """Write the fact, quarantine and validation errors of a feed."""
        source = next(name for name in COLUMNS if name.endswith(table))
        system = source.split("/")[0]
        texts = ", ".join(
            f'texts[{number}] as "{name}"'
            for number, name in enumerate(header_of(self.zone, source), 1)
        )
        lineage = (
            "enum_code(file) * 100000000000 + position + 1 as row_id, "
            "parse_filename(file::varchar) as source_file, position + 1 as source_row, "
            "getvariable('loaded_at') as first_seen_at, 'floor' as run_id"
        )
        self.run(
            f"""create table analytics.marts.fct_{table} as
            select {facts}, dq_flags, 1::bigint as load_id,
                getvariable('loaded_at') as loaded_at
            from {table} inner join {table}_fired using (fired)
            where len(all_reasons) = 0"""
        )
        self.say(f"wrote fct_{table}")
        self.run(
            f"""create table analytics.quality.quarantine_{table} as
            select {texts}, all_reasons[1] as rejection_reason, all_reasons, dq_flags, {lineage}
            from {table} as rows inner join {table}_fired using (fired)
            where len(all_reasons) > 0;
            create table analytics.quality.validation_errors_{table} as
            select '{system}' as source, '{table}' as feed, {key} as record_key, field,
                rule_id as error_reason, tier::integer as tier, rule_rank, fix_hint, {lineage}
            from {table} as rows
            inner join (
                select distinct fired, unnest(dq_flags || all_reasons) as rule_id
                from {table}_fired
            ) using (fired)
            inner join {table}_rules using (rule_id)"""
        )
        self.say(f"wrote quarantine and errors of {table}")

    def claims(self) -> None:
        """Claims, their companies and the islands of cover."""
        rows = self.land("benefits_admin/claims")
        self.run(
            f"""create temp table islands as
            with plans as (
                select clean_ein(company_ein) as company_ein, lower(clean_text(plan_type)) as type,
                    clean_date(start_date) as first_day, clean_date(end_date) as end_day,
                    clean_text(end_date) as end_text
                from {self.read("benefits_admin/plans")}
            ), valid as (
                select *, if(year(end_day) < 9999, end_day, date '9999-12-31') as last_day
                from plans where company_ein is not null and type is not null
                    and first_day is not null and (end_text is null or end_day is not null)
                    and not coalesce(end_day < first_day, false)
            ), reached as (
                select *, max(last_day) over (partition by company_ein, type
                    order by first_day, last_day rows between unbounded preceding and 1 preceding)
                    as until from valid
            ), numbered as (
                select *, count_if(until is null or first_day > until + 1) over (
                    partition by company_ein, type order by first_day, last_day
                    rows unbounded preceding) as number from reached
            )
            select company_ein, type, min(first_day) as first_day, max(last_day) as last_day
            from numbered group by company_ein, type, number;
            create temp table listed as
            select distinct clean_ein(company_ein) as company_ein from {self.seed("companies")}
            where clean_ein(company_ein) is not null;
            create temp table types as
            select lower(value) as type, min(value) as value from {self.seed("allowed_values")}
            where feed = 'claims' and field = 'claim_type' group by 1"""
        )
        self.spellings(
            "eins",
            rows,
            "company_ein",
            {
                "company_ein": "tidy_ein(x)",
                "is_known": "tidy_ein(x) in (from listed)",
            },
        )
        self.spellings(
            "type_spellings",
            rows,
            "claim_type",
            {
                "type": "lower(x)",
                "as_written": "x",
            },
        )
        self.spellings("days", rows, "service_date", {"day": "tidy_date(x)"})
        self.spellings("amounts", rows, "odd_money(amount)", {"amount": "tidy_money(x)"})
        self.type_rows(
            "claims",
            rows,
            """clean_text(raw.claim_id) as claim_id, eins.company_ein, days.day as service_date,
            coalesce(plain_money(raw.amount), amounts.amount) as amount,
            coalesce(types.value, type_spellings.as_written) as claim_type,
            coalesce(eins.is_known, false) as is_known_company,
            types.value is not null as is_known_type,
            islands.first_day is not null as is_covered""",
            """left join eins on raw.company_ein = eins.text
            left join type_spellings on raw.claim_type = type_spellings.text
            left join types on type_spellings.type = types.type
            left join days on raw.service_date = days.text
            left join amounts on odd_money(raw.amount) = amounts.text
            left join islands on eins.company_ein = islands.company_ein
                and type_spellings.type = islands.type
                and days.day >= islands.first_day and days.day <= islands.last_day""",
            CLAIM_RULES,
        )
        self.choose("claims", "claim_id", 1 << list(CLAIM_RULES).index("duplicate_key"))
        self.registry("claims", CLAIM_RULES)
        self.write("claims", "claim_id", "claim_id, company_ein, service_date, amount, claim_type")

    def windows(self) -> None:
        """Cost windows per company and day, and spikes."""
        self.run(
            """create temp table days_of_cost as
            select company_ein, service_date as day, (sum(amount) * 100)::bigint as cents,
                count(*) as claims from analytics.marts.fct_claims group by all;
            create table analytics.marts.claims_cost_windows as
            with last as (select max(day) as last_day from days_of_cost),
            companies as (select company_ein, min(day) as first_day from days_of_cost group by 1),
            calendar as (
                select company_ein, first_day, first_day + unnest(
                    range((select last_day from last) - first_day + 1))::integer as day
                from companies
            ), sums as (
                select company_ein, day, day - first_day < 179 as is_short,
                    coalesce(sum(cents) over current, 0)::bigint as c,
                    coalesce(sum(cents) over previous, 0)::bigint as p,
                    coalesce(sum(claims) over current, 0)::bigint as claims_current,
                    coalesce(sum(claims) over previous, 0)::bigint as claims_prev
                from calendar left join days_of_cost using (company_ein, day)
                window current as (partition by company_ein order by day rows 89 preceding),
                    previous as (partition by company_ein order by day
                        rows between 179 preceding and 90 preceding)
            )
            select company_ein, day - 89 as window_start, day as window_end,
                (p::decimal(36, 0) * 0.01)::decimal(38, 2) as prev_90d_cost,
                (c::decimal(36, 0) * 0.01)::decimal(38, 2) as current_90d_cost,
                case when p > 0 and not is_short then (sign(c - p)::integer
                    * ((abs(c - p) * 20000 + p) // (2 * p)) * 0.01) end::decimal(38, 2)
                    as pct_change,
                case when is_short then 'insufficient_history'
                    when p = 0 and c > 0 then 'new_activity'
                    when p = 0 and c = 0 then 'no_activity'
                    when p < 0 then 'non_positive_base'
                    when c - p > 2 * p then 'spike' else 'normal' end as status,
                claims_current, claims_prev
            from sums;
            create table analytics.marts.claims_cost_spikes as
            with numbered as (
                select *, window_end - row_number() over (
                    partition by company_ein order by window_end)::integer as event
                from analytics.marts.claims_cost_windows where status = 'spike'
            ), peaks as (
                select *, min(window_end) over e as first_flagged_on,
                    max(window_end) over e as last_flagged_on
                from numbered
                window e as (partition by company_ein, event)
                qualify 1 = row_number() over (partition by company_ein, event
                    order by current_90d_cost::double / prev_90d_cost::double desc, window_end)
            )
            select peaks.* exclude (event), max(amount) as largest_claim
            from peaks inner join analytics.marts.fct_claims as claims
                on peaks.company_ein = claims.company_ein
                and claims.service_date between window_start and window_end
            group by all"""
        )
        self.say("wrote windows and spikes")

    def transactions(self) -> None:
        """Transactions, with holders and accounts."""
        rows = self.land("spend_accounts/transactions")
        bit = {rule: 1 << number for number, rule in enumerate(TRANSACTION_RULES)}
        self.run(
            f"""create temp table holders as
            select clean_text(employee_id) as employee_id, clean_date(hire_date) as hire_date,
                coalesce(lower(clean_text(status)) = 'terminated', false) as is_terminated,
                clean_date(termination_date) as terminated_on
            from {self.read("spend_accounts/employees")}
            where clean_text(employee_id) is not null
                and (clean_text(hire_date) is null or clean_date(hire_date) is not null);
            create temp table accounts as
            select clean_text(benefit_account_id) as benefit_account_id,
                accounts.employee_id as account_employee_id, benefit_type, program_name,
                monthly_allowance
            from (select benefit_account_id, clean_text(employee_id) as employee_id,
                    clean_text(benefit_type) as benefit_type,
                    clean_name(program_name) as program_name,
                    clean_money(monthly_allowance) as monthly_allowance
                from {self.read("spend_accounts/benefit_accounts")}) as accounts
            where clean_text(benefit_account_id) is not null and monthly_allowance is not null
                and employee_id in (select employee_id from holders);
            create temp table mappings as
            select lower(benefit_type) as type, lower(valid_category) as category,
                min(valid_category) as value from {self.seed("category_benefit_mappings")}
            group by 1, 2;
            create temp table categories as
            select category, min(value) as value from mappings group by 1"""
        )
        self.spellings("category_spellings", rows, "category", {"category": "x"})
        self.spellings("amounts", rows, "odd_money(amount)", {"amount": "tidy_money(x)"})
        self.type_rows(
            "transactions",
            rows,
            """clean_text(raw.transaction_id) as transaction_id,
            clean_text(raw.employee_id) as employee_id,
            clean_text(raw.benefit_account_id) as benefit_account_id,
            clean_name(raw.merchant) as merchant,
            coalesce(plain_money(raw.amount), amounts.amount) as amount,
            clean_timestamp(raw."timestamp") as transaction_at,
            coalesce(categories.value, spelled.category) as category,
            holders.employee_id is not null as is_known_holder, holders.is_terminated,
            holders.terminated_on, holders.hire_date,
            accounts.benefit_account_id is not null as is_known_account,
            accounts.account_employee_id, accounts.benefit_type, accounts.program_name,
            accounts.monthly_allowance, mappings.value is not null as is_valid_category""",
            """left join holders on clean_text(raw.employee_id) = holders.employee_id
            left join accounts on clean_text(raw.benefit_account_id) = accounts.benefit_account_id
            left join category_spellings as spelled on raw.category = spelled.text
            left join amounts on odd_money(raw.amount) = amounts.text
            left join categories on lower(spelled.category) = categories.category
            left join mappings on lower(spelled.category) = mappings.category
                and lower(accounts.benefit_type) = mappings.type""",
            TRANSACTION_RULES,
        )
        self.choose(
            "transactions", "transaction_id", bit["duplicate_key"], bit["conflicting_duplicate"]
        )
        self.registry("transactions", TRANSACTION_RULES)
        self.run(
            f"""create temp table neighbours as
            select rows.rowid as id, if(sum(amount) over (
                    partition by benefit_account_id, date_trunc('month', transaction_at)
                    order by transaction_at, transaction_id
                    rows unbounded preceding) > monthly_allowance,
                    {bit["over_monthly_allowance"]}, 0)
                + if(merchant is not null and transaction_at - lag(transaction_at) over (
                    partition by employee_id, merchant, amount
                    order by transaction_at, transaction_id) <= interval 5 minutes,
                    {bit["suspected_duplicate"]}, 0) as marks
            from transactions as rows inner join transactions_fired using (fired)
            where len(all_reasons) = 0;
            update transactions set fired = fired | marks from neighbours
            where transactions.rowid = id and marks > 0"""
        )
        self.registry("transactions", TRANSACTION_RULES)
        self.write(
            "transactions",
            "transaction_id",
            "transaction_id, employee_id, benefit_account_id, merchant, amount, transaction_at, "
            "category, benefit_type, program_name",
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("zone", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--no-landing", action="store_true")
    parser.add_argument("--memory", default="6GB")
    arguments = parser.parse_args()
    floor = Floor(
        arguments.zone,
        arguments.folder,
        arguments.project,
        not arguments.no_landing,
        arguments.memory,
    )
    floor.transactions()
    floor.claims()
    floor.windows()
    floor.run("checkpoint analytics")
    floor.say("done")


if __name__ == "__main__":
    main()
