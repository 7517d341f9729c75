"""Search tokens: what of a name goes into the index, and the range of the index a typed text stands for.

FTS5 trigrams find nothing for the two-character queries Chinese names need, and LIKE reads a million rows
(facts.md, "search"). So every ending of a name is stored: 张小凡 gives 张小凡, 小凡, 凡; any part of it is then
a prefix of an ending, found by one range. Latin names give the endings at word starts; initials come whole. Pure.
"""

from __future__ import annotations

import re
from typing import Final

TOKEN_CHARS_MAX: Final = 16
TAIL_DIGITS_MIN: Final = 4
LAST_CHAR: Final = "\U0010ffff"
_START = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]|(?<![^\W_])[a-z0-9à-ɏ]")
"""A Han character, or the beginning of a word."""


def fold(text: str) -> str:
    """Typed and stored text meet here: lower case, single spaces, the dots of foreign names (·) as spaces."""
    return " ".join(text.lower().replace("·", " ").split())


def name_tokens(name: str, initials: str) -> tuple[str, ...]:
    """The tokens of a member, each at most TOKEN_CHARS_MAX characters, without repeats."""
    folded = fold(name)
    starts = [match.start() for match in _START.finditer(folded)]
    found = [folded[start : start + TOKEN_CHARS_MAX] for start in starts]
    if initials:
        found.append(initials.lower()[:TOKEN_CHARS_MAX])
    return tuple(dict.fromkeys(found))


def initials_of(pinyin: str) -> str:
    """`zhang xiao fan` → `zxf`; empty stays empty."""
    return "".join([word[0] for word in pinyin.lower().split()])


def token_range(text: str) -> tuple[str, str]:
    """The half-open range of tokens that start with `text`."""
    prefix = fold(text)[:TOKEN_CHARS_MAX]
    return prefix, prefix + LAST_CHAR


def phone_back(phone: str) -> str:
    """E.164 or typed digits, reversed: a tail becomes a prefix."""
    if (digits := phone.removeprefix("+")).isdigit():
        return digits[::-1]
    return "".join(char for char in phone if char.isdigit())[::-1]


def back_range(digits: str) -> tuple[str, str]:
    """The half-open range of `phone_back` values of numbers that end in `digits`."""
    prefix = digits[::-1]
    return prefix, prefix + ":"  # ':' follows '9'


def split_initials(text: str) -> tuple[str, str] | None:
    """`zxf1234` or `zxf 12` → ("zxf", "1234" or "12"); None for anything else."""
    match = re.fullmatch(r"([a-z]{1,8})\s*(\d{1,15})", fold(text))
    return (match[1], match[2]) if match else None
