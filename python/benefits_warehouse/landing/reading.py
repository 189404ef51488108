"""From one delivered file to one Parquet file."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from benefits_warehouse.landing.contract import (
    Feed,
    file_order,
    identifier,
    match_header,
    quoted,
)
from benefits_warehouse.landing.files import (
    GLOB_MARKS,
    UNREADABLE,
    Part,
    RefusedError,
    explain,
    open_bytes,
    read_head,
    stamp,
    survey,
)
from benefits_warehouse.landing.lines import MAX_LINE, MAX_RAW, sort_lines
from benefits_warehouse.runtime.full_disk import tells_of_full_disk

# The engine's limit lies above ours, and a buffer holds more than the longest line.
READ_OPTIONS = (
    "auto_detect=false, header=true, delim=',', quote='\"', escape='\"', strict_mode=true, "
    "null_padding=false, hive_partitioning=false, "
    f"max_line_size={2 * MAX_LINE}, buffer_size={4 * MAX_LINE}"
)
REJECT_OPTIONS = ", ignore_errors=true, store_rejects=true, rejects_limit=0"


@dataclass(frozen=True)
class Reading:
    """One part on its way into a Parquet file.

    Args:
        feed: its feed.
        part: the file or seed.
        load_id: load that it will belong to.
        loaded_at: when that load began.
        goal: the Parquet file to write.
        rejects: the Parquet file of malformed lines, written when there are any.
    """

    feed: Feed
    part: Part
    load_id: int
    loaded_at: datetime
    goal: Path
    rejects: Path


def csv_source(path: str, width: int, is_packed: bool = False, options: str = "") -> str:
    """SQL that reads a CSV as text columns c0, c1, …; it raises at the first malformed line."""
    columns = ", ".join(f"c{position}: 'VARCHAR'" for position in range(width))
    packing = "gzip" if is_packed else "none"
    return (
        f"read_csv({quoted(path)}, columns={{{columns}}}, compression='{packing}', "
        f"{READ_OPTIONS}{options})"
    )


def is_as_before(part: Part) -> bool:
    """True when nobody wrote to the file since it was hashed."""
    assert part.path is not None
    try:
        return stamp(part.path) == part.seen
    except OSError:
        return False


class Reader:
    """Reads parts into Parquet files.

    Args:
        connection: DuckDB connection; only reads, temporary tables and COPY are used on it.
        scratch: folder for files that are needed while a part is read.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        self.connection = connection
        self.scratch = scratch

    def check(self, feed: Feed, part: Part) -> None:
        """Check one part's header; a part that fails is refused with its reason."""
        part.positions, part.added, part.missing = {}, [], []
        try:
            if part.path is not None:
                if part.is_parquet:
                    self.read_parquet_header(part)
                else:
                    read_head(part)
            match_header(feed, part)
        except RefusedError as error:
            part.refuse(str(error))
        except OSError as error:
            part.refuse_for_now(f"{error.strerror}; give the loader access to it")

    def read_parquet_header(self, part: Part) -> None:
        """Fill the header of a Parquet part: the outer columns, as they are named in the file.

        Raises:
            RefusedError: it is no Parquet file, or is cut short.
        """
        with open_bytes(part) as file:
            start = file.read(4)
            file.seek(max(0, (part.size or 0) - 4))
            end = file.read(4)
        if part.size == 0:
            raise RefusedError("the file is empty: not even a header")
        if (start, end) != (b"PAR1", b"PAR1"):
            raise RefusedError(f"{UNREADABLE}: it is not a complete Parquet file; deliver it again")
        try:
            rows = self.connection.execute(
                f"select name, num_children from parquet_schema({quoted(self.safe_path(part))})"
            ).fetchall()
        except duckdb.Error as error:
            raise RefusedError(
                f"{UNREADABLE} as Parquet ({type(error).__name__}); deliver it again"
            ) from error
        part.header, inner = [], 0
        for name, children in rows[1:]:
            if inner:
                inner += (children or 0) - 1
            else:
                part.header.append(name)
                inner = children or 0

    def safe_path(self, part: Part) -> str:
        """A path of the file that the engine takes for one file: it reads * and [ as patterns."""
        assert part.path is not None
        path = str(part.path.absolute())
        with contextlib.suppress(UnicodeEncodeError):
            path.encode()
            if not GLOB_MARKS & set(path):
                return path
        link = self.scratch / "delivered"
        link.unlink(missing_ok=True)
        link.symlink_to(part.path.absolute())
        return str(link)

    def read(self, reading: Reading) -> None:
        """Read a part into a Parquet file; refuse it when that fails."""
        part = reading.part
        try:
            if part.path is None or part.is_parquet:
                self.read_columns(reading)
            else:
                self.read_csv(reading)
        except RefusedError as error:
            part.refuse(str(error))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            part.refuse(f"{UNREADABLE}: {explain(error)}; deliver it again")
        except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
            # Not the fault of the file, which must not be lost for it. A full disk stops the run:
            # the files after this one would overtake it.
            if tells_of_full_disk(str(error)):
                raise
            part.refuse_for_now(type(error).__name__)
        except duckdb.Error as error:
            part.refuse(f"{UNREADABLE} ({type(error).__name__}); deliver it again")
        if part.path is not None and not is_as_before(part):
            part.refuse_for_now("it changed while it was read")
        if part.status == "refused":
            reading.goal.unlink(missing_ok=True)
            reading.rejects.unlink(missing_ok=True)

    def read_columns(self, reading: Reading) -> None:
        """Read a Parquet file or a seed, whose values have types; all become text."""
        part = reading.part
        source, names = part.relation, part.header
        if part.path is not None:
            path = quoted(self.safe_path(part))
            source = f"read_parquet({path}, hive_partitioning=false, binary_as_string=true)"
            described = self.connection.execute(f"select * from {source} limit 0").description
            names = [column[0] for column in described or []]
        part.rows = self.copy(reading, str(source), [f"{identifier(n)}::varchar" for n in names])

    def read_csv(self, reading: Reading) -> None:
        """Read a CSV: in one go where the engine can't misread it, else sorted line by line."""
        part = reading.part
        found = survey(part)
        if found.is_plain and part.header_line == 1 and self.read_plain(reading, found.lines):
            return
        good, bad = self.scratch / "records.csv", self.scratch / "rejects.csv"
        names = [f"c{position}" for position in range(len(part.header))]
        try:
            with open_bytes(part) as file:
                lines = sort_lines(file, len(names), part.header_line, good, bad)
            landed = self.copy(reading, csv_source(str(good), len(names)), names)
            if landed != lines.accepted:
                raise RefusedError(
                    f"{UNREADABLE}: of {lines.accepted} records the engine reads {landed}; "
                    "deliver it as Parquet"
                )
            part.rows, part.rejected = landed + lines.rejected, lines.rejected
            if lines.first_reject:
                types = "{n: 'BIGINT', reason: 'VARCHAR', raw: 'VARCHAR'}"
                options = READ_OPTIONS.replace("header=true", "header=false")
                rejects = f"read_csv({quoted(bad)}, columns={types}, {options})"
                self.write_rejects(reading, f"from {rejects}", lines.first_reject)
        finally:
            good.unlink(missing_ok=True)
            bad.unlink(missing_ok=True)

    def read_plain(self, reading: Reading, lines: int) -> bool:
        """Read a CSV in one go.

        Args:
            reading: the part.
            lines: physical lines that it has.

        Returns:
            False if the engine can't, or gives rows and malformed lines that are not all the lines.
        """
        part = reading.part
        names = [f"c{position}" for position in range(len(part.header))]
        path = self.safe_path(part)
        source = csv_source(path, len(names), part.is_packed, REJECT_OPTIONS)
        for table in ("reject_errors", "reject_scans"):
            self.connection.execute(f"drop table if exists temp.{table}")
        try:
            landed = self.copy(reading, source, names)
        except duckdb.InvalidInputException:
            return False
        # A line of blanks alone is malformed to the engine, but to us it is none.
        rejected = self.count(
            "select count(distinct line) from reject_errors where regexp_matches(csv_line, '\\S')"
        )
        if landed + rejected + 1 != lines:
            return False
        part.rows, part.rejected = landed + rejected, rejected
        if rejected:
            errors = f"""from (
                select line as n, lower(min(error_type)::varchar) as reason,
                    left(rtrim(min(csv_line), chr(13)), {MAX_RAW}) as raw
                from reject_errors group by line
            )"""
            first = self.connection.execute(
                f"select min(n), arg_min(reason, n) {errors}"
            ).fetchone()
            self.write_rejects(reading, errors, first)
        return True

    def write_rejects(self, reading: Reading, errors: str, first: tuple[int, str]) -> None:
        """Keep the malformed lines of a part.

        Args:
            reading: the part.
            errors: SQL from clause with the columns n (line), reason and raw (text).
            first: the first line, and what is wrong with it.
        """
        feed, part = reading.feed, reading.part
        self.connection.execute(
            f"""copy (
                select {part.file_id}::bigint as file_id, {quoted(feed.source)} as source,
                    {quoted(feed.name)} as feed, {quoted(part.file)} as source_file,
                    n::bigint as source_line, reason as error_reason, raw as raw_line
                {errors}
            ) to {quoted(reading.rejects)} (format parquet)"""
        )
        part.reason = (
            f"{part.rejected} lines are rejected, the first is line {first[0]}: "
            f"{first[1]}; fix and deliver them"
        )

    def copy(self, reading: Reading, source: str, names: Sequence[str]) -> int:
        """COPY the contract's columns of a source with their lineage to Parquet, in file order.

        What is the same in all rows is stored too: it costs a few bytes, and each file tells by
        itself where it comes from.

        Returns:
            The number of rows.
        """
        feed, part = reading.feed, reading.part
        values = [
            f"nullif({names[part.positions[column]]}, '')"
            if column in part.positions
            else "null::varchar"
            for column in feed.columns
        ]
        columns = [
            f"{value} as {identifier(column)}"
            for value, column in zip(values, feed.columns, strict=True)
        ]
        with file_order(self.connection):
            return self.count(
                f"""copy (
                    select
                        {part.file_id}::bigint as file_id,
                        {reading.load_id}::bigint as load_id,
                        {quoted(part.file)}::varchar as source_file,
                        timestamp {quoted(reading.loaded_at)} as loaded_at,
                        hash({", ".join(values)})::ubigint as content_hash,
                        'upsert' as change,
                        {", ".join(columns)}
                    from {source}
                ) to {quoted(reading.goal)} (format parquet)"""
            )

    def count(self, sql: str) -> int:
        """The single number that a query gives."""
        row = self.connection.execute(sql).fetchone()
        return int(row[0]) if row else 0
