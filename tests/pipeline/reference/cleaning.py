"""What a delivered text means (SPEC 5, cleaning): slow and obvious, one function a kind of value.

Every function takes the text as delivered and gives the clean value, or None where there is none.
A value was delivered and can't be read where `clean_text` gives one and the other function none.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from functools import cache, lru_cache
from itertools import pairwise

MISSING_WORDS = {"", "null", "n/a", "na", "none", "nan", "-"}
BLANK_CATEGORIES = {"Cc", "Zs", "Zl", "Zp"}  # control characters and every separator
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DASHES = " \u2212"  # besides every Unicode dash: a blank and the minus sign
TIME_PART = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
DIGITS = r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)"
PLAIN_MONEY = rf"({DIGITS}(\.[0-9]{{1,2}})?|\.[0-9]{{1,2}})"
MOST_DIGITS = 16  # before the point, as DECIMAL(18,2) holds
LARGEST_OFFSET = dt.timedelta(hours=14, minutes=59)


@lru_cache(maxsize=1 << 18)
def clean_name(raw: str | None) -> str | None:
    """Names and merchants: blanks tidied; only an empty one is missing."""
    if raw is None:
        return None
    letters = [" " if unicodedata.category(one) in BLANK_CATEGORIES else one for one in raw]
    return " ".join(word for word in "".join(letters).split(" ") if word) or None


def clean_text(raw: str | None) -> str | None:
    """Any other text: the words that stand for a missing value are null too."""
    text = clean_name(raw)
    return None if text is None or text.lower() in MISSING_WORDS else text


def clean_email(raw: str | None) -> str | None:
    """Lower case; one @, something before it, and a domain of two labels or more."""
    text = clean_text(raw)
    if text is None or " " in text or text.count("@") != 1:
        return None
    local, domain = text.lower().split("@")
    labels = domain.split(".")
    return f"{local}@{domain}" if local and len(labels) > 1 and all(labels) else None


def clean_ein(raw: str | None) -> str | None:
    """NN-NNNNNNN; blanks, dashes and a leading EIN or FEIN are only spelling."""
    text = clean_text(raw)
    if text is None:
        return None
    text = re.sub(r"^F?EIN", "", text, flags=re.IGNORECASE)
    digits = "".join(one for one in text if one not in DASHES and unicodedata.category(one) != "Pd")
    return f"{digits[:2]}-{digits[2:]}" if re.fullmatch(r"[0-9]{9}", digits) else None


def clean_day(raw: str | None, date_order: str = "mdy") -> dt.date | None:
    """A calendar day in one of the five shapes; a time part behind it is cut."""
    text = clean_text(raw)
    if text is None:
        return None
    text = re.sub(rf"[T ]{TIME_PART}$", "", text)
    if found := re.fullmatch(r"(\d{4})(-|/|)(\d{2})\2(\d{2})", text, re.ASCII):
        year, month, day = found[1], found[3], found[4]
    elif found := re.fullmatch(r"(\d{2})-([A-Za-z]{3})-(\d{4})", text, re.ASCII):
        if found[2].lower() not in MONTHS:
            return None
        year, month, day = found[3], str(MONTHS.index(found[2].lower()) + 1), found[1]
    elif found := re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", text, re.ASCII):
        month, day = (found[1], found[2]) if date_order == "mdy" else (found[2], found[1])
        year = found[3]
    else:
        return None
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def clean_money(raw: str | None) -> Decimal | None:
    """Exact to the cent; nothing is rounded and nothing guessed."""
    text = clean_text(raw)
    if text is None:
        return None
    if found := re.fullmatch(rf"\(\$?({PLAIN_MONEY})\)", text):
        sign, figures = "-", found[1]
    elif found := re.fullmatch(rf"([+-]?\$?|\$[+-])({PLAIN_MONEY})", text):
        sign, figures = found[1].strip("$"), found[2]
    else:
        return None
    figures = figures.replace(",", "")
    if len(figures.split(".")[0].lstrip("0")) > MOST_DIGITS:
        return None
    value = Decimal(figures).quantize(Decimal("0.01"))
    return -value if sign == "-" and value else value


def clean_moment(raw: str | None) -> dt.datetime | None:
    """A moment as UTC without a zone mark; a text without offset is UTC already."""
    text = clean_text(raw)
    if text is None:
        return None
    found = re.fullmatch(
        r"(\d{4})-(\d{2})-(\d{2})"
        r"([T ](\d{2}):(\d{2})(:(\d{2})(\.(\d{1,9}))?)?(Z|([+-])(\d{2})(:?(\d{2}))?)?)?",
        text,
        re.ASCII,
    )
    if not found:
        return None
    year, month, day, hour, minute, second = (int(found[n] or 0) for n in (1, 2, 3, 5, 6, 8))
    micros = int((found[10] or "").ljust(9, "0")[:6])
    if int(found[15] or 0) > 59:
        return None
    offset = dt.timedelta(hours=int(found[13] or 0), minutes=int(found[15] or 0))
    if offset > LARGEST_OFFSET:
        return None
    is_end_of_day = (hour, minute, second, micros) == (24, 0, 0, 0)
    try:
        moment = dt.datetime(year, month, day, hour % 24 if is_end_of_day else hour, minute, second)
        moment += dt.timedelta(days=is_end_of_day, microseconds=micros)
        return moment + offset if found[12] == "-" else moment - offset
    except (ValueError, OverflowError):
        return None


# Groups of digits in numbers of people, and after which of them something must stand between.
PHONE, LONG_PHONE = (3, 3, 4), (1, 3, 3, 4)
WRITTEN = {
    PHONE: {0},
    LONG_PHONE: {1},
    (3, 2, 4): {0, 1},  # social security
    (4, 4, 4, 1): {0},  # card
    (4, 6, 5): {0},
}
BARE = 9  # digits and more in a row
WIDEST = 40  # more than any of them takes


@cache
def holds_personal_data(text: str | None) -> bool:
    """Whether a tidy text shows what looks like an e-mail address or a number of a person."""
    if text is None:
        return False
    for word in re.split(r"[ <>()]", text):
        parts = word.split("@")
        if any(one and "." in two[1:-1] for one, two in pairwise(parts)):
            return True
    for start, letter in enumerate(text):
        before = text[start - 1] if start else " "
        if is_digit(before) or before == "+":
            continue
        end = start + WIDEST
        for rest in {text[start:end], text[start + (letter in "+(") : end]}:
            if is_international(rest) or any(reads_as(rest, groups) for groups in WRITTEN):
                return True
            run = rest[:BARE]
            if len(run) == BARE and all(map(is_digit, run)) and not is_letter(before):
                return True
    return False


def is_digit(letter: str) -> bool:
    return unicodedata.category(letter) == "Nd"


def is_letter(letter: str) -> bool:
    return letter == "_" or unicodedata.category(letter).startswith("L")


def is_gap(text: str, signs: str = " .") -> bool:
    return all(one in signs or unicodedata.category(one) == "Pd" for one in text)


def is_international(text: str) -> bool:
    """A plus, and seven digits or more with up to two blanks, dots, dashes or brackets between."""
    if text[:1] != "+" or not is_digit(text[1:2] or "+"):
        return False
    digits, gap = 0, 0
    for letter in text[1:]:
        if is_digit(letter):
            digits, gap = digits + 1, 0
        elif gap < 2 and is_gap(letter, " .()"):
            gap += 1
        else:
            break
    return digits >= 7


def reads_as(text: str, groups: tuple[int, ...]) -> bool:
    """Whether a text begins with groups of so many digits, blanks, dots or dashes between.

    The area code of a phone may stand in brackets, or have two of these behind it; a long one
    begins with 1; in social security numbers a dot is none.
    """
    is_phone = groups in (PHONE, LONG_PHONE)
    area = len(groups) - 3
    places = {0}
    for number, size in enumerate(groups):
        after = set()
        for place in places:
            is_open = is_phone and number == area and text[place : place + 1] == "("
            for begin in {place, place + is_open}:
                end = begin + size
                run = text[begin:end]
                if len(run) < size or not all(map(is_digit, run)):
                    continue
                if groups == LONG_PHONE and number == 0 and run != "1":
                    continue
                if number == len(groups) - 1:
                    return True
                widest = 2 if is_phone and number == area else 1
                signs = " " if groups == (3, 2, 4) else " ."
                closed = is_phone and number == area and text[end : end + 1] == ")"
                for at in {end, end + closed}:
                    least = 0 if at > end or number not in WRITTEN[groups] else 1
                    for width in range(least, widest + 1):
                        gap = text[at : at + width]
                        if len(gap) == width and is_gap(gap, signs):
                            after.add(at + width)
        places = after
    return False
