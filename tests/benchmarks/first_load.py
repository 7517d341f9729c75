"""Metric 6: rows a second of a first load from snapshot files ÷ the same rows raw, in arrival order, and indexes.

Ours keeps each bucket's file, proves its SHA-256, unpacks and reads it, takes its rows, builds indexes and search
tokens after the last bucket and puts the generation in use. The bound writes the same rows, tokens and indexes, all
known beforehand, with the same library, key and settings into the same empty generation. The network is in neither.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import msgspec
import zstandard

from app.clock import SystemClock
from app.services.sync_ports import SeenHeadOffice, SnapshotFile
from app.store import keys
from app.store.connect import Connection, transaction
from app.store.feed_rows import INSERT
from app.store.first_load import ADD_TOKENS
from app.store.row_columns import COLUMNS, MORE, TABLES, tokens_in
from app.store.syncing import TillSync
from sync.hq.snapshots import LEVEL
from sync.protocol.shapes import WireRow
from sync.till.values import PIECE_BYTES
from tests.benchmarks.data import GROWTH, fresh_copy, till_of
from tests.benchmarks.harness import BLOCKS_MIN, Effort, Row, compare
from tests.benchmarks.pull import opened

ENCODE: Final = msgspec.json.Encoder().encode
ROWS_AT_ONCE: Final = 5_000
NOTE = "{rows} rows; {rate:.0f} rows/s against {bound:.0f} of the bound; in processor time {processor:.2f}"
Values = tuple[Any, ...]


@dataclass(slots=True)
class Load:
    """What there is to load: a file for each bucket, and the same rows as values in the order they arrive."""

    files: list[tuple[SnapshotFile, bytes]] = field(default_factory=list)
    buckets: list[str] = field(default_factory=list)
    values: list[tuple[str, Values]] = field(default_factory=list)
    tokens: list[tuple[str, int]] = field(default_factory=list)


def measure(*, quick: bool) -> Sequence[Row]:
    """Sizes of which thirty loads of each side fit an afternoon; a million rows a block do not."""
    return [_measured(members) for members in GROWTH[: 1 if quick else 2]]


def _measured(members: int) -> Row:
    load = _load(members)
    ours, bound = (_Side(members, name) for name in ("till-first", "till-raw"))
    calls: dict[Callable[[], object], _Side] = {}

    def mine() -> None:
        _from_files(ours.sync, load)

    def theirs() -> None:
        _raw(bound.cache, load)

    calls |= {mine: ours, theirs: bound}
    try:
        samples = compare(mine, theirs, Effort(BLOCKS_MIN, 1), before=lambda call: calls[call].empty())
    finally:
        ours.sync.close()
        bound.sync.close()
    row = samples.row("6", f"first load, {members // 1000}k members", at=0.5, target=0.5, at_least=True)
    rows = len(load.values)
    rates = {"rate": rows * 1e6 / row.ours_us, "bound": rows * 1e6 / row.bound_us}
    return row.noted(NOTE.format(rows=rows, processor=1 / samples.processor_ratio, **rates))


class _Side:
    """A till whose cache is a new, empty generation before each block."""

    def __init__(self, members: int, name: str) -> None:
        folder = fresh_copy(till_of(members), name)
        self.sync = TillSync(folder, keys.load(folder, os.environ), SystemClock(), lambda _: None)
        self._numbers = count(1)

    def empty(self) -> None:
        """Begin one, as with a new incarnation of head office."""
        number = next(self._numbers)
        self.sync.start_incarnation(SeenHeadOffice(number, f"i{number}", "bench"))

    @property
    def cache(self) -> Connection:
        """The generation begun."""
        return self.sync._cache


def _from_files(sync: TillSync, load: Load) -> None:
    for file, content in load.files:
        assert sync.begin_file(file)
        for start in range(0, len(content), PIECE_BYTES):
            sync.keep_piece(start, content[start : start + PIECE_BYTES])
        assert sync.load_file(1)
    sync.switch_generation()


def _raw(cache: Connection, load: Load) -> None:
    with transaction(cache):
        cache.executemany("INSERT INTO bucket VALUES (?, ?, 1, 1, 0, 0, NULL)", list(enumerate(load.buckets)))
    for start in range(0, len(load.values), ROWS_AT_ONCE):
        found: dict[str, list[Values]] = {}
        for statement, values in load.values[start : start + ROWS_AT_ONCE]:
            found.setdefault(statement, []).append(values)
        with transaction(cache):
            for statement, rows in found.items():
                cache.executemany(statement, rows)
    with transaction(cache):
        for (statement,) in cache.execute("SELECT sql FROM later_index").fetchall():
            cache.execute(statement)
        cache.execute("CREATE TEMP TABLE token (token TEXT NOT NULL, member INTEGER NOT NULL)")
        cache.executemany("INSERT INTO temp.token VALUES (?, ?)", load.tokens)
        cache.execute(ADD_TOKENS)
        cache.execute("DROP TABLE temp.token")
    cache.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _load(members: int) -> Load:
    """Everything a generated till holds of its members, as head office's files would bring it."""
    load = Load()
    places = {table: count(1) for table in TABLES}
    with opened(fresh_copy(till_of(members), "till-source", whole=True)) as (cache, _):
        for place, (no, name) in enumerate(cache.execute("SELECT no, id FROM bucket ORDER BY no").fetchall()):
            load.buckets.append(name)
            rows = sorted(_rows(cache, no), key=lambda row: row[1][2])
            lines = []
            for seq, (table, (kind, id_, _, raw, h, *own)) in enumerate(rows, 1):
                n = next(places[table])
                more = (kind, *own) if table == "other" else own
                load.values.append((INSERT[table], (n, place, id_, 1, 1, seq, raw, bytearray(h), *more)))
                load.tokens += [(token, n) for token in tokens_in(raw, own[1] or "")] if table == "member" else []
                lines.append(ENCODE(WireRow(kind=kind, id=id_, ver=1, row_seq=seq, raw=raw, h=h.hex())))
            content = zstandard.ZstdCompressor(level=LEVEL).compress(b"\n".join(lines) + b"\n")
            digest = hashlib.sha256(content).hexdigest()
            load.files.append((SnapshotFile(name, f"f{no}", len(rows), digest, len(content), len(rows)), content))
    return load


def _rows(cache: Connection, no: int) -> list[tuple[str, Values]]:
    """(table, (kind, id, row_seq, raw, h, columns …)) of a bucket's live rows."""
    found: list[tuple[str, Values]] = []
    for table in TABLES:
        kind = "kind" if table == "other" else f"'{table}'"
        own = "".join(f", {name}" for name in (*COLUMNS[table], *MORE[table]))
        wanted = f"SELECT {kind}, id, row_seq, raw, h{own} FROM {table} WHERE bucket = ? AND raw IS NOT NULL"
        found += [(table, values) for values in cache.execute(wanted, (no,))]
    return found
