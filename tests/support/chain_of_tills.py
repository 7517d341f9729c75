"""A head office and headless tills as processes, spoken to step by step: cut, killed and started again by a test."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

from app.store import connect, keys
from app.store.connect import CACHE
from app.store.folder import cache_file
from tests.support.commands import ROOT, SIGN_ON, guitai, new_folder, new_till, open_till_db

ENDS_WITHIN_S = 30
KILLED = -9


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@cache
def _made_office() -> Path:
    """What `guitai hq init` makes on SQLite, once for all tests of this process; a copy is a head office of its own."""
    folder = new_folder() / "hq"
    made = guitai("hq", "init", "--data", folder, "--store", "s027")
    assert made.code == 0, made.err
    return folder


@dataclass
class Served:
    """`guitai hq serve`, on one port for all its lives."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    def make(self, database: str | None = None) -> Served:
        if database is None:
            shutil.copytree(_made_office(), self.folder)
            return self
        made = guitai("hq", "init", "--data", self.folder, "--store", "s027", "--database", database)
        assert made.code == 0, made.err
        return self

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, errors: IO[bytes] | int = subprocess.DEVNULL, environment: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "hq", "serve", "--data", str(self.folder), "--port", str(self.port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline(), "head office did not start"

    def killed(self) -> bool:
        """Wait for its end; whether a failpoint was it."""
        assert self.process is not None
        code = self.process.wait(ENDS_WITHIN_S)
        self.kill()
        return code == KILLED

    def kill(self) -> None:
        """The network is gone, and head office with it."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait(ENDS_WITHIN_S)
            assert process.stdout is not None
            process.stdout.close()

    def code(self, store: str = "s027", *, till_id: str = "") -> str:
        """A one-time code for a new till of the store, or for a till that is there."""
        place = ("--till", till_id) if till_id else ("--store", store)
        made = guitai("hq", "till", "add", "--data", self.folder, *place, "--json")
        code: str = json.loads(made.out)["code"]
        return code

    def verify(self) -> None:
        found = guitai("hq", "verify", "--data", self.folder)
        assert (found.code, found.err) == (0, "")

    def differences(self, *tills: Path) -> list[dict[str, Any]]:
        options = [part for till in tills for part in ("--till", till)]
        found = guitai("hq", "reconcile", "--data", self.folder, "--json", *options)
        listed: list[dict[str, Any]] = json.loads(found.out)
        return listed

    def read(self, statement: str, *values: object) -> list[Any]:
        db = sqlite3.connect(self.folder / "hq.db")
        try:
            return db.execute(statement, values).fetchall()
        finally:
            db.close()


@dataclass
class RunningTill:
    """A headless till whose script is written as the test goes."""

    data: Path
    process: subprocess.Popen[str] | None = None
    lines: int = 0

    def start(self, environment: Mapping[str, str] | None = None) -> RunningTill:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "till", "--headless", "--script", "-", "--data", str(self.data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **(environment or {})},
        )
        self.do(**SIGN_ON)
        return self

    def _streams(self) -> tuple[IO[str], IO[str]]:
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        return self.process.stdin, self.process.stdout

    def ask(self, **step: object) -> dict[str, Any]:
        """A step and its answer."""
        given, said = self._streams()
        given.write(json.dumps(step, ensure_ascii=False) + "\n")
        given.flush()
        line = said.readline()
        assert line, "the till ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def last_words(self, *steps: Mapping[str, object]) -> None:
        """Steps of which one ends the process at its failpoint."""
        given, said = self._streams()
        try:
            for step in steps:
                given.write(json.dumps(step, ensure_ascii=False) + "\n")
                given.flush()
        except BrokenPipeError:
            pass  # ended already, as it should
        said.read()
        assert self._ended() == KILLED, "the failpoint was never reached"

    def do(self, **step: object) -> dict[str, Any]:
        """A step that must go as expected."""
        answer = self.ask(**step)
        assert answer["ok"], answer
        return answer

    def sell(self, minor: int, phone: str = "") -> int:
        """A sale to the member of that phone; the points it earned."""
        if phone:
            self.do(do="find", text=phone, pick=0)
        self.do(do="line", unit_minor=minor)
        earned: int = self.do(do="pay")["earned"]
        return earned

    def synced(self) -> None:
        self.do(do="wait_synced", timeout_s=60)

    def sync_pid(self) -> int:
        """The sync process, as the operating system sees it; one that was killed is soon there again."""
        assert self.process is not None
        wanted = ["pgrep", "-P", str(self.process.pid), "-f", "app sync"]
        end = time.monotonic() + ENDS_WITHIN_S
        while True:
            found = subprocess.run(wanted, capture_output=True, text=True, check=False).stdout.split()
            if found:
                return int(found[0])
            assert time.monotonic() < end, "no sync process"
            self.do(do="status")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self._ended()

    def stop(self) -> int:
        """The end of the script, as it should be."""
        given, _ = self._streams()
        given.close()
        return self._ended()

    def _ended(self) -> int:
        process, self.process = self.process, None
        assert process is not None
        code = process.wait(ENDS_WITHIN_S)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
        return code


def enrolled(
    folder: Path, office: Served, address: str | None = None, *, authority: Path | None = None, store: str = "s027"
) -> RunningTill:
    """A new till of a store, enrolled (through `address`, where somebody stands between), not yet started."""
    folder.mkdir()
    data = new_till(folder, store=store)
    trusted = ("--ca", authority) if authority else ()
    options = ("--url", address or office.address, "--code", office.code(store), *trusted)
    done = guitai("enrol", "--data", data, *options)
    assert done.code == 0, done.err
    return RunningTill(data)


@contextmanager
def at_work(folder: Path, office: Served, *, phone: str = "", spent_minor: int = 0) -> Iterator[RunningTill]:
    """A new till that runs and has its numbers, with a member who spent so much; killed afterwards if it still runs."""
    till = enrolled(folder, office).start()
    till.synced()
    if phone:
        till.do(do="enrol", phone=phone, name="王小明")
    if spent_minor:
        till.sell(spent_minor, phone)
        till.synced()
    try:
        yield till
    finally:
        if till.process is not None:
            till.kill()


def enrol_again(
    till: RunningTill, office: Served, address: str, *, till_id: str = "", authority: Path | None = None
) -> RunningTill:
    """A new identity for a closed till that has one: that of a place, or of a new till of its store."""
    trusted = ("--ca", authority) if authority else ()
    options = ("--url", address, "--code", office.code(till_id=till_id), *trusted)
    done = guitai("enrol", "--data", till.data, *options)
    assert done.code == 0, done.err
    return till


def till_id_of(data: Path) -> str:
    db = open_till_db(data)
    try:
        found: str = db.execute("SELECT till_id FROM meta").fetchone()[0]
        return found
    finally:
        db.close()


def outbox(data: Path) -> int:
    """Events of a closed till without an acknowledgement."""
    db = open_till_db(data)
    try:
        epoch = db.execute("SELECT epoch FROM meta").fetchone()[0]
        acked = db.execute("SELECT acked_through FROM meta").fetchone()[0]
        last = db.execute("SELECT max(n) FROM event").fetchone()[0]
        return int(last) - (int(epoch) << 40) - int(acked)
    finally:
        db.close()


def buckets(data: Path) -> dict[str, tuple[int, int, str]]:
    """Sequence, live rows and checksum of each bucket of a closed till's cache."""
    db = open_till_db(data)
    try:
        generation = db.execute("SELECT cache_no FROM meta").fetchone()[0]
    finally:
        db.close()
    path = data / cache_file(generation)
    cache = connect.connect(path, keys.load(data, os.environ).key(path.name), CACHE)
    try:
        rows = cache.execute("SELECT id, seq, live_rows, checksum FROM bucket").fetchall()
        return {name: (seq, live, (checksum or bytes(8)).hex()) for name, seq, live, checksum in rows}
    finally:
        cache.close()


def ended(process: int) -> bool:
    """Wait until the process of that descriptor (os.pidfd_open) has ended; False when it has not in time."""
    try:
        return bool(select.select([process], [], [], ENDS_WITHIN_S)[0])
    finally:
        os.close(process)


def kill_now(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
