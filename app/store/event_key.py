"""The key of an event, `n` = epoch · 2^40 + seq, and the head of a chain in till.db."""

from __future__ import annotations

from typing import Final

from app.domain.chain import HASH_ZERO, Link
from app.store.connect import Connection

SEQ_BITS: Final = 40
HEAD: Final = "SELECT n, hash FROM event WHERE n > ? AND n < ? ORDER BY n DESC LIMIT 1"


def event_n(epoch: int, seq: int) -> int:
    """The key of an event and of what belongs to it."""
    return (epoch << SEQ_BITS) + seq


def head_of(db: Connection, epoch: int) -> Link:
    """The last event of the epoch, or the empty chain's start."""
    row = db.execute(HEAD, (event_n(epoch, 0), event_n(epoch + 1, 0))).fetchone()
    return Link(epoch, 0, HASH_ZERO) if row is None else Link(epoch, row[0] - event_n(epoch, 0), row[1])
