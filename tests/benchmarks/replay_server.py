"""A head office that only repeats: pages made before, to one till, as fast as it asks. A process of its own.

`python -m tests.benchmarks.replay_server FOLDER` writes its port; then it obeys lines: `busy` (there is something to
pull) and `idle` (answered with `quiet` once the till has asked again, so that what it had is applied).
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

from sync.protocol.bodies import PUSH_BYTES_MAX, ZSTD, decoded
from tests.benchmarks.delta import VERSION, Delta
from tests.benchmarks.harness import ROOT

PAGES_FILE = "pages.pickle"
WAIT_S = 30.0


class Supply:
    """The pages still to come, by bucket. Any thread."""

    def __init__(self, pages: Sequence[Delta]) -> None:
        self._left: dict[str, list[Delta]] = {}
        for one in pages:
            self._left.setdefault(one.bucket, []).append(one)
        self._state = threading.Condition()
        self._busy = False
        self._held = 0

    def busy(self) -> None:
        with self._state:
            self._busy = True
            self._state.notify_all()

    def idle(self) -> bool:
        """Stop giving pages; whether the till came to ask for another one, done with the last."""
        with self._state:
            self._busy = False
            return self._state.wait_for(lambda: self._held > 0, WAIT_S)

    def heads(self) -> list[dict[str, str | int]]:
        """Of every bucket with pages, once there is something to do."""
        with self._state:
            self._hold()
            moved = {name: pages[0].seq for name, pages in self._left.items() if pages}
        return [{"id": name, "seq": seq, "live_rows": 0, "checksum": "0" * 16} for name, seq in moved.items()]

    def page(self, bucket: str) -> bytes:
        """The next one, when it may be given."""
        with self._state:
            self._hold()
            return self._left[bucket].pop(0).body

    def _hold(self) -> None:
        """Keep a request until there is something to do."""
        self._held += 1
        self._state.notify_all()
        self._state.wait_for(lambda: self._busy)
        self._held -= 1


def acknowledged(body: bytes) -> dict[str, object]:
    """The answer to a push: everything in it is applied."""
    asked = json.loads(body)
    base, events = asked["base_seq"], asked["events"]
    results = [{"seq": base + number, "outcome": "applied", "rows": []} for number in range(len(events))]
    return {"results": results, "acked_through": base + len(events) - 1, "acked_hash": events[-1]["hash"]}


def handler(supply: Supply) -> type[BaseHTTPRequestHandler]:
    """Requests of one till, the connection kept."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            target = urlsplit(self.path)
            if target.path == "/v1/pull":
                self._answer(supply.page(parse_qs(target.query)["bucket"][0]), "zstd")
            else:
                self._answer(json.dumps({"heads": supply.heads(), **VERSION}).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            pushed = acknowledged(decoded(body, ZSTD, PUSH_BYTES_MAX)) if self.path == "/v1/push" else {}
            self._answer(json.dumps({**pushed, **VERSION}).encode())

        def _answer(self, body: bytes, encoding: str = "identity") -> None:
            self.send_response(200)
            for name, value in (
                ("Content-Type", "application/json"), ("Content-Encoding", encoding),
                ("Content-Length", str(len(body))),
            ):  # fmt: skip
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    return Handler


@dataclass(frozen=True, slots=True)
class Replay:
    """The running server."""

    address: str
    commands: IO[str]
    answers: IO[str]

    def busy(self) -> None:
        self._tell("busy")

    def idle(self) -> None:
        """Returns when the till is done with what it had. RuntimeError when it does not ask again."""
        self._tell("idle")
        if self.answers.readline().strip() != "quiet":
            raise RuntimeError("the till does not ask for more")

    def _tell(self, word: str) -> None:
        self.commands.write(f"{word}\n")
        self.commands.flush()


@contextmanager
def replaying(folder: Path, pages: Sequence[Delta]) -> Iterator[Replay]:
    """Serve these pages from another process until the block ends."""
    (folder / PAGES_FILE).write_bytes(pickle.dumps(list(pages)))
    command = [sys.executable, "-m", "tests.benchmarks.replay_server", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            yield Replay(f"http://127.0.0.1:{port}", process.stdin, process.stdout)
        finally:
            process.stdin.close()
            process.wait(WAIT_S)


def main(folder: Path) -> None:
    """Serve until the end of stdin."""
    supply = Supply(pickle.loads((folder / PAGES_FILE).read_bytes()))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(supply))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    for line in sys.stdin:
        if line.strip() == "busy":
            supply.busy()
        else:
            print("quiet" if supply.idle() else "deaf", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
