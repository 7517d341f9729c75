"""Till against head office, event by event and to the point: missing, doubled, altered, unknown, unsent, parked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, or_, select

from sync.hq.locks import among
from sync.hq.tables import ENTRY, EVENT, INBOX, ROW, STREAM

OWN_KEYS: Final = ("import/", "expiry/", "merge/")
"""Ledger entries that no till wrote: an import, the nightly run, a merge."""


class _Balance(msgspec.Struct, frozen=True):
    """What of an account row is compared."""

    balance: int


_READ: Final = msgspec.json.Decoder(_Balance).decode


@dataclass(frozen=True, slots=True)
class TillEvent:
    """An event as the till holds it."""

    epoch: int
    seq: int
    event_id: str
    raw: str
    hash: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`what`: missing, altered, doubled, unknown, unsent, parked; an entry nobody wrote has epoch and seq 0."""

    what: str
    till_id: str
    epoch: int
    seq: int
    event_id: str


@dataclass(frozen=True, slots=True)
class PointsDiffer:
    """An account whose points a till shows otherwise than head office has them (scaled points)."""

    what: str
    till_id: str
    account_id: str
    at_till: int
    at_head_office: int


def differences(connection: Connection, till_id: str, events: Iterable[TillEvent]) -> list[Difference]:
    """Everything in which a till and head office disagree, by epoch and seq; [] when they agree."""
    found: list[Difference] = []
    by_epoch: dict[int, list[TillEvent]] = {}
    for one in events:
        by_epoch.setdefault(one.epoch, []).append(one)
    for epoch, ours in sorted(by_epoch.items()):
        theirs = _inbox(connection, till_id, epoch)
        found += _of_epoch(till_id, ours, theirs, _head(connection, till_id, epoch))
        found += _waiting(connection, till_id, epoch, theirs)
    return sorted(found, key=lambda one: (one.epoch, one.seq, one.what))


def _inbox(connection: Connection, till_id: str, epoch: int) -> dict[int, Row[Any]]:
    wanted = select(INBOX).where(INBOX.c.till_id == till_id, INBOX.c.epoch == epoch).order_by(INBOX.c.seq)
    return {row.seq: row for row in connection.execute(wanted)}


def _head(connection: Connection, till_id: str, epoch: int) -> int:
    """The last seq head office acknowledged; 0 for an identity it does not know."""
    wanted = select(STREAM.c.head_seq).where(STREAM.c.till_id == till_id, STREAM.c.epoch == epoch)
    return connection.execute(wanted).scalar() or 0


def _of_epoch(till_id: str, ours: list[TillEvent], theirs: dict[int, Row[Any]], head: int) -> Iterator[Difference]:
    seen = Counter(row.event_key for row in theirs.values() if not row.differs)
    at_till = {one.seq for one in ours}
    for one in ours:
        row = theirs.get(one.seq)
        if row is None:
            what = "unsent" if one.seq > head else "missing"
            yield Difference(what, till_id, one.epoch, one.seq, one.event_id)
        elif row.hash != one.hash or bytes(row.raw) != one.raw.encode("utf-8"):
            yield Difference("altered", till_id, one.epoch, one.seq, one.event_id)
    first = min(at_till, default=1)
    for seq, row in theirs.items():
        if seq >= first and seq not in at_till:
            what = "doubled" if seen[row.event_key] > 1 else "unknown"
            yield Difference(what, till_id, row.epoch, seq, row.event_key)


def _waiting(connection: Connection, till_id: str, epoch: int, theirs: dict[int, Row[Any]]) -> Iterator[Difference]:
    """Events that were stored but never decided, and those parked."""
    keys = {row.event_key: row.seq for row in theirs.values()}
    wanted = select(EVENT.c.event_key, EVENT.c.outcome).where(EVENT.c.till_id == till_id, EVENT.c.epoch == epoch)
    fates = {row.event_key: row.outcome for row in connection.execute(wanted)}
    for key, seq in keys.items():
        outcome = fates.get(key)
        if outcome is None and not _elsewhere(connection, key):
            yield Difference("missing", till_id, epoch, seq, key)
        elif outcome == "parked":
            yield Difference("parked", till_id, epoch, seq, key)


def _elsewhere(connection: Connection, key: str) -> bool:
    """Whether the event was first delivered by another identity."""
    return connection.execute(select(EVENT.c.event_key).where(EVENT.c.event_key == key)).first() is not None


def points_differences(connection: Connection, till_id: str, shown: Mapping[str, int]) -> list[PointsDiffer]:
    """Accounts for which a till shows other points than head office's row says; `shown`: account_id -> points."""
    mine = among(connection, ROW.c.id, shown)
    wanted = select(ROW.c.id, ROW.c.raw).where(ROW.c.kind == "account", mine, ROW.c.raw.is_not(None))
    theirs = {id_: _READ(raw).balance for id_, raw in connection.execute(wanted)}
    return [
        PointsDiffer("points", till_id, one, shown[one], theirs.get(one, 0))
        for one in sorted(shown)
        if shown[one] != theirs.get(one, 0)
    ]


def stray_entries(connection: Connection) -> list[Difference]:
    """Ledger entries of no event and no import: something was posted that nobody wrote."""
    there = select(EVENT.c.event_key).where(EVENT.c.event_key == ENTRY.c.event_key).exists()
    ours = or_(*(ENTRY.c.event_key.startswith(name, autoescape=True) for name in OWN_KEYS))
    wanted = select(ENTRY.c.event_key).where(~there, ~ours)
    return [Difference("doubled", "", 0, 0, row.event_key) for row in connection.execute(wanted)]
