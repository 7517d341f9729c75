"""Purchases of the past, read from a text file with one per line: which column is the customer, the day, the money.

Pure. Columns are counted from 1 and separated by commas, tabs, semicolons or spaces, whatever the first line holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.errors import ConfigError

SEPARATORS: Final = (",", "\t", ";")
VALUE: Final = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?")
DAY: Final = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})")
CUSTOMER: Final = re.compile(r"[A-Za-z0-9._-]{1,32}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand, counted from 1; `skip` lines at the top are headings. The defaults are those of CDNOW."""

    customer: int = 1
    day: int = 3
    value: int = 5
    skip: int = 0


@dataclass(frozen=True, slots=True)
class PastPurchase:
    """One line: `line` counts from 1 in the file, `minor` is what was paid, in cents."""

    line: int
    customer: str
    on: date
    minor: int


def read(lines: Iterable[str], columns: Columns) -> list[PastPurchase]:
    """Every purchase in the order of the file; blank lines are left out. ConfigError `past_line` names line and reason.

    Nothing is guessed: one line that cannot be read stops the reading, since sums must equal the file's.
    """
    found: list[PastPurchase] = []
    separator: str | None = None
    for number, text in enumerate(lines, start=1):
        if number <= columns.skip or not text.strip():
            continue
        if not found:
            separator = next((one for one in SEPARATORS if one in text), None)
        found.append(_purchase(number, [cell.strip() for cell in text.strip("\r\n").split(separator)], columns))
    if not found:
        raise ConfigError("past_line", line=columns.skip + 1, reason="no purchase")
    return found


def _purchase(line: int, cells: list[str], columns: Columns) -> PastPurchase:
    if max(columns.customer, columns.day, columns.value) > len(cells):
        raise ConfigError("past_line", line=line, reason=f"only {len(cells)} columns")
    customer = cells[columns.customer - 1]
    day = DAY.fullmatch(cells[columns.day - 1])
    value = VALUE.fullmatch(cells[columns.value - 1])
    if not CUSTOMER.fullmatch(customer):
        raise ConfigError("past_line", line=line, reason="customer")
    if day is None or value is None:
        raise ConfigError("past_line", line=line, reason="date" if day is None else "value")
    try:
        on = date(int(day[1]), int(day[2]), int(day[3]))
    except ValueError:
        raise ConfigError("past_line", line=line, reason="date") from None
    return PastPurchase(line, customer, on, int(value[1]) * 100 + int((value[2] or "").ljust(2, "0")))
