"""`till.mark`: the last commit of till.db as (epoch, seq, hash, n), beside the file (protocol.md, fine print 11).

Commit first, mark after: a mark behind its till.db is a crash between the two and means nothing, a till.db behind its
mark has lost its tail. So that a sale does not wait for the disk twice, the mark is overwritten in place, in one of
eight slots by turns, each with its checksum; a torn slot leaves the one before. It is synced before anything it speaks
of is sent (ADR 0020). Two processes of a till write it; whoever reads takes the highest n.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Final

from app import logs
from app.domain.chain import Link
from app.errors import StoreError
from app.store.connect import Connection
from app.store.event_key import head_of
from app.store.keys import sync_folder

MARK_FILE: Final = "till.mark"
SLOTS: Final = 8
SLOT_BYTES: Final = 256
SUM_BYTES: Final = 8
COMMITS: Final = "commits"
COUNT: Final = (
    f"INSERT INTO counter VALUES ('{COMMITS}', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The head of the chain after commit `n` of till.db, those of synchronisation counted too."""

    epoch: int
    seq: int
    hash: str
    n: int


class Commits:
    """COMMIT of till.db: counted inside the transaction, marked after it. One connection's; its thread only."""

    def __init__(self, db: Connection, folder: Path) -> None:
        self._db = db
        self._path = folder / MARK_FILE
        self._file: IO[bytes] | None = None

    def commit(self, epoch: int, head: Link | None = None, *, synced: bool = False) -> None:
        """Durable when it returns; `head` where the caller knows it. `synced`: the mark too, not only till.db.

        Errors of the driver pass: nothing is committed then. A mark that cannot be written is only logged.
        """
        n: int = self._db.execute(COUNT).fetchone()[0]
        head = head or head_of(self._db, epoch)
        self._db.execute("COMMIT")
        try:
            self._write(Mark(epoch, head.seq, head.hash, n), synced)
        except OSError as error:  # what was committed stays so
            logs.event("store", "mark not written", logging.WARNING, errno=error.errno or 0)

    @contextmanager
    def writing(self, epoch: int, *, synced: bool = False) -> Iterator[None]:
        """BEGIN IMMEDIATE … `commit`, rolled back by any exception."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.commit(epoch, synced=synced)
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, mark: Mark, synced: bool) -> None:
        if self._file is None:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            self._file = os.fdopen(handle, "r+b", buffering=0)
        self._file.seek(mark.n % SLOTS * SLOT_BYTES)
        self._file.write(_slot(mark))
        if synced:
            os.fsync(self._file.fileno())


def read(folder: Path) -> Mark | None:
    """The newest mark that is whole; None without one: nothing is known then."""
    try:
        return known(folder)
    except StoreError:
        return None


def _slots(held: bytes) -> list[bytes]:
    return [held[start : start + SLOT_BYTES] for start in range(0, SLOTS * SLOT_BYTES, SLOT_BYTES)]


def known(folder: Path) -> Mark | None:
    """The same, where the till is to be judged by it. StoreError `mark_unreadable`: there is one and it says nothing.

    A crash tears one slot of the eight, never the only other one too; what is gone whole was never written here.
    """
    try:
        held = (folder / MARK_FILE).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None
    except OSError as error:
        raise StoreError("mark_unreadable") from error
    written = [slot for slot in _slots(held) if slot.strip(b"\0 \n")]
    found = [mark for mark in map(_mark, written) if mark is not None]
    if len(written) > 1 and not found:
        raise StoreError("mark_unreadable")
    return max(found, key=lambda mark: mark.n, default=None)


def of(till: Connection) -> Mark:
    """The mark that fits an open till.db."""
    epoch = till.execute("SELECT epoch FROM meta").fetchone()[0]
    count = till.execute("SELECT value FROM counter WHERE name = ?", (COMMITS,)).fetchone()
    head = head_of(till, epoch)
    return Mark(epoch, head.seq, head.hash, 0 if count is None else count[0])


def put(folder: Path, mark: Mark) -> None:
    """In the place of the whole file, durably: for a till.db that takes another's place. OSError."""
    draft = folder / f"{MARK_FILE}.new"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(bytes(mark.n % SLOTS * SLOT_BYTES) + _slot(mark))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / MARK_FILE)
    sync_folder(folder)


def _slot(mark: Mark) -> bytes:
    text = json.dumps(asdict(mark), separators=(",", ":")).encode()
    return (text + b" " + _sum(text)).ljust(SLOT_BYTES - 1) + b"\n"


def _mark(slot: bytes) -> Mark | None:
    text, _, given = slot.strip().rpartition(b" ")
    if not text or _sum(text) != given:
        return None
    return Mark(**json.loads(text))


def _sum(text: bytes) -> bytes:
    return blake2b(text, digest_size=SUM_BYTES).hexdigest().encode()
