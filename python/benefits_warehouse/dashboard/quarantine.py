"""Rows that are withheld from the marts, by reason."""

from __future__ import annotations

from benefits_warehouse.dashboard.drawing import VERMILION, bars
from benefits_warehouse.dashboard.published import Published
from benefits_warehouse.dashboard.section import Chart, Column, Section, Table

REASONS = 30  # with a bar
ENTITIES = """
select replace(table_name, 'quarantine_', '') as entity
from information_schema.tables
where table_schema = 'quality' and table_name like 'quarantine\\_%' escape '\\'
    and table_name <> 'quarantine_history'
order by entity
"""

TOTALS = """
select
    coalesce(sum(rows_quarantined), 0) as withheld,
    coalesce(sum(rows_quarantined + rows_valid), 0) as present
from quality.reconciliation
"""

COLUMNS = [
    Column("entity", "Rows of"),
    Column("reason", "Reason"),
    Column("withheld_rows", "Rows withheld", "count"),
]


def by_reason(entities: list[str]) -> str:
    """The query of the rows withheld of each entity, by reason."""
    withheld = " union all ".join(
        f"select '{entity}' as entity, rejection_reason as reason from quality.quarantine_{entity}"
        for entity in entities
    )
    return f"""
    select
        entity,
        reason,
        count(*) as withheld_rows
    from ({withheld})
    group by entity, reason
    order by withheld_rows desc, entity, reason
    """


def section(published: Published) -> Section:
    """The section on quarantine."""
    entities = [row["entity"] for row in published.rows(ENTITIES)]
    rows = published.rows(by_reason(entities))
    totals = published.row(TOTALS)
    for row in rows:
        row["line"] = f"{row['entity']}: {row['reason']}".replace("_", " ")
    drawn = rows[:REASONS]
    left_out = ""
    if len(drawn) < len(rows):
        left_out = (
            f"Bars are drawn for the {len(drawn)} most frequent of {len(rows)} reasons. The table"
            " shows all."
        )
    return Section(
        key="quarantine",
        title="Quarantine",
        figure=f"{totals['withheld']:,}",
        figure_label=f"of {totals['present']:,} current rows are withheld",
        reading="A bar is the number of rows that a rule withholds from the marts, counted under"
        " the first rule that fired. The quarantine tables show the rows, masked, with file and"
        " line. A row is released by itself when it, or the row it depends on, is fixed.",
        left_out=left_out,
        relations=[f"quality.quarantine_{entity}" for entity in entities]
        + ["quality.reconciliation"],
        charts=[
            Chart(
                key="reasons",
                title="Rows withheld, by reason",
                alternative="Bars of rows withheld: "
                + ", ".join(f"{row['line']} {row['withheld_rows']:,}" for row in drawn[:5])
                + (" and more reasons." if len(drawn) > 5 else "."),
                spec=bars(
                    drawn,
                    name="reason",
                    line="line",
                    value="withheld_rows",
                    line_title="Rows of, and reason",
                    value_title="Rows withheld",
                    colour=VERMILION,
                )
                if drawn
                else None,
                empty="No row is withheld.",
            )
        ],
        tables=[Table("reasons-table", "Rows withheld", COLUMNS, rows)],
    )
