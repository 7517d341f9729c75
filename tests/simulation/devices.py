"""What happens to a till's machine: power, clock, disk, images and copies of its folder, and a new enrolment."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.clock import Clock, ManualClock
from app.domain.chain import Link, SealedEvent, event_hash
from app.domain.events import Basis, sale_fact, seal
from app.domain.sale import Basket, Because, Line, Sale, SaleResult, Tender, TenderKind
from app.ids import AccountId, EventId, MemberId
from app.services.ports import Effect
from app.store import keys
from app.store.enrolled import Given, HeadOffice, head_office, next_name, take_identity
from app.store.folder import TILL_FILE
from app.store.mark import MARK_FILE
from app.store.migrate import TILL_LINE, open_current
from app.store.restore import restore
from sync.till.enrol import Enrolled as NewIdentity
from tests.simulation.wire import ADDRESS

if TYPE_CHECKING:
    from tests.simulation.counter import Enrolled
    from tests.simulation.sim_till import SimTill

FIRST_KEY = "signing-1"
DAY_MS = 24 * 3600 * 1000
WAL_HEAD_BYTES, FRAME_BYTES = 32, 24 + 4096


class OwnClock:
    """A till's clock: that of the world, as far off as somebody set it. What counts time is not off."""

    def __init__(self, world: ManualClock) -> None:
        self._world = world
        self.off_ms = 0

    def now_ms(self) -> int:
        return self._world.now_ms() + self.off_ms

    def monotonic_s(self) -> float:
        return self._world.now_ms() / 1000

    def set_by(self, dice: random.Random) -> None:
        """Up to thirty days ahead or behind, hours, or right again."""
        self.off_ms = dice.choice((0, 3_600_000, -7_200_000, 30 * DAY_MS, -30 * DAY_MS))


@contextmanager
def cut_off(folder: Path, dice: random.Random | None) -> Iterator[None]:
    """The block closes the files of a folder; afterwards they are as they were before it, logs not folded in.

    SQLite leaves files alone that were moved meanwhile. With `dice` the power went: of the cache's log only some whole
    frames had reached the disk.
    """
    aside = folder / "aside"
    aside.mkdir()
    kept = [path for path in folder.glob("*.db*") if not path.name.endswith("-shm")]
    for path in kept:
        path.rename(aside / path.name)
    yield
    for path in folder.glob("*.db*"):
        path.unlink()
    for path in kept:
        (aside / path.name).rename(path)
        if dice is not None and path.name.startswith("cache-") and path.name.endswith("-wal"):
            frames = max(0, path.stat().st_size - WAL_HEAD_BYTES) // FRAME_BYTES
            os.truncate(path, WAL_HEAD_BYTES + dice.randrange(frames + 1) * FRAME_BYTES)
    aside.rmdir()


def copy(folder: Path, to: Path) -> None:
    """A whole folder, in the place of whatever was there."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to, copy_function=shutil.copy)
    to.chmod(0o700)


def put_back(image: Path, folder: Path) -> None:
    """The files of an image, but the mark of what was there."""
    marked = (folder / MARK_FILE).read_bytes()
    copy(image, folder)
    (folder / MARK_FILE).write_bytes(marked)


def drop_identity(folder: Path, clock: Clock) -> None:
    """`guitai restore`: what was put back sells no more as who it was."""
    restore(folder, keys.load(folder, os.environ), clock, None)


def fill_disk(till: SimTill, full: bool) -> None:
    """No file of this till grows any more, or again as much as it likes."""
    for db in (till.store._till, till.store._cache, till.files.book.connection):
        if db is not None:
            pages = db.execute("PRAGMA page_count").fetchone()[0] if full else (1 << 30)
            db.execute(f"PRAGMA max_page_count={pages}")


def become(folder: Path, given: NewIdentity, key: Ed25519PrivateKey) -> None:
    """The till of a folder takes the identity it was given with its new key, as `guitai enrol` does."""
    ring = keys.load(folder, os.environ)
    till = open_current(folder / TILL_FILE, ring.key(TILL_FILE), TILL_LINE)
    try:
        known = head_office(till)
        key_name = FIRST_KEY if known is None else next_name(known)
        ring.with_key(key_name, key.private_bytes_raw())
        identity = Given(given.till_id, given.epoch, given.store_id, given.region_id)
        take_identity(till, folder, identity, HeadOffice(ADDRESS, "", key_name))
    finally:
        till.close()


def write_poison(till: SimTill, dice: random.Random) -> str:
    """An event of tomorrow's type, one with a body of another shape, one that is no JSON: only the hash holds."""
    with till.files.book.begin() as tx:
        head = tx.head()
        event_id = till.counter.fresh_id()
        seq, at_ms = head.seq + 1, till.clock.now_ms()
        plain = f'"at_ms":{at_ms},"body":{{}},"event_id":"{event_id}","offset_age_s":-1,"offset_ms":0,"schema":1'
        raw = dice.choice((
            f'{{{plain},"seq":{seq},"type":"tomorrow"}}',
            f'{{{plain},"seq":{seq},"type":"sale"}}',
            f"no JSON {event_id}",
        ))  # fmt: skip
        tx.append(_sealed(head, event_id, raw, at_ms))
        tx.commit()
    return "wrote poison"


def sell_ahead(till: SimTill, member: Enrolled, yuan: int, programme: str) -> str:
    """A sale by a version head office does not have yet: it waits there, and lies over the cached row meanwhile."""
    counter = till.counter
    event_id, shift = EventId(counter.fresh_id()), till.files.book.open_shift()
    if shift is None:
        raise AssertionError("a shift is open")
    known = till.knows(member)
    with till.files.book.begin() as tx:
        result = SaleResult(yuan * 100, yuan, because=(Because("base", yuan, 0),))
        sale = Sale(
            event_id, f"{till.name}-{tx.next_number('receipt'):06d}", till.clock.now_ms(), "2026-09-21",
            shift.shift_id, shift.staff_id, "CNY", Basket((Line(yuan * 100),)), (Tender(TenderKind.CASH, yuan * 100),),
            result, yuan * 100, 0, MemberId(member.member_id) if known else None, None if known else member.card,
        )  # fmt: skip
        tx.add_sale(sale)
        key = (AccountId(member.account_id), None) if known else (None, member.card)
        tx.append(seal(sale_fact(sale, Basis(programme)), tx.head()), (Effect(*key, yuan),))
        tx.commit()
    return f"sells {yuan} by {programme}"


def _sealed(head: Link, event_id: str, raw: str, at_ms: int) -> SealedEvent:
    return SealedEvent(head.epoch, head.seq + 1, event_id, "sale", at_ms, raw, event_hash(head.hash, raw))
