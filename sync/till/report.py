"""What the sync process tells of itself: one flat state, sent when it changed. No names, no cards, only figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from sync.protocol.problems import Problem
from sync.till.pace import Pace, after
from sync.till.state import State, owes
from sync.till.values import Call, Loss

BY_ITSELF = (Loss.UNREACHABLE, Loss.TIMEOUT, Problem.BUSY, Problem.RATE)
"""Nobody is needed: it is tried again, and comes right by itself."""


class Phase(StrEnum):
    """What is going on, as far as a person cares."""

    STARTING = "starting"
    IDLE = "idle"
    PUSHING = "pushing"
    PULLING = "pulling"
    OFFLINE = "offline"
    TROUBLE = "trouble"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Report:
    """What the till's process and its screens are told.

    `pending`: own events without a result; `left` of `known` buckets are still to fetch; `success_ms`: wall time of
    the last answer that counted, 0 never; `checks`: how often all that head office named was here; `resulted`: the
    last own seq with a result; `problem`: a code, empty for none; `offset_ms`: head office's clock minus ours,
    measured at `measured_ms` of ours, 0 never. `rows_left` of `rows_whole` are still to fetch; `repaired` slices were
    others than head office's and were fetched again; `rate_per_s` events or rows go, and `left_s` it takes, 0 unknown.
    """

    phase: Phase
    pending: int
    left: int
    known: int
    building: bool
    problem: str
    success_ms: int
    checks: int
    resulted: int
    offset_ms: int
    measured_ms: int
    rows_left: int = 0
    rows_whole: int = 0
    repaired: int = 0
    rate_per_s: int = 0
    left_s: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What the wire saw: the last answer that counted, and the clock of head office beside ours."""

    success_ms: int = 0
    offset_ms: int = 0
    measured_ms: int = 0


def report(state: State, seen: Heard, trouble: str) -> Report:
    """The report of a state. `trouble`: a disk effect that fails at present."""
    durable = state.durable
    left = {bucket for bucket, seq in state.server.items() if durable.cursors.get(bucket, 0) != seq}
    return Report(
        phase=_phase(state, trouble),
        pending=max(0, durable.last_seq - max(durable.resulted, durable.first_seq - 1)),
        left=len(left | state.repairing),
        known=len(durable.cursors.keys() | left),
        building=durable.building,
        problem=trouble or durable.closed or state.problem or ("repair" if state.repairing else ""),
        success_ms=seen.success_ms,
        checks=state.checks,
        resulted=durable.resulted,
        offset_ms=seen.offset_ms,
        measured_ms=seen.measured_ms,
        rows_left=sum(_rows_left(state, bucket) for bucket in left),
        rows_whole=sum(state.live.values()),
        repaired=state.repaired,
    )


def paced(found: Report, before: Pace, now_ms: int) -> tuple[Report, Pace]:
    """The report with its pace: that of rows while some are fetched, else that of events."""
    pace = after(before, now_ms, found.rows_left or found.pending)
    return replace(found, rate_per_s=pace.rate_per_s, left_s=pace.left_s), pace


def _rows_left(state: State, bucket: str) -> int:
    """At most so many rows: all of a bucket of which nothing is here, less what its file has brought, else changes."""
    durable, live = state.durable, state.live.get(bucket, 0)
    cursor, file = durable.cursors.get(bucket, 0), durable.download
    if cursor:
        return max(0, state.server[bucket] - cursor)
    if file is not None and file.bucket == bucket:
        return live - live * file.got // max(1, file.bytes)
    return live


def _phase(state: State, trouble: str) -> Phase:
    if trouble:
        return Phase.TROUBLE
    if state.durable.closed:
        return Phase.CLOSED
    if state.problem and not state.repairing:  # until an answer counts, another attempt is no link
        return Phase.OFFLINE if state.problem in BY_ITSELF else Phase.TROUBLE
    if state.durable.seen is None:
        return Phase.STARTING
    if owes(state.durable):
        return Phase.PUSHING
    waiting = state.exchange is None or (state.exchange.call is Call.HEADS and state.exchange.wait_s > 0)
    return Phase.IDLE if waiting and not state.disk else Phase.PULLING
