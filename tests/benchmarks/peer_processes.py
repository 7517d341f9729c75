"""The peers of metric 7 as processes: their server, and the tills that pull from it when told.

`tests/benchmarks/peers` holds the scripts; their packages, pinned by hash, are installed at the first run.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.benchmarks.delta import Delta
from tests.benchmarks.harness import ROOT

PEERS = ROOT / "tests" / "benchmarks" / "peers"
READY = PEERS / "node_modules" / ".guitai-ready"
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
END_S = 30


@dataclass(frozen=True, slots=True)
class Peer:
    """A process that answers each line with one of its own."""

    process: subprocess.Popen[str]
    commands: IO[str]
    answers: IO[str]

    def ask(self, line: str) -> str:
        self.commands.write(f"{line}\n")
        self.commands.flush()
        return self.answers.readline().strip()

    def pull(self) -> int:
        """Pull what is new; how many rows came."""
        return int(self.ask("pull"))

    def forget(self) -> None:
        """Begin with an empty store. RuntimeError when it does not."""
        if (said := self.ask("forget")) != "ready":
            raise RuntimeError(f"the peer's till does not begin again: {said}")


@dataclass(frozen=True, slots=True)
class Publisher:
    """The peers' server: rows it is given can be pulled from it."""

    peer: Peer
    address: str
    file: Path

    def publish(self, pages: Sequence[Delta], to: str, older: int = 0) -> None:
        """Make the rows available to one peer, `pouch` or `plain`, so many versions older than they are.

        RuntimeError when the server is gone.
        """
        rows = [
            _document(kind, values, older)
            for page in pages
            for kind, found in page.upserts.items()
            for values in found
        ]  # fmt: skip
        self.file.write_text(json.dumps(rows), encoding="utf-8")
        if self.peer.ask(f"{to} {self.file}") != "published":
            raise RuntimeError("the peers' server does not publish")


def _document(kind: str, values: Sequence[Any], older: int) -> Mapping[str, Any]:
    return {"id": f"{kind}:{values[1]}", "ver": values[2] - older, "raw": values[4], "h": values[5].hex()}


@contextmanager
def publisher(folder: Path) -> Iterator[Publisher]:
    """Head office of the peers, until the block ends."""
    with _node("server.js") as peer:
        yield Publisher(peer, f"http://127.0.0.1:{int(peer.answers.readline())}", folder / "rows.json")


@contextmanager
def till(script: str, *arguments: str) -> Iterator[Peer]:
    """A peer's till. RuntimeError when it does not start."""
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


@contextmanager
def _node(script: str, *arguments: str) -> Iterator[Peer]:
    command = ["node", script, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PEERS) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Peer(process, process.stdin, process.stdout)
        finally:
            process.stdin.close()
            process.wait(END_S)
