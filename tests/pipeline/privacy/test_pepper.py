"""The key of the person tokens: kept secret, never missing, and the same everywhere it is given."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse
from traces import traces

from benefits_warehouse.privacy.names import email_token_sql
from benefits_warehouse.runtime.dbt_plugin import PEPPER, read_pepper


def test_pepper_is_made_once_and_only_its_file_holds_it(
    seed_warehouse: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(PEPPER, raising=False)
    made = read_pepper(tmp_path)
    assert re.fullmatch("[0-9a-f]{64}", made)
    assert (tmp_path / "restricted.pepper").stat().st_mode & 0o777 == 0o600
    assert read_pepper(tmp_path) == made
    kept = (seed_warehouse.database / "restricted.pepper").read_text()
    assert kept != made
    assert traces(seed_warehouse, kept) == {"warehouse/restricted.pepper"}


@pytest.mark.parametrize("pepper", ["   ", "\n"])
def test_blank_pepper_is_refused(
    pepper: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PEPPER, pepper)
    with pytest.raises(RuntimeError, match=f"{PEPPER}.*is blank"):
        read_pepper(tmp_path)
    assert not (tmp_path / "restricted.pepper").exists()
    # A file that somebody emptied is no pepper either, and is not filled again in silence.
    monkeypatch.delenv(PEPPER)
    (tmp_path / "restricted.pepper").write_text(pepper)
    with pytest.raises(RuntimeError, match=r"restricted\.pepper.*is blank"):
        read_pepper(tmp_path)


def test_short_pepper_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PEPPER, "fifteen letters")
    with pytest.raises(RuntimeError, match=f"{PEPPER}.*is too short") as refusal:
        read_pepper(tmp_path)
    assert "fifteen" not in str(refusal.value)
    monkeypatch.setenv(PEPPER, "sixteen letters!")
    assert read_pepper(tmp_path) == "sixteen letters!"


def tokens(expression: str, pepper: str | None) -> dict[str, str | None]:
    """The token of each address, in a session of its own with this pepper."""
    with duckdb.connect() as connection:
        if pepper is not None:
            connection.execute(f"set variable pii_pepper = nullif('{pepper}', 'null')")
        return dict(
            connection.execute(
                f"select email, {expression} from (values ('ann@acme.com'), ('b@c.de'), (null)) "
                "as persons (email)"
            ).fetchall()
        )


def test_tokens_of_two_machines(seed_warehouse: Warehouse) -> None:
    """What landing writes: equal peppers give equal tokens, others none in common."""
    expression = email_token_sql("email")
    here, there, other = (tokens(expression, pepper) for pepper in ("one", "one", "another"))
    assert here == there
    assert here["ann@acme.com"] == hashlib.sha256(b"one\x1fann@acme.com").hexdigest()
    assert here[None] is None
    assert not {*filter(None, here.values())} & {*filter(None, other.values())}
    for value in (None, "null"):  # never set; set to nothing
        with pytest.raises(duckdb.InvalidInputException, match="no pepper"):
            tokens(expression, value)
    # And it is what the marts hold.
    pepper = (seed_warehouse.database / "restricted.pepper").read_text()
    published = seed_warehouse.query(
        "select email_token from marts.dim_employees where email_token is not null"
    )
    clear = seed_warehouse.query_restricted(
        "select email from intermediate.int_employees_judged where email is not null"
    )
    wanted = {hashlib.sha256(f"{pepper}\x1f{email}".encode()).hexdigest() for (email,) in clear}
    assert published and {token for (token,) in published} <= wanted
