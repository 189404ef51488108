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
MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
FIRST_SHORT_YEAR = 1950  # of the hundred years that two digits stand for
FIGURES = re.compile(r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)?(\.[0-9]+)?")
# What an amount is made of, and in which order (blanks between them aside): n the figures, s a
# sign, m a minus, c a currency mark, u one that may stand behind, r a credit, ( and ).
AMOUNT = {"US$": "c", "USD": "u", "$": "c", "CR": "r", "+": "s", "-": "m", "\u2212": "m"}
AMOUNT_ORDERS = {
    *("n", "sn", "cn", "scn", "csn"),
    *("nm", "cnm", "nr", "cnr", "(n)", "(cn)", "c(n)"),
    *("nu", "snu", "nmu", "nru", "(n)u"),
}
MOST_DIGITS = 16  # before the point, as DECIMAL(18,2) holds
LARGEST_OFFSET = dt.timedelta(hours=14, minutes=59)
EARLIEST = dt.date(1990, 1, 1)  # the var earliest_date
NO_END = dt.date.max
END_WORDS = {"present", "ongoing", "current", "open", "tbd", "\\n"}


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
    digits = ein_digits(raw)
    if len(digits) != 9 or holds_ssn(raw):
        return None
    return f"{digits[:2]}-{digits[2:]}"


def short_ein(raw: str | None) -> str | None:
    """What eight digits are with a zero in front."""
    digits = ein_digits(raw)
    return f"0{digits[0]}-{digits[1:]}" if len(digits) == 8 else None


def ein_digits(raw: str | None) -> str:
    """The digits of an EIN without its spelling; none where there is anything else."""
    text = re.sub(r"^F?EIN[ :#.]*", "", clean_text(raw) or "", flags=re.IGNORECASE)
    digits = "".join(one for one in text if one not in DASHES and unicodedata.category(one) != "Pd")
    return digits if re.fullmatch(r"[0-9]*", digits) else ""


def holds_ssn(raw: str | None) -> bool:
    """Whether three, two and four digits stand there with blanks or dashes between them."""
    groups: list[int] = []  # sizes of runs of digits, -1 where more than a gap is between two
    before = ""
    for letter in clean_text(raw) or "":
        if is_digit(letter):
            if before == "digit":
                groups[-1] += 1
            else:
                groups.append(1)
            before = "digit"
        elif letter in DASHES or unicodedata.category(letter) == "Pd":
            before = "gap"
        else:
            groups.append(-1)
            before = "other"
    return any(groups[place : place + 3] == [3, 2, 4] for place in range(len(groups)))


def clean_day(raw: str | None, date_order: str = "mdy") -> dt.date | None:
    """A calendar day in one of the shapes; a time part behind it is cut."""
    moment = read_moment(clean_text(raw), date_order)
    return moment[0] if moment else None


def clean_end(raw: str | None, date_order: str = "mdy") -> dt.date | None:
    """A last day; NO_END where the text says, or is a filler for, that there is none."""
    return as_end(raw, clean_day(raw, date_order))


def as_end(raw: str | None, day: dt.date | None) -> dt.date | None:
    """The last day that a text says, of which a day was read or none."""
    if day is not None:
        return day if day >= EARLIEST and day.year < dt.MAXYEAR else NO_END
    text = (clean_text(raw) or "").lower()
    return NO_END if text in END_WORDS or is_zero_day(text) else None


def is_zero_day(text: str) -> bool:
    """A day of zeros in one of the shapes of a day, perhaps with a time of zeros and a zone."""
    day, *rest = re.split("[ t]", text, maxsplit=1)
    for time in rest:
        clock = re.sub(" ?am$", "", re.sub(" ?(z|utc|[+-][0:]+)$", "", time))
        if not clock or set(clock) - set("0:."):
            return False
    parts = re.split(r"[-/.]", day)
    if set("".join(parts)) != {"0"}:
        return False
    sizes = [len(part) for part in parts]
    is_written = len(sizes) == 3 and all(sizes) and sizes[1] <= 2 and max(sizes) <= 4
    return is_written or sizes == [8]


def is_unlimited(raw: str | None) -> bool:
    """The word for an allowance without a limit."""
    return (clean_text(raw) or "").lower() == "unlimited"


def clean_moment(raw: str | None, date_order: str = "mdy") -> dt.datetime | None:
    """A moment as UTC without a zone mark; a text without offset is UTC already."""
    read = read_moment(clean_text(raw), date_order)
    if read is None:
        return None
    day, clock, offset = read
    try:
        return dt.datetime.combine(day, dt.time()) + clock - offset
    except OverflowError:
        return None


