"""Metric 7: rows pulled per second ÷ the same rows by PouchDB from express-pouchdb, and by RxDB in memory.

Like beside like, twice. A first pull: every side begins empty, ours into a new encrypted generation whose indexes and
tokens are built and which is put in use, PouchDB into LevelDB on disk, RxDB into memory. Changed rows: every side
holds the version before; ours holds all other members beside it, a peer only what it has pulled so far. Each peer is
a process that pulls when told, a thousand rows at a time, from a server of its own kind; ours pulls signed pages of a
replay server and proves count and checksum.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.data import GROWTH, MEMBERS, fresh_copy, till_of
from tests.benchmarks.delta import Delta, deltas, whole_buckets
from tests.benchmarks.harness import BLOCKS_MIN, Call, Effort, Row, compare
from tests.benchmarks.peer_processes import Peer, Publisher, install, publisher, till
from tests.benchmarks.pull import Puller, opened
from tests.benchmarks.replay_server import replaying

CHANGED_ROWS = 1_000
FIRST_MEMBERS, FIRST_BUCKETS, FIRST_BUCKETS_QUICK = GROWTH[1], 2, 1
"""Of a chain in which a bucket fills a page, as head office sends them."""
NAMES = {"pouch": "PouchDB, on disk", "plain": "RxDB, in memory"}
TARGETS = {"pouch": 8.0, "plain": None}
BLOCKS = BLOCKS_MIN + 1
NOTE = "{rows} rows a block; {rate:.0f} rows/s against {bound:.0f}"


def measure(*, quick: bool) -> Sequence[Row]:
    """A first pull beside both peers; then changed rows, which take longer to prepare than a quick run has."""
    install()
    return _first(FIRST_BUCKETS_QUICK) if quick else (*_first(FIRST_BUCKETS), *_changed(MEMBERS))


def _first(buckets: int) -> Sequence[Row]:
    ours = fresh_copy(till_of(FIRST_MEMBERS), "till-peers", whole=True)
    with opened(ours) as (cache, _):
        pages = whole_buckets(cache, buckets)
    with _field(ours, pages * BLOCKS * len(NAMES)) as field:
        return tuple(_first_pull(field, server, pages) for server in NAMES)


def _first_pull(field: _Field, server: str, pages: Sequence[Delta]) -> Row:
    """Both begin with nothing at every block."""
    field.publisher.publish(pages, server)
    rows, peer = sum(page.rows for page in pages), field.peers[server]

    def pull_ours() -> None:
        for page in pages:
            field.puller.pull(page)
        field.puller.show()

    def pull_theirs() -> None:
        assert peer.pull() == rows

    def empty(side: Call) -> None:
        field.puller.forget() if side is pull_ours else peer.forget()

    return _race((pull_ours, pull_theirs), empty, f"first pull, beside {NAMES[server]}", server, rows)


def _changed(members: int) -> Sequence[Row]:
    ours = fresh_copy(till_of(members), "till-peers", whole=True)
    with opened(ours) as (cache, _):
        pages = deltas(cache, rounds=1, rows_max=CHANGED_ROWS)[: len(NAMES) * BLOCKS]
    with _field(ours, pages) as field:
        return tuple(_changed_rows(field, server, pages[number::2]) for number, server in enumerate(NAMES))


def _changed_rows(field: _Field, server: str, pages: Sequence[Delta]) -> Row:
    """A page a block, pulled by both sides."""
    mine, theirs = iter(pages), iter(pages)
    coming: list[Delta] = []
    peer = field.peers[server]
    peer.forget()

    def pull_ours() -> None:
        field.puller.pull(next(mine))

    def pull_theirs() -> None:
        assert peer.pull() == coming.pop().rows

    def publish(side: Call) -> None:
        if side is pull_theirs:
            coming.append(next(theirs))
            field.publisher.publish(coming, server, older=1)
            peer.pull()
            field.publisher.publish(coming, server)

    return _race((pull_ours, pull_theirs), publish, f"changed rows, beside {NAMES[server]}", server, pages[0].rows)


def _race(sides: tuple[Call, Call], before: Callable[[Call], None], metric: str, server: str, rows: int) -> Row:
    samples = compare(*sides, Effort(BLOCKS_MIN, 1), before=before)
    row = samples.row("7", metric, at=0.5, target=TARGETS[server], at_least=True)
    return row.noted(NOTE.format(rows=rows, rate=rows * 1e6 / row.ours_us, bound=rows * 1e6 / row.bound_us))


@dataclass(frozen=True, slots=True)
class _Field:
    """Our till and its replayed head office, the peers' tills and their server."""

    puller: Puller
    publisher: Publisher
    peers: dict[str, Peer]


@contextmanager
def _field(ours: Path, pages: Sequence[Delta]) -> Iterator[_Field]:
    """`pages`: what ours will ask for, in order."""
    with (
        replaying(ours, pages) as replay,
        Puller(ours, replay.address) as puller,
        tempfile.TemporaryDirectory(prefix="guitai-peers-") as folder,
        publisher(Path(folder)) as server,
        till("pouch_till.js", server.address, f"{folder}/pouch") as pouch,
        till("rx_till.js", server.address) as rx,
    ):
        replay.busy()
        yield _Field(puller, server, {"pouch": pouch, "plain": rx})
