"""Answers of the enrichment service as values: short texts, and numbers where they say one."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

LONGEST = 200  # characters of one value; what is longer is no industry and no number
FIELDS = ("industry", "revenue", "headcount")
LARGEST = Decimal(10) ** 15
UNITS = {
    "": 1,
    **dict.fromkeys(("k", "thousand"), 10**3),
    **dict.fromkeys(("m", "mm", "mn", "million"), 10**6),
    **dict.fromkeys(("b", "bn", "billion"), 10**9),
    **dict.fromkeys(("t", "tn", "trillion"), 10**12),
}
NUMBER = re.compile(
    r"(?:US\$|USD|\$)?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?\s*([a-z]*)\s*(?:USD)?", re.I
)


class UnexpectedAnswer(Exception):
    """A body that is not what the contract says.

    Args:
        kind: what is wrong, in a word; never a text of the body.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def read_answer(body: bytes) -> dict[str, str | None]:
    """The values of an answer.

    Args:
        body: JSON object with industry, revenue and headcount, each a text, a number, null or
            absent; other members are ignored.

    Returns:
        industry, revenue, headcount as text; None where absent, null or blank.

    Raises:
        UnexpectedAnswer: it is no JSON (`not_json`), no object or of other types (`wrong_types`).
    """
    try:
        answer = json.loads(body.decode())
    except (ValueError, RecursionError):  # a number of thousands of digits is a ValueError, too
        raise UnexpectedAnswer("not_json") from None
    if not isinstance(answer, dict):
        raise UnexpectedAnswer("wrong_types")
    return {name: text_of(answer.get(name)) for name in FIELDS}


def text_of(value: Any) -> str | None:
    """A value of an answer as tidy text.

    Raises:
        UnexpectedAnswer: it is neither text nor number, or longer than LONGEST.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnexpectedAnswer("wrong_types")
    text = " ".join("".join(one if one.isprintable() else " " for one in str(value)).split())
    if len(text) > LONGEST:
        raise UnexpectedAnswer("wrong_types")
    return text or None


def number_of(text: str | None) -> Decimal | None:
    """The number that a text says, such as "100M", "$1.5 billion" or "1,200".

    Args:
        text: digits with or without thousands commas, a decimal point, a unit from thousand to
            trillion, US dollars or none.

    Returns:
        The exact number; None where it says none or more than one ("50-100", "about 5M", "1.200,5")
        or one of 10^15 and more.
    """
    found = NUMBER.fullmatch(text or "")
    if not found or found[3].lower() not in UNITS:
        return None
    number = Decimal(found[1].replace(",", "") + (found[2] or "")) * UNITS[found[3].lower()]
    return number if number < LARGEST else None


def typed(values: dict[str, str | None]) -> dict[str, Any]:
    """The numbers of an answer, and which texts say none.

    Args:
        values: revenue and headcount as text.

    Returns:
        revenue_usd (US dollars a year, cents at most), headcount_number (whole persons), each None
        where unknown, and enrichment_flags: unparseable_revenue, unparseable_headcount.
    """
    revenue, headcount = number_of(values["revenue"]), number_of(values["headcount"])
    if revenue is not None and revenue != revenue.quantize(Decimal("0.01")):
        revenue = None
    if headcount is not None and headcount != headcount.to_integral_value():
        headcount = None
    unread = {"revenue": revenue, "headcount": headcount}
    return {
        "revenue_usd": None if revenue is None else f"{revenue:.2f}",
        "headcount_number": None if headcount is None else int(headcount),
        "enrichment_flags": [
            f"unparseable_{name}"
            for name, number in unread.items()
            if values[name] and number is None
        ],
    }
