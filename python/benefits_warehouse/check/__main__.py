"""`make check FILE=<path> [FEED=source.feed] [SENDER=name]`: look before you load.

Exit code 0: the file would load as it is. 1: it would load after the printed lines are added to the
reference seeds. 2: it can't be loaded; what to do is said.
"""

from __future__ import annotations

import csv
import difflib
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from benefits_warehouse.check.header import (
    Match,
    alias_lines,
    aliases_in,
    all_matches,
    csv_line,
    nearest,
)
from benefits_warehouse.check.report import Findings, told_columns, told_file, told_rows
from benefits_warehouse.check.trial import Trial
from benefits_warehouse.feeds import Feed as DeclaredFeed
from benefits_warehouse.feeds import load_feeds
from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.files import File, RefusedError, file_state, kind_of
from benefits_warehouse.landing.reading import Reader, unknown_kind
from benefits_warehouse.landing.settings import Settings
from benefits_warehouse.runtime.reference import reference_folder

LOADS, AFTER_LINES, NEVER = 0, 1, 2


class StoppedError(Exception):
    """There is nothing to show; the message says why and what to do."""


def known_feeds(
    reference: Path, registry: Mapping[str, DeclaredFeed], wanted: str, sender: str
) -> dict[str, Feed]:
    """The feeds that a file may be of, with aliases and settings.

    Args:
        reference: folder of the reference seeds.
        registry: the feeds.
        wanted: the one that the user names; '' for all.
        sender: the sender.

    Raises:
        StoppedError: there is no such feed.
    """
    if wanted and wanted not in registry:
        near = difflib.get_close_matches(wanted, list(registry), 1, 0.3)
        told = f"did you mean {near[0]}?" if near else f"there are {', '.join(registry)}"
        raise StoppedError(f"There is no feed {wanted}; {told}")
    aliases = aliases_in(reference / "column_aliases.csv")
    with (reference / "sender_settings.csv").open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))[1:]
    feeds = {}
    for name in [wanted] if wanted else registry:
        feed = Feed.of(name, registry[name], None, aliases)
        settings = Settings.of(lines, (feed.source, feed.name, sender))
        feeds[name] = replace(feed, sender=sender, settings=settings)
    return feeds


def best_match(reader: Reader, feeds: Mapping[str, Feed], file: File) -> Match:
    """The feed that the file fits best.

    Args:
        reader: reads headers.
        feeds: the feeds that it may be of.
        file: the file.

    Raises:
        StoppedError: it can't be read, fits no feed, or two equally well.
    """
    found = list(all_matches(reader, feeds, file))
    matches = sorted(
        (one for one in found if isinstance(one, Match) and one.found),
        key=lambda one: (-one.score, one.name),
    )
    refusals = [str(one) for one in found if isinstance(one, RefusedError)]
    if not matches:
        why = refusals[0] if refusals else "no column of any feed is in its first 20 lines"
        raise StoppedError(f"The file can't be loaded: {why}")
    if len(matches) > 1 and matches[0].score - matches[1].score < 0.02:
        names = f"{matches[0].name} and {matches[1].name}"
        raise StoppedError(
            f"The header fits {names} equally well: say which, with FEED={matches[0].name}"
        )
    return matches[0]


def check(path: Path, wanted: str, sender: str, folder: Path) -> int:
    """Print what would become of a file; returns the exit code.

    Args:
        path: the file.
        wanted: source.feed, '' where it is to be guessed.
        sender: the sender, '' where there is one only.
        folder: for all that is needed meanwhile.

    Raises:
        StoppedError: there is nothing to show.
    """
    if path.exists() and not path.is_file():
        raise StoppedError(f"{path} is no regular file, but a folder, a pipe or a device")
    if not path.is_file():
        beside = [entry.name for entry in path.parent.glob("*")] if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, beside, 1)
        hint = f"; did you mean {path.parent / near[0]}?" if near else ""
        raise StoppedError(f"There is no file {path}{hint}")
    if kind_of(path.name) in ("", "zip"):
        if kind_of(path.name) == "zip":
            raise StoppedError("Unpack the ZIP archive, and check one of its files")
        raise StoppedError(f"The file can't be loaded: {unknown_kind(path.name)}")
    registry = load_feeds()
    try:
        reference = reference_folder()
    except RuntimeError as error:
        raise StoppedError(str(error)) from None
    feeds = known_feeds(reference, registry, wanted, sender)
    file = File(path.name, path.resolve(), state=file_state(path))
    with duckdb.connect(config={"temp_directory": str(folder / "spill")}) as connection:
        (folder / "scratch").mkdir()
        match = best_match(Reader(connection, folder / "scratch"), feeds, file)
        print("\n".join(told_file(connection, path, match, is_guessed=not wanted)))
        print("\n".join(told_columns(connection, match, nearest)))
    if match.missing:
        line = csv_line(*match.name.split("."), "<header>", "<column>")
        print(
            f"\nIt can't be loaded: {', '.join(match.missing)} is missing. Deliver it, or name its "
            f"header in column_aliases:\n  {line}"
        )
        return NEVER
    lines = {"column_aliases": alias_lines(match)}
    trial = Trial(folder, match.name, registry[match.name], sender)
    failure = trial.run(path, reference, lines)
    if failure:
        raise StoppedError(f"The trial run failed: {failure}")
    with trial.opened() as connection:
        findings = Findings.of(connection, trial, reference)
        print("\n".join(told_rows(connection, trial, match, findings)))
    if not findings.is_loaded:
        return NEVER
    lines |= findings.lines
    proposed = {seed: several for seed, several in lines.items() if several}
    if proposed:
        print("\nLines to add to the reference seeds, if they are right:")
        for seed, several in proposed.items():
            print(f"  {reference / seed}.csv")
            print("\n".join(f"    {line}" for line in several))
    needed = bool(lines["column_aliases"])
    print(
        "\nThe file loads once the lines of column_aliases are added."
        if needed
        else "\nThe file loads as it is."
    )
    return AFTER_LINES if needed else LOADS


def main(words: list[str]) -> int:
    """The command; words are FILE, FEED and SENDER, of which the last two may be empty."""
    if not words or not words[0].strip():
        print("Name the file: make check FILE=<path> [FEED=source.feed] [SENDER=name]")
        return NEVER
    path, wanted, sender = Path(words[0]), *[*words[1:], "", ""][:2]
    with tempfile.TemporaryDirectory(prefix="benefits-check-") as folder:
        try:
            return check(path, wanted, sender, Path(folder))
        except StoppedError as error:
            print(error)
            return NEVER


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
