"""GS1 element strings: application identifiers and their values, as in the GS1 General Specifications, section 3.

Only what a GS1 symbology carries may be read so (`]C1`, `]e0`, `]d2`, `]Q3`, `]J1`): in any other code the same digits
mean something else. Pure.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from app.domain.card import ean_holds

SEPARATOR: Final = "\x1d"
KILOGRAM: Final = "310"
PRICE: Final = "392"
GTIN: Final = "01"
EXPIRES: Final = "17"
DATES: Final = frozenset(
    ("11", "12", "13", "15", "16", "17", "4324", "4325", "4326", "7003", "7006", "7007", "7011", "8008")
)

_X: Final = """[!-"%-?A-Z_a-z]"""
_KINDS: Final = {
    "N": r"[0-9]",
    "X": _X,
    "Y": r"[A-Z0-9/#-]",
    "Z": r"[0-9A-Za-z_-]",
    "A": r"[A-Z0-9]",
    "P": rf"(?:{_X}|%[0-9A-Fa-f]{{2}}%[0-9A-Fa-f]{{2}})",
    "T": r"(?:[0-9]{3})",
}
_DAY: Final = r"[0-9]{2}(?:0[0-9]|1[0-2])(?:[0-2][0-9]|3[01])"
_HOUR: Final = r"(?:[01][0-9]|2[0-3])"
_SIXTY: Final = r"[0-5][0-9]"
_SPECIAL: Final = {
    "DAY": f"({_DAY})",
    "BIRTH": f"([0-9]{{2}}{_DAY})",
    "BIRTH_TIME": f"([0-9]{{2}}{_DAY}{_HOUR}{_SIXTY})",
    "MADE": f"({_DAY}{_HOUR})({_SIXTY}{_SIXTY})?",
    "TEMPERATURE": "([0-9]{6}-?)",
    "FLAG": "([01])",
    "OF": "([0-9]/[0-9])",
    "GSIN_ZERO": f"(0)([0-9]{{13}})({_X}{{0,16}})",
    "DAYS": "([0-9]{6})([0-9]{6})?",
    "DAY_TIME": "([0-9]{6})([0-9]{4})?",
}
_TABLE: Final = """
00 N18|01 02 03 N14|10 21 22 X1-20|11 12 13 15 16 17 DAY|20 N2|235 X1-28|240 241 X1-30|242 N1-6|243 X1-20
250 251 X1-30|253 N13+X0-17|254 X1-20|255 N13+N0-12|30 N0-8|37 N1-8
310# 311# 312# 313# 314# 315# 316# 320# 321# 322# 323# 324# 325# 326# 327# 328# 329# N6
330# 331# 332# 333# 334# 335# 336# 337# 340# 341# 342# 343# 344# 345# 346# 347# 348# 349# N6
350# 351# 352# 353# 354# 355# 356# 357# 360# 361# 362# 363# 364# 365# 366# 367# 368# 369# N6
390% 392% N1-15|391% 393% N3+N1-15|3940 3941 3942 3943 N4|395# N6|400 401 X1-30|402 N17|403 X1-30
410 411 412 413 414 415 416 417 N13|420 X1-20|421 N3+X1-9|422 424 426 N3|423 425 T1-5|427 X1-3
4300 4301 4310 4311 4320 P1-35|4302 4303 4304 4305 4306 4312 4313 4314 4315 4316 P1-70|4307 4317 A2
4308 4319 X1-30|4309 N20|4318 X1-20|4321 4322 4323 FLAG|4324 4325 N10|4326 N6|4330 4331 4332 4333 TEMPERATURE
7001 N13|7002 X1-30|7003 N10|7004 N0-4|7005 X1-12|7006 N6|7007 DAYS|7008 X1-3|7009 X1-10|7010 X1-2|7011 DAY_TIME
7020 7021 7022 X1-20|7023 X1-30|703% N3+X1-27|7040 N1+X1+X1+X1|7041 X1-4|710 711 712 713 714 715 716 717 X1-20
723% X3-30|7240 X1-20|7241 N2|7242 X1-25|7250 BIRTH|7251 BIRTH_TIME|7252 N1|7253 7254 7259 P1-40|7255 P1-10
7256 P1-90|7257 P1-70|7258 OF|8001 N4+N5+N3+N1+N1|8002 X1-20|8003 GSIN_ZERO|8004 X1-30|8005 N6|8006 8026 N14+N4
8007 X1-34|8008 MADE|8009 X1-50|8010 Y5-30|8011 N1-12|8012 X1-20|8013 8014 X1-25|8017 8018 N18|8019 N1-10
8020 X1-25|8030 Z1-90|8040 8041 N15|8042 N32|8043 N18-20|8110 8112 8200 X1-70|8111 N4|90 X1-30
91 92 93 94 95 96 97 98 99 X1-90
"""


@dataclass(frozen=True, slots=True)
class Element:
    """One identifier (`01`, `3103`) and its value; `parts` are the value's fields where it has several."""

    ai: str
    value: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A decimal number without a float: `digits` × 10^-`decimals`."""

    digits: int
    decimals: int


@dataclass(frozen=True, slots=True)
class Goods:
    """What an element string says of goods: GTIN-14, net weight in kg, price in the local currency, last day."""

    gtin: str
    weight: Measure | None = None
    price: Measure | None = None
    expires_on: str | None = None


def read(text: str, this_year: int) -> tuple[Element, ...] | None:
    """The elements of `text`, or None when one is unknown, malformed or no date. Check digits are not judged here.

    `this_year` settles the century of two-digit years (General Specifications, 7.12).
    """
    found: list[Element] = []
    rest = text.strip()
    while rest:
        ai = _identifier(rest)
        matched = _pattern(_FORMS[ai]).match(rest.partition(SEPARATOR)[0], len(ai)) if ai else None
        if ai is None or matched is None:
            return None
        parts = tuple(part for part in matched.groups() if part is not None)
        element = Element(ai, "".join(parts), parts)
        if element.ai in DATES and not all(_is_day(day, this_year) for day in _days(element)):
            return None
        found.append(element)
        rest = rest[matched.end() :].lstrip(SEPARATOR)
    return tuple(found)


def goods(elements: tuple[Element, ...]) -> Goods | None:
    """The goods in `elements`; None without a GTIN, or when its check digit is wrong."""
    values = {element.ai: element.value for element in elements}
    gtin = values.get(GTIN, "")
    if not ean_holds(gtin):
        return None
    return Goods(gtin, _measure(values, KILOGRAM), _measure(values, PRICE), values.get(EXPIRES))


def gtin_forms(gtin: str) -> tuple[str, ...]:
    """The ways one number is written as a barcode: 14, 13, 12, 8 digits, leading zeros aside."""
    whole = gtin.zfill(14)
    return tuple(whole[14 - digits :] for digits in (13, 14, 12, 8) if not whole[: 14 - digits].strip("0"))


def _measure(values: dict[str, str], family: str) -> Measure | None:
    for ai, value in values.items():
        if ai[:3] == family:
            return Measure(int(value), int(ai[3]))
    return None


def _days(element: Element) -> Iterator[str]:
    """YYMMDD and, where there is a time, the time after it. 7007 holds two days."""
    if element.ai == "7007":
        yield from element.parts
    else:
        yield element.value


def _is_day(text: str, this_year: int) -> bool:
    """YYMMDD[hh[mm[ss]]]; day 00 is the month's last, time 9999 is unknown."""
    year, month, day = (int(text[at : at + 2]) for at in (0, 2, 4))
    century = this_year - this_year % 100
    ahead = year - this_year % 100
    year += century - 100 if ahead > 50 else century + 100 if ahead < -49 else century
    if not 1 <= month <= 12 or day > monthrange(year, month)[1]:
        return False
    time = text[6:]
    return time == "9999" or (
        int(time[:2] or 0) < 24 and all(int(time[at : at + 2]) < 60 for at in range(2, len(time), 2))
    )


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """The expression of one form; made when it is first met."""
    if form in _SPECIAL:
        return re.compile(_SPECIAL[form])
    groups = []
    for part in form.split("+"):
        least, _, most = part[1:].partition("-")
        groups.append(f"({_KINDS[part[0]]}{{{least},{most or least}}})")
    return re.compile("".join(groups))


def _forms() -> Iterator[tuple[str, str]]:
    for row in _TABLE.strip().replace("\n", "|").split("|"):
        *identifiers, form = row.split()
        for identifier in identifiers:
            last = {"#": 6, "%": 10}.get(identifier[-1], 0)
            names = [identifier[:-1] + str(number) for number in range(last)] or [identifier]
            yield from ((name, form) for name in names)


_FORMS: Final = dict(_forms())


def _identifier(text: str) -> str | None:
    return next((text[:length] for length in (2, 3, 4) if text[:length] in _FORMS), None)
