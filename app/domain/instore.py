"""Codes a store's own scales print (GS1 prefixes 20 to 29): the item, and its price or its weight. Pure.

A pattern is written as the code is printed, one sign a digit: a digit stands for itself, `.` for any, `I` item, `P`
price in minor units, `W` weight in grams, `V` a check of the price, `C` the EAN check digit, last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

DEFAULT: Final = "2.IIIIIPPPPPC"
LENGTHS: Final = (8, 12, 13, 18)
_PATTERN: Final = re.compile(r"2[0-9.]*[0-9.IPWV]+C")
_SIGNS: Final = {".": "[0-9]", "V": "[0-9]", "C": "[0-9]"}


@dataclass(frozen=True, slots=True)
class InStore:
    """The digits of the item as printed, and either its price in minor units or its weight in grams, or both."""

    item: str
    price_minor: int | None = None
    grams: int | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern and the codes it fits."""

    text: str
    form: re.Pattern[str]

    def read(self, code: str) -> InStore | None:
        """The parts of `code`; None when it does not fit, or its check digit is wrong."""
        if self.form.fullmatch(code) is None or not _check_holds(code):
            return None
        price, grams = self._part(code, "P"), self._part(code, "W")
        return InStore(self._part(code, "I"), int(price) if price else None, int(grams) if grams else None)

    def _part(self, code: str, sign: str) -> str:
        return "".join(digit for digit, place in zip(code, self.text, strict=True) if place == sign)


def patterns(text: str) -> tuple[Pattern, ...]:
    """The patterns in `text`, apart by spaces; what is none is left out: a bad settings row must not stop a sale."""
    return tuple(
        Pattern(word, re.compile("".join(_SIGNS.get(sign, sign if sign.isdigit() else "[0-9]") for sign in word)))
        for word in text.split()
        if len(word) in LENGTHS and _PATTERN.fullmatch(word) and "I" in word and ("P" in word or "W" in word)
    )


def read(code: str, among: tuple[Pattern, ...]) -> InStore | None:
    """What the first pattern that fits makes of `code`."""
    return next((found for pattern in among if (found := pattern.read(code)) is not None), None)


def _check_holds(code: str) -> bool:
    """The EAN check digit, for any length."""
    weighed = sum(int(char) * (3 if place % 2 == 0 else 1) for place, char in enumerate(reversed(code[:-1])))
    return -weighed % 10 == int(code[-1])
