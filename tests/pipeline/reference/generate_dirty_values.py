"""Texts for clean values: spelled in every accepted way, missing, or broken."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

Row = dict[str, str]

MISSING: tuple[str, ...] = (
    "",
    "",
    "",
    " ",
    "NULL",
    "null",
    "N/A",
    "n/a",
    "NA",
    "na",
    "none",
    "None",
)
MISSING += ("NaN", "nan", "-", "\u00a0", "\t", " N/A ", "\u3000-")
PADS = (" ", "  ", "\u00a0", "\t", "\u2003", "\u3000", "\x1f", "\x0b", "\u2028", "\x7f", "\x85")
DASHES = ("-", "\u2010", "\u2013", "\u2014", "\u2212", "\u2011")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS_IN_FULL = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
TIME_PARTS = (
    "T00:00:00",
    " 00:00",
    " 23:59:59",
    "T23:59:59Z",
    "T10:00:00.000+05:00",
    " 07:15:00.5",
    " 12:00:00 AM",
    " 0:00",
    " 11:59 pm UTC",
)
OFFSETS = (0, 0, 330, -300, -480, 60, 840, 899, -899, 345)

BAD_DAYS = (
    *("2024-02-30", "2023-02-29", "2024-13-01", "45321", "2024-1-5", "13/15/2024", "31/13/2024"),
    *("Jan 5 24", "2024.01.05", "20241301", "05-Foo-2024", "tomorrow", "infinity", "24-01-01"),
    *("5 Jan 2024", "05-January-2024", "0000-00-00", "2024-W05-1", "202401015", "2024/01-05"),
    *("2024-01-05 noon", "1e3", "2024-06", "06/2024", "epoch", "1704412800", "2024-01-05T"),
    *("00/00/0000", "01/00/1900", "1/5-2024", "Janu 5, 2024", "5JAN2024", "1/5/024", "01052024"),
    *("2024-01-05 24:01", "1/5/2024 13:00 PM", "1/5/2024 0:30 AM", "2024-01-05 10:00 EST"),
)
# In an end column these say that there is no end, and so do days long ago, which elsewhere are no
# days that anything began on.
NO_ENDS = (
    *(
        "present",
        "Ongoing",
        "CURRENT",
        "open",
        "tbd",
        "TBD",
        "\\N",
        "\\n",
        "9999-12-31",
        "12/31/9999",
    ),
    *("0000-00-00", "00/00/0000", "00-00-0000", "00.00.0000", "00000000", "0/0/0000", "1-Jan-9999"),
    *("0000-00-00 00:00:00", "00/00/0000 0:00", "0000-00-00T00:00", "99991231", "9999/01/01"),
)
LONG_AGO = (
    *("1900-01-01", "0001-01-01", "01/01/1900", "1970-01-01T00:00:00Z", "1989-12-31", "17530101"),
    *("12/30/1899", "1-Jan-1970", "01/01/70", "1989-12-31 23:59:59.999", "12/31/1989", "19000101"),
)
BAD_ENDS = tuple(text for text in BAD_DAYS if text not in NO_ENDS)
BAD_MONEY = (
    *("1e3", "inf", "-Infinity", "1_000", "12.345", "12.", "1,23.00", "12,34", "1,2345.00"),
    *("--5", "$", "EUR 5", "12 000.00", "5%", "(12", "12)", "(-5.00)", "12345678901234567.00"),
    *("1.5.0", "0x1F", "$$5", "5$", "+-5", ".", "1,000,00", ",100", "-5-", "12.5O", "1,,000", "()"),
    *("12.00 DR", "5+", "12.3401", "$5 USD", "USD", "CR", "CR 5", "1.234,50", "12.299999999999999"),
    *("\u20ac12.00", "\u00a312.00", "12.00 EUR", "US 5", "(5)-", "(5) CR", "\u20135", "0000123{"),
)
BAD_MOMENTS = (
    *("2024-02-30T10:00:00Z", "2024-01-01T25:00:00", "10:00", "2024/1/01 10:00"),
    *("31/13/2024 10:00", "1704067200", "2024-01-01T10:00:00+15:00", "2024-01-01T10"),
    *("2024-01-01T10:00:00 EST", "2024-01-01T10:61", "yesterday", "2024-01-01T10:00:60Z"),
    *("2024-01-01T10:00:00.", "2024-1-1 10:00", "2024-01-01T10:00:00.1234567890", "infinity"),
    *("2024-01-01T10:00:00+05:75", "2024-13-01T10:00:00Z", "1/1/2024 13:00 PM", "1/1/24 0:00 AM"),
    *("2024-01-01T10:00:00Z UTC", "45292.5", "2024-W01-1T10:00:00Z", "2024-01-01 10:00 PM PM"),
)
BAD_EMAILS = (
    *("bob", "bob@", "@dirty1.example", "a@b@dirty1.example", "bob@dirty1", "b b@dirty1.example"),
    *("bob@dirty1..example", "bob@.example", "bob@dirty1.example.", "bob@dirty1. example", "@"),
)
BAD_EINS = (
    *("12-345678", "1234567890", "abc", "12.3456789", "1.23456789E8", "123456789.0", "O1-2345678"),
    *("12/3456789", "4-7719284", "EIN", "unknown", "#12-3456789", "12-3456789x"),
)

SSNS = ("900-12-3456", "EIN 901 23 4567", "902\u201334\u20135678", "SSN 903-45-6789")

# Texts with data about a person in them, and texts that only seem to have some.
TOLD = (
    *("123-45-6789", "123 45 6789", "(555) 123-4567", "1-800-555-0199", "+44 20 7946 0958"),
    *("4111 1111 1111 1111", "4111111111111111", "3782-822463-10005", "5551234567", "987654321"),
    *("ann@told.example", "<a.b@told.example>", "+1 (555) 123.4567", "\uff11\uff12\uff13-45-6789"),
    *("123\u201345\u20136789", "Nr 5551234567890", "x123-45-6789y", "tel.555.123.4567 ext 9"),
)
NOT_TOLD = (
    *("@ Joe's", "24/7", "2024-01-15", "Route 66", "4521", "a@b", "12345678", "12-3456789", "+12"),
    *("1500 3000 80 20", "2024.01.15 2025.01.15", "500.00 1000.00", "555-1234", "@x.y", "a@.b"),
    *("12 34 56 78 90", "123-456-789", "20240131", "(12) 345", "++1234", "1-2-3-4-5-6-7-8-9"),
    *("M000000001", "Vendor_5551234567", "SKU4111111111111111", "555123-4567", "é123456789"),
)
FIRST_NAMES = ("Ann", "Bo", "Zoë", "Null", "Na", "O'Neil", "Jean Luc", "-")
LAST_NAMES = ("Smith", "None", "de la Cruz", 'St. "Jo"', "Łukasz", "N/A")
# A person's name in a text, and what is none.
NAMED = (
    *("Refund {first} {last}", "{last}, {first}", "{first}-{last} dental", "{first}_{last}/Gym"),
    *("{last}.{first}", "{first} M. {last}'s", "gift/{first}\u2013{last}", "{first}\u00a0{last} 7"),
    *("{first}\u00b7{last}", "({first}) [{last}]", "{first}\u200b's {last}", "{first},{last};"),
)
NOT_NAMED = ("{first}", "{first} and {last}", "{first}{last}", "{first} {last}s", "{last} Health")


def named(template: str, first: str, last: str, way: int) -> str:
    """A text with a name in it.

    Args:
        template: one of NAMED or NOT_NAMED.
        first: the first name.
        last: the last name.
        way: how it is spelled: as it is, upper case, with an accent, with wide letters, with a sign
            in it that is not seen.
    """
    spelled = {
        0: first,
        1: first.upper(),
        2: first.lower() + "\u0301",
        3: "".join(chr(ord(one) + 0xFEE0) if one.isascii() else one for one in first),
        4: first[:1] + "\u00ad" + first[1:],
    }
    return template.format(first=spelled[way % len(spelled)], last=last)


class Dirt:
    """Spells values; `rate` is the chance that a field is missing or broken.

    Args:
        rng: the stream to draw from.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def row_rate(self) -> float:
        """Some of the rows are clean, many have several faults at once."""
        return self.rng.choice((0.0, 0.0, 0.03, 0.1, 0.1, 0.2, 0.25, 0.3, 0.5, 0.5))

    def missing(self) -> str:
        return self.rng.choice(MISSING)

    def padded(self, text: str) -> str:
        """Blanks of many kinds around it, and more of them where it has one."""
        if self.rng.random() > 0.15:
            return text
        if " " in text and self.rng.random() < 0.5:
            text = text.replace(" ", self.rng.choice(PADS) + self.rng.choice(PADS), 1)
        return self.rng.choice(("", *PADS)) + text + self.rng.choice(("", *PADS))

    def broken(self, rate: float, kinds: tuple[str, ...]) -> str | None:
        """A missing or broken text with the given chance."""
        if self.rng.random() >= rate:
            return None
        if not kinds or self.rng.random() < 0.4:
            return self.missing()
        return self.padded(self.rng.choice(kinds))

    def mistyped(self, text: str, rate: float, letters: str) -> str:
        """With the given chance one or two letters added, lost or replaced."""
        if text and self.rng.random() < rate:
            for _ in range(self.rng.choice((1, 1, 2))):
                place = self.rng.randint(0, len(text))
                kept = text[place + self.rng.randint(0, 1) :]
                text = text[:place] + self.rng.choice(("", *letters)) + kept
        return text

    def key(self, text: str, rate: float) -> str:
        if self.rng.random() < rate / 4:
            return self.missing()
        return self.padded(text)

    def text(self, text: str, rate: float) -> str:
        broken = self.broken(rate, ())
        return self.padded(text) if broken is None else broken

    def name(self, text: str, rate: float) -> str:
        """Only blanks are missing in a name, words are not; both are drawn."""
        broken = self.broken(rate, ())
        return self.padded(text) if broken is None else broken

    def told(self, text: str, rate: float) -> str:
        """With some chance data about a person in a text that is about something else."""
        if not text.strip() or self.rng.random() >= 0.05 + rate / 4:
            return text
        word = self.mistyped(self.rng.choice((*TOLD, *NOT_TOLD)), 0.3, "0123456789-. +@(")
        own = Random(f"{text}{word}")  # what is drawn else stays as it is
        if own.random() < 0.5:
            template = own.choice((*NAMED, *NOT_NAMED))
            first, last = own.choice(FIRST_NAMES), own.choice(LAST_NAMES)
            word = named(template, first, last, own.randint(0, 9))
        return self.rng.choice((word, f"{text} {word}", f"{word} {text}", f"{text}{word}"))

    def email(self, text: str, rate: float) -> str:
        broken = self.broken(rate, BAD_EMAILS)
        if broken is not None:
            return broken
        text = self.rng.choice((text, text, text.upper()))
        return self.padded(self.mistyped(text, rate, "@@..- aA1"))

    def ein(self, text: str, rate: float) -> str:
        broken = self.broken(rate, BAD_EINS)
        if broken is not None:
            return broken
        digits = text.replace("-", "")
        way = self.rng.randint(0, 9)
        if way == 0:
            text = digits
        elif way == 1:
            text = digits[:2] + self.rng.choice(DASHES) + digits[2:]
        elif way == 2:
            text = self.rng.choice(("EIN ", "FEIN ", "ein", "EIN\u00a0", "Fein-", "EIN-")) + text
        elif way == 3:
            text = f"{digits[:2]} {digits[2:]}"
        elif way == 4:
            text = f"{digits[:2]} \u2013 {digits[2:5]} {digits[5:]}"
        elif way == 5 and rate and digits[0] == "0":
            text = self.rng.choice((digits[1:], f"{digits[1]}-{digits[2:]}"))
        elif way == 6 and self.rng.random() < rate / 4:
            text = self.rng.choice(SSNS)
        return self.padded(self.mistyped(text, rate, "0123456789- x"))

    def one_of(self, texts: tuple[str, ...], rate: float) -> str:
        """Mostly nothing; else one of some words in any case, or with the given chance another."""
        if self.rng.random() < 0.6:
            return self.missing()
        word = "other" if self.rng.random() < rate / 4 else self.rng.choice(texts)
        return self.padded(self.rng.choice((word, word, word.upper(), word.title())))

    def end(self, day: dt.date | None, rate: float) -> str:
        """A last day, which may be none."""
        if self.rng.random() < 0.08:
            return self.padded(self.rng.choice((*NO_ENDS, *LONG_AGO)))
        return self.missing() if day is None else self.day(day, rate)

    def day(self, day: dt.date, rate: float) -> str:
        broken = self.broken(rate, BAD_DAYS)
        if broken is not None:
            return broken
        if self.rng.random() < rate / 4:
            return self.padded(self.rng.choice(LONG_AGO))
        text = self.mistyped(self.day_text(day), rate, "0123456789--// T.")
        if self.rng.random() < 0.1:
            text += self.rng.choice(TIME_PARTS)
        return self.padded(text)

    def day_text(self, day: dt.date, order: str = "mdy") -> str:
        """A day in one of the shapes, numbers in the order given."""
        iso = day.isoformat()
        ways = [iso, iso, iso, iso, iso, iso, iso.replace("-", ""), iso.replace("-", "/")]
        years = [f"{day.year:04d}", f"{day.year:04d}"]
        if 1950 <= day.year < 2050:
            years.append(f"{day.year % 100:02d}")
        for mark in "/-.":
            first, then = (day.month, day.day) if order == "mdy" else (day.day, day.month)
            ways.append(f"{first:02d}{mark}{then:02d}{mark}{years[0]}")
            ways.append(f"{first}{mark}{then}{mark}{self.rng.choice(years)}")
        name = self.rng.choice((MONTHS, MONTHS, MONTHS_IN_FULL))[day.month - 1]
        short = MONTHS[day.month - 1]
        number = self.rng.choice((f"{day.day:02d}", str(day.day)))
        ways += [
            f"{number}-{short}-{self.rng.choice(years)}",
            f"{number}-{short.upper()}-{self.rng.choice(years)}",
            f"{day.day:02d}{short.upper()}{years[0]}",
            f"{name} {number}, {years[0]}",
            f"{name} {number} {years[0]}",
        ]
        return self.rng.choice(ways)

    def money(self, amount: Decimal, rate: float) -> str:
        broken = self.broken(rate, BAD_MONEY)
        if broken is not None:
            return broken
        sign, figures = "-" if amount < 0 else "", f"{abs(amount):.2f}"
        minus = self.rng.choice(("-", "\u2212")) if sign else ""
        grouped = f"{abs(amount):,.2f}"
        ways = [
            sign + figures,
            sign + figures,
            f"{sign}${grouped}",
            f"${sign}{figures}",
            sign + grouped,
            f"{minus}{figures}{'0' * self.rng.randint(1, 4)}",
            f"{minus}US${grouped}",
            f"USD {minus}{figures}",
            f"{minus}{grouped} USD",
        ]
        if sign:
            ways += [f"({figures})", f"(${grouped})", f"$({grouped})", f"({figures}) USD"]
            ways += [f"{grouped}{minus}", f"${figures}{minus}", f"{figures}CR", f"{grouped} CR"]
        else:
            ways += [f"+{figures}", f"$+{figures}"]
        if figures.endswith("0"):
            ways.append(sign + figures[:-1])
        if figures.endswith(".00"):
            ways.append(sign + figures[:-3])
        if figures.startswith("0."):
            ways.append(sign + figures[1:])
        return self.padded(self.mistyped(self.rng.choice(ways), rate, "0123456789.,,$()+-eE"))

    def moment(self, moment: dt.datetime, rate: float) -> str:
        """A UTC moment in any offset."""
        broken = self.broken(rate, BAD_MOMENTS)
        if broken is not None:
            return broken
        if self.rng.random() < rate / 4:
            return self.padded(self.rng.choice(LONG_AGO))
        minutes = self.rng.choice(OFFSETS)
        way = self.rng.random()
        text = self.zoned(moment, minutes) if way < 0.6 else self.clocked(moment, minutes)
        return self.padded(self.mistyped(text, rate, "0123456789-:+.TZ"))

    def clocked(self, moment: dt.datetime, minutes: int) -> str:
        """The moment's local text with a day in any shape, and 24 hours or AM and PM."""
        local = moment + dt.timedelta(minutes=minutes)
        day = self.day_text(local.date())
        if not minutes and local.time() == dt.time(0) and self.rng.random() < 0.5:
            return day
        rest = f"{local.minute:02d}"
        if local.second or local.microsecond or self.rng.random() < 0.7:
            rest += f":{local.second:02d}"
        if local.microsecond:
            rest += f".{local.microsecond:06d}"
        hour = self.rng.choice((f"{local.hour:02d}", str(local.hour)))
        if self.rng.random() < 0.6:
            hour = str(local.hour % 12 or 12)
            half = self.rng.choice(("AM", "am") if local.hour < 12 else ("PM", "pm"))
            rest += self.rng.choice(("", " ")) + half
        sign, size = "-" if minutes < 0 else "+", abs(minutes)
        zone = f"{sign}{size // 60:02d}:{size % 60:02d}" if minutes else ""
        if not minutes:
            zone = self.rng.choice(("", "", "Z", "UTC", "utc"))
        return f"{day} {hour}:{rest}" + (f"{self.rng.choice(('', ' '))}{zone}" if zone else "")

    def zoned(self, moment: dt.datetime, minutes: int) -> str:
        """The moment's local text with the offset in one of its shapes."""
        local = moment + dt.timedelta(minutes=minutes)
        between = self.rng.choice("TT ")
        if local.microsecond:
            text = local.isoformat(between)
            text += self.rng.choice(("", "000"))
        elif local.second or self.rng.random() < 0.8:
            text = local.isoformat(between, "seconds") + self.rng.choice(("", "", ".000", ".0"))
        elif not minutes and local.time() == dt.time(0) and self.rng.random() < 0.5:
            return local.date().isoformat()
        else:
            text = local.isoformat(between, "minutes")
        if not minutes:
            return text + self.rng.choice(("Z", "", "+00:00", "-0000", "+00"))
        sign, size = "-" if minutes < 0 else "+", abs(minutes)
        shapes = [f"{size // 60:02d}:{size % 60:02d}", f"{size // 60:02d}{size % 60:02d}"]
        shapes += [f"{size // 60:02d}"] if not size % 60 else []
        return text + sign + self.rng.choice(shapes)