def read_moment(
    text: str | None, date_order: str
) -> tuple[dt.date, dt.timedelta, dt.timedelta] | None:
    """Day, time since its midnight and offset of a tidy text; None unless all of it is read."""
    if text is None or not text.isascii():
        return None
    # The time part is the first colon with the hour before it, and all behind.
    place = text.find(":")
    if place < 0:
        day = read_day(text, date_order)
        return (day, dt.timedelta(), dt.timedelta()) if day else None
    begin = place
    while begin and text[begin - 1].isdigit():
        begin -= 1
    if begin < 2 or text[begin - 1] not in "Tt ":
        return None
    day, time = read_day(text[: begin - 1], date_order), read_time(text[begin:])
    return (day, *time) if day and time else None


def read_day(text: str, date_order: str) -> dt.date | None:
    """A day alone."""
    for mark in ("-", "/", ".", " "):
        parts = text.split(mark)
        if len(parts) == 3:
            break
    else:
        parts, mark = [text], ""
    sizes = tuple(len(part) for part in parts)
    digits = tuple(part.isdigit() for part in parts)
    year = month = day = ""
    if mark in ("-", "/") and all(digits) and sizes == (4, 2, 2):
        year, month, day = parts
    elif mark in ("-", "/", ".") and all(digits) and set(sizes[:2]) <= {1, 2}:
        month, day = parts[:2] if date_order == "mdy" else parts[1::-1]
        year = parts[2]
    elif mark == "-" and digits == (True, False, True) and sizes[0] < 3 and sizes[1] == 3:
        (day, month, year) = parts
    elif mark == " " and digits[0] is False and digits[2] and sizes[2] == 4:
        month, day, year = parts[0], parts[1].removesuffix(","), parts[2]
        if len(day) not in (1, 2):
            return None
    elif not mark and digits[0] and sizes == (8,):
        year, month, day = text[:4], text[4:6], text[6:]
    elif not mark and sizes == (9,):
        day, month, year = text[:2], text[2:5], text[5:]
        if len(month) != 3 or not month.isalpha():
            return None
    if not (year.isdigit() and day.isdigit() and len(year) in (2, 4)):
        return None
    if month.isalpha():
        name = month.lower()
        if name not in MONTHS and name not in MONTH_NAMES:
            return None
        month = str(MONTHS.index(name[:3]) + 1)
    if not month.isdigit():
        return None
    century = 0
    if len(year) == 2:
        century = FIRST_SHORT_YEAR // 100 * 100
        century += 100 * (century + int(year) < FIRST_SHORT_YEAR)
    try:
        return dt.date(century + int(year), int(month), int(day))
    except ValueError:
        return None


def read_time(text: str) -> tuple[dt.timedelta, dt.timedelta] | None:
    """Time since midnight, and the offset from UTC."""
    found = re.fullmatch(
        r"(\d{1,2}):(\d{2})(:(\d{2})(\.(\d{1,9}))?)?( ?([ap])m)?"
        r"( ?(z|utc|([+-])(\d{2})(:?(\d{2}))?))?",
        text.lower(),
        re.ASCII,
    )
    if not found:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[4] or 0)
    micros = int((found[6] or "").ljust(9, "0")[:6])
    if found[8]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found[8] == "p")
    clock = dt.timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)
    offset = dt.timedelta(hours=int(found[12] or 0), minutes=int(found[14] or 0))
    if minute > 59 or second > 59 or int(found[14] or 0) > 59 or offset > LARGEST_OFFSET:
        return None
    if clock > dt.timedelta(days=1) or (hour > 23 and (found[6] or "").strip("0")):
        return None
    return clock, -offset if found[11] == "-" else offset


def clean_money(raw: str | None) -> Decimal | None:
    """Exact to the cent; nothing is rounded and nothing guessed."""
    text = clean_text(raw)
    if text is None:
        return None
    order, figures, place = "", "", 0
    while place < len(text):
        mark = next((one for one in AMOUNT if caps(text[place:]).startswith(one)), "")
        if text[place] in "0123456789.,":
            end = place
            while end < len(text) and text[end] in "0123456789.,":
                end += 1
            figures, order, place = text[place:end], order + "n", end
        elif mark:
            order, place = order + AMOUNT[mark], place + len(mark)
        elif text[place] in "()":
            order, place = order + text[place], place + 1
        elif text[place] == " ":
            place += 1
        else:
            return None
    # A minus is a sign, and USD a currency mark, before the figures.
    head, _, tail = order.partition("n")
    head = head.replace("m", "s").replace("u", "c")
    if f"{head}n{tail}" not in AMOUNT_ORDERS or not FIGURES.fullmatch(figures):
        return None
    whole, _, decimals = figures.replace(",", "").partition(".")
    if not whole + decimals or decimals[2:].strip("0") or len(whole.lstrip("0")) > MOST_DIGITS:
        return None
    if "." in figures and not decimals:
        return None
    value = Decimal(f"{whole or '0'}.{(decimals + '00')[:2]}")
    is_negative = "(" in order or "r" in order or "-" in text or "\u2212" in text
    return -value if is_negative and value else value


