"""Whom the warehouse knows by name, and which texts name one, in plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from itertools import pairwise, product

Pair = tuple[str, str]  # two plain words in the order of the alphabet

APOSTROPHES = "'\u2019\u2018\uff07\u02bc`\u00b4\u2032"
# Letters of some alphabets, and what is written for them elsewhere.
ELSEWHERE = {"ß": "ss", "æ": "ae", "œ": "oe", "ł": "l", "ø": "o", "đ": "d", "ı": "i"}
NO_NAMES = {"", "jr", "sr", "ii", "iii", "iv", "phd", "esq", "cpa"}
UNSEEN = "\u115f\u1160\u3164\uffa0"  # letters that nobody sees


@cache
def plain_words(text: str) -> list[str]:
    """The words of a text as names are compared, without initials.

    Args:
        text: any text.
    """
    words = [""]
    for sign in text:
        kind = unicodedata.category(sign)
        is_inner = kind[0] in "LM" or kind == "Cf" or sign in APOSTROPHES
        words[-1] += sign if is_inner else ""
        if not is_inner:
            words.append("")
    return [word for word in map(plain, words) if len(word) > 1]


def plain(word: str) -> str:
    """A word without case, accents, apostrophes, an 's at the end and what is not seen."""
    if len(word) > 1 and word[-1] in "sS" and word[-2] in APOSTROPHES:
        word = word[:-2]
    seen = [
        ELSEWHERE.get(one.lower(), one)
        for one in word
        if one not in APOSTROPHES + UNSEEN and unicodedata.category(one) != "Cf"
    ]
    letters = unicodedata.normalize("NFD", "".join(seen))
    bare = "".join(one for one in letters if unicodedata.category(one)[0] != "M")
    kept = [one.lower() for one in unicodedata.normalize("NFC", bare)]
    return "".join(chr(ord(one) - 0xFEE0) if "\uff41" <= one <= "\uff5a" else one for one in kept)


def names_of(full_name: str | None, first_name: str | None, last_name: str | None) -> set[Pair]:
    """Each first name of a person with each last name.

    Args:
        full_name: in one, of which the last word, or what is before a comma, is the last name.
        first_name: the first names.
        last_name: the last names.
    """
    found = set()
    if full_name is not None:
        full_name = re.sub("[(][^()]*[)]", " ", full_name)
        last, comma, first = full_name.partition(",")
        words = parts(f"{first} {last}" if comma and last else full_name)
        found |= {ordered(one, words[-1]) for one in words[:-1]}
    if last_name is not None and first_name is not None:
        found |= {ordered(*pair) for pair in product(parts(first_name), parts(last_name))}
    return found


def parts(name: str) -> list[str]:
    """The words of a name that count."""
    return [word for word in plain_words(name) if word not in NO_NAMES]


def ordered(one: str, other: str) -> Pair:
    """Two words in the order of the alphabet."""
    return (one, other) if one < other else (other, one)


def names_person(text: str | None, names: Collection[Pair]) -> bool:
    """Whether two words side by side are the name of a known person.

    Args:
        text: a text that should be about something else.
        names: of all persons, see names_of.
    """
    return any(ordered(*pair) in names for pair in pairwise(plain_words(text or "")))
