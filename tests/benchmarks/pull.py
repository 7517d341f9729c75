"""Metric 5: changed rows pulled over HTTP per second ÷ a bare `executemany` upsert of the same rows.

Ours is a page asked for with a signature, unpacked, read, taken row by row only where newer, its cursor moved and the
bucket's count and checksum compared; head office is a process that repeats pages. The bound writes the same rows into
a copy of the same cache, with the same library, key and settings, in one transaction a page.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.clock import SystemClock
from app.store import keys
from app.store.connect import CACHE, Connection, connect
from app.store.files import read_identity
from app.store.folder import TILL_FILE, cache_file
from app.store.migrate import TILL_LINE, open_current
from app.store.syncing import TillSync
from sync.protocol.seen import Seen
from sync.till import disk
from sync.till.transport import Identity, Wire, client
from sync.till.values import ApplyPage, Call, Done, Page, Send
from tests.benchmarks.data import GROWTH, fresh_copy, till_of
from tests.benchmarks.delta import SEEN, UPSERTS, Delta, deltas, sums
from tests.benchmarks.harness import BLOCKS_MIN, Effort, Row, compare
from tests.benchmarks.replay_server import replaying

MEMBERS_QUICK = 100_000
ROWS_MAX = 4_500
NOTE = "{rows} rows a page; {rate:.0f} rows/s against {bound:.0f} of the bound; in processor time {processor:.2f}"


def measure(*, quick: bool) -> Sequence[Row]:
    """Every size of till."""
    return [_measured(members) for members in ((MEMBERS_QUICK,) if quick else GROWTH)]


def _measured(members: int) -> Row:
    """One page a block: of another bucket each time, nine accounts to one member."""
    ours, bound = (fresh_copy(till_of(members), name, whole=True) for name in ("till-pull", "till-upsert"))
    with opened(bound) as (cache, _):
        pages = deltas(cache, rounds=1, rows_max=ROWS_MAX)[: BLOCKS_MIN + 1]
        with replaying(ours, pages) as replay, Puller(ours, replay.address) as puller:
            replay.busy()
            mine, theirs = iter(pages), iter(pages)
            effort = Effort(BLOCKS_MIN, 1)
            samples = compare(lambda: puller.pull(next(mine)), lambda: _upsert(cache, next(theirs)), effort)
    row = samples.row("5", f"changed rows pulled, {members // 1000}k members", at=0.5, target=0.8, at_least=True)
    rows = sorted(page.rows for page in pages)[len(pages) // 2]
    rates = {"rate": rows * 1e6 / row.ours_us, "bound": rows * 1e6 / row.bound_us}
    return row.noted(NOTE.format(rows=rows, processor=1 / samples.processor_ratio, **rates))


def _upsert(cache: Connection, page: Delta) -> None:
    cache.execute("BEGIN IMMEDIATE")
    for table, rows in page.upserts.items():
        cache.executemany(UPSERTS[table], rows)
    cache.execute("COMMIT")


class opened:  # noqa: N801  a context manager
    """The cache of a till, its buckets' sums set, and its path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> tuple[Connection, Path]:
        ring = keys.load(self._folder, os.environ)
        till = open_current(self._folder / TILL_FILE, ring.key(TILL_FILE), TILL_LINE)
        number = read_identity(till, self._folder / TILL_FILE).cache_no
        till.close()
        path = self._folder / cache_file(number)
        self._cache = connect(path, ring.key(path.name), CACHE)
        self._cache.execute("BEGIN IMMEDIATE")
        self._cache.executemany("UPDATE bucket SET checksum = ?, live_rows = ? WHERE no = ?", list(sums(self._cache)))
        self._cache.execute("COMMIT")
        return self._cache, path

    def __exit__(self, *_: object) -> None:
        self._cache.close()


class Puller:
    """The till's side: its files and its wire, as the sync process has them."""

    def __init__(self, folder: Path, address: str) -> None:
        with opened(folder):
            pass
        self._store = TillSync(folder, keys.load(folder, os.environ), SystemClock(), lambda _: None)
        self._store.store_version(SEEN, 0)
        self._loop = asyncio.new_event_loop()
        self._http = client(address, verify=False)
        identity = Identity(self._store.load().till_id, 1, Ed25519PrivateKey.generate())
        self._wire = Wire(self._http, identity, SystemClock())

    def __enter__(self) -> Puller:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._http.aclose())
        self._loop.close()
        self._store.close()

    def pull(self, page: Delta) -> None:
        """Ask for a page and make it durable. AssertionError when its checksum does not hold."""
        seen = Seen(SEEN.incarnation_no, SEEN.incarnation, SEEN.life)
        asked = Send(1, Call.PULL, seen, bucket=page.bucket, after=page.after)
        answer = self._loop.run_until_complete(self._wire.exchange(asked))
        assert isinstance(answer, tuple), answer
        assert isinstance(answer[1], Page), answer
        effect = ApplyPage(page.bucket, answer[1].page, SEEN.incarnation_no, page.after == 0, replace=False)
        assert disk.carry_out(self._store, effect) == Done(holds=True)

    def forget(self) -> None:
        """Begin an empty generation, as with a new incarnation of head office."""
        self._store.start_incarnation(SEEN)

    def show(self) -> None:
        """Build the indexes of the generation begun and put it in use."""
        self._store.switch_generation()
