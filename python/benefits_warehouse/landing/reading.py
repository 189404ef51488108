"""From one delivered file to one Parquet file."""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from benefits_warehouse.landing.contract import Feed, match_header
from benefits_warehouse.landing.files import (
    BLOCK,
    DAMAGED,
    GLOB_MARKS,
    READABLE,
    UNREADABLE,
    Columns,
    File,
    Header,
    Outcome,
    Part,
    RefusedError,
    Survey,
    check_unpacked,
    count_of,
    explain,
    open_bytes,
    standing_alone,
    state_now,
    survey,
)
from benefits_warehouse.landing.headers import DELIMITERS, ENCODINGS, read_header
from benefits_warehouse.landing.kinds import (
    Sorted,
    json_header,
    json_records,
    records_sorted,
    workbook_header,
    workbook_records,
)
from benefits_warehouse.landing.lines import (
    MAX_LINE,
    MAX_RAW,
    Layout,
    LineReader,
    sort_lines,
    tail_size,
)
from benefits_warehouse.landing.trailers import other_count
from benefits_warehouse.runtime.full_disk import tells_of_full_disk
from benefits_warehouse.sql import file_order, identifier, only_row, quoted

# The engine's limit lies above ours, and a buffer holds more than the longest line.
READ_OPTIONS = (
    "auto_detect=false, header=true, quote='\"', escape='\"', strict_mode=true, "
    "null_padding=false, hive_partitioning=false, "
    f"max_line_size={2 * MAX_LINE}, buffer_size={4 * MAX_LINE}"
)
# What is read again at once need not be packed.
PLAIN = "format parquet, compression uncompressed"
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


def csv_source(path: str, layout: Layout, is_packed: bool = False, options: str = "") -> str:
    """SQL that reads a CSV as text columns c0, c1, …; it raises at the first malformed line.

    Args:
        path: one file, see Reader.safe_path.
        layout: how its lines are laid out.
        is_packed: the file is gzipped.
        options: further options of read_csv, each after a comma.
    """
    columns = ", ".join(f"c{position}: 'VARCHAR'" for position in range(layout.width))
    delimiter = quoted(layout.delimiter.decode())
    packing = quoted("gzip" if is_packed else "none")
    return (
        f"read_csv({quoted(path)}, columns={{{columns}}}, compression={packing}, "
        f"delim={delimiter}, {READ_OPTIONS}{options})"
    )


def unguarded(value: str) -> str:
    """SQL of a text without the guards by which Excel keeps it text: ="011" and '011 are 011.

    An apostrophe is a guard only before a number; before letters it is one of them ('t Hooft).
    """
    formula = r'^="([^"]*)"\s*$'
    number = r"^'([-+$(]?[0-9][^'\s]*(\s[0-9].*)?)$"
    return (
        f"case when starts_with({value}, '=') "
        f"then regexp_replace({value}, {quoted(formula)}, '\\1') "
        f"when starts_with({value}, {quoted(chr(39))}) "
        f"then regexp_replace({value}, {quoted(number)}, '\\1') else {value} end"
    )


def layout_of(feed: Feed, part: Part) -> Layout:
    """How the lines of a text are laid out: a record goes at least to its last required cell.

    Args:
        feed: the feed.
        part: the text, its columns matched.
    """
    header, positions = part.header, part.columns.positions
    required = tuple(place for column, place in positions.items() if column not in feed.optional)
    return Layout(
        len(header.names),
        max(required) + 1,
        required,
        any(positions.get(column) == 0 for column in feed.key),
        header.line,
        header.delimiter.encode(),
        feed.settings.trailer_words,
    )


def notes_of(header: Header) -> list[str]:
    """What a person may want to know of how a text was read, beyond a plain CSV."""
    notes = []
    if header.sheet is not None:
        notes.append(f"read from sheet {header.sheet}")
    if header.encoding in ENCODINGS:
        notes.append(f"read as {ENCODINGS[header.encoding]}")
    if header.delimiter != ",":
        notes.append(f"separated by {DELIMITERS[header.delimiter]}")
    if header.titles:
        notes.append(
            f"{count_of(header.titles, 'title line')} above the header in line {header.line}"
        )
    return notes


