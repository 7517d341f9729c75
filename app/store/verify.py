"""Do the chains of a till hold? Events of each epoch, and the audit chain: intact, or the first broken link."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.domain import chain
from app.domain.chain import HASH_ZERO, BrokenLink, Link
from app.store.connect import Connection, faults
from app.store.event_key import SEQ_BITS, event_n

EPOCHS: Final = f"SELECT DISTINCT n >> {SEQ_BITS} FROM event ORDER BY 1"
EVENTS: Final = "SELECT n - ?, raw, hash FROM event WHERE n > ? AND n < ? ORDER BY n"
EVERY: Final = "SELECT n, event_id, raw, hash FROM event ORDER BY n"
SHOWN: Final = (
    "SELECT a.id, a.balance + (SELECT coalesce(sum(points), 0) FROM till.effect WHERE"
    " (key = a.id OR key IN (SELECT number FROM card WHERE member_id = a.member_id AND raw IS NOT NULL))"
    " AND NOT coalesce(settled_incarnation_no = a.incarnation_no AND settled_ver <= a.ver, 0)"
    " AND NOT coalesce(before_incarnation_no = a.incarnation_no AND before_ver <= a.ver, 0))"
    " FROM account AS a WHERE a.account_kind = 'points' AND a.raw IS NOT NULL ORDER BY a.incarnation_no, a.ver"
)
"""What the counter shows (lookup.py): the cached balance and own events it does not contain; the newest row last."""
AUDIT: Final = "SELECT seq, raw, hash FROM audit ORDER BY seq"


def events(db: Connection, path: Path) -> dict[int, Link | BrokenLink]:
    """epoch → the head of its chain, or its first broken link."""
    with faults(path):
        epochs = [row[0] for row in db.execute(EPOCHS)]
        return {epoch: _walk(db.execute(EVENTS, _span(epoch)), epoch) for epoch in epochs}


def every_event(db: Connection, path: Path) -> Iterator[tuple[int, int, str, str, str]]:
    """(epoch, seq, event_id, raw, hash) of every retained event, oldest first."""
    with faults(path):
        for n, event_id, raw, digest in db.execute(EVERY):
            yield n >> SEQ_BITS, n & (1 << SEQ_BITS) - 1, event_id, raw, digest


def shown_points(cache: Connection, path: Path) -> dict[str, int]:
    """account_id -> points as the counter shows them; `cache` has till.db attached as `till`."""
    with faults(path):
        return dict(cache.execute(SHOWN).fetchall())


def audit(db: Connection, path: Path) -> Link | BrokenLink:
    """The head of the audit chain (epoch 0), or its first broken link."""
    with faults(path):
        return _walk(db.execute(AUDIT), 0)


def _span(epoch: int) -> tuple[int, int, int]:
    return event_n(epoch, 0), event_n(epoch, 0), event_n(epoch + 1, 0)


def _walk(rows: Iterator[tuple[int, str, str]], epoch: int) -> Link | BrokenLink:
    return chain.verify(rows, Link(epoch, 0, HASH_ZERO))
