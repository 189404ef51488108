"""What `make check` prints."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from benefits_warehouse.check.header import Match, csv_line
from benefits_warehouse.check.trial import OF_OTHER_FEEDS, Trial
from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.headers import DELIMITERS, ENCODINGS
from benefits_warehouse.privacy.names import shown_headers, shown_names
from benefits_warehouse.sql import identifier

# What values that can't be read look like, and the setting that would read them.
READABLE = {
    "money": [(re.compile(r"[-+(]?\s*\d{1,3}([. ]?\d{3})*,\d\d\)?"), "decimal_mark", ",")],
    "date": [
        (re.compile(r"[34]\d{4}([.]\d+)?"), "excel_serial_dates", "true"),
        (re.compile(r"1\d{9}"), "epoch_unit", "seconds"),
        (re.compile(r"1\d{12}"), "epoch_unit", "milliseconds"),
    ],
}
READABLE["timestamp"] = READABLE["date"]


@dataclass
class Findings:
    """What became of the file in the trial.

    Args:
        status: of the file in ops.loaded_files.
        reason: the same.
        rows: records.
        rejected: lines that are none.
        lines: seed to lines that would help.
        told: values without a meaning, in words.
    """

    status: str
    reason: str
    rows: int
    rejected: int
    lines: dict[str, list[str]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    @property
    def is_loaded(self) -> bool:
        """True where rows were landed."""
        return self.status == "loaded"

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, trial: Trial, reference: Path) -> Findings:
        """Read them from the warehouse of the trial.

        Args:
            connection: of its databases.
            trial: the trial.
            reference: folder of the reference seeds.
        """
        rows = trial.query(
            connection,
            "select status, coalesce(reason, ''), rows, rejected from analytics.ops.loaded_files "
            "where source = ? and feed = ?",
        )
        found = cls(*(rows[0] if rows else ("refused", "the file was not found", 0, 0)))
        if found.is_loaded:
            found.lines["sender_settings"] = setting_lines(connection, trial)
            found.lines["value_aliases"] = value_lines(connection, trial, reference, found.told)
        return found


def told_file(
    connection: duckdb.DuckDBPyConnection, path: Path, match: Match, is_guessed: bool
) -> list[str]:
    """What the file is.

    Args:
        connection: DuckDB connection.
        path: the file.
        match: how it fits its feed.
        is_guessed: the feed is guessed.
    """
    header = match.header
    name = shown_names(connection, [path.name])[path.name]
    guess = f" (guessed: {match.score:.0%} of its columns)" if is_guessed else ""
    lines = [f"{name}: {match.name}{guess}", f"  kind         {path.suffix.lower()[1:]}"]
    if header.sheet:
        sheet = shown_names(connection, [header.sheet])[header.sheet]
        lines.append(f"  sheet        {sheet}")
    elif path.suffix.lower() not in (".parquet", ".json", ".ndjson", ".jsonl"):
        lines.append(f"  encoding     {ENCODINGS.get(header.encoding, 'UTF-8')}")
        lines.append(f"  delimiter    {DELIMITERS[header.delimiter]}")
    if header.line:
        titles = f", below {header.titles} title lines" if header.titles else ""
        lines.append(f"  header       line {header.line}{titles}")
    return lines


def told_columns(
    connection: duckdb.DuckDBPyConnection, match: Match, nearest: Callable[[str, Feed], str]
) -> list[str]:
    """Which column is which.

    Args:
        connection: DuckDB connection.
        match: how the file fits its feed.
        nearest: the column that a delivered name is most like, '' for none.
    """
    lines = ["", f"  {'column':22} {'delivered as':28} matched by"]
    for column in match.feed.columns:
        name, by = match.found.get(column, ("-", ""))
        if column in match.unsure:
            told = " or ".join(shown_headers(connection, match.unsure[column], False))
            by = f"unsure: {told}; name one in column_aliases"
        elif not by:
            by = "optional, missing" if column in match.feed.optional else "missing"
        shown = shown_headers(connection, [name], False)[0]
        lines.append(f"  {column:22} {shown:28} {by}")
    for name, shown in zip(
        match.unknown, shown_headers(connection, match.unknown, False), strict=True
    ):
        like = nearest(name, match.feed)
        lines.append(f"  {'-':22} {shown:28} not known" + f", most like {like}" * bool(like))
    return lines


def told_rows(
    connection: duckdb.DuckDBPyConnection, trial: Trial, match: Match, found: Findings
) -> list[str]:
    """What became of the rows.

    Args:
        connection: of the databases of the trial.
        trial: the trial.
        match: how the file fits its feed.
        found: what became of the file.
    """
    lines = ["", f"  {found.rows:,} records, {found.rejected:,} rejected lines"]
    lines += [f"  {found.reason}"] * bool(found.reason)
    if not found.is_loaded:
        return lines
    lines += ["", f"  {'column':22} {'filled':>10} {'read':>10} {'not read':>10}  for example"]
    for column, (filled, read) in trial.counts(connection).items():
        if column in match.found:
            unread = trial.unread(connection, column) if filled > read else []
            lines.append(
                f"  {column:22} {filled:10,} {read:10,} {filled - read:10,}  {', '.join(unread)}"
            )
    lines += ["", "  The first rows, as cleaned and masked:"]
    for row in trial.first_rows(connection):
        lines.append("    " + " | ".join("" if value is None else str(value) for value in row))
    rules = trial.query(
        connection,
        """select error_reason, tier, count(*), min(split_part(fix_hint, ' As delivered: ', 1))
        from analytics.quality.validation_errors where source = ? and feed = ?
        group by all order by 2 desc, 3 desc""",
    )
    lines += ["", "  Rules that would fire:"]
    lines += told_rules(rules)
    lines += found.told
    return lines


def told_rules(rules: Any) -> list[str]:
    """How often each rule would fire; those that ask other feeds are only named.

    Args:
        rules: rule, tier, count and hint.
    """
    own = [rule for rule in rules if rule[0] not in OF_OTHER_FEEDS]
    others = sorted(rule[0] for rule in rules if rule[0] in OF_OTHER_FEEDS)
    lines = [
        f"    {rule:34} {count:8,}{'  withheld' if tier == 2 else ''}  {hint}"
        for rule, tier, count, hint in own
    ]
    if others:
        lines.append(f"    not counted, since they ask other feeds: {', '.join(others)}")
    return lines or ["    none"]


def setting_lines(connection: duckdb.DuckDBPyConnection, trial: Trial) -> list[str]:
    """Lines of sender_settings that would read values which are not read, or not for sure.

    Args:
        connection: of the databases of the trial.
        trial: the trial.
    """
    place = (*trial.name.split("."), trial.sender)
    settings = {}
    ledger = connection.execute(
        "select month_first, day_first from restricted.landing.landing_ledger"
    ).fetchall()
    for month_first, day_first in ledger:
        if set(day_first or ()) - set(month_first or ()):
            settings["date_order"] = "dmy"
    landed = f"restricted.landing.land_{trial.name.replace('.', '__')}"
    for column, says in trial.feed.columns.items():
        for pattern, setting, value in READABLE.get(says.type, ()):
            name = identifier(says.staged_as or column)
            (count,) = connection.execute(
                f"""select count(*) from {trial.staged} as staged
                inner join {landed} as landed using (file_id, source_row)
                where has_{column}_text and staged.{name} is null
                    and regexp_full_match(trim(landed.{identifier(column)}), ?)""",
                [pattern.pattern],
            ).fetchall()[0]
            if count:
                settings[setting] = value
    return [csv_line(*place, setting, value) for setting, value in settings.items()]


def value_lines(
    connection: duckdb.DuckDBPyConnection, trial: Trial, reference: Path, told: list[str]
) -> list[str]:
    """Lines of value_aliases for values that are not allowed, with the nearest that is.

    Args:
        connection: of the databases of the trial.
        trial: the trial.
        reference: folder of the reference seeds.
        told: gets a line for each value that is like no allowed one.
    """
    source, feed = trial.name.split(".")
    allowed: dict[str, list[str]] = {}
    with (reference / "allowed_values.csv").open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if (row["source"], row["feed"]) == (source, feed):
                allowed.setdefault(row["field"], []).append(row["value"])
    lines = []
    for column in [name for name in allowed if name in trial.feed.columns]:
        rows = connection.execute(
            """select distinct value_preview from analytics.quality.validation_errors
            where source = ? and feed = ? and field = ? and starts_with(error_reason, 'unknown_')
                and value_preview is not null order by 1 limit 20""",
            [source, feed, column],
        ).fetchall()
        for (value,) in rows:
            lowered = {word.lower(): word for word in allowed[column]}
            near = difflib.get_close_matches(value.lower(), list(lowered), 1, 0.5)
            near = near or [word for word in lowered if word in value.lower()][:1]
            if near:
                lines.append(csv_line(source, feed, column, value, lowered[near[0]]))
            else:
                told.append(
                    f"  {column}: {value} is none of {', '.join(allowed[column])}; name what it "
                    f"means: {csv_line(source, feed, column, value, '<value>')} in value_aliases"
                )
    return lines
