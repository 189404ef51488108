"""What looks personal in a text about something else is found, however it is written."""

from __future__ import annotations

from itertools import product
from random import Random

import duckdb
import pytest
from reference.cleaning import holds_personal_data

from benefits_warehouse.privacy.names import macros

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
BLANKS = " \u00a0\u2009\u202f\u3000\t\n"
HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
OTHERS = "./_\u00b7\uff0e\uff0f:"
ZEROS = ["0", "\uff10", "\u0660", "\u0966", "\U0001d7ce"]  # the digits follow in each script
GROUPS = {
    "social security": ["219", "09", "9999"],
    "phone": ["212", "555", "0187"],
    "long phone": ["1", "212", "555", "0187"],
    "card": ["4111", "1111", "1111", "1111"],
    "card of 15": ["3782", "822463", "10005"],
}
# Blanks, in what else may stand around.
AROUND = ["{}", "Gym {}", "{} shop", "call {}, or come", "Gym({})"]
HARMLESS = [
    *("2024-01-31", "01/31/2024", "2024-01-31 10:30", "Plan 2024-2025", "12-3456789", "EIN 123456"),
    *("M000000001", "A-12345678", "555-1234", "401(k)", "24/7 Fitness", "$1,234.50", "Route 66"),
    *(
        "Suite 1200, 5th floor",
        "7-Eleven 30412",
        "Cafe @ Main St. Louis",
        "Sold @ 12.50",
        "10% off",
    ),
    *("HSA_2024_v2", "3.14159", "1:10", "2023/24", "St. Mary's", "10-20-30", "Zip 10001-1234", ""),
    "500.00 1000.00",
]


def numbers() -> list[str]:
    """Each group of digits with each separator, blanks around it, and the digits of each script."""
    between = [*DASHES, *BLANKS, *OTHERS]
    between += [f" {one} " for one in DASHES + OTHERS] + [f"{one}-" for one in HIDDEN]
    between += [f"{one}\u00a0" for one in DASHES[:3]] + [f"-{one}" for one in HIDDEN]
    found = []
    for groups, separator, zero in product(GROUPS.values(), between, ZEROS):
        digits = {str(n): chr(ord(zero) + n) for n in range(10)}
        found.append(separator.join("".join(map(digits.get, group)) for group in groups))
    found += [hidden.join("219099999") for hidden in HIDDEN] + ["219099999", "+44 20 7946 0018"]
    found += [
        "(212) 555-0187",
        "(212)555 0187",
        "+1 (212) 555-0187",
        "\uff08212\uff09555\uff0d0187",
    ]
    return found


def addresses() -> list[str]:
    """An address with each @, dot, blanks around them and hidden signs."""
    found = []
    for at, dot in product(["@", "\uff20", " @ ", "(at)", " [AT] ", "\u200b@"], [".", "\uff0e"]):
        found.append(f"ann.lee{at}acme{dot}com")
    return [
        *found,
        "ann@x . com",
        "ann [at] acme [dot] com",
        "<ann@mail.acme.co.uk>",
        "a\u00ad@b.de",
    ]


def told(texts: list[str]) -> list[tuple[str, bool, str]]:
    """Each text, whether it holds something personal, and what is shown of it."""
    holds, masked = macros().holds_personal_data("text"), macros().mask_text("text")
    with duckdb.connect() as connection:
        return connection.execute(
            f"select text, {holds}, {masked} from (select unnest(?::varchar[]) as text)", [texts]
        ).fetchall()


def test_each_way_of_writing_is_found() -> None:
    """Thousands of spellings: each is found, and no group of its digits is left."""
    written = [around.format(one) for one in numbers() + addresses() for around in AROUND]
    assert len(written) > 5000
    for text, is_found, shown in told(written):
        assert is_found and "****" in shown, ascii(text)
        assert sum(sign.isdigit() for sign in shown) < 2, (ascii(text), shown)
        assert "ann" not in shown, ascii(text)
        assert holds_personal_data(text), ascii(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_number_of_a_person_stays(text: str) -> None:
    """Dates, years, codes, amounts and employer numbers are shown as they are."""
    assert told([text]) == [(text, False, text)]
    assert not holds_personal_data(text)


def test_texts_of_chance_are_read_as_the_reference_reads_them(many: int) -> None:
    """Pieces of numbers and addresses in any order, compared with the plain-Python reading."""
    rng = Random(15)
    pieces = [*"0123456789", "219", "09", "9999", "555", "0187", "1", "+", "(", ")", " ", " ", "-"]
    pieces += ["–", "−", ".", "/", "_", ":", "\u200b", "\u00ad", "@", "＠", "x", "com", "Lee", "９"]
    pieces += ["(at)", "[dot]", "2024", "4111", "٣", ",", "\t"]
    texts = ["".join(rng.choices(pieces, k=rng.randint(1, 14))) for _ in range(many)]
    found = told(texts)
    wrong = [text for text, is_found, _ in found if is_found != holds_personal_data(text)]
    assert wrong == [], [ascii(text) for text in wrong[:10]]
    assert all(shown == text for text, is_found, shown in found if not is_found)
    assert 0.05 < sum(is_found for _, is_found, _ in found) / many < 0.95
