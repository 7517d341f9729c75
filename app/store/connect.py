"""SQLCipher connections with our pragmas, and the driver's errors as ours.

A connection belongs to the thread that opened it. No file is ever created over another, and one that cannot be opened
is left as it is (security.md). Facts behind the pragmas: facts.md, "sqlcipher3", "SQLCipher speed".
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import sqlcipher3.dbapi2 as driver

from app.errors import StoreError
from app.store.folder import fault_of_folder, is_full
from app.store.keys import FileKey

if TYPE_CHECKING:
    from sqlalchemy import Engine

Connection = Any
"""sqlcipher3.dbapi2.Connection; the driver has no types."""

PAGE_BYTES: Final = 4096
BUSY_TIMEOUT_S: Final = 5.0
WAL_BYTES_MAX: Final = 16 << 20
STATEMENTS_MAX: Final = 256


UNWRITABLE: Final = ("disk_full", "folder_read_only", "store_io")


@dataclass(frozen=True, slots=True)
class Tuning:
    """`synchronous` FULL survives power loss at every commit; NORMAL may lose the last ones, never the order.

    `log_pages`: the write-ahead log is folded into the file when it holds so many.
    """

    synchronous: str
    page_cache_kib: int
    journal: str = "WAL"
    log_pages: int = 1_000


TILL: Final = Tuning("FULL", 8 * 1024)
CACHE: Final = Tuning("NORMAL", 64 * 1024, log_pages=3_500)
"""A page of changed rows dirties a thousand: folding at every one would wait for the disk twice for each."""
BULK: Final = Tuning("OFF", 256 * 1024, journal="OFF")
"""For a file nobody uses yet: an error spoils it. It is synced before its name is made known."""


def connect(path: Path, key: FileKey, tuning: Tuning) -> Connection:
    """Open an existing file.

    StoreError `file_missing`, `key_wrong`, `file_damaged` (page), `folder_read_only`, `disk_full`, `store_busy`.
    """
    if not path.exists():
        raise StoreError("file_missing", file=path.name)
    if path.stat().st_size == 0:
        raise StoreError("file_damaged", file=path.name, page=1)
    with faults(path):
        db = _open(path, key)
        try:
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            _tune(db, tuning)
        except driver.DatabaseError as error:
            wrong = _primary(error) == driver.SQLITE_NOTADB
            found = _diagnose(db, path) if wrong else fault(error, path)
            db.close()
            raise found from error
    return db


def connect_unwritten(path: Path, key: FileKey) -> Connection:
    """Open an existing file whose folder need not be writable, for reading. StoreError as `connect`.

    First as always, so that a till that works at the same time is not disturbed. Where that cannot write, the file is
    read without its shared memory: nobody else can be writing there.
    """
    try:
        return connect(path, key, TILL)
    except StoreError as error:
        if error.code not in UNWRITABLE:
            raise
    wal = path.with_name(f"{path.name}-wal")
    unfolded = wal.exists() and wal.stat().st_size > 0
    with faults(path):
        db = driver.connect(
            _uri(path) if unfolded else f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1",
            uri=True,
            isolation_level=None,
        )
        db.execute(f'PRAGMA key="{key.pragma}"')
        db.execute("PRAGMA cipher_log=off")
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return db


def create(path: Path, key: FileKey, tuning: Tuning) -> Connection:
    """Make a new, empty encrypted file. StoreError `folder_not_empty` when there is one by this name."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise StoreError("folder_not_empty", folder=str(path.parent)) from error
    except OSError as error:
        raise fault_of_folder(error, path.parent) from error
    with faults(path):
        db = _open(path, key)
        _tune(db, tuning)
    return db


def attach(db: Connection, path: Path, key: FileKey, schema: str) -> None:
    """Attach another existing file for reading: its rows are `<schema>.<table>` from then on."""
    if not path.exists():
        raise StoreError("file_missing", file=path.name)
    with faults(path):
        db.execute(f"ATTACH ? AS {schema} KEY ?", (_uri(path), key.pragma))
        db.execute(f"SELECT count(*) FROM {schema}.sqlite_schema").fetchone()
        db.execute(f"PRAGMA {schema}.cache_size=-{TILL.page_cache_kib}")


def engine(path: Path, key: FileKey, tuning: Tuning) -> Engine:
    """SQLAlchemy over one file: schema, imports and reports; never on the scan path (import cost: facts.md)."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import StaticPool

    made = create_engine(
        "sqlite://", module=driver, creator=lambda: connect(path, key, tuning), poolclass=StaticPool, future=True
    )
    event.listen(made, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return made


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn the driver's errors of the block into StoreError about this file."""
    try:
        yield
    except driver.Error as error:
        raise fault(error, path) from error


@contextmanager
def transaction(db: Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE … COMMIT, rolled back by any exception."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def fault(error: Exception, path: Path) -> StoreError:
    """The driver's error as ours, by its result code (sqlite.org/rescode.html)."""
    code = _primary(error)
    if code == driver.SQLITE_FULL or (code == driver.SQLITE_IOERR and is_full(path.parent)):
        return StoreError("disk_full")
    if code in (driver.SQLITE_BUSY, driver.SQLITE_LOCKED):
        return StoreError("store_busy")
    if code in (driver.SQLITE_READONLY, driver.SQLITE_PERM, driver.SQLITE_CANTOPEN):
        return StoreError("folder_read_only", folder=str(path.parent))
    if code in (driver.SQLITE_CORRUPT, driver.SQLITE_NOTADB):
        return StoreError("file_damaged", file=path.name, page=0)
    return StoreError("store_io", code=getattr(error, "sqlite_errorcode", 0))


def damaged_pages(db: Connection) -> tuple[str, ...]:
    """What `cipher_integrity_check` finds, one sentence of SQLCipher's per page; 1.3 s per million members."""
    return tuple(row[0] for row in db.execute("PRAGMA cipher_integrity_check"))


def _open(path: Path, key: FileKey) -> Connection:
    db = driver.connect(
        _uri(path), uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S, cached_statements=STATEMENTS_MAX
    )
    db.execute(f'PRAGMA key="{key.pragma}"')
    db.execute("PRAGMA cipher_log=off")
    return db


def _tune(db: Connection, tuning: Tuning) -> None:
    db.execute(f"PRAGMA journal_mode={tuning.journal}")
    db.execute(f"PRAGMA synchronous={tuning.synchronous}")
    db.execute(f"PRAGMA cache_size=-{tuning.page_cache_kib}")
    db.execute("PRAGMA temp_store=MEMORY")
    db.execute(f"PRAGMA wal_autocheckpoint={tuning.log_pages}")
    db.execute(f"PRAGMA journal_size_limit={WAL_BYTES_MAX}")
    db.execute("PRAGMA secure_delete=ON")
    db.execute("PRAGMA foreign_keys=ON")
    db.execute("PRAGMA trusted_schema=OFF")


def _uri(path: Path) -> str:
    return f"file:{quote(str(path.absolute()))}?mode=rw"


def _primary(error: Exception) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _diagnose(db: Connection, path: Path) -> StoreError:
    """Why the first page does not open: with a wrong key no page verifies, with damage most do."""
    pages = -(-path.stat().st_size // PAGE_BYTES)
    bad = damaged_pages(db)
    if len(bad) >= pages:
        return StoreError("key_wrong", file=path.name)
    return StoreError("file_damaged", file=path.name, page=1)
