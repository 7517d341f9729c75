"""Is the end of till.db there? A file behind its mark sells nothing on that epoch (protocol.md, fine print 11).

What SQLite reads of a write-ahead log ends at its first torn frame, and closing the file throws the rest away: the log
is kept aside before that, for `guitai rescue`. The till's cache goes too: rows in it may hold events whose results
the till no longer knows, and would count them twice.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

from app import logs
from app.errors import StoreError
from app.failpoints import NO_FAILPOINTS, Failpoints
from app.store import mark
from app.store.connect import Connection, faults
from app.store.event_key import event_n, head_of
from app.store.folder import TILL_FILE, fault_of_folder
from app.store.keys import KeyRing
from app.store.mark import COMMITS, Mark
from app.store.migrate import TILL_LINE, open_current

KEPT_LOG: Final = f"{TILL_FILE}-wal.kept"
STATE: Final = "sells_not"
GET: Final = "SELECT value FROM counter WHERE name = ?"
PUT: Final = "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
HASH_AT: Final = "SELECT hash FROM event WHERE n = ?"
EPOCH: Final = "SELECT epoch FROM meta"


class SellsNot(IntEnum):
    """Why nothing is sold on this epoch: its end is lost and must be looked for, or a new code is wanted."""

    TAIL_LOST = 1
    NEEDS_CODE = 2


@dataclass(frozen=True, slots=True)
class Behind:
    """How far a till.db stands behind its mark; `seq` the last event that is there."""

    seq: int
    mark: Mark


def open_whole(folder: Path, ring: KeyRing, failpoints: Failpoints = NO_FAILPOINTS) -> Connection:
    """till.db at the newest schema. StoreError `till_behind` for one that has lost its end, `mark_unreadable` where
    nobody can tell whether it has, and as `open_current`."""
    known = mark.known(folder)  # before the file: another process may commit meanwhile
    path = folder / TILL_FILE

    def look(till: Connection) -> None:
        with faults(path):
            found = behind(till, known)
            if found is not None and sells_not(till) is None:
                keep_log(folder)
                _stop(till)
            if sells_not(till) is SellsNot.TAIL_LOST:
                raise lost(found)

    return open_current(path, ring.key(TILL_FILE), TILL_LINE, failpoints, look)


def check_end(till: Connection, folder: Path, known: Mark | None) -> None:
    """What the start would say of an open till.db, nothing written in it. `known`: its mark, read before it was opened.

    StoreError `till_behind`. A torn log is kept aside first, as closing the file throws it away; where nothing can be
    written it cannot be thrown away either.
    """
    with faults(folder / TILL_FILE):
        found, state = behind(till, known), sells_not(till)
    if state is SellsNot.TAIL_LOST or (found is not None and state is None):
        with suppress(StoreError):
            keep_log(folder)
        raise lost(found)


def check_sells(till: Connection) -> None:
    """StoreError `till_needs_code` for a till that may sell again only under a new identity."""
    if sells_not(till) is SellsNot.NEEDS_CODE:
        raise StoreError("till_needs_code")


def lost(found: Behind | None) -> StoreError:
    """The error that says what is missing; without a mark nobody can say how much."""
    seq, last = (0, 0) if found is None else (found.seq, found.mark.seq)
    logs.event("store", "behind its mark", seq=seq, mark_seq=last)
    return StoreError("till_behind", seq=seq, events=max(0, last - seq))


def behind(till: Connection, known: Mark | None) -> Behind | None:
    """None when the file holds all that its mark speaks of."""
    row = till.execute(EPOCH).fetchone()
    if known is None or row is None:
        return None
    count = till.execute(GET, (COMMITS,)).fetchone()
    held, epoch = 0 if count is None else count[0], row[0]
    found = till.execute(HASH_AT, (event_n(known.epoch, known.seq),)).fetchone()
    other = known.epoch == epoch and known.seq > 0 and (found is None or found[0] != known.hash)
    if held >= known.n and known.epoch <= epoch and not other:
        return None
    return Behind(head_of(till, epoch).seq, known)


def sells_not(till: Connection) -> SellsNot | None:
    """None for a till that sells."""
    row = till.execute(GET, (STATE,)).fetchone()
    return None if row is None else SellsNot(row[0])


def put(till: Connection, state: SellsNot) -> None:
    """Inside a transaction of the caller."""
    till.execute(PUT, (STATE, int(state)))


def clear(till: Connection) -> None:
    """The till sells again; inside a transaction of the caller."""
    till.execute("DELETE FROM counter WHERE name = ?", (STATE,))


def keep_log(folder: Path) -> None:
    """Copy the log as it is, before or while it is open: closing folds in what SQLite can read and removes the rest."""
    log = folder / f"{TILL_FILE}-wal"
    if not log.exists() or log.stat().st_size == 0 or (folder / KEPT_LOG).exists():
        return
    draft = folder / f"{KEPT_LOG}.new"
    try:
        shutil.copyfile(log, draft)
        draft.chmod(0o600)
        draft.replace(folder / KEPT_LOG)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise fault_of_folder(error, folder) from error


def _stop(till: Connection) -> None:
    """Not counted and not marked: the mark is what says how much is missing."""
    till.execute("BEGIN IMMEDIATE")
    try:
        put(till, SellsNot.TAIL_LOST)
        till.execute("UPDATE meta SET cache_no = 0")
        till.execute("COMMIT")
    finally:
        if till.in_transaction:
            till.execute("ROLLBACK")
