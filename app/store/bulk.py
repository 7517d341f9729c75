"""Imports: products into till.db, members into the cache, where the feed will write later.

The first load of members builds a new generation, later ones upsert. A new generation is filled in arrival order
without indexes, which are built at the end (protocol.md, "First load"); until till.db names it, the old one
is in use, so an interruption leaves the old state. Upserts are one transaction. The caller holds the folder's lock;
any one thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from app import collector
from app.domain.product import Product
from app.errors import StoreError
from app.services.import_members import ImportedMember
from app.store.connect import BULK, CACHE, TILL, Connection, connect, faults
from app.store.files import Identity, read_identity
from app.store.folder import TILL_FILE, cache_file
from app.store.install import make_cache
from app.store.keys import KeyRing, sync_folder
from app.store.mark import Commits
from app.store.member_rows import MemberRows, rows_of
from app.store.migrate import TILL_LINE, open_current
from app.store.products import put_product
from app.store.tail import open_whole
from app.store.upsert import ADD_ACCOUNT, ADD_COUPON, Upserts

BATCH_ROWS: Final = 5_000
PROGRESS_ROWS: Final = 5_000
TILL_ROWS_MAX: Final = 50
"""Products in one transaction: with their barcodes at most 200 rows or so."""

Progress = Callable[[int], None]
"""Told the number of members read so far, every PROGRESS_ROWS and at the end."""

ADD_BUCKET: Final = "INSERT INTO bucket (no, id, incarnation_no, seq, live_rows, members) VALUES (?, ?, 0, 0, ?, ?)"
ADD_MEMBER: Final = (
    "INSERT INTO member (bucket, id, incarnation_no, ver, row_seq, raw, h, phone_back, initials)"
    " VALUES (?, ?, 0, 1, ?, ?, ?, ?, ?)"
)
ADD_CARD: Final = (
    "INSERT INTO card (bucket, id, incarnation_no, ver, row_seq, raw, h, number, member_id)"
    " VALUES (?, ?, 0, 1, ?, ?, ?, ?, ?)"
)
POINTS: Final = "points"
INDEXES: Final = (
    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    " AND tbl_name IN ('member', 'card', 'account', 'other') ORDER BY name"
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an import did, in members or products."""

    added: int
    changed: int
    unchanged: int
    generation: int


def load_members(
    folder: Path, ring: KeyRing, members: Iterable[ImportedMember], progress: Progress = lambda _: None
) -> Loaded:
    """Write members into the cache in use; into a new generation when that one is empty or lost.

    StoreError `disk_full` and all of `connect`: the cache in use is then as it was.
    """
    path = folder / TILL_FILE
    till = open_current(path, ring.key(TILL_FILE), TILL_LINE)
    try:
        identity = read_identity(till, path)
    finally:
        till.close()
    in_use = folder / cache_file(identity.cache_no)
    ring = _forget_others(folder, ring, identity.cache_no)
    if identity.cache_no and in_use.exists():
        cache = connect(in_use, ring.key(in_use.name), CACHE)
        try:
            with faults(in_use):
                if cache.execute("SELECT 1 FROM member LIMIT 1").fetchone() is not None:
                    return _upsert(cache, identity, members, progress)
        finally:
            cache.close()
    return _new_generation(folder, ring, identity, members, progress=progress)


def load_products(
    folder: Path, ring: KeyRing, products: Iterable[Product], progress: Progress = lambda _: None
) -> Loaded:
    """Write products into the essentials of till.db, at most TILL_ROWS_MAX in one transaction (architecture.md).

    An interruption leaves whole transactions; the same file again brings in the rest.
    """
    path = folder / TILL_FILE
    till = open_whole(folder, ring)
    commits = Commits(till, folder)
    counts = dict.fromkeys(("added", "changed", "unchanged"), 0)
    try:
        source = iter(products)
        epoch = read_identity(till, path).epoch
        with faults(path):
            while batch := list(islice(source, TILL_ROWS_MAX)):
                till.execute("BEGIN IMMEDIATE")
                for product in batch:
                    counts[put_product(till, product)] += 1
                commits.commit(epoch)
                progress(sum(counts.values()))
            return Loaded(**counts, generation=read_identity(till, path).cache_no)
    finally:
        commits.close()
        till.close()


def _upsert(cache: Connection, identity: Identity, members: Iterable[ImportedMember], progress: Progress) -> Loaded:
    writer = Upserts(cache, identity.region_id)
    cache.execute("BEGIN IMMEDIATE")
    try:
        for place, member in enumerate(members, 1):
            writer.put(member)
            if place % PROGRESS_ROWS == 0:
                progress(place)
        writer.count_buckets()
        cache.execute("COMMIT")
    finally:
        if cache.in_transaction:
            cache.execute("ROLLBACK")
    progress(writer.added + writer.changed + writer.unchanged)
    return Loaded(writer.added, writer.changed, writer.unchanged, identity.cache_no)


