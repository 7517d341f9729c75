"""Metric 7: changed rows pulled per second ÷ the same rows by PouchDB from express-pouchdb, and by RxDB in memory.

Ours writes durably into the encrypted cache of a till that holds all members, over what was there; PouchDB writes new
documents into LevelDB, RxDB into memory. Each peer is a process that pulls when told, from a server of its own kind.
`tests/benchmarks/peers` holds them; its packages are installed at the first run.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.benchmarks.data import MEMBERS, fresh_copy, till_of
from tests.benchmarks.delta import Delta, deltas
from tests.benchmarks.harness import BLOCKS_MIN, ROOT, Call, Effort, Row, compare
from tests.benchmarks.pull import MEMBERS_QUICK, Puller, opened
from tests.benchmarks.replay_server import replaying

PEERS = ROOT / "tests" / "benchmarks" / "peers"
READY = PEERS / "node_modules" / ".guitai-ready"
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
ROWS_MAX = 1_000
TARGETS = {"pouch": 8.0, "plain": None}
END_S = 30
NOTE = "{rows} rows a block; {rate:.0f} rows/s against {bound:.0f}"


def measure(*, quick: bool) -> Sequence[Row]:
    """One page a block, the same for both sides."""
    install()
    members = MEMBERS_QUICK if quick else MEMBERS
    ours = fresh_copy(till_of(members), "till-peers", whole=True)
    with opened(ours) as (cache, _):
        pages = deltas(cache, rounds=1, rows_max=ROWS_MAX)[: 2 * (BLOCKS_MIN + 1)]
    with (
        replaying(ours, pages) as replay,
        Puller(ours, replay.address) as puller,
        tempfile.TemporaryDirectory(prefix="guitai-peers-") as folder,
        _publisher(Path(folder)) as publisher,
        _till("pouch_till.js", publisher.address, f"{folder}/pouch") as pouch,
        _till("rx_till.js", publisher.address) as rx,
    ):
        replay.busy()
        race = _Race(puller, publisher, iter(pages))
        return (race.row("PouchDB, on disk", pouch, "pouch"), race.row("RxDB, in memory", rx, "plain"))


@dataclass(frozen=True, slots=True)
class _Peer:
    """A process that answers each line with one of its own."""

    process: subprocess.Popen[str]
    commands: IO[str]
    answers: IO[str]

    def ask(self, line: str = "") -> str:
        self.commands.write(f"{line}\n")
        self.commands.flush()
        return self.answers.readline().strip()


@dataclass(frozen=True, slots=True)
class _Publisher:
    """The peers' server: rows it is given can be pulled from it."""

    peer: _Peer
    address: str
    file: Path

    def publish(self, page: Delta, to: str) -> None:
        """Make the rows available to one peer, `pouch` or `plain`. RuntimeError when the server is gone."""
        rows = [
            {"id": f"{kind}:{values[1]}", "ver": values[2], "raw": values[4], "h": values[5].hex()}
            for kind, found in page.upserts.items()
            for values in found
        ]
        self.file.write_text(json.dumps(rows), encoding="utf-8")
        if self.peer.ask(f"{to} {self.file}") != "published":
            raise RuntimeError("the peers' server does not publish")


@dataclass(slots=True)
class _Race:
    """Ours against one peer after the other; every page is pulled by both sides of one comparison."""

    puller: Puller
    publisher: _Publisher
    pages: Iterator[Delta]

    def row(self, name: str, peer: _Peer, server: str) -> Row:
        """The figures of one peer, which pulls from that half of the server."""
        pages = [next(self.pages) for _ in range(BLOCKS_MIN + 1)]
        mine, theirs = iter(pages), iter(pages)
        coming: list[Delta] = []

        def pull_ours() -> None:
            self.puller.pull(next(mine))

        def pull_theirs() -> None:
            assert peer.ask() == str(coming.pop().rows)

        def publish(side: Call) -> None:
            if side is pull_theirs:
                coming.append(next(theirs))
                self.publisher.publish(coming[0], server)

        samples = compare(pull_ours, pull_theirs, Effort(BLOCKS_MIN, 1), before=publish)
        row = samples.row("7", f"changed rows pulled, beside {name}", at=0.5, target=TARGETS[server], at_least=True)
        rows = pages[0].rows
        return row.noted(NOTE.format(rows=rows, rate=rows * 1e6 / row.ours_us, bound=rows * 1e6 / row.bound_us))


@contextmanager
def _node(script: str, *arguments: str) -> Iterator[_Peer]:
    command = ["node", script, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PEERS) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield _Peer(process, process.stdin, process.stdout)
        finally:
            process.stdin.close()
            process.wait(END_S)


@contextmanager
def _publisher(folder: Path) -> Iterator[_Publisher]:
    with _node("server.js") as peer:
        yield _Publisher(peer, f"http://127.0.0.1:{int(peer.answers.readline())}", folder / "rows.json")


@contextmanager
def _till(script: str, *arguments: str) -> Iterator[_Peer]:
    with _node(script, *arguments) as peer:
        if (said := peer.answers.readline().strip()) != "ready":
            raise RuntimeError(f"{script} does not start: {said}")
        yield peer


def install() -> None:
    """The packages that package-lock.json pins by hash, once; again when it changes."""
    if READY.exists() and READY.stat().st_mtime >= (PEERS / "package-lock.json").stat().st_mtime:
        return
    subprocess.run(INSTALL, cwd=PEERS, check=True)
    READY.touch()
