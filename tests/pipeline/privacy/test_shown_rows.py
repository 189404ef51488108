"""`dbt show` leaves out columns that hold persons or secrets, whatever they are called."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conftest import Warehouse

from benefits_warehouse.feeds import load_feeds

LANDED = '"restricted"."landing"."land_benefits_admin__employees"'
FORMS = {
    "renamed": "full_name",
    "struct": "{'a': email, 'b': [1]}",
    "map": "map {'k': [full_name]}",
    "json": "to_json(struct_pack(x := notes))",
    "joined": "'Dear ' || full_name || '!'",
    "raised": "upper(email)",
    "half": "split_part(full_name, ' ', 2)",
}
SECRETS = {
    "value": "value",
    "variable": "getvariable('pii_pepper')",
    "beginning": "left(getvariable('pii_pepper'), 20)",
    "content": "(select content from read_text('warehouse/restricted.pepper'))",
}
# Each with the columns that it must leave out.
QUERIES = {
    f"select 1 as one, {', '.join(f'{form} as {name}' for name, form in FORMS.items())} "
    f"from {LANDED}": set(FORMS),
    "select e, 1 as one from (select x.email as e from {{ ref('int_employees_judged') }} as x)": {
        "e"
    },
    "select full_name as e, 1 as one from {{ ref('employees_raw') }}": {"e"},
    "select full_name as e, 1 as one from "
    "read_parquet('warehouse/restricted/landing/benefits_admin/employees/*.parquet')": {"e"},
    "select getvariable('pii_pepper') as key, 1 as one from analytics.marts.dim_companies": {"key"},
    f"select name, {', '.join(f'{form} as {name}' for name, form in SECRETS.items())} "
    "from duckdb_variables()": set(SECRETS),
}


@pytest.fixture(scope="module")
def shown(seed_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A copy of the sample's warehouse: what is shown changes what dbt knows of its last run."""
    return Warehouse(
        Path(shutil.copytree(seed_warehouse.folder, tmp_path_factory.mktemp("shown") / "copy"))
    )


def persons(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Words of the restricted file that nothing shown may hold."""
    monkeypatch.chdir(warehouse.folder)
    words: set[str] = set()
    for name, feed in load_feeds().items():
        for column in [column for column, says in feed.columns.items() if says.pii]:
            for (text,) in warehouse.query_restricted(
                f"select distinct {column} from landing.land_{name.replace('.', '__')} "
                f"where length({column}) > 3"
            ):
                words |= {word for word in re.split(r"[^\w@.-]+", text.lower()) if len(word) > 3}
    pepper = (warehouse.database / "restricted.pepper").read_text()
    return (words - {"null", "none", "raw_"}) | {pepper, pepper[:20]}


def test_no_person_is_shown(shown: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each query shows its harmless columns, and no word of a person, as JSON and as a table."""
    wanted = persons(shown, monkeypatch)
    assert len(wanted) > 100
    first = next(iter(QUERIES.items()))
    for output, (query, hidden) in [("text", first), *(("json", one) for one in QUERIES.items())]:
        result = shown.dbt(
            *("show", "--inline", query, "--output", output, "--limit", "-1", "--quiet")
        )
        assert result.success, (query, shown.output)
        table = result.result[0].agate_table
        assert set(str(table.rows[0]["left_out"]).split(", ")) >= hidden, query
        assert len(table.column_names) > 1 and not hidden & set(table.column_names), query
        told = shown.output.lower()
        assert not {word for word in re.split(r"[^\w@.-]+", told) if word in wanted}, query
    log = (shown.folder / "logs" / "dbt.log").read_text().lower()
    said = set(re.split(r"[^\w@.-]+", re.sub(r"dbt show.*", "", log)))
    assert not {word for word in said & wanted if "@" in word or len(word) > 19}


def test_what_is_published_is_shown(shown: Warehouse) -> None:
    """A company may be called like a person."""
    query = "select company_name, industry from analytics.marts.dim_companies"
    assert shown.dbt("show", "--inline", query, "--limit", "-1").success
    assert "left_out" not in shown.output
    names = shown.query("select company_name from marts.dim_companies")
    assert all(name[:12] in shown.output for (name,) in names)
    assert (shown.folder / "logs" / "dbt.log").stat().st_mode & 0o777 == 0o600


def test_a_direct_query_is_refused(shown: Warehouse) -> None:
    """It goes past every macro."""
    query = f"select full_name from {LANDED}"
    result = shown.dbt("show", "--inline-direct", query)
    assert not result.success
    assert "Nothing was read" in f"{result.exception}{shown.output}"
