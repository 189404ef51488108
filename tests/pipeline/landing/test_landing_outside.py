"""What lies outside of a landing zone, or is no file, is named and not read, wherever it is met."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from test_landing import Loader

from benefits_warehouse.check.__main__ import main as check
from benefits_warehouse.landing import files, kinds, strays
from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.reading import Reader, unknown_kind
from benefits_warehouse.runtime import reference

FEED = Feed("source", "feed", "", (), (), frozenset(), {})


@pytest.fixture(autouse=True)
def hurry() -> Iterator[None]:
    """A test that hangs fails, and does not wait for the end of time."""
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it hangs"))
    signal.alarm(60)
    yield
    signal.alarm(0)


@pytest.fixture
def zone(tmp_path: Path) -> Path:
    """A landing zone with a folder of a feed, beside a folder that is not of it."""
    for folder in ("zone/source/feed/delivery", "outside/inner"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("secret.csv", "inner/deep.csv"):
        (tmp_path / "outside" / name).write_text("a\n1\n")
    return tmp_path / "zone"


def test_a_linked_folder_within_a_delivery_is_told(zone: Path) -> None:
    """It is refused with a reason; the other parts are as they were."""
    delivery = zone / "source/feed/delivery"
    (delivery / "a.csv").write_text("a\n1\n")
    (delivery / "out").symlink_to(zone.parent / "outside")
    (delivery / "loop").symlink_to(delivery)
    found = files.find_deliveries(zone / "source/feed")
    told = {part.file.name: part.outcome.reason for one in found for part in one.parts}
    assert sorted(told) == ["delivery/a.csv", "delivery/out"]
    assert told["delivery/a.csv"] is None and "leads out" in str(told["delivery/out"])


@pytest.mark.parametrize("place", ["other", "source/other", "other/inner/deep"])
def test_a_linked_folder_of_no_feed_is_told_and_not_listed(zone: Path, place: str) -> None:
    (zone / place).parent.mkdir(parents=True, exist_ok=True)
    (zone / place).symlink_to(zone.parent / "outside")
    found = [
        (part.file.path, part.outcome.reason)
        for _, deliveries in strays.find_strays(zone, [FEED], str)
        for one in deliveries
        for part in one.parts
    ]
    assert [path for path, _ in found] == [zone / place]
    assert "is no feed" in str(found[0][1])


@pytest.mark.parametrize("place", ["source/feed", "source"])
def test_a_link_in_the_place_of_a_feed_is_told_once(zone: Path, place: str) -> None:
    shutil.rmtree(zone / "source")
    (zone / place).parent.mkdir(exist_ok=True)
    (zone / place).symlink_to(zone.parent / "outside")
    assert not list(strays.find_strays(zone, [FEED], str))
    found = [part for one in files.find_deliveries(zone / "source/feed") for part in one.parts]
    assert len(found) == 1 and "leads out" in str(found[0].outcome.reason)


def test_a_file_in_the_place_of_a_feed_is_told(zone: Path) -> None:
    shutil.rmtree(zone / "source")
    (zone / "source").mkdir()
    (zone / "source/feed").write_text("a\n1\n")
    assert not files.find_deliveries(zone / "source/feed")
    [told] = [one for _, found in strays.find_strays(zone, [FEED], str) for one in found]
    assert told.name == "feed"


def test_a_pipe_that_took_the_place_of_a_file_is_not_waited_for(zone: Path) -> None:
    """Between the look and the read; the next run looks again."""
    for name in ("a.csv", "a.csv.gz", "a.zip"):
        path = zone / "source/feed" / name
        os.mkfifo(path)
        with pytest.raises(files.NotAFileError):
            files.file_hash(path)
        file = files.File(name, path, member="x.csv" if name == "a.zip" else None)
        with pytest.raises(files.NotAFileError), files.open_bytes(file):
            pass


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_check_names_what_is_no_file(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "claims.csv"
    {
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "folder": path.mkdir,
    }[kind]()
    assert check([str(path)]) == 2
    told = capsys.readouterr().out
    assert f"{path} is no regular file" in told and "did you mean" not in told


@pytest.mark.parametrize("name", ["companies.csv", "more.csv", "below/notes.yml"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_among_the_reference_seeds_is_told(
    name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt would wait for it, whatever its name is."""
    folder = tmp_path / "reference"
    shutil.copytree(reference.SAMPLE, folder)
    monkeypatch.setenv(reference.VARIABLE, str(folder))
    assert reference.reference_folder() == folder
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path) if kind == "pipe" else path.symlink_to("/dev/zero")
    with pytest.raises(RuntimeError, match=f"{name} is no regular file.*Nothing was changed"):
        reference.reference_folder()


