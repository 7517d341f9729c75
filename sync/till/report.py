"""What the sync process tells of itself: one flat state, sent when it changed. No names, no cards, only figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sync.protocol.problems import Problem
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
    measured at `measured_ms` of ours, 0 never.
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
    )


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
