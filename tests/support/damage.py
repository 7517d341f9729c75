"""What happens to files: a bit flips, the end is cut off, the log tears; a till's files with a past to lose."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.clock import ManualClock
from app.ids import MemberId
from app.store import keys, mark, verify
from app.store.connect import PAGE_BYTES, TILL, Connection, connect
from app.store.folder import TILL_FILE
from app.store.rescue import Rescued, rescue
from tests.support import tills
from tests.support.facts import SALE, enrol, open_shift, sell

WAL = f"{TILL_FILE}-wal"
FRAME_BYTES = PAGE_BYTES + 24
LOG_HEAD_BYTES = 32


def past(folder: Path, sales: int = 12) -> Path:
    """A shift with sales and two members enrolled; both files closed."""
    files = tills.opened(folder)
    open_shift(files)
    enrol(files, "王小明", "13800138000", member_id="m-1")
    for number in range(sales):
        sell(files, replace(SALE, member_id=MemberId("m-1") if number % 2 else None))
    enrol(files, "李静", "13900139000", member_id="m-2")
    files.close()
    return folder


def torn(folder: Path, sales: int = 4) -> tuple[bytes, bytes]:
    """Sales after `past` as they lie there when the power fails: till.db, and the log that holds them alone."""
    files = tills.opened(folder)
    for _ in range(sales):
        sell(files)
    found = (folder / TILL_FILE).read_bytes(), (folder / WAL).read_bytes()
    files.close()
    return found


def lay(folder: Path, main: bytes, log: bytes) -> None:
    """Both files of till.db as they are to be found at the next start."""
    (folder / f"{TILL_FILE}-shm").unlink(missing_ok=True)
    (folder / TILL_FILE).write_bytes(main)
    (folder / WAL).write_bytes(log)


def flip(path: Path, at: int, bit: int = 3) -> None:
    """One bit of a file."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(content)


def pages(path: Path) -> int:
    return path.stat().st_size // PAGE_BYTES


def open_file(folder: Path, name: str = TILL_FILE) -> Connection:
    return connect(folder / name, keys.load(folder, os.environ).key(name), TILL)


def event_ids(folder: Path) -> list[str]:
    """Of every event in the file, oldest first; the chain holds."""
    db = open_file(folder)
    try:
        return [event_id for _, _, event_id, _, _ in verify.every_event(db, folder / TILL_FILE)]
    finally:
        db.close()


def rescued(folder: Path) -> Rescued | None:
    """`guitai rescue` on the folder."""
    return rescue(folder, keys.load(folder, os.environ), ManualClock(tills.NOW_MS), lambda _, __: None)


def saved(folder: Path) -> Rescued:
    """A rescue that had something to do."""
    found = rescued(folder)
    assert found is not None
    assert mark.read(folder) is not None
    return found


def enrolled_once(folder: Path) -> None:
    """As if this till had been enrolled: its identity is head office's."""
    db = open_file(folder)
    db.execute("INSERT INTO head_office VALUES (1, 'https://hq.example', '', 'signing-1')")
    db.close()


def fresh(folder: Path, to: Path) -> Path:
    """A copy in an empty place."""
    shutil.rmtree(to, ignore_errors=True)
    return tills.copied(folder, to)


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes: a disk that is full."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
