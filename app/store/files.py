"""Opening a till: keys, both files at their newest schema, and the ports over them. Store thread only.

No import of SQLAlchemy or Alembic here: they come only when a file is behind, or when the cache is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlcipher3.dbapi2 as driver

from app.clock import Clock
from app.errors import StoreError
from app.failpoints import NO_FAILPOINTS, Failpoints
from app.ids import StoreId, TillId
from app.store import folder as data_folder
from app.store import keys
from app.store.book import TillBook
from app.store.connect import Connection, attach, faults
from app.store.enrolled import store_pepper
from app.store.essentials import TillEssentials
from app.store.folder import TILL_FILE, cache_file
from app.store.jobs import JobOutbox
from app.store.lookup import CachedMembers
from app.store.mark import Commits
from app.store.migrate import CACHE_LINE, open_current
from app.store.pins import STANDARD, ArgonPins, PinCost
from app.store.tail import check_sells, open_whole

IDENTITY: Final = "SELECT till_id, epoch, store_id, region_id, cache_no FROM meta"
STOPS_THE_TILL: Final = ("disk_full", "folder_read_only", "store_busy", "store_io")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the till is, as head office (or `guitai init`) named it."""

    till_id: TillId
    epoch: int
    store_id: StoreId
    region_id: str
    cache_no: int


@dataclass(frozen=True, slots=True)
class TillFiles:
    """An open till. `cache_problem`: why there are no members; the till sells and earns to card numbers without."""

    folder: Path
    ring: keys.KeyRing
    identity: Identity
    book: TillBook
    members: CachedMembers
    essentials: TillEssentials
    jobs: JobOutbox
    pins: ArgonPins
    cache_problem: StoreError | None

    def close(self) -> None:
        """Close both files; their WALs are folded in when nobody else has them open."""
        self.members.close()
        self.book.close()


def open_till(
    folder: Path,
    environment: Mapping[str, str],
    clock: Clock,
    *,
    failpoints: Failpoints = NO_FAILPOINTS,
    pin_cost: PinCost = STANDARD,
) -> TillFiles:
    """Open the till of a data folder. The caller holds its FolderLock.

    StoreError: every code that `app.messages.store.EXIT_CODES` names. Nothing is created or replaced on the way.
    """
    data_folder.own(folder)
    if not (folder / TILL_FILE).exists() and not (folder / keys.KEYS_FILE).exists():
        raise StoreError("till_missing", folder=str(folder))
    data_folder.check_writable(folder)
    ring = keys.load(folder, environment)
    path = folder / TILL_FILE
    till = open_whole(folder, ring, failpoints)
    try:
        check_sells(till)
        identity = read_identity(till, path)
        cache, cache_path, problem = _open_cache(folder, ring, identity.cache_no, failpoints)
        attach(cache, path, ring.key(TILL_FILE), "till")
    except BaseException:
        till.close()
        raise
    commits = Commits(till, folder)
    return TillFiles(
        folder,
        ring,
        identity,
        TillBook(till, path, identity.epoch, clock, commits),
        CachedMembers(cache, cache_path, loaded=problem is None),
        TillEssentials(till, path),
        JobOutbox(till, path, identity.epoch, commits),
        ArgonPins(ring.secrets.pepper, pin_cost, store_pepper=store_pepper(ring)),
        problem,
    )


def switch_cache(files: TillFiles) -> None:
    """Read the cache generation till.db names from now on; the old one is let go. Store thread; keys.json is read anew.

    A generation that cannot be opened leaves the one in hand: StoreError says why.
    """
    ring = keys.load(files.folder, {}, files.ring.secrets)
    generation = read_identity(files.book.connection, files.folder / TILL_FILE).cache_no
    path = files.folder / cache_file(generation)
    cache = open_current(path, ring.key(path.name), CACHE_LINE)
    try:
        attach(cache, files.folder / TILL_FILE, ring.key(TILL_FILE), "till")
    except BaseException:
        cache.close()
        raise
    files.members.switch(cache, path)


def read_identity(till: Connection, path: Path) -> Identity:
    """The one row of `meta`. StoreError `file_damaged` without it."""
    with faults(path):
        row = till.execute(IDENTITY).fetchone()
    if row is None:
        raise StoreError("file_damaged", file=path.name, page=0)
    return Identity(TillId(row[0]), row[1], StoreId(row[2]), row[3], row[4])


def _open_cache(
    folder: Path, ring: keys.KeyRing, generation: int, failpoints: Failpoints
) -> tuple[Connection, Path, StoreError | None]:
    """The cache in use, else an empty stand-in and the reason: a lost cache never stops the till."""
    path = folder / cache_file(generation)
    if generation == 0:
        return _stand_in(), path, StoreError("cache_missing")
    try:
        return open_current(path, ring.key(path.name), CACHE_LINE, failpoints), path, None
    except StoreError as error:
        if error.code in STOPS_THE_TILL:
            raise
        return _stand_in(), path, error


def _stand_in() -> Connection:
    """An empty cache in memory, so that look-ups run the same statements."""
    from sqlalchemy.dialects import sqlite  # lazy: a lost cache is rare, and only then SQLAlchemy is wanted
    from sqlalchemy.schema import CreateTable

    from app.store.tables.cache import METADATA

    db = driver.connect(":memory:", isolation_level=None)
    for table in METADATA.sorted_tables:
        db.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
    return db
