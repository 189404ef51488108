"""The restricted database under a key: it opens with that key alone, and the key stands nowhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, Warehouse
from dbt.cli.main import dbtRunner
from traces import traces

from benefits_warehouse.privacy import encrypt as encrypt_module
from benefits_warehouse.privacy import restricted
from benefits_warehouse.runtime import extensions

KEY = "Correct'Horse-Battery-Staple-42"  # a quote in it must not end the literal
NAME = "DBT_ENV_SECRET_RESTRICTED_KEY"
# What needs a connection, writes both files, and is quick.
NODES = ("--select", "+dim_account_holders", "--exclude-resource-type", "unit_test", "test")

needs_extension = pytest.mark.skipif(
    duckdb.__version__.startswith("2."), reason="PyPI has no duckdb-extension-httpfs for DuckDB 2"
)


def opens(path: Path, options: str) -> str | int:
    """The number of account holders in a restricted file, or why it does not open."""
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        try:
            connection.execute(f"attach '{path}' as restricted ({options})")
            table = "restricted.intermediate.int_account_holders_judged"
            return connection.execute(f"select count(*) from {table}").fetchone()[0]
        except duckdb.Error as error:
            return str(error)


def encrypt(warehouse: Warehouse, **keys: str) -> int:
    """`make encrypt` with the keys before and after; its exit code."""
    with warehouse.as_process(keys):
        return encrypt_module.main()


def encrypt_beside(warehouse: Warehouse, **keys: str) -> int:
    """The same in a process of its own, as make starts it."""
    run = subprocess.run(
        [sys.executable, "-m", "benefits_warehouse.privacy.encrypt"],
        cwd=warehouse.folder,
        env=os.environ | warehouse.environment() | {"PYTHONPATH": str(PROJECT / "python")} | keys,
        capture_output=True,
        text=True,
    )
    warehouse.output = run.stdout + run.stderr
    return run.returncode


def refused(warehouse: Warehouse, *words: str, **environment: str) -> str:
    """What a command says that must fail."""
    result = warehouse.dbt(*words, environment=environment)
    assert not result.success
    return f"{result.exception} {warehouse.output}"


@needs_extension
@pytest.mark.extended
def test_restricted_file_opens_with_its_key_alone(
    make_warehouse: Callable[..., Warehouse],
) -> None:
    warehouse = make_warehouse()
    path = warehouse.database / "restricted.duckdb"
    key = {NAME: KEY}
    first = warehouse.dbt("build", *NODES, environment=key)
    assert first.success, warehouse.output[-4000:]
    rows = warehouse.query("select count(*) from marts.dim_account_holders")[0][0]
    assert rows > 50
    holders = opens(path, f"read_only, encryption_key '{KEY.replace(chr(39), chr(39) * 2)}'")
    assert isinstance(holders, int) and holders >= rows
    assert "without a key" in opens(path, "read_only")
    assert isinstance(opens(path, "read_only, encryption_key 'another key of some length'"), str)
    # Not a name of a table or column in clear, in a file that is full of them.
    assert b"int_account_holders_judged" not in path.read_bytes()

    # No command shows or keeps the key: what it prints, logs, targets, and both databases.
    for words in (("compile", "--select", "dim_account_holders"), ("docs", "generate")):
        assert warehouse.dbt(*words, environment=key).success, warehouse.output[-3000:]
        assert KEY not in warehouse.output
    with warehouse.as_process(key):
        places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        shown = dbtRunner().invoke(["debug", *places, "--log-path", "logs"])
    assert shown.success, warehouse.output
    assert "attach:" in warehouse.output and KEY not in warehouse.output
    assert traces(warehouse, KEY, opened_with={path: KEY}) == set()

    # Without the key, with another, with one that is too short: refused, and nothing changes.
    before = path.read_bytes()
    for given, told in {
        "": "is encrypted: set",
        "another key of some length": "is not the key of",
        "short": "at least 16 characters",
    }.items():
        assert told in refused(warehouse, "build", *NODES, **{NAME: given})
    assert path.read_bytes() == before

    # Another key, and none; each time the file is the same warehouse.
    other = "another key of some length"
    for old, new in ((KEY, other), (other, "")):
        keys = {f"{NAME}_BEFORE": old, NAME: new}
        assert encrypt(warehouse, **keys) == 0, warehouse.output
        options = f", encryption_key '{new}'" * bool(new)
        assert opens(path, f"read_only{options}") == holders
    assert encrypt(warehouse, **{f"{NAME}_BEFORE": KEY, NAME: ""}) == 2

    # A plain file and a key: the message says what to do, and doing it helps.
    assert "make encrypt" in refused(warehouse, "build", *NODES, **key)
    assert encrypt_beside(warehouse, **key) == 0, warehouse.output
    assert b"int_account_holders_judged" not in path.read_bytes()
    again = warehouse.dbt("build", *NODES, environment=key)
    assert again.success, warehouse.output[-3000:]
    assert "UNCHANGED" in warehouse.output


@pytest.mark.parametrize(
    ("key", "is_hidden"), [pytest.param(KEY, True, marks=needs_extension), ("", False)]
)
def test_what_spills_to_disk_is_encrypted_too(key: str, is_hidden: bool, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        restricted.attach_restricted(connection, tmp_path / "restricted.duckdb", key=key)
        setting = connection.execute("select current_setting('temp_file_encryption')").fetchone()
    assert setting == (is_hidden,)


def test_missing_extension_is_named(
    make_warehouse: Callable[..., Warehouse], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensions.importlib.util, "find_spec", lambda name: None)
    told = refused(make_warehouse(), "build", *NODES, **{NAME: KEY})
    assert f"duckdb-extension-httpfs=={duckdb.__version__}" in told and KEY not in told


def test_analysts_neither_write_nor_see_the_restricted_file(
    seed_warehouse: Warehouse,
) -> None:
    """The published file opens alone and names no other; read-only it takes no row."""
    folder = seed_warehouse.folder / "handed out"
    folder.mkdir()
    shutil.copy(seed_warehouse.database / "analytics.duckdb", folder)
    with duckdb.connect(str(folder / "analytics.duckdb"), read_only=True) as connection:
        databases = "select database_name from duckdb_databases() where not internal"
        assert connection.execute(databases).fetchall() == [("analytics",)]
        views = "select sql from duckdb_views() where not internal"
        assert connection.execute(views).fetchall() == []
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute("delete from marts.dim_employees")
    # As the README opens it, no other file can be attached or read.
    with duckdb.connect(
        str(folder / "analytics.duckdb"), read_only=True, config={"enable_external_access": "false"}
    ) as connection:
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"attach '{seed_warehouse.database}/restricted.duckdb' (read_only)")
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"from '{seed_warehouse.database}/restricted/landing/*/*/*.parquet'")
        assert connection.execute("select count(*) from marts.dim_employees").fetchone()[0] > 50
    for path in [
        *seed_warehouse.database.glob("restricted*"),
        *(seed_warehouse.database / "restricted").rglob("*.parquet"),
    ]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_encryption_leaves_nothing_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it writes meanwhile is in the warehouse folder, closed to others."""
    folder, elsewhere = tmp_path / "w", tmp_path / "elsewhere"
    for path in (folder / ".build", folder / "restricted" / "tmp", elsewhere):
        path.mkdir(parents=True)
    database = folder / "restricted.duckdb"
    with duckdb.connect() as connection:
        restricted.attach_restricted(connection, database, key="")
        connection.execute("create table restricted.a as select range as b from range(1000)")
    seen: dict[str, object] = {}
    attach = restricted.attach_restricted

    def spied(connection: duckdb.DuckDBPyConnection, path: Path, *rest: str, **key: str) -> None:
        attach(connection, path, *rest, **key)
        setting = "select current_setting('temp_directory')"
        seen["spill"] = connection.execute(setting).fetchall()[0][0]
        seen[path.name] = (path.parent, path.stat().st_mode & 0o077)

    monkeypatch.setattr(encrypt_module, "attach_restricted", spied)
    monkeypatch.setenv("BENEFITS_DB_DIR", str(folder))
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    monkeypatch.delenv(restricted.KEY, raising=False)
    monkeypatch.chdir(elsewhere)
    database.chmod(0o600)
    assert encrypt_module.main() == 0
    assert seen == {
        "spill": str(folder / "restricted" / "tmp"),
        "restricted.duckdb": (folder, 0),
        ".restricted.duckdb.new": (folder, 0),
    }
    assert not list(elsewhere.iterdir())
