"""A fresh till.db out of what can be read of a damaged one, or of one that has lost its end (`guitai rescue`).

The damaged files are only read. The new file is made whole beside them, checked, and put in their place at the end;
they are kept in a folder of their own. A till that was enrolled sells again under a new identity: its old numbers may
be at head office with other events (protocol.md, "Till goes back in time"). One that never was goes on with the next
epoch.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from app.clock import Clock
from app.domain.chain import HASH_ZERO, BrokenLink, event_hash
from app.errors import StoreError
from app.store import mark, tail, verify
from app.store.connect import TILL, Connection, connect, create, damaged_pages, faults
from app.store.folder import TILL_FILE, FolderLock, check_writable, fault_of_folder
from app.store.keys import FileKey, KeyRing, sync_folder
from app.store.mark import MARK_FILE, Mark
from app.store.migrate import TILL_LINE, upgrade
from app.store.pages import Image, Progress, read_image
from app.store.refill import Refill, refill
from app.store.tail import KEPT_LOG, open_whole

NEW_FILE: Final = "till.rescued.db"
DRAFT_FILE: Final = "till.rescued.part"
REPORT_FILE: Final = "rescue.json"
KEPT_FOLDERS: Final = "damaged-"
LOG: Final = f"{TILL_FILE}-wal"
SHARED: Final = f"{TILL_FILE}-shm"
DAMAGED: Final = ("till_behind", "mark_unreadable", "file_damaged", "key_wrong", "store_io")


@dataclass(frozen=True, slots=True)
class Rescued:
    """What was saved and what was not. `missing`: (first, last) seqs of events known to have been there.

    `loose`: events no hash ties to the one before. `rows`: of each table; `partly`: tables not readable to their end.
    `without_event`: sales and returns whose row is there and whose event is lost, with their figures.
    """

    events: int
    loose: int
    missing: tuple[tuple[int, int], ...]
    rows: Mapping[str, int]
    partly: tuple[str, ...]
    pages: int
    damaged_pages: int
    without_event: tuple[Mapping[str, str | int], ...]
    needs_code: bool
    kept_in: str


def rescue(folder: Path, ring: KeyRing, clock: Clock, progress: Progress) -> Rescued | None:
    """Put a sound till.db in the place of the damaged one. None: nothing is wrong, nothing was done.

    StoreError `till_in_use`, `disk_full` and the like: everything is as it was, and may be tried again.
    """
    with FolderLock(folder), FolderLock(folder, "sync"):
        check_writable(folder)
        if (folder / NEW_FILE).exists():  # the last try ended between its last two steps
            return _finish(folder, ring.key(TILL_FILE))
        tail.keep_log(folder)  # before anything opens the file: closing it throws a torn log away
        if is_sound(folder, ring):
            (folder / KEPT_LOG).unlink(missing_ok=True)
            return None
        key = ring.key(TILL_FILE)
        image = read_image(folder / TILL_FILE, key, (folder / LOG, folder / KEPT_LOG), progress)
        kept = keep_aside(folder, KEPT_FOLDERS, clock)
        try:
            _make(folder, key, image, kept, clock.now_ms())
        except BaseException:
            _remove_draft(folder)
            shutil.rmtree(kept)
            raise
        return _finish(folder, key)


def is_sound(folder: Path, ring: KeyRing) -> bool:
    """Every page and every chain of till.db holds, and nothing is missing at its end. StoreError of a busy folder."""
    path = folder / TILL_FILE
    try:
        till = open_whole(folder, ring)
    except StoreError as error:
        if error.code in DAMAGED:
            return False
        raise
    try:
        return is_whole(till, path)
    except StoreError:
        return False
    finally:
        till.close()


def is_whole(till: Connection, path: Path) -> bool:
    """Every page verifies and every chain holds."""
    with faults(path):
        if damaged_pages(till):
            return False
    links = (*verify.events(till, path).values(), verify.audit(till, path))
    return not any(isinstance(link, BrokenLink) for link in links)


def _make(folder: Path, key: FileKey, image: Image, kept: Path, now_ms: int) -> None:
    """The new file, complete, checked and synced, with no log beside it; then its name says that it is."""
    _remove_draft(folder)
    draft = folder / DRAFT_FILE
    create(draft, key, TILL).close()
    upgrade(draft, key, TILL_LINE)
    db = connect(draft, key, TILL)
    try:
        with faults(draft):
            db.execute("BEGIN IMMEDIATE")
            made = refill(db, image, mark.read(folder), now_ms)
            db.execute("COMMIT")
            if damaged_pages(db) or not _follows(db, draft):
                raise StoreError("backup_failed", file=TILL_FILE)
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
    _write_report(_report(made, image, kept), kept)
    draft.replace(folder / NEW_FILE)
    sync_folder(folder)


def _follows(db: Connection, path: Path) -> bool:
    """Every event follows the one before by its hash, whatever its text says: that is head office's to judge."""
    previous = HASH_ZERO
    for _, _, _, raw, digest in verify.every_event(db, path):
        if event_hash(previous, raw) != digest:
            return False
        previous = digest
    return True


