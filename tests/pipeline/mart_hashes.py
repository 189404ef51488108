"""Content hashes of the published marts, audit columns aside: the same input gives the same
hashes."""

from __future__ import annotations

import os
import sys
from collections.abc import Set
from pathlib import Path

import duckdb

# When and by which load or answer a row came is not what it says.
AUDIT_COLUMNS = {"load_id", "loaded_at", "enriched_at", "first_seen_at", "run_id"}
AUDIT_COLUMNS |= {"first_found_at", "last_found_at", "resolved_at", "reopened_at", "happened_at"}
# What remembers runs differs between warehouses of the same rows that came in other runs.
LOGS = {"quality.quarantine_history", "quality.quality_trends", "quality.rule_versions"}
LOGS |= {"marts.findings", "marts.finding_events"}
# What is found now is the same all the same, deliveries aside.
FOUND = """
    select count(*), sum(hash(
        kind, company_ein, company_name, subject, summary, severity, money_at_stake, period_start,
        period_end, next_step, contact, evidence_relation, subject_ids, subject_key
    )::hugeint)
    from marts.findings
    where resolved_at is null and kind not in (
        'file_refused', 'snapshot_untrusted', 'feed_overdue', 'unusual_delivery', 'schema_drift'
    )
"""


def mart_hashes(
    database: Path,
    schemas: tuple[str, ...] = ("marts",),
    without: Set[str] = frozenset(),
    logs: Set[str] = LOGS,
) -> dict[str, str]:
    """Row count and order-free content hash of every table of some schemas, and of what is found.

    Args:
        database: path of analytics.duckdb.
        schemas: schemas to hash.
        without: columns to leave out beside the audit columns.
        logs: tables to leave out.

    Returns:
        Relation name to "<rows>:<hash>".
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema || '.' || table_name, column_name "
            "from information_schema.columns where list_contains(?, table_schema) "
            "order by table_schema, table_name, ordinal_position",
            [list(schemas)],
        ).fetchall()
        tables: dict[str, list[str]] = {}
        hashes = {}
        if connection.execute("from duckdb_tables() where table_name = 'findings'").fetchall():
            hashes = {"what is found": str(connection.execute(FOUND).fetchone())}
        for table, column in columns:
            if column not in AUDIT_COLUMNS | without and table not in logs:
                tables.setdefault(table, []).append(f'"{column}"')
        return hashes | {
            table: "{}:{}".format(
                *connection.execute(
                    f"select count(*), sum(hash({', '.join(names)})::hugeint) from {table}"
                ).fetchone()
            )
            for table, names in tables.items()
        }


if __name__ == "__main__":
    folder = Path(os.environ.get("BENEFITS_DB_DIR", "warehouse"))
    for name, digest in mart_hashes(folder / "analytics.duckdb", logs=frozenset()).items():
        sys.stdout.write(f"{name} {digest}\n")