def unknown_kind(name: str) -> str:
    """Why a file of such a name is not read."""
    ending = Path(name).suffix
    if ending.lower() == ".zip":
        return "it is a ZIP archive within another one"
    if ending.lower() in (".part", ".tmp", ".filepart", ".crdownload"):
        return f"{ending} means that it is not complete yet"
    if not ending:
        return "its name has no ending"
    # What follows the last dot may be anything: of a file called after a person, say.
    is_plain = re.fullmatch(r"[.](?=.*[A-Za-z])[A-Za-z0-9]{1,10}", ending)
    return f"{ending if is_plain else 'its ending'} is not a kind that can be read"


def recode(file: File, encoding: str, goal: Path) -> File:
    """Write a text of another encoding as UTF-8.

    Args:
        file: the text.
        encoding: its encoding.
        goal: file to write.

    Raises:
        RefusedError: it is not in that encoding.
        OSError, EOFError, zlib.error: the file can't be read.
    """
    # Five bytes mean nothing in Windows-1252: they stay as they are, so that their lines are
    # rejected.
    errors = "surrogateescape" if encoding == "cp1252" else "strict"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    try:
        with open_bytes(file) as opened, goal.open("wb") as written:
            while block := opened.read(BLOCK):
                written.write(decoder.decode(block).encode("utf-8", errors))
            written.write(decoder.decode(b"", final=True).encode("utf-8", errors))
    except UnicodeError as error:
        raise RefusedError(
            f"{UNREADABLE}: it is damaged {ENCODINGS[encoding]}; deliver it again, as UTF-8"
        ) from error
    return File(goal.name, goal)


def cells_of(layout: Layout, found: Survey) -> list[str]:
    """SQL of each cell of a record.

    Args:
        layout: how the lines of the file are laid out.
        found: what the survey says of the file.
    """
    names = [f"c{position}" for position in range(layout.width)]
    return [unguarded(name) for name in names] if found.has_guards else names


