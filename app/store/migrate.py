"""Schema versions: read by raw SQL at every start; Alembic is imported only when a file is behind.

An older file is first copied (encrypted, with the same key, verified by opening it); the copy is kept. The upgrade of
one file is one transaction. A newer file than this program knows is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlcipher3.dbapi2 as driver

from app.errors import StoreError
from app.failpoints import NO_FAILPOINTS, Failpoint, Failpoints
from app.resources import migrations
from app.store.connect import CACHE, TILL, Connection, Tuning, connect, create, damaged_pages, engine, faults
from app.store.keys import FileKey, sync_folder

if TYPE_CHECKING:
    from alembic.config import Config

BACKUP_FOLDER: Final = "before-upgrade"


@dataclass(frozen=True, slots=True)
class Line:
    """One Alembic line: its revisions in order (a test compares them with the scripts)."""

    name: str
    tuning: Tuning
    revisions: tuple[str, ...]

    @property
    def head(self) -> str:
        return self.revisions[-1]


TILL_LINE: Final = Line(
    "till", TILL, ("till_0001", "till_0002", "till_0003", "till_0004", "till_0005", "till_0006", "till_0007")
)
CACHE_LINE: Final = Line(
    "cache", CACHE, ("cache_0001", "cache_0002", "cache_0003", "cache_0004", "cache_0005", "cache_0006")
)


def revision(db: Connection, path: Path) -> str:
    """The schema version of an open file; empty for one without tables."""
    with faults(path):
        if db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").fetchone() is None:
            return ""
        row = db.execute("SELECT version_num FROM alembic_version").fetchone()
    return "" if row is None else str(row[0])


def open_current(
    path: Path,
    key: FileKey,
    line: Line,
    failpoints: Failpoints = NO_FAILPOINTS,
    look: Callable[[Connection], None] | None = None,
) -> Connection:
    """Open a file at the newest schema, upgrading it first if it is behind. `look` may refuse it before that.

    StoreError `schema_newer`, `backup_failed`, `migration_failed` and those of `connect`.
    """
    db = connect(path, key, line.tuning)
    try:
        found = revision(db, path)
        if look is not None and found in line.revisions:
            look(db)
    except BaseException:
        db.close()
        raise
    if found == line.head:
        return db
    if found not in line.revisions:
        db.close()
        raise StoreError("schema_newer", file=path.name, revision=found or "0")
    try:
        failpoints.hit(Failpoint.MIGRATION_BEFORE_BACKUP)
        backup = _backup(db, path, key, found)
    finally:
        db.close()
    failpoints.hit(Failpoint.MIGRATION_AFTER_BACKUP)
    try:
        upgrade(path, key, line, failpoints=failpoints)
    except StoreError as error:
        if error.code == "disk_full":
            raise
        raise StoreError("migration_failed", file=path.name, backup=f"{BACKUP_FOLDER}/{backup.name}") from error
    return connect(path, key, line.tuning)


def upgrade(path: Path, key: FileKey, line: Line, *, to: str = "head", failpoints: Failpoints = NO_FAILPOINTS) -> None:
    """Run the line's scripts up to `to` in one transaction. Any error leaves the file as it was."""
    from alembic import command
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    made = engine(path, key, line.tuning)
    config = alembic_config(line)
    try:
        with faults(path), made.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, to)
            failpoints.hit(Failpoint.MIGRATION_BEFORE_COMMIT)
        failpoints.hit(Failpoint.MIGRATION_AFTER_COMMIT)
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None)
        if isinstance(cause, driver.Error):
            with faults(path):
                raise cause from error
        raise StoreError("store_io", code=0) from error
    except CommandError as error:
        raise StoreError("store_io", code=0) from error
    finally:
        made.dispose()


def alembic_config(line: Line) -> Config:
    """The configuration of a line, found beside the source or inside the frozen program."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts(line)).replace("%", "%%"))
    return config


def scripts(line: Line) -> Path:
    """The folder of a line's scripts."""
    return migrations() / line.name


def copy(db: Connection, target: Path, key: FileKey) -> None:
    """An encrypted copy of an open database in a new file, verified by opening it and checking every page.

    StoreError `disk_full`, `folder_not_empty` (the target exists), `backup_failed`.
    """
    made = create(target, key, TILL)
    try:
        with faults(target):
            db.backup(made)
    finally:
        made.close()
    check = connect(target, key, TILL)
    try:
        with faults(target):
            sound = check.execute("PRAGMA quick_check").fetchone()[0] == "ok" and not damaged_pages(check)
    finally:
        check.close()
    if not sound:
        raise StoreError("backup_failed", file=target.name)


def _backup(db: Connection, path: Path, key: FileKey, found: str) -> Path:
    """The copy kept from before an upgrade. One left half-made by a crash is replaced."""
    folder = path.parent / BACKUP_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{path.stem}-{found}.db"
    draft = target.with_suffix(".part")
    for name in (draft, *(draft.with_name(draft.name + tail) for tail in ("-wal", "-shm"))):
        name.unlink(missing_ok=True)
    try:
        copy(db, draft, key)
    except StoreError as error:
        draft.unlink(missing_ok=True)
        if error.code == "disk_full":
            raise
        raise StoreError("backup_failed", file=path.name) from error
    draft.replace(target)
    sync_folder(folder)
    return target
