"""Files of the landing zone that are in no feed's folder: told, never left out silently."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.files import (
    Delivery,
    File,
    Part,
    is_hidden,
    is_outside,
    shown_name,
)


def find_strays(
    zone: Path, feeds: Sequence[Feed], shown: Callable[[str], str]
) -> Iterator[tuple[Feed, list[Delivery]]]:
    """Each folder of the zone that is no feed's and holds files, as a feed without a contract.

    Args:
        zone: the landing zone.
        feeds: the feeds, whose folders are left out.
        shown: gives the name of a folder as it may be shown.
    """
    known = {(feed.source, feed.name) for feed in feeds}
    # A link in the place of a feed's folder is told as its delivery.
    of_feeds = {zone / source for source, _ in known} | {zone / one / two for one, two in known}
    for source, name, folder, found in folders_in(zone):
        paths = [path for path in found if not (path in of_feeds and is_link_out(path, zone))]
        if (source, name) in known or not paths:
            continue
        source, name = shown(source), shown(name)
        deliveries = []
        for path in paths:
            part = Part(File(shown_name(folder, path), path))
            part.outcome.refuse(remedy(source, name, path, feeds))
            deliveries.append(Delivery(part.file.name, [part]))
        yield Feed(source, name, "", (), (), frozenset(), {}), deliveries


def folders_in(zone: Path) -> Iterator[tuple[str, str, Path, list[Path]]]:
    """The zone, its folders and theirs: source, feed, the folder and the files that are its.

    The files of a folder of a source are all that are below it.

    Args:
        zone: the landing zone.
    """
    yield "", "", zone, files_in(zone, zone)
    for source in subfolders(zone, zone):
        yield source.name, "", source, files_in(source, zone)
        for folder in subfolders(source, zone):
            yield source.name, folder.name, folder, sorted(below(folder, zone), key=os.fsencode)


def below(folder: Path, zone: Path) -> Iterator[Path]:
    """The files in a folder and its subfolders, and links out of the zone.

    Args:
        folder: the folder.
        zone: the landing zone.
    """
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_hidden(name)]
        yield from (Path(parent, name) for name in names if not is_hidden(name))
        yield from (path for name in folders if is_link_out(path := Path(parent, name), zone))


def is_link_out(path: Path, zone: Path) -> bool:
    """True for a link to a place outside the zone: what is there is not even listed."""
    return path.is_symlink() and is_outside(zone, path)


def files_in(folder: Path, zone: Path) -> list[Path]:
    """The files, and links out of the zone, directly in a folder; none where it can't be listed."""
    return [path for path in entries(folder) if not path.is_dir() or is_link_out(path, zone)]


def subfolders(folder: Path, zone: Path) -> list[Path]:
    """The folders of the zone directly in a folder; none where it can't be listed."""
    return [path for path in entries(folder) if path.is_dir() and not is_link_out(path, zone)]


def entries(folder: Path) -> list[Path]:
    """What is in a folder and not hidden, in the order of names."""
    try:
        found = [path for path in folder.iterdir() if not is_hidden(path.name)]
    except OSError:
        return []
    return sorted(found, key=lambda path: os.fsencode(path.name))


def remedy(source: str, name: str, path: Path, feeds: Sequence[Feed]) -> str:
    """Why a file is not read, and where it probably belongs.

    Args:
        source: the outer folder, '' for a file directly in the zone.
        name: the inner folder, '' for a file directly in the outer one.
        path: the file.
        feeds: the feeds.
    """
    where = f"the folder {source}/{name}" if name else f"the folder {source}" if source else ""
    hint = name or re.sub(r"[^A-Za-z]+", "_", path.name.split(".")[0])
    nearest = max(
        (f"{feed.source}/{feed.name}" for feed in feeds),
        key=lambda known: difflib.SequenceMatcher(
            None, f"{source or known.split('/')[0]}/{hint}", known
        ).ratio(),
    )
    return f"{where or 'the landing zone itself'} is no feed; move the file to {nearest}/"
