"""How often a quiet company has a cost spike: no event is planted, so each one is noise.

    python tests/pipeline/bench/false_alarms.py [--companies 1000] [--work <folder>]

Companies of 20 to 2,000 members (evenly on a log scale) have claims over two years and a half. A
member has 9 routine claims a year (log-normal, median $180) and, in 9 of 100 years, an episode:
some 13 claims within 45 days that cost $13,500 in the median and $33,000 on average. Fewer claims
come on weekends and in summer. The first half year is the base of the windows; the two years after
it count. The table shows spike events per company and year, by size, and how many are left with a
least growth (var spike_min_growth), a least credibility and both.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import duckdb  # noqa: E402
import generate  # noqa: E402
from conftest import copy_project  # noqa: E402

YEARS = 2.5
FIRST = "date '2023-01-01'"
COUNTED_YEARS = 2
GROWTHS = (10_000, 50_000, 100_000)
CREDIBILITIES = (0.5, 1.0)


def uniform(salt: str) -> str:
    """SQL of a number between 0 and 1 that depends on the row number `i` and the salt only."""
    return f"((hash(i, '{salt}') % 1000000007 + 0.5) / 1000000007)"


def log_normal(salt: str, median: float, sigma: float) -> str:
    """SQL of a log-normal amount, after Box and Muller."""
    normal = f"sqrt(-2 * ln({uniform(salt + ' r')})) * cos(2 * pi() * {uniform(salt + ' a')})"
    return f"{median} * exp({sigma} * {normal})"


def claims_sql(companies: int) -> str:
    """Claims of all companies: routine ones and those of episodes."""
    days = round(YEARS * 365.25)
    members = f"round(20 * pow(100, company / {max(companies - 1, 1)}))::integer"
    return f"""
        with companies as (
            select company, {members} as members from range({companies}) as rows(company)
        ),
        routine as (
            select company, day, {log_normal("cost", 180, 1.0)} as cost
            from (
                select company, i, floor({uniform("day")} * {days})::integer as day
                from (
                    select
                        company,
                        hash(company, number) as i
                    from companies, range((members * 9 * {YEARS} * 1.3)::integer) as rows(number)
                )
            )
            -- Of the 30 % that were drawn on top, those on weekends and in summer are not kept.
            where {uniform("kept")} < case
                when isodow({FIRST} + day) > 5 then 0.25
                when month({FIRST} + day) in (6, 7, 8) then 0.8
                else 1
            end
        ),
        episodes as (
            select
                company,
                i,
                floor({uniform("begin")} * {days})::integer as day,
                1 + floor(-12 * ln({uniform("claims")}))::integer as parts,
                {log_normal("episode", 13500, 1.34)} as cost
            from (
                select company, hash(company, number, 'episode') as i
                from companies, range((members * {YEARS})::integer) as rows(number)
            )
            where {uniform("episode")} < 0.09
        ),
        parts as (
            select company, day, parts, cost, hash(i, part) as i
            from episodes, range(parts) as rows(part)
        ),
        claims as (
            select company, day, cost from routine
            union all
            select company, day + floor({uniform("part")} * 45)::integer, cost / parts from parts
        )
        select
            'C' || row_number() over () as claim_id,
            {generate.ein("company")} as company_ein,
            {FIRST} + day as service_date,
            greatest(round(cost, 2), 0.01)::decimal(18, 2) as amount,
            'Medical' as claim_type,
            '2025-07-01T00:00:00Z' as last_updated
        from claims
        where day < {days}
        order by company, day, cost"""


def build(work: Path, companies: int) -> Path:
    """Deliver the claims and build the spikes.

    Args:
        work: scratch folder.
        companies: how many.

    Returns:
        The built analytics.duckdb.
    """
    project, zone = copy_project(work / "project"), work / "zone"
    sizes = generate.Sizes(companies=companies)
    generate.write_reference(project, sizes)
    path = zone / "benefits_admin/claims/2025-07-01.csv"
    generate.write(duckdb.connect(), claims_sql(companies), path)
    variables = f"{{landing_zone: '{zone}', export_dir: '{work / 'outputs'}'}}"
    subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "--quiet", "build", "--project-dir", project,
         "--profiles-dir", project, "--target-path", work / "target", "--log-path", work / "logs",
         "--select", "+claims_cost_spikes", "--exclude-resource-type", "unit_test", "test",
         "--vars", variables],
        env={"BENEFITS_DB_DIR": str(work / "warehouse"), "PATH": "/usr/bin:/bin"},
        check=True,
    )  # fmt: skip
    return work / "warehouse" / "analytics.duckdb"


def report(database: Path, companies: int) -> str:
    """The table: events per company and year by size of company, then those that are left."""
    connection = duckdb.connect(str(database), read_only=True)
    size = f"20 * pow(100, number / {max(companies - 1, 1)})"
    filters = {"all": "true"}
    filters |= {f"growth ${growth:,}": f"growth >= {growth}" for growth in GROWTHS}
    filters |= {f"credib. {least:g}": f"credibility >= {least}" for least in CREDIBILITIES}
    filters["$50,000, 0.5"] = "growth >= 50000 and credibility >= 0.5"
    counts = ", ".join(
        f"count(*) filter ({condition}) / any_value(companies) / {COUNTED_YEARS}"
        for condition in filters.values()
    )
    rows = connection.execute(f"""
        with companies as (
            select
                {generate.ein("number")} as company_ein,
                list_last(list_filter(
                    [20, 50, 100, 250, 500, 1000], lambda low: low <= {size} + 0.01
                ))
                    as low
            from range({companies}) as rows(number)
        ),
        sizes as (select *, count(*) over (partition by low) as companies from companies),
        events as (
            select *, current_90d_cost - prev_90d_cost as growth
            from marts.claims_cost_spikes
        )
        select low, any_value(companies), {counts.replace("(*)", "(events.company_ein)")}
        from sizes left join events using (company_ein)
        group by low order by low
    """).fetchall()
    total = sum(row[1] for row in rows)
    means = [sum(row[1] * row[at] for row in rows) / total for at in range(2, len(rows[0]))]
    lines = [f"{'members':<14}{'companies':>10}" + "".join(f"{name:>18}" for name in filters)]
    for low, number, *rates in [*rows, ("all", total, *means)]:
        label = f"from {low}" if low != "all" else "all"
        lines.append(f"{label:<14}{number:>10}" + "".join(f"{rate:>18.3f}" for rate in rates))
    return "\n".join(lines)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--companies", type=int, default=1000)
    parser.add_argument("--work", type=Path, help="scratch folder to keep; else a temporary one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="false-alarms-") as scratch:
        work = (arguments.work or Path(scratch)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        print(report(build(work, arguments.companies), arguments.companies))


if __name__ == "__main__":
    main()
