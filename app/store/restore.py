"""A till.db that comes from a copy or an image: its identity is dropped before anything else (`guitai restore`).

What was written since the copy was made may be at head office under the numbers this file would use next. So it sells
nothing on that epoch; enrolled again it sends all it holds under its own event ids (protocol.md, "Till goes back in
time"). A till that never was enrolled goes on with the next epoch.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from app.clock import Clock
from app.errors import StoreError
from app.store import given_before, mark, tail
from app.store.connect import TILL, Connection, connect, faults
from app.store.enrolled import head_office, next_epoch
from app.store.event_key import head_of
from app.store.folder import TILL_FILE, FolderLock, check_writable, fault_of_folder
from app.store.keys import FileKey, KeyRing, sync_folder
from app.store.mark import Mark
from app.store.migrate import TILL_LINE, revision, upgrade
from app.store.rescue import is_whole, keep_aside, put_in_place

DRAFT_FILE: Final = "till.restored.part"
NO_CACHE: Final = "UPDATE meta SET cache_no = 0"


def restore(folder: Path, ring: KeyRing, clock: Clock, copy: Path | None) -> str:
    """Drop the identity of what is there, or of `copy`, which then takes its place. Returns the name of the folder
    where the files of before are kept; empty where none were replaced.

    StoreError `key_wrong`, `copy_damaged`, `schema_newer` of the copy, `till_in_use`, `disk_full`: nothing was changed.
    """
    with FolderLock(folder), FolderLock(folder, "sync"):
        check_writable(folder)
        key, known = ring.key(TILL_FILE), mark.read(folder)
        if copy is None:
            marked = _drop(folder / TILL_FILE, key, known)
            mark.put(folder, marked)
            return ""
        draft = folder / DRAFT_FILE
        _remove(draft)
        try:
            marked = _drop(_copied(copy, draft, key), key, known)
        except StoreError as error:
            _remove(draft)
            raise _of_copy(error, draft, copy) from error
        except BaseException:
            _remove(draft)
            raise
        kept = keep_aside(folder, "replaced-", clock)
        put_in_place(folder, draft, marked)
        return kept.name


def _copied(copy: Path, draft: Path, key: FileKey) -> Path:
    try:
        shutil.copyfile(copy, draft)
        draft.chmod(0o600)
    except OSError as error:
        raise fault_of_folder(error, draft.parent) from error
    db = connect(draft, key, TILL)
    try:
        found = revision(db, draft)
        if found not in TILL_LINE.revisions:
            raise StoreError("schema_newer", file=copy.name, revision=found or "0")
        if not is_whole(db, draft):
            raise StoreError("file_damaged", file=copy.name, page=0)
    finally:
        db.close()
    upgrade(draft, key, TILL_LINE)
    return draft


def _of_copy(error: StoreError, draft: Path, copy: Path) -> StoreError:
    """The error about the file that was given, not about ours of it; `guitai rescue` would not help there."""
    if error.facts.get("file") not in (draft.name, copy.name):
        return error
    code = "copy_damaged" if error.code == "file_damaged" else error.code
    return StoreError(code, **{**error.facts, "file": copy.name})


def _drop(path: Path, key: FileKey, known: Mark | None) -> Mark:
    """No sale on this epoch any more. Returns the mark of the file from then on."""
    till = connect(path, key, TILL)
    try:
        with faults(path):
            till.execute("BEGIN IMMEDIATE")
            _drop_identity(till, known)
            till.execute("COMMIT")
            till.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            marked: Mark = mark.of(till)
            return marked
    finally:
        till.close()


def _drop_identity(till: Connection, known: Mark | None) -> None:
    epoch = till.execute("SELECT epoch FROM meta").fetchone()[0]
    lost = max(0, known.seq - head_of(till, epoch).seq) if known is not None and known.epoch == epoch else 0
    till.execute(NO_CACHE)
    given_before.judge_jobs(till)
    given_before.count_on(till, known)
    given_before.skip(till, lost)
    if head_office(till) is None:
        next_epoch(till)
        tail.clear(till)
    else:
        tail.put(till, tail.SellsNot.NEEDS_CODE)


def _remove(draft: Path) -> None:
    for tail_of in ("", "-wal", "-shm"):
        draft.with_name(f"{draft.name}{tail_of}").unlink(missing_ok=True)
    sync_folder(draft.parent)
