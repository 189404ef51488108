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

from benefits_warehouse.landing.contract import Feed, match_header
from benefits_warehouse.landing.files import (
    GLOB_MARKS,
    UNREADABLE,
    Columns,
    File,
    Header,
    Part,
    RefusedError,
    explain,
    file_state,
    open_bytes,
    read_header,
    survey,
)
from benefits_warehouse.landing.lines import MAX_LINE, MAX_RAW, sort_lines
from benefits_warehouse.runtime.full_disk import tells_of_full_disk
from benefits_warehouse.sql import file_order, identifier, only_row, quoted

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
    """SQL that reads a CSV as text columns c0, c1, …; it raises at the first malformed line.

    Args:
        path: one file, see Reader.safe_path.
        width: columns of the header.
        is_packed: the file is gzipped.
        options: further options of read_csv, each after a comma.
    """
    columns = ", ".join(f"c{position}: 'VARCHAR'" for position in range(width))
    packing = quoted("gzip" if is_packed else "none")
    return (
        f"read_csv({quoted(path)}, columns={{{columns}}}, compression={packing}, "
        f"{READ_OPTIONS}{options})"
    )


def is_as_before(file: File, path: Path) -> bool:
    """True when nobody wrote to the file, at this path, since it was hashed."""
    try:
        return file_state(path) == file.state
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
        part.columns = Columns()
        try:
            if part.file.path is not None:
                read = self.read_parquet_header if part.file.is_parquet else read_header
                part.header = read(part.file)
            match_header(feed, part)
        except RefusedError as error:
            part.outcome.refuse(str(error))
        except OSError as error:
            part.refuse_for_now(f"{error.strerror}; give the loader access to it")

    def read_parquet_header(self, file: File) -> Header:
        """The header of a Parquet file: the outer columns, as they are named in the file.

        Raises:
            RefusedError: it is no Parquet file, or is cut short.
            OSError: the file can't be read.
        """
        with open_bytes(file) as opened:
            start = opened.read(4)
            opened.seek(max(0, (file.size or 0) - 4))
            end = opened.read(4)
        if file.size == 0:
            raise RefusedError("the file is empty: not even a header")
        if (start, end) != (b"PAR1", b"PAR1"):
            raise RefusedError(f"{UNREADABLE}: it is not a complete Parquet file; deliver it again")
        try:
            rows = self.connection.execute(
                f"select name, num_children from parquet_schema({quoted(self.safe_path(file))})"
            ).fetchall()
        except duckdb.Error as error:
            raise RefusedError(
                f"{UNREADABLE} as Parquet ({type(error).__name__}); deliver it again"
            ) from error
        names: list[str] = []
        inner = 0
        for name, children in rows[1:]:
            if inner:
                inner += (children or 0) - 1
            else:
                names.append(name)
                inner = children or 0
        return Header(names)

    def safe_path(self, file: File) -> str:
        """A path of the file that the engine takes for one file: it reads * and [ as patterns."""
        assert file.path is not None
        path = str(file.path.absolute())
        with contextlib.suppress(UnicodeEncodeError):
            path.encode()
            if not GLOB_MARKS & set(path):
                return path
        link = self.scratch / "delivered"
        link.unlink(missing_ok=True)
        link.symlink_to(file.path.absolute())
        return str(link)

    def read(self, reading: Reading) -> None:
        """Read a part into a Parquet file; refuse it when that fails."""
        part = reading.part
        file, outcome = part.file, part.outcome
        try:
            if file.path is None or file.is_parquet:
                self.read_columns(reading)
            else:
                self.read_csv(reading)
        except RefusedError as error:
            outcome.refuse(str(error))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            outcome.refuse(f"{UNREADABLE}: {explain(error)}; deliver it again")
        except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
            # Not the fault of the file, which must not be lost for it. A full disk stops the run:
            # the files after this one would overtake it.
            if tells_of_full_disk(str(error)):
                raise
            part.refuse_for_now(type(error).__name__)
        except duckdb.Error as error:
            outcome.refuse(f"{UNREADABLE} ({type(error).__name__}); deliver it again")
        if file.path is not None and not is_as_before(file, file.path):
            part.refuse_for_now("it changed while it was read")
        if outcome.is_refused:
            reading.goal.unlink(missing_ok=True)
            reading.rejects.unlink(missing_ok=True)

    def read_columns(self, reading: Reading) -> None:
        """Read a Parquet file or a seed, whose values have types; all become text."""
        part = reading.part
        source, names = part.file.relation, part.header.names
        if part.file.path is not None:
            path = quoted(self.safe_path(part.file))
            source = f"read_parquet({path}, hive_partitioning=false, binary_as_string=true)"
            described = self.connection.execute(f"select * from {source} limit 0").description
            names = [column[0] for column in described or []]
        values = [f"{identifier(name)}::varchar" for name in names]
        part.outcome.rows = self.copy(reading, str(source), values)

    def read_csv(self, reading: Reading) -> None:
        """Read a CSV: in one go where the engine can't misread it, else sorted line by line.

        Raises:
            RefusedError: the engine reads other records than the lines that were sorted.
            OSError, EOFError, zlib.error: the file can't be read.
        """
        part = reading.part
        found = survey(part.file)
        if found.is_plain and part.header.line == 1 and self.read_plain(reading, found.lines):
            return
        good, bad = self.scratch / "records.csv", self.scratch / "rejects.csv"
        names = [f"c{position}" for position in range(len(part.header.names))]
        try:
            with open_bytes(part.file) as opened:
                lines = sort_lines(opened, len(names), part.header.line, good, bad)
            landed = self.copy(reading, csv_source(str(good), len(names)), names)
            if landed != lines.accepted:
                raise RefusedError(
                    f"{UNREADABLE}: of {lines.accepted} records the engine reads {landed}; "
                    "deliver it as Parquet"
                )
            part.outcome.rows = landed + lines.rejected
            part.outcome.rejected = lines.rejected
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
        names = [f"c{position}" for position in range(len(part.header.names))]
        path = self.safe_path(part.file)
        source = csv_source(path, len(names), part.file.is_packed, REJECT_OPTIONS)
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
        part.outcome.rows, part.outcome.rejected = landed + rejected, rejected
        if rejected:
            errors = f"""from (
                select line as n, lower(min(error_type)::varchar) as reason,
                    left(rtrim(min(csv_line), chr(13)), {MAX_RAW}) as raw
                from reject_errors group by line
            )"""
            line, reason = only_row(self.connection, f"select min(n), arg_min(reason, n) {errors}")
            self.write_rejects(reading, errors, (line, reason))
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
                    {quoted(feed.name)} as feed, {quoted(part.file.name)} as source_file,
                    n::bigint as source_line, reason as error_reason, raw as raw_line
                {errors}
            ) to {quoted(reading.rejects)} (format parquet)"""
        )
        part.outcome.reason = (
            f"{part.outcome.rejected} lines are rejected, the first is line {first[0]}: "
            f"{first[1]}; fix and deliver them"
        )

    def copy(self, reading: Reading, source: str, names: Sequence[str]) -> int:
        """COPY the contract's columns of a source with their lineage to Parquet, in file order.

        What is the same in all rows is stored too: it costs a few bytes, and each file tells by
        itself where it comes from.

        Args:
            reading: the part.
            source: SQL of its rows.
            names: SQL of each delivered column, as text, in the order of the header.

        Returns:
            The number of rows.
        """
        feed, part = reading.feed, reading.part
        values = [
            f"nullif({names[part.columns.positions[column]]}, '')"
            if column in part.columns.positions
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
                        {quoted(part.file.name)}::varchar as source_file,
                        timestamp {quoted(reading.loaded_at)} as loaded_at,
                        hash({", ".join(values)})::ubigint as content_hash,
                        'upsert' as change,
                        {", ".join(columns)}
                    from {source}
                ) to {quoted(reading.goal)} (format parquet)"""
            )

    def count(self, sql: str) -> int:
        """The single number that a query gives."""
        return int(only_row(self.connection, sql)[0])