def is_as_before(file: File) -> bool:
    """True when nobody wrote to the file since it was hashed."""
    try:
        return state_now(file) == file.state
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
                part.header = self.read_header(feed, part.file)
            match_header(feed, part)
        except RefusedError as error:
            part.outcome.refuse(str(error))
        except DAMAGED as error:
            part.outcome.refuse(f"{UNREADABLE}: {explain(error)}; deliver it again")
        except OSError as error:
            part.refuse_for_now(f"{error.strerror}; give the loader access to it")

    def read_header(self, feed: Feed, file: File) -> Header:
        """The header of a file of any kind.

        Args:
            feed: the feed.
            file: the file.

        Raises:
            RefusedError: there is none, or the file can't be read.
            OSError, or one of DAMAGED: the file can't be read.
        """
        if file.kind == "text":
            return read_header(feed, file)
        if file.kind == "json":
            return json_header(file)
        if file.kind in ("", "zip"):
            raise RefusedError(f"{UNREADABLE}: {unknown_kind(file.name)}; deliver {READABLE}")
        with standing_alone(file, self.scratch) as alone:
            if file.kind == "workbook":
                return workbook_header(feed, alone)
            return self.read_parquet_header(alone)

    def read_parquet_header(self, file: File) -> Header:
        """The header of a Parquet file: the outer columns, as they are named in the file.

        Raises:
            RefusedError: it is no Parquet file, is cut short, or unpacks to too much.
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
        path = quoted(self.safe_path(file))
        # A value is landed as text of a byte at least, in however few bits it is packed.
        sizes = "coalesce(sum(greatest(total_uncompressed_size, num_values)), 0)::hugeint"
        try:
            rows = self.connection.execute(
                f"select name, num_children from parquet_schema({path})"
            ).fetchall()
            unpacked = self.connection.execute(
                f"select {sizes} from parquet_metadata({path})"
            ).fetchall()[0][0]
        except duckdb.Error as error:
            raise RefusedError(
                f"{UNREADABLE} as Parquet ({type(error).__name__}); deliver it again"
            ) from error
        check_unpacked(unpacked, file.most_bytes)
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
            with standing_alone(file, self.scratch) as alone:
                if file.kind == "text" and file.path is not None:
                    self.read_text(reading, alone)
                elif file.kind in ("workbook", "json"):
                    self.read_records(reading, alone)
                else:
                    self.read_columns(reading, alone)
        except RefusedError as error:
            outcome.refuse(str(error))
        except DAMAGED as error:
            outcome.refuse(f"{UNREADABLE}: {explain(error)}; deliver it again")
        except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
            # Not the fault of the file, which must not be lost for it. A full disk stops the run:
            # the files after this one would overtake it.
            if tells_of_full_disk(str(error)):
                raise
            part.refuse_for_now(type(error).__name__)
        except duckdb.Error as error:
            outcome.refuse(f"{UNREADABLE} ({type(error).__name__}); deliver it again")
        if file.path is not None and not is_as_before(file):
            part.refuse_for_now("it changed while it was read")
        if outcome.is_refused:
            reading.goal.unlink(missing_ok=True)
            reading.rejects.unlink(missing_ok=True)

    def read_columns(self, reading: Reading, file: File) -> None:
        """Read a Parquet file or a seed, whose values have types; all become text.

        Args:
            reading: the part.
            file: its file, or the seed.
        """
        part = reading.part
        source, names = part.file.relation, part.header.names
        if file.path is not None:
            path = quoted(self.safe_path(file))
            source = f"read_parquet({path}, hive_partitioning=false, binary_as_string=true)"
            described = self.connection.execute(f"select * from {source} limit 0").description
            names = [column[0] for column in described or []]
        values = [f"{identifier(name)}::varchar" for name in names]
        part.outcome.rows = self.copy(reading, str(source), values)

    def read_records(self, reading: Reading, file: File) -> None:
        """Read a workbook or JSON, whose cells need no splitting, and say in the reason how.

        Args:
            reading: the part.
            file: its file.

        Raises:
            RefusedError: it is damaged, or the engine reads other records than were sorted.
            OSError, or one of DAMAGED: the file can't be read.
        """
        part = reading.part
        if file.kind == "workbook":
            records = workbook_records(part.header, file)
        else:
            records = json_records(part.header, part.columns.positions.values(), file)
        layout = layout_of(reading.feed, part)
        names = [f"c{position}" for position in range(layout.width)]
        self.copy_sorted(
            reading, layout, names, lambda good, bad: records_sorted(records, layout, good, bad)
        )
        for note in reversed(notes_of(part.header)):
            part.outcome.add_reason(note)

    def read_text(self, reading: Reading, file: File) -> None:
        """Read a delimited text, and say in the reason how.

        Args:
            reading: the part.
            file: its file.

        Raises:
            RefusedError: it is damaged, or the engine reads other records than were sorted.
            OSError, EOFError, zlib.error: the file can't be read.
        """
        part = reading.part
        header = part.header
        found = None
        if header.encoding == "utf-8":
            found = survey(file, header.delimiter)
            if found.is_foreign and reading.feed.settings.encoding is None:
                part.header = header = replace(header, encoding="cp1252")
        recoded = self.scratch / "recoded.csv"
        try:
            if header.encoding != "utf-8":
                file = recode(file, header.encoding, recoded)
                found = None
            self.read_csv(reading, file, found or survey(file, header.delimiter))
        finally:
            recoded.unlink(missing_ok=True)
        for note in reversed(notes_of(header)):
            part.outcome.add_reason(note)

    def read_csv(self, reading: Reading, file: File, found: Survey) -> None:
        """Read UTF-8: in one go where the engine can't misread it, else sorted line by line.

        Args:
            reading: the part.
            file: its text as UTF-8.
            found: what the survey says of that.

        Raises:
            RefusedError: the engine reads other records than the lines that were sorted.
            OSError, EOFError, zlib.error: the file can't be read.
        """
        layout = layout_of(reading.feed, reading.part)
        tail = tail_size(found.tail, found.size == len(found.tail), layout)
        # Lines that lack their last cells are malformed to the engine, but may be records to us.
        is_short = layout.least < layout.width and (
            found.delimiters < found.lines * (layout.width - 1)
        )
        is_plain = found.is_plain and layout.header_line == 1 and not tail and not is_short
        if is_plain and self.read_plain(reading, file, layout, found):
            return

        def sort(good: Path, bad: Path) -> LineReader:
            with open_bytes(file) as opened:
                return sort_lines(opened, layout, good, bad, found.size - tail)

        self.copy_sorted(reading, layout, cells_of(layout, found), sort)

    def copy_sorted(
        self,
        reading: Reading,
        layout: Layout,
        cells: Sequence[str],
        sort: Callable[[Path, Path], LineReader | Sorted],
    ) -> None:
        """Read what is sorted into good records and rejected lines first.

        Args:
            reading: the part.
            layout: how its records are laid out.
            cells: SQL of each cell of a record.
            sort: writes the CSV of records and the one of rejected lines at two paths.

        Raises:
            RefusedError: the engine reads other records than were sorted.
        """
        outcome = reading.part.outcome
        good, bad = self.scratch / "records.csv", self.scratch / "rejects.csv"
        try:
            found = sort(good, bad)
            landed = self.copy(reading, csv_source(str(good), layout), cells)
            if landed != found.accepted:
                raise RefusedError(
                    f"{UNREADABLE}: of {found.accepted} records the engine reads {landed}; "
                    "deliver it as Parquet"
                )
            outcome.rows = landed + found.rejected
            outcome.rejected = found.rejected
            reading.part.columns.held = found.widest
            if found.first_reject:
                types = "{n: 'BIGINT', reason: 'VARCHAR', raw: 'VARCHAR'}"
                options = READ_OPTIONS.replace("header=true", "header=false")
                rejects = f"read_csv({quoted(bad)}, columns={types}, delim=',', {options})"
                self.write_rejects(reading, f"from {rejects}", found.first_reject)
            self.heed_trailers(outcome, found.trailers)
        finally:
            good.unlink(missing_ok=True)
            bad.unlink(missing_ok=True)

    @staticmethod
    def heed_trailers(outcome: Outcome, trailers: Sequence[bytes]) -> None:
        """Say how many trailer lines there are, and doubt a file whose count one denies.

        Args:
            outcome: of the file, with its rows.
            trailers: its trailer lines.
        """
        if not trailers:
            return
        stated = [other_count(text, outcome.rows) for text in trailers]
        for count in stated:
            if count is not None:
                outcome.is_doubted = True
                outcome.add_reason(
                    f"the trailer states {count_of(count, 'record')}, the file has "
                    f"{outcome.rows:,}; ask the sender for the whole file"
                )
        outcome.add_reason(f"{count_of(len(trailers), 'trailer line')} at the end")

    def read_plain(self, reading: Reading, file: File, layout: Layout, found: Survey) -> bool:
        """Read a CSV in one go.

        Args:
            reading: the part.
            file: its text as UTF-8.
            layout: how its lines are laid out.
            found: what the survey says of it.

        Returns:
            False if the engine can't, or gives rows and malformed lines that are not all the lines,
            or took a line for a row that has other cells than the header.
        """
        part = reading.part
        source = csv_source(self.safe_path(file), layout, file.is_packed, REJECT_OPTIONS)
        for table in ("reject_errors", "reject_scans"):
            self.connection.execute(f"drop table if exists temp.{table}")
        try:
            landed = self.copy(reading, source, cells_of(layout, found))
        except duckdb.InvalidInputException:
            return False
        # A line of blanks alone is malformed to the engine, but to us it is none. Delimiters can't
        # be counted where quotes are.
        mark = quoted(layout.delimiter.decode())
        errors = f"""(
            select line as n, lower(min(error_type)::varchar) as reason,
                left(rtrim(min(csv_line), chr(13)), {MAX_RAW}) as raw,
                length(min(csv_line)) - length(replace(min(csv_line), {mark}, '')) as delimiters,
                contains(min(csv_line), '"') as is_unsure
            from reject_errors where regexp_matches(csv_line, '\\S') group by line
        )"""
        rejected, delimiters, unsure = only_row(
            self.connection,
            "select count(*), coalesce(sum(delimiters), 0), "
            f"count(*) filter (where is_unsure or delimiters + 1 >= {layout.least} "
            f"and reason = 'missing columns') from {errors}",
        )
        delimiters += (landed + 1) * (layout.width - 1)
        if unsure or landed + rejected + 1 != found.lines or delimiters != found.delimiters:
            return False
        part.outcome.rows, part.outcome.rejected = landed + rejected, rejected
        if rejected:
            first = only_row(self.connection, f"select min(n), arg_min(reason, n) from {errors}")
            self.write_rejects(reading, f"from {errors}", first)
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
        part.outcome.add_reason(
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
                ) to {quoted(reading.goal)} ({PLAIN})"""
            )

    def count(self, sql: str) -> int:
        """The single number that a query gives."""
        return int(only_row(self.connection, sql)[0])
