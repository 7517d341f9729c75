"""Troubles in the middle of work: every error of the driver and of the system reaches people as words."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as driver

from app.errors import StoreError
from app.store import connect, keys, migrate
from app.store.connect import Connection
from app.store.files import TillFiles
from app.store.folder import TILL_FILE, FolderLock, cache_file, check_writable, fault_of_folder, own
from app.store.install import put_programme
from app.store.migrate import TILL_LINE
from tests.support import tills
from tests.support.facts import SALE, SHIFT
from tests.support.tills import PROGRAMME


def till_db(folder: Path) -> Connection:
    return connect.connect(folder / TILL_FILE, keys.load(folder, os.environ).key(TILL_FILE), connect.TILL)


@pytest.mark.parametrize(
    ("table", "work"),
    [
        ("event", lambda files: files.book.head()),
        ("event", lambda files: files.book.sale(SALE.event_id)),
        ("event", lambda files: files.book.pending(3)),
        ("shift", lambda files: files.book.shift_figures(SHIFT.shift_id)),
        ("meta", lambda files: files.book.pending_count()),
    ],
)
def test_a_read_that_fails_has_words(files: TillFiles, table: str, work: Callable[[TillFiles], object]) -> None:
    files.book.connection.execute(f"DROP TABLE {table}")
    with pytest.raises(StoreError, match="store_io"):
        work(files)


def test_a_till_without_its_identity_is_damaged(folder: Path) -> None:
    db = till_db(folder)
    db.execute("DELETE FROM meta")
    db.close()
    with pytest.raises(StoreError, match="file_damaged"):
        tills.opened(folder)


def test_a_cache_that_is_busy_stops_the_till_instead_of_hiding_members(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = migrate.connect

    def busy(path: Path, key: keys.FileKey, tuning: connect.Tuning) -> Connection:
        if path.name == cache_file(1):
            raise StoreError("store_busy")
        return real(path, key, tuning)

    monkeypatch.setattr(migrate, "connect", busy)
    with pytest.raises(StoreError, match="store_busy"):
        tills.opened(folder)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EROFS, "folder_read_only"),
        (errno.EACCES, "folder_read_only"),
        (errno.EIO, "store_io"),
    ],
)
def test_errors_of_the_system_have_words(tmp_path: Path, code: int, expected: str) -> None:
    assert fault_of_folder(OSError(code, "x"), tmp_path).code == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (driver.SQLITE_FULL, "disk_full"),
        (driver.SQLITE_BUSY, "store_busy"),
        (driver.SQLITE_LOCKED, "store_busy"),
        (driver.SQLITE_READONLY, "folder_read_only"),
        (driver.SQLITE_CANTOPEN, "folder_read_only"),
        (driver.SQLITE_CORRUPT, "file_damaged"),
        (driver.SQLITE_NOTADB, "file_damaged"),
        (driver.SQLITE_IOERR, "store_io"),
        (driver.SQLITE_ERROR, "store_io"),
    ],
)
def test_errors_of_the_driver_have_words(tmp_path: Path, code: int, expected: str) -> None:
    error = driver.OperationalError("x")
    error.sqlite_errorcode = code
    assert connect.fault(error, tmp_path / "till.db").code == expected


def test_a_place_that_is_no_folder_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="store_io"):
        check_writable(tmp_path / "nowhere")


def test_a_lock_that_cannot_be_made_has_words(tmp_path: Path) -> None:
    (tmp_path / "ui.lock").mkdir()
    with pytest.raises(StoreError, match="store_io"):
        FolderLock(tmp_path)


@pytest.mark.parametrize(
    ("error", "code"),
    [(PermissionError(errno.EPERM, "x"), "folder_open_to_others"), (OSError(errno.EROFS, "x"), "folder_read_only")],
)
def test_a_folder_that_cannot_be_closed_to_others_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, code: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", fail)
    with pytest.raises(StoreError, match=code):
        own(tmp_path)


def test_nothing_is_attached_that_is_not_there(folder: Path, files: TillFiles) -> None:
    with pytest.raises(StoreError, match="file_missing"):
        connect.attach(files.book.connection, folder / "none.db", files.ring.key(TILL_FILE), "other")


def test_a_new_file_in_a_folder_that_is_gone_has_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="store_io"):
        connect.create(tmp_path / "gone" / "x.db", keys.FileKey("x.db", bytes(32)), connect.TILL)


def test_a_file_busy_at_opening_is_told_from_damage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "BUSY_TIMEOUT_S", 0.001)
    holder = till_db(folder)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("UPDATE meta SET created_ms = created_ms")
    with pytest.raises(StoreError, match="store_busy"):
        till_db(folder)
    holder.execute("ROLLBACK")
    holder.close()


def test_a_full_disk_during_the_copy_or_the_upgrade_is_said_as_such(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = keys.load(folder, os.environ)
    key = ring.key(TILL_FILE)
    (folder / TILL_FILE).unlink()
    connect.create(folder / TILL_FILE, key, connect.TILL).close()
    migrate.upgrade(folder / TILL_FILE, key, TILL_LINE, to=TILL_LINE.revisions[0])

    def full(*_: object, **__: object) -> None:
        raise StoreError("disk_full")

    for step in ("copy", "upgrade"):
        with monkeypatch.context() as patched:
            patched.setattr(migrate, step, full)
            with pytest.raises(StoreError, match="disk_full"):
                migrate.open_current(folder / TILL_FILE, key, TILL_LINE)
    db = migrate.open_current(folder / TILL_FILE, key, TILL_LINE)
    assert migrate.revision(db, folder / TILL_FILE) == TILL_LINE.head
    db.close()


def test_an_unknown_revision_is_not_upgraded_to(folder: Path) -> None:
    key = keys.load(folder, os.environ).key(TILL_FILE)
    with pytest.raises(StoreError, match="store_io"):
        migrate.upgrade(folder / TILL_FILE, key, TILL_LINE, to="till_9999")


def test_dates_of_toml_are_kept_as_text(folder: Path) -> None:
    db = till_db(folder)
    put_programme(db, {**PROGRAMME, "version": 5})
    from app.store.programmes import as_json

    assert as_json({"at": datetime(2026, 1, 2, 3, tzinfo=UTC)}) == '{"at":"2026-01-02T03:00:00+00:00"}'
    assert as_json({"at": datetime(2026, 1, 2, 3)}) == '{"at":"2026-01-02T03:00:00"}'  # noqa: DTZ001  TOML's local time
    with pytest.raises(TypeError, match="set"):
        as_json({"at": set()})
    db.close()
