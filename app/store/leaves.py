"""Rows found on the leaves of tables, page by page, whatever led to them (sqlite.org/fileformat2.html#b_tree_pages).

The branches above a leaf may be lost; the leaf says by itself what rows it holds. Rows whose text spills over onto
other pages are followed there. What cannot be read is left out: whoever asks knows by the rows what is missing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Final

from app.store.connect import PAGE_BYTES
from app.store.pages import RESERVED

LEAF: Final = 0x0D
FIRST_PAGE_HEAD: Final = 100
USABLE: Final = PAGE_BYTES - RESERVED
LOCAL_MAX: Final = USABLE - 35
LOCAL_MIN: Final = (USABLE - 12) * 32 // 255 - 23
SPILL_BYTES: Final = USABLE - 4
PAYLOAD_MAX: Final = 1 << 20
INTEGERS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
REAL: Final = 7

Value = int | str | bytes | None
Row = tuple[Value, ...]


def rows(pages: Mapping[int, bytes]) -> Iterator[tuple[int, Row]]:
    """(rowid, values) of every row on every leaf of a rowid table, in the order of the pages."""
    for number in sorted(pages):
        page, start = pages[number], FIRST_PAGE_HEAD if number == 1 else 0
        if page[start] != LEAF:
            continue
        count = struct.unpack_from(">H", page, start + 3)[0]
        for place in range(min(count, (USABLE - start - 8) // 2)):
            try:
                yield _cell(pages, page, struct.unpack_from(">H", page, start + 8 + 2 * place)[0])
            except (IndexError, ValueError, struct.error):
                continue


def _cell(pages: Mapping[int, bytes], page: bytes, at: int) -> tuple[int, Row]:
    size, at = _number(page, at)
    rowid, at = _number(page, at)
    if size > PAYLOAD_MAX:
        raise ValueError("no row of ours is so long")
    spilled = LOCAL_MIN + (size - LOCAL_MIN) % SPILL_BYTES
    local = size if size <= LOCAL_MAX else spilled if spilled <= LOCAL_MAX else LOCAL_MIN
    held = page[at : at + local]
    following = struct.unpack_from(">I", page, at + local)[0] if local < size else 0
    while len(held) < size:
        more = pages.get(following)
        if more is None:
            raise ValueError("the rest of the row is lost")
        following = struct.unpack_from(">I", more)[0]
        held += more[4 : 4 + min(SPILL_BYTES, size - len(held))]
    return rowid, _values(held)


def _values(record: bytes) -> Row:
    end, at = _number(record, 0)
    kinds = []
    while at < end:
        kind, at = _number(record, at)
        kinds.append(kind)
    found: list[Value] = []
    for kind in kinds:
        size = INTEGERS.get(kind, (kind - 12) // 2 if kind >= 12 else 0)
        held = record[at : at + size]
        if len(held) < size or kind == REAL:
            raise ValueError("shorter than it says, or of a kind no table of ours holds")
        found.append(_value(kind, held))
        at += size
    return tuple(found)


def _value(kind: int, held: bytes) -> Value:
    if kind == 0:
        return None
    if kind in INTEGERS:
        return int.from_bytes(held, "big", signed=True)
    if kind in (8, 9):
        return kind - 8
    return held.decode("utf-8") if kind % 2 else held


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer and the place behind it."""
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    return value << 8 | data[at + 8], at + 9
