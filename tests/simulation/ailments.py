"""What befalls one till's folder and is cured in flight: another signing key, rows of its cache that are not head
office's."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import ConfigError
from app.ids import uuid7
from app.store import keys, rotation, slices
from app.store.connect import TILL, Connection, connect, faults
from app.store.enrolled import PUT, HeadOffice, head_office, next_name
from app.store.feed_rows import TABLES
from app.store.folder import TILL_FILE
from app.store.keys import KeyRing
from app.store.rotation import Rotation
from app.wiring.rotate_cli import rotate
from sync.protocol.buckets import slice_of
from sync.till.transport import Identity
from tests.simulation.devices import FIRST_KEY
from tests.simulation.stage import device_key
from tests.simulation.wire import ADDRESS

if TYPE_CHECKING:
    from tests.simulation.sim_till import SimTill

ROWS = "SELECT r.n, {kind}, r.id, b.id FROM {table} AS r JOIN bucket AS b ON b.no = r.bucket WHERE r.raw IS NOT NULL"
FLIP = "UPDATE {table} SET raw = raw || ' ' WHERE n = ?"
"""Text that says the same in other bytes: nobody sells by it, every sum shows it."""
DROP = "DELETE FROM {table} WHERE n = ?"
DROP_TOKENS = "DELETE FROM name_token WHERE member = ?"


# ---- keys


def signs(folder: Path, ring: KeyRing, identity: Identity) -> Identity:
    """Who signs from this start of a till on, as `app.wiring.till_sync.enrolled` has it: a key head office took is
    used. A till that was never enrolled signs with the one it was made with."""
    if not any(name.startswith("signing-") for name in ring.wrapped):
        return identity
    till = connect(folder / TILL_FILE, ring.key(TILL_FILE), TILL)
    try:
        office = head_office(till)
        if office is None or office.key_name not in ring.wrapped:
            return identity
        office = rotation.settled(till, folder, ring, office)
        return replace(identity, key=rotation.signing_key(ring, office.key_name))
    finally:
        till.close()


def rotate_key(till: SimTill) -> str:
    """`guitai rotate-key`: both processes are stopped for it, and start again. Which key comes next is the seed's."""
    till.stop()
    _next_key(till.folder, till.identity)
    till.start()
    try:
        rotate(till.counter.till, till.files)
        said = "will sign with another key"
    except ConfigError as refused:
        said = refused.code
    till.stop()
    till.start()
    return said


def key_of(till: SimTill) -> Rotation:
    """How far a till's next key is."""
    office = head_office(till.files.book.connection)
    if office is None:
        return Rotation.NONE
    return rotation.state_of(till.files.book.connection, till.files.ring, till.identity.epoch, office)


def _next_key(folder: Path, identity: Identity) -> None:
    """The key after the one in use lies in the ring, as one that a lost answer left; a till that was made without
    enrolling gets what enrolling would have left: where head office is, and its first key."""
    ring = keys.load(folder, os.environ)
    db = connect(folder / TILL_FILE, ring.key(TILL_FILE), TILL)
    try:
        if head_office(db) is None:
            ring = ring.with_key(FIRST_KEY, identity.key.private_bytes_raw())
            db.execute(PUT, (ADDRESS, "", FIRST_KEY))
        office = head_office(db)
        if office is not None:
            _drawn(ring, rotation.settled(db, folder, ring, office))
    finally:
        db.close()


def _drawn(ring: KeyRing, office: HeadOffice) -> None:
    name = next_name(office)
    if name not in ring.wrapped:
        ring.with_key(name, device_key(f"{ring.folder.name}/{name}").private_bytes_raw())


# ---- rows


def damage(till: SimTill, dice: random.Random) -> str:
    """A row of the cache is flipped, missing, or there without being head office's; till.db is never touched."""
    cache = till.store._cache
    rows = [] if cache is None else sorted(_rows(cache))
    if cache is None or not rows:
        return "has no rows to lose"
    table, n, kind, id_, bucket = dice.choice(rows)
    how = dice.choice((_flip, _drop, _add))
    with faults(till.folder):
        other = how(cache, table, n, till.clock.now_ms(), dice)
    till.hurt.update((bucket, slice_of(kind, one)) for one in (id_, other or id_))
    return f"has a {how.__name__.removeprefix('_')} in a {kind} of {bucket}"


def _rows(cache: Connection) -> list[tuple[str, int, str, str, str]]:
    """(table, n, kind, id, bucket) of every live row."""
    found = []
    for table in TABLES:
        kind = "r.kind" if table == "other" else f"'{table}'"
        found += [(table, *row) for row in cache.execute(ROWS.format(kind=kind, table=table))]
    return found


def _flip(cache: Connection, table: str, n: int, _: int, __: random.Random) -> None:
    cache.execute(FLIP.format(table=table), (n,))


def _drop(cache: Connection, table: str, n: int, _: int, __: random.Random) -> None:
    cache.execute(DROP.format(table=table), (n,))
    if table == "member":
        cache.execute(DROP_TOKENS, (n,))


def _add(cache: Connection, table: str, n: int, now_ms: int, dice: random.Random) -> str:
    """The same row once more under an id of its own."""
    made = uuid7(now_ms, dice.getrandbits)
    names = [name for _, name, *_ in cache.execute(f"PRAGMA table_info({table})") if name not in ("n", "id")]
    columns = ", ".join(names)
    cache.execute(f"INSERT INTO {table} (id, {columns}) SELECT ?, {columns} FROM {table} WHERE n = ?", (made, n))
    return made


def is_hurt(till: SimTill) -> bool:
    """Whether the cache a screen reads holds rows its figures do not: what it shows is not judged until it mends."""
    return bool(till.hurt) and bool(slices.recount(till.files.members.connection))
