"""Every till as an operator sees it: its identity, what it last reported, and what was kept of a fork."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, func, select

from sync.hq import feed
from sync.hq.tables import CHANNEL, EVIDENCE, INBOX, PLACE, PROGRESS, STREAM
from sync.protocol.shapes import ProgressRequest

FORK: Final = "fork"
NEVER: Final = "not_enrolled"
_REPORT: Final = msgspec.json.Decoder(ProgressRequest).decode


@dataclass(frozen=True, slots=True)
class Evidence:
    """A batch that left the accepted stream: kept whole, without personal data."""

    epoch: int
    base_seq: int
    events: int
    received_ms: int


@dataclass(frozen=True, slots=True)
class FleetTill:
    """One place. `closed`: why its newest identity may not call, `not_enrolled` before the first; None: it may.

    `version`, `pending`, `oldest_ms`, `cursors`: as last reported; `behind`: rows that its cursors have not reached.
    """

    till_id: str
    store_id: str
    epoch: int
    closed: str | None
    enrolled_ms: int | None
    head_seq: int
    last_seen_ms: int | None
    version: str | None
    pending: int | None
    oldest_ms: int | None
    behind: int | None
    cursors: Mapping[str, int]
    evidence: tuple[Evidence, ...]

    @property
    def is_quarantined(self) -> bool:
        """Two devices wrote under its name, and it has no new one yet."""
        return self.closed == FORK


def fleet(connection: Connection) -> list[FleetTill]:
    """All tills, by store and id."""
    newest: dict[str, Row[Any]] = {}
    for row in connection.execute(select(STREAM).order_by(STREAM.c.epoch)):
        newest[row.till_id] = row
    latest = select(INBOX.c.till_id, func.max(INBOX.c.received_ms).label("at_ms")).group_by(INBOX.c.till_id)
    pushed = {row.till_id: row.at_ms for row in connection.execute(latest)}
    reports = {row.till_id: row for row in connection.execute(select(PROGRESS))}
    evidence, heads = _evidence(connection), feed.seqs(connection)
    tills = PLACE.c.till_id.not_in(select(CHANNEL.c.channel_id))  # a channel has a place, too
    places = connection.execute(select(PLACE).where(tills).order_by(PLACE.c.store_id, PLACE.c.till_id))
    return [
        _till(place, newest.get(place.till_id), reports.get(place.till_id), pushed, evidence, heads) for place in places
    ]


def _till(
    place: Row[Any],
    stream: Row[Any] | None,
    told: Row[Any] | None,
    pushed: Mapping[str, int],
    evidence: Mapping[str, tuple[Evidence, ...]],
    heads: Mapping[str, int],
) -> FleetTill:
    report = _REPORT(told.report) if told is not None else None
    seen = [at_ms for at_ms in (pushed.get(place.till_id), told.at_ms if told is not None else None) if at_ms]
    cursors = dict(sorted(report.cursors.items())) if report is not None else {}
    return FleetTill(
        till_id=place.till_id,
        store_id=place.store_id,
        epoch=stream.epoch if stream is not None else 0,
        closed=stream.closed if stream is not None else NEVER,
        enrolled_ms=stream.enrolled_ms if stream is not None else None,
        head_seq=stream.head_seq if stream is not None else 0,
        last_seen_ms=max(seen, default=None),
        version=report.version if report is not None else None,
        pending=report.pending.events if report is not None else None,
        oldest_ms=report.pending.oldest_ms if report is not None else None,
        behind=sum(max(0, heads.get(name, 0) - seq) for name, seq in cursors.items()) if report is not None else None,
        cursors=cursors,
        evidence=evidence.get(place.till_id, ()),
    )


def _evidence(connection: Connection) -> dict[str, tuple[Evidence, ...]]:
    found: dict[str, tuple[Evidence, ...]] = {}
    for row in connection.execute(select(EVIDENCE).order_by(EVIDENCE.c.till_id, EVIDENCE.c.epoch, EVIDENCE.c.n)):
        kept = Evidence(row.epoch, row.base_seq, len(msgspec.json.decode(row.events)), row.received_ms)
        found[row.till_id] = (*found.get(row.till_id, ()), kept)
    return found
