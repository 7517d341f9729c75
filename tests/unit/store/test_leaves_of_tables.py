"""Rows read off leaves: those of SQLite itself come back equal; what is broken is left out."""

from __future__ import annotations

import random
import sqlite3
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.connect import PAGE_BYTES
from app.store.leaves import LEAF, rows
from app.store.pages import RESERVED

BRANCH = 0x05
VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=9_000) | st.binary(max_size=300)
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12)


def pages_of(table: list[tuple[object, ...]]) -> dict[int, bytes]:
    """A table as SQLite writes it into pages like ours: 4,096 bytes, the last 80 kept free."""
    empty = bytearray(PAGE_BYTES)
    empty[:24] = b"SQLite format 3\0" + struct.pack(">HBBBBBB", PAGE_BYTES, 1, 1, RESERVED, 64, 32, 32)
    struct.pack_into(">I", empty, 28, 1)
    struct.pack_into(">I", empty, 44, 4)
    struct.pack_into(">I", empty, 56, 1)
    empty[100] = LEAF
    struct.pack_into(">H", empty, 105, PAGE_BYTES - RESERVED)
    db = sqlite3.connect(":memory:")
    db.deserialize(bytes(empty))
    db.execute("CREATE TABLE t (a, b, c)")
    db.executemany("INSERT INTO t VALUES (?, ?, ?)", table)
    db.commit()
    content = db.serialize()
    db.close()
    return {n // PAGE_BYTES + 1: content[n : n + PAGE_BYTES] for n in range(0, len(content), PAGE_BYTES)}


@given(ROWS)
def test_every_row_comes_back_long_and_short(table: list[tuple[object, ...]]) -> None:
    found = dict(row for row in rows(pages_of(table)) if len(row[1]) == 3)
    assert [found[n] for n in sorted(found)] == table


@given(st.dictionaries(st.integers(1, 4), st.binary(min_size=PAGE_BYTES, max_size=PAGE_BYTES), max_size=3))
def test_noise_holds_nothing_and_breaks_nothing(pages: dict[int, bytes]) -> None:
    leaves = {number: bytes((LEAF,)) + page[1:] for number, page in pages.items()}
    assert all(isinstance(rowid, int) for rowid, _ in rows(leaves))


@pytest.mark.parametrize("seed", range(20))
def test_bytes_that_changed_lose_the_rows_they_are_in_at_most(seed: int) -> None:
    rng = random.Random(seed)
    table = [(number, "x" * 3_000, b"y") for number in range(9)]
    pages = pages_of(table)
    for _ in range(30):
        number = rng.choice(sorted(pages)[1:])
        page = bytearray(pages[number])
        page[rng.randrange(PAGE_BYTES)] ^= 1 << rng.randrange(8)
        pages[number] = bytes(page)
    assert sum(1 for _ in rows(pages)) <= 10 * len(pages)


def test_a_row_whose_rest_is_lost_is_left_out() -> None:
    pages = pages_of([(1, "x" * 9_000, b"y"), (2, "short", b"z")])
    kept = {n: page for n, page in pages.items() if page[100 if n == 1 else 0] in (LEAF, BRANCH)}
    assert [row for _, row in rows(kept) if len(row) == 3] == [(2, "short", b"z")]


def test_numbers_with_a_point_are_of_no_table_of_ours() -> None:
    assert [row for _, row in rows(pages_of([(1.5, 1, 1)])) if len(row) == 3] == []