def test_the_size_that_a_workbook_states_is_not_believed(tmp_path: Path) -> None:
    """What it unpacks to is counted."""
    path, size = tmp_path / "a.xlsx", 3_000_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", " " * size)
    data = path.read_bytes()
    stated = struct.pack("<I", size)
    assert data.count(stated) == 2
    path.write_bytes(data.replace(stated, struct.pack("<I", 100)))
    assert sum(member.file_size for member in zipfile.ZipFile(path).infolist()) < 1_000
    with pytest.raises(files.RefusedError):
        kinds.check_workbook(files.File("a.xlsx", path, most_bytes=1_000_000))
    path.write_bytes(data)
    kinds.check_workbook(files.File("a.xlsx", path, most_bytes=4_000_000))


def test_members_of_an_archive_count_together(zone: Path) -> None:
    """Ten that are small enough fill a disk as one does that is too large."""
    path = zone / "source/feed/a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(10):
            packed.writestr(f"{number}.csv", "a\n" + "1\n" * 100_000)
    for most, is_refused in ((1_500_000, True), (2_500_000, False)):
        parts = [part for one in files.find_deliveries(path.parent) for part in one.parts]
        files.limit_unpacked(parts, most)
        reasons = [part.outcome.reason for part in parts]
        assert len(parts) == 10 and all(part.outcome.is_refused is is_refused for part in parts)
        assert not is_refused or all("max_unpacked_mb = 1.5" in str(one) for one in reasons)


def test_parquet_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    """By its bytes, and by its values, which run lengths pack into nearly nothing."""
    with duckdb.connect() as connection:
        reader = Reader(connection, tmp_path)
        for name, query in {
            "wide": "select repeat('x', 1000) || range as a from range(5000)",
            "long": "select 1 as a, 2 as b from range(1000000)",
        }.items():
            path = tmp_path / f"{name}.parquet"
            connection.execute(f"copy ({query}) to '{path}' (format parquet, compression zstd)")
            assert path.stat().st_size < 200_000
            reader.read_parquet_header(files.File(path.name, path, most_bytes=10_000_000))
            with pytest.raises(files.RefusedError, match="max_unpacked_mb = 1 "):
                reader.read_parquet_header(files.File(path.name, path, most_bytes=1_000_000))


def test_a_larger_limit_lets_a_packed_file_in(tmp_path: Path) -> None:
    """As the reason says: raise the var; until then it is not unpacked again."""
    loader = Loader(tmp_path)
    text = "id,name,last_updated\n" + "1,a,\n" * 200_000
    loader.put("events/1.csv.gz", gzip.compress(text.encode()))
    archive = loader.put("events/2.zip", "")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.csv", text.replace(",a,", ",b,"))
        packed.writestr("b.csv", text.replace(",a,", ",c,"))
    for most, wanted in ((1, "refused"), (1, None), (10, "loaded")):
        rows = loader.run(max_unpacked_mb=most)
        assert [row["status"] for row in rows] == ([wanted] * 3 if wanted else []), rows


def test_folders_and_endings_are_told_as_names_are(zone: Path) -> None:
    """Whatever a person called them: neither place nor reason says more than may be shown."""
    (zone / "ann@acme.example").mkdir()
    (zone / "ann@acme.example/1.csv").write_text("a\n1\n")
    shown = {"ann@acme.example": "aaa@aaaa.aaaaaaa"}
    [(feed, [told])] = strays.find_strays(zone, [FEED], lambda name: shown.get(name, name))
    assert feed.source == "aaa@aaaa.aaaaaaa"
    assert "ann" not in str(told.parts[0].outcome.reason)
    for name in ("1.Ann Lee 415-555-0187", "2.078-05-1120", "3.0780511200"):
        assert unknown_kind(name) == "its ending is not a kind that can be read"
    assert unknown_kind("4.7z") == ".7z is not a kind that can be read"