def caps(text: str) -> str:
    """The text with the letters a to z as capitals, and no other."""
    return "".join(one.upper() if one.isascii() else one for one in text)


# Groups of digits in numbers of people, and after which of them something must stand between.
PHONE, LONG_PHONE, SOCIAL = (3, 3, 4), (1, 3, 3, 4), (3, 2, 4)
WRITTEN = {
    PHONE: {0},
    LONG_PHONE: {1},
    SOCIAL: {0, 1},
    (4, 4, 4, 1): {0},  # card
    (4, 6, 5): {0},
}
BARE = 9  # digits and more in a row
WIDEST = 40  # more than any of them takes
LEAST = 7  # digits of a text that may hold one
BETWEEN = "-/·•:~"  # what separates groups, besides blanks and underscores
AT, DOT = re.compile(r" ?[(\[{]at[)\]}] ?", re.I), re.compile(r" ?[(\[{]dot[)\]}] ?", re.I)


def plain_text(text: str) -> str:
    """The text as numbers and addresses are looked for in it, see the macro plain_text."""
    signs: list[str] = []
    for sign in text:
        one, kind = sign, unicodedata.category(sign)
        if "\uff01" <= sign <= "\uff5e" and (not unicodedata.category(sign).startswith("L")):
            one = chr(ord(sign) - 0xFEE0)
        elif kind == "Nd" and not sign.isascii():
            one = "0"
        elif kind == "Cf":
            continue
        elif kind in ("Zs", "Zl", "Zp", "Cc"):
            one = " "
        elif kind == "Pd" or sign == "\u2212":
            one = "-"
        if one != " " or signs[-1:] != [" "]:
            signs.append(one)
    plain = DOT.sub(".", AT.sub("@", "".join(signs)))
    for near, joined in ((" @", "@"), ("@ ", "@"), (" . ", "."), (" .", ".")):
        plain = plain.replace(near, joined)
    made, place = "", 0
    while place < len(plain):
        made += plain[place]
        place += 1
        if is_digit(made[-1]):
            rest = plain[place:].removeprefix(" ")
            run = len(rest) - len(rest.lstrip(BETWEEN)) or rest.startswith(("_", "."))
            if run:
                made += "-" if rest[0] in BETWEEN else rest[0]
                rest = rest[run:].removeprefix(" ")
                place = len(plain) - len(rest)
    return made


@cache
def holds_personal_data(delivered: str | None) -> bool:
    """Whether a text shows what looks like an e-mail address or a number of a person."""
    if delivered is None:
        return False
    is_at = "@" in delivered or "\uff20" in delivered or AT.search(delivered)
    if not is_at and sum(map(is_digit, delivered)) < LEAST:
        return False
    text = plain_text(delivered)
    for word in re.split(r"[ <>()]", text):
        parts = word.split("@")
        if any(one and is_domain(two) for one, two in pairwise(parts)):
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


def is_domain(text: str) -> bool:
    """A dot with something before it, and a letter behind it."""
    _, dot, rest = text[1:].partition(".") if text else ("", "", "")
    return bool(dot) and any(unicodedata.category(sign).startswith("L") for sign in rest)


def is_digit(letter: str) -> bool:
    return unicodedata.category(letter) == "Nd"


def is_letter(letter: str) -> bool:
    return letter == "_" or unicodedata.category(letter).startswith("L")


def is_gap(text: str, signs: str = " ._-") -> bool:
    return all(one in signs for one in text)


def is_international(text: str) -> bool:
    """A plus, and seven digits or more with up to three blanks, hyphens or brackets between."""
    if text[:1] != "+" or not is_digit(text[1:2] or "+"):
        return False
    digits, gap = 0, 0
    for letter in text[1:]:
        if is_digit(letter):
            digits, gap = digits + 1, 0
        elif gap < 3 and is_gap(letter, " ._-()"):
            gap += 1
        else:
            break
    return digits >= 7


def reads_as(text: str, groups: tuple[int, ...]) -> bool:
    """Whether a text begins with a number of so many digits; see reads_with."""
    if groups == SOCIAL:  # two amounts, 500.00 1000.00, are none
        return reads_with(text, groups, " _-") or reads_with(text, groups, ".")
    return reads_with(text, groups, " ._-")


def reads_with(text: str, groups: tuple[int, ...], signs: str) -> bool:
    """Whether a text begins with groups of so many digits, and such signs between.

    The area code of a phone may stand in brackets, or have two of these behind it; a long one
    begins with 1.
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
                closed = is_phone and number == area and text[end : end + 1] == ")"
                for at in {end, end + closed}:
                    least = 0 if at > end or number not in WRITTEN[groups] else 1
                    for width in range(least, widest + 1):
                        gap = text[at : at + width]
                        if len(gap) == width and is_gap(gap, signs):
                            after.add(at + width)
        places = after
    return False
