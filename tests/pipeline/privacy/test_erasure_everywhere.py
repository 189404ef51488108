"""An erasure reaches what is said of the person elsewhere, and takes nothing from others."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse
from test_erasure import (
    CANARY,
    EMAIL,
    HOLDER,
    OTHER_ACCOUNTS,
    OTHER_HOLDERS,
    OTHER_TRANSACTIONS,
    OTHERS,
    Forgetting,
    holder,
    person,
)
from traces import traces

from benefits_warehouse.privacy.disclose import Disclosure
from benefits_warehouse.privacy.forgotten import KINDS, Forgotten, on_list, tokens
from benefits_warehouse.privacy.mentions import Mentions, left_of, mentioned
from benefits_warehouse.privacy.names import pairs_sql
from benefits_warehouse.privacy.plan import Plan
from benefits_warehouse.sql import file_order

SHORT = "7"  # the id of the person in the roster: it is in what others say, too
ROSTER, HOLDERS = "benefits_admin.employees", "spend_accounts.employees"
PLANS = "benefits_admin.plans"
CARDS, ACCOUNTS = "spend_accounts.transactions", "spend_accounts.benefit_accounts"
WIDE = "Ｚｙｑ\u00advander"  # the last name, as no search by bytes finds it
TERMS = {"company_ein": "11-1111111", "plan_type": "Medical", "end_date": "2024-12-31"}
SPELLINGS = ["p-1042", "P–1042", " P\u00a0- 1042", "Ｐ-１０４２"]
LATER = [  # spellings of what was forgotten
    person("P-a", "Ann New", f"Ann.{CANARY.upper()}＠acme.com"),
    person("P-b", "Ann New", f"<mailto:{EMAIL}>"),
    person("P-c", "Ann New", f"ann.\u200b{CANARY}@acme.com."),
    person("P-d", "Ann New", "", title=EMAIL),
]


def deliver(forgetting: Forgetting) -> None:
    """Rows of the person, of others who name the person, and cells in the wrong places."""
    warehouse = forgetting.warehouse
    header = {f"Ann {CANARY} 1980": ""}
    warehouse.deliver(
        ROSTER,
        "1.csv",
        [
            OTHERS[0] | {"title": f"Aide of {CANARY.upper()}, Ann"} | header,
            OTHERS[1] | {"notes": f"ask ann q. {CANARY}"} | header,
            OTHERS[2] | {"notes": "room 7, desk 7"} | header,
            *(row | header for row in OTHERS[3:]),
            person(SHORT, f"Ann Maria {CANARY}", EMAIL) | {f"Ann {CANARY} 1980": "x"},
            person("", f"Sr. {CANARY}", "Clerk", title=EMAIL, company_ein=CANARY) | header,
        ],
    )
    warehouse.deliver(HOLDERS, "1.csv", [*OTHER_HOLDERS, holder(HOLDER, f"Ann {CANARY}", EMAIL)])
    warehouse.deliver(ACCOUNTS, "1.csv", OTHER_ACCOUNTS)
    path = warehouse.deliver(
        CARDS,
        "1.csv",
        [
            OTHER_TRANSACTIONS[0] | {"merchant": f"Gift for Ann {CANARY}"},
            OTHER_TRANSACTIONS[1] | {"merchant": f"{WIDE}, Maria: flowers"},
            *OTHER_TRANSACTIONS[2:],
        ],
    )
    with path.open("a") as file:
        file.write(f'broken,"{CANARY} Ann",x\nbroken,{SHORT},kept\nbroken,{HOLDER.lower()}\n')
    plans = [
        TERMS | {"carrier_name": f"Ann {CANARY} Mutual", "start_date": "2024-01-01"},
        TERMS | {"carrier_name": f"Maria {CANARY} Mutual", "start_date": "2024-01-01"},
        TERMS | {"carrier_name": f"Maria {WIDE} Life", "start_date": "2024-99-01"},
        TERMS | {"carrier_name": "Nobody Life", "start_date": "2024-99-01"},
    ]
    warehouse.deliver(PLANS, "1.csv", plans)
    warehouse.deliver(ROSTER, "2.csv", f"number;of;{EMAIL}\n1;2;3\n")


def landed(warehouse: Warehouse, feed: str, column: str) -> set[str]:
    """Values of a landed column of a feed."""
    pattern = warehouse.database / "restricted" / "landing" / feed.replace(".", "/") / "*.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select {column} from read_parquet('{pattern}', union_by_name = true)"
        ).fetchall()
    return {row[0] for row in rows if row[0]}


def test_nothing_is_left_anywhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    forgetting = Forgetting(Warehouse(tmp_path_factory.mktemp("everywhere")))
    warehouse = forgetting.warehouse
    deliver(forgetting)
    forgetting.build("--exclude-resource-type", "unit_test")
    for path in (warehouse.database / "restricted/landing/benefits_admin/employees").iterdir():
        # As an older version landed it, which did not know these columns.
        rows = duckdb.read_parquet(str(path)).project("* exclude (status, termination_date)")
        old = path.with_suffix(".old")
        rows.write_parquet(str(old))
        old.rename(path)
    with duckdb.connect(str(warehouse.database / "restricted.duckdb")) as connection:
        connection.execute(f"""create schema if not exists test_failures;
            create table test_failures.of_a_test as select 'Ann {CANARY}' as value""")
    tokens_of_names = "select count(*) from intermediate.int_persons_named"
    assert warehouse.query_restricted(tokens_of_names) == [(3,)]  # of all the others, one
    disclosed = warehouse.database / "restricted/disclosures"
    for who in ({"email": {EMAIL}}, {"person_id": {OTHERS[3]["person_id"]}}):
        with warehouse.as_process(forgetting.environment):
            disclosure = Disclosure(warehouse.database)
            disclosure.write({kind: who.get(kind, set()) for kind in KINDS}, False)
            disclosure.connection.close()
    assert len(list(disclosed.iterdir())) == 2
    assert forgetting.forget() == 0, forgetting.output[-3000:]
    assert CANARY.lower() not in forgetting.output.lower()
    told = forgetting.output.split("still hold the person")[1]
    for place in (f"{ROSTER} 1.csv", f"{ROSTER} 2.csv", f"{HOLDERS} 1.csv", f"{CARDS} 1.csv"):
        assert place in told, place
    assert f"{PLANS} 1.csv" in told
    assert len(list(disclosed.iterdir())) == 1  # that of the other person
    assert ACCOUNTS not in told
    assert traces(warehouse, CANARY) == set()
    assert warehouse.query_restricted(tokens_of_names) == [(1,)]
    # Others keep what is theirs.
    assert landed(warehouse, ROSTER, "title") == {"Aide of ****", "Clerk"}
    assert landed(warehouse, ROSTER, "notes") == {"room 7, desk 7"}
    assert landed(warehouse, CARDS, "merchant") == {"Gift for ****", "****: flowers", "Gym"}
    # A text in a key still tells rows apart.
    carriers = landed(warehouse, PLANS, "carrier_name")
    shapes = sorted(re.sub("[0-9a-f]{8}$", "token", carrier) for carrier in carriers)
    assert shapes == ["**** Life token", "**** Mutual token", "**** Mutual token", "Nobody Life"]
    history = "select distinct entity_key from snapshots.plans_history where dbt_valid_to is null"
    plans = warehouse.query_restricted("select entity_key from intermediate.int_plans_judged")
    assert sorted(warehouse.query_restricted(history)) == sorted(plans) and len(plans) == 4
    assert WIDE not in str(warehouse.query_restricted("from snapshots.plans_history"))
    keys = warehouse.query("select record_key from quality.quarantine_history where feed = 'plans'")
    assert len(keys) == 2 and WIDE not in str(keys)
    lines = landed(warehouse, "rejected_lines", "raw_line")
    assert lines == {f"broken,{SHORT},kept"}
    counts = "select count(*) from marts.dim_employees union all "
    counts += "select count(*) from marts.fct_transactions"
    assert warehouse.query(counts) == [(6,), (6,)]
    assert warehouse.query(
        "select rows_erased, difference from quality.reconciliation where feed = 'employees' "
        "order by source"
    ) == [(2, 0), (1, 0)]

    warehouse.deliver(ROSTER, "3.csv", [*OTHERS, *LATER])
    warehouse.deliver(
        HOLDERS, "3.csv", [*OTHER_HOLDERS, holder(f"ｅ–{CANARY.lower()}", "Ann New", "a@b.com")]
    )
    forgetting.build("--exclude-resource-type", "unit_test", "test")
    assert traces(warehouse, CANARY) == set()
    assert warehouse.query(counts) == [(6,), (6,)]


@pytest.mark.extended
def test_what_the_warehouse_says_itself_stays(tmp_path: Path) -> None:
    """A person is called like a rule, and a plan like the person: others lose nothing by it."""
    forgetting = Forgetting(Warehouse(tmp_path))
    warehouse = forgetting.warehouse
    email = "i.a@acme.com"
    warehouse.deliver(ROSTER, "1.csv", [*OTHERS, person("P-9001", "Invalid Amount", email)])
    plan = TERMS | {"plan_type": "Invalid Amount plan", "carrier_name": "C"}
    warehouse.deliver(PLANS, "1.csv", [plan | {"start_date": "2024-01-01"}])
    claim = {"claim_id": "C-1", "company_ein": "11-1111111", "service_date": "2024-02-01"}
    claim |= {"amount": "5.00", "claim_type": "Invalid Amount plan"}
    warehouse.deliver(
        "benefits_admin.claims", "1.csv", [claim, claim | {"claim_id": "C-2", "amount": "x"}]
    )
    plain = ("--exclude-resource-type", "unit_test", "test")
    forgetting.build(*plain)
    told = {
        "flags": "select claim_id, dq_flags from marts.fct_claims",
        "reasons": "select record_key, rejection_reason from quality.quarantine_history",
        "series": "select distinct measure, subject from quality.quality_trends order by all",
    }
    before = {name: warehouse.query(query) for name, query in told.items()}
    assert before["reasons"] == [("C-2", "invalid_amount")]
    assert forgetting.forget(f"email: {email}\n") == 0, forgetting.output[-3000:]
    assert {name: warehouse.query(query) for name, query in told.items()} == before
    (left,) = landed(warehouse, "benefits_admin.claims", "claim_type")
    assert landed(warehouse, PLANS, "plan_type") == {left} and left.startswith("**** plan ")


def test_spellings_on_the_list() -> None:
    """An id is found however it is spelled, and another id is not."""
    with duckdb.connect() as connection:
        connection.execute("set variable forgotten_pepper = 'sixteen letters!'")
        connection.execute(
            f"create table forgotten as select unnest({tokens('value', 'person_id')}) as token "
            "from (values ('P-1042')) as x (value)"
        )
        rows = connection.execute(
            f"select value, {on_list('value', 'person_id')} "
            "from (select unnest(?::varchar[]) as value)",
            [
                [
                    "p-1042",
                    "P–1042",
                    " P\u00a0- 1042",
                    "Ｐ-１０４２",
                    "P1042",
                    "P-10420",
                    "1042",
                    None,
                ]
            ],
        ).fetchall()
    assert len(SPELLINGS) == 4
    assert [bool(found) for _, found in rows] == [True] * 4 + [False] * 4


TEXTS = {  # what is left of them
    "Ann Lee": "****",
    "LEE, ANN": "****",
    "ask lee / ann first": "ask **** first",
    "Ann M. Lee": "****",
    "Ann Kim Lee's": "****",
    "Kim\u00a0Ｌｅｅ": "****",
    "id P-1042.": "id ****.",
    "id ｐ-１\u200b042": "id ****",
    "Ann Lee (a@b.com)": "**** (****)",
    "P-1042 a@b.com a@b.com P-1042": "**** **** **** ****",
    "id P–1042": "id ****",
    "id p - 1042": "id ****",
    "to KÖ-77001, kö-77001": "to ****, ****",
    "Anna Lee": None,
    "Annlee": None,
    "Lee and Ann": None,
    "Ann Kim": None,
    "room 7": None,
    "id P-10421": None,
}


def test_what_is_searched_in_texts() -> None:
    """Names as the masks of the marts find them, and ids that are long enough."""
    with duckdb.connect() as connection:
        connection.execute("set variable forgotten_pepper = 'sixteen letters!'")
        called = "(select 'Ann Kim Lee' as first_names, null::varchar as last_names) as called"
        pairs = [row[0] for row in connection.execute(pairs_sql(called)).fetchall()]
        known = {"person_id": ["7", "P-1042", "Kö-77001"], "email": ["a@b.com"]}
        who = {kind: known.get(kind, []) for kind in KINDS}
        mentions = Mentions(connection, Plan("", "", who, pairs=pairs))
        connection.execute("create table texts as select unnest(?::varchar[]) as text", [[*TEXTS]])
        assert mentions.note("select text from texts")
        rows = connection.execute(
            f"select text, {left_of('text')}, {left_of('text', is_key=True)} from texts"
        ).fetchall()
        assert not mentions.note("select 'room 7'")
    assert {text: left for text, left, _ in rows} == {
        text: left or text for text, left in TEXTS.items()
    }
    keys = [key for _, _, key in rows]
    assert len({*keys}) == len(keys)


def test_rows_keep_their_place(tmp_path: Path) -> None:
    """Of a delta feed the place of a row in its file is its number: rows of many groups keep it."""
    path = tmp_path / "rows.parquet"
    said = "case when i % 3 = 0 then 'Ann Lee ' || (i % 50) else 'Gym ' || i end"
    with duckdb.connect(config={"threads": 4, "preserve_insertion_order": False}) as connection:
        connection.execute("set variable forgotten_pepper = 'sixteen letters!'")
        with file_order(connection):
            connection.execute(
                f"copy (select i as number, {said} as merchant, 'upsert' as change "
                f"from range(300000) as rows (i)) "
                f"to '{path}' (format parquet, row_group_size 10000)"
            )
        nobody: dict[str, list[str]] = {kind: [] for kind in KINDS}
        mentions = Mentions(connection, Plan("", "", nobody, pairs=["ann lee"]))
        mentions.note(f"select merchant from read_parquet('{path}')")
        forgotten = Forgotten(connection, tmp_path)
        found = forgotten.erase_text(path, "merchant", mentioned("merchant"), left_of("merchant"))
        moved = connection.execute(
            "select count_if(number <> file_row_number), count_if(starts_with(merchant, '****')) "
            f"from read_parquet('{path}', file_row_number = true)"
        ).fetchall()
    assert (found, moved) == (100_000, [(0, 100_000)])