def put_in_place(folder: Path, new: Path, marked: Mark) -> None:
    """Make `new` the till.db of the folder. Its mark comes first: until the end the old file is behind it, and nobody
    sells on that. Then the old log goes, which must never be read into the new file.
    """
    mark.put(folder, marked)
    for name in (LOG, SHARED, KEPT_LOG):
        (folder / name).unlink(missing_ok=True)
    new.replace(folder / TILL_FILE)
    sync_folder(folder)


def _finish(folder: Path, key: FileKey) -> Rescued:
    """The last step, gone on with by the next rescue after a crash."""
    new = connect(folder / NEW_FILE, key, TILL)
    try:
        with faults(folder / NEW_FILE):
            marked = mark.of(new)
    finally:
        new.close()
    kept = max(folder.glob(f"{KEPT_FOLDERS}*/{REPORT_FILE}"), key=lambda path: path.parent.name)
    report = msgspec.json.decode(kept.read_bytes(), type=Rescued)
    put_in_place(folder, folder / NEW_FILE, marked)
    return report


def _report(made: Refill, image: Image, kept: Path) -> Rescued:
    return Rescued(
        events=len(made.salvaged.events),
        loose=made.salvaged.loose,
        missing=made.salvaged.missing,
        rows=made.rows,
        partly=made.partly,
        pages=len(image.pages) + len(image.damaged),
        damaged_pages=len(image.damaged),
        without_event=made.without_event,
        needs_code=made.needs_code,
        kept_in=kept.name,
    )


def _write_report(report: Rescued, kept: Path) -> None:
    try:
        with os.fdopen(os.open(kept / REPORT_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(report)))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise fault_of_folder(error, kept) from error


def keep_aside(folder: Path, prefix: str, clock: Clock) -> Path:
    """Copies of the files as they are, synced, in a new folder whose name begins with `prefix`."""
    at = datetime.fromtimestamp(clock.now_ms() // 1000, UTC).strftime("%Y%m%d-%H%M%S")
    kept = folder / f"{prefix}{at}"
    while kept.exists():
        kept = kept.with_name(f"{kept.name}-again")
    try:
        kept.mkdir(mode=0o700)
        for name in (TILL_FILE, LOG, KEPT_LOG, MARK_FILE):
            if (folder / name).exists():
                _copy(folder / name, kept / name)
        sync_folder(kept)
    except OSError as error:
        shutil.rmtree(kept, ignore_errors=True)
        raise fault_of_folder(error, folder) from error
    return kept


def _copy(path: Path, to: Path) -> None:
    shutil.copyfile(path, to)
    to.chmod(0o600)
    with to.open("rb+") as file:
        os.fsync(file.fileno())


def _remove_draft(folder: Path) -> None:
    for tail_of in ("", "-wal", "-shm"):
        (folder / f"{DRAFT_FILE}{tail_of}").unlink(missing_ok=True)