def _new_generation(
    folder: Path, ring: KeyRing, identity: Identity, members: Iterable[ImportedMember], *, progress: Progress
) -> Loaded:
    generation = identity.cache_no + 1
    path = folder / cache_file(generation)
    ring = ring.with_new_key(path.name)
    try:
        make_cache(folder, ring, generation)
        cache = connect(path, ring.key(path.name), BULK)
        try:
            with faults(path), collector.rests():
                added = _fill(cache, identity.region_id, members, progress)
        finally:
            cache.close()
        _sync_file(path)
    except BaseException:
        with suppress(StoreError, OSError):  # on a full disk its room first; a key that stays goes at the next load
            _forget_others(folder, ring, identity.cache_no)
        raise
    _switch(folder, ring, generation)
    _forget_others(folder, ring, generation)
    return Loaded(added, 0, 0, generation)


def _fill(cache: Connection, region_id: str, members: Iterable[ImportedMember], progress: Progress) -> int:
    """All rows in arrival order, then the indexes, the tokens in their order, the buckets' counts."""
    cache.execute("PRAGMA locking_mode=EXCLUSIVE")
    indexes = list(cache.execute(INDEXES))
    cache.execute("BEGIN IMMEDIATE")
    for name, _ in indexes:
        cache.execute(f"DROP INDEX {name}")
    cache.execute("CREATE TEMP TABLE token (token TEXT NOT NULL, member INTEGER NOT NULL)")
    buckets: dict[str, list[int]] = {}
    done = 0
    source = iter(members)
    while batch := [rows_of(member, region_id) for member in islice(source, BATCH_ROWS)]:
        _add(cache, batch, buckets, done)
        done += len(batch)
        progress(done)
    for _, statement in indexes:
        cache.execute(statement)
    cache.execute("INSERT OR IGNORE INTO name_token SELECT token, member FROM temp.token ORDER BY token, member")
    cache.execute("DROP TABLE temp.token")
    cache.executemany(ADD_BUCKET, [(no, name, rows, members) for name, (no, rows, members) in buckets.items()])
    cache.execute("COMMIT")
    return done


def _add(cache: Connection, batch: list[MemberRows], buckets: dict[str, list[int]], done: int) -> None:
    """One batch; `buckets`: id → [no, live rows, members]. Row sequences count per bucket."""
    members, cards, accounts, coupons = [], [], [], []
    tokens: list[tuple[str, int]] = []
    for place, rows in enumerate(batch, done + 1):
        bucket = buckets.setdefault(rows.bucket, [len(buckets) + 1, 0, 0])
        no, seq, _ = bucket
        members.append((no, rows.member[0], seq + 1, rows.member[1], rows.member[2], rows.phone_back, rows.initials))
        owner, seq = rows.member[0], seq + 2
        accounts.append((no, rows.account[0], seq, *rows.account[1:], POINTS, owner, rows.balance))
        if rows.card is not None:
            seq += 1
            cards.append((no, rows.card[0], seq, rows.card[1], rows.card[2], rows.number, owner))
        for row, kind, balance in rows.plain:
            seq += 1
            accounts.append((no, row[0], seq, *row[1:], kind.value, owner, balance))
        for row_id, raw, h in rows.coupons:
            seq += 1
            coupons.append((no, row_id, seq, raw, h, owner))
        tokens.extend((token, place) for token in rows.tokens)
        bucket[1] = seq
        bucket[2] += 1
    cache.executemany(ADD_MEMBER, members)
    cache.executemany(ADD_CARD, cards)
    cache.executemany(ADD_ACCOUNT, accounts)
    cache.executemany(ADD_COUPON, coupons)
    cache.executemany("INSERT INTO temp.token VALUES (?, ?)", tokens)


def _switch(folder: Path, ring: KeyRing, generation: int) -> None:
    """From here on the new generation is the till's cache."""
    path = folder / TILL_FILE
    till = connect(path, ring.key(TILL_FILE), TILL)
    try:
        with faults(path):
            till.execute("UPDATE meta SET cache_no = ?", (generation,))
    finally:
        till.close()


def _forget_others(folder: Path, ring: KeyRing, in_use: int) -> KeyRing:
    """Delete cache generations that are not in use, and their keys: what an interrupted load left, and the one before.

    They are copies of head office's rows, never the till's own truth.
    """
    others = {path.name for path in folder.glob("cache-*.db")} | {name for name in ring.wrapped if name != TILL_FILE}
    for name in sorted(others - {cache_file(in_use)}):
        for part in (name, f"{name}-wal", f"{name}-shm"):
            (folder / part).unlink(missing_ok=True)
        sync_folder(folder)
        if name in ring.wrapped:
            ring = ring.without_key(name)
    return ring


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)
