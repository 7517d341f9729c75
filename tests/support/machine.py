"""The till's machine driven by a test: short makers of inputs, and a disk that answers as the real one would."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.chain import HASH_ZERO
from sync.protocol.problems import Problem
from sync.protocol.seen import Seen
from sync.protocol.shapes import Head, PullResponse, PushedEvent, PushResult, WireRow
from sync.till.machine import Moment, begin, step
from sync.till.state import State
from sync.till.values import (
    Answered,
    Body,
    Done,
    Durable,
    Effect,
    Heads,
    Input,
    Page,
    Prepared,
    PreparePush,
    Pushed,
    Refused,
    Send,
    Version,
)

TILL = "01920000-0000-7000-8000-000000000001"
OWN = f"till:{TILL}"
SUM = "0" * 16
SEEN = Seen(1, "i1", "l1")
DURABLE = Durable(TILL, 1, 1, 0, 0, 0, SEEN, {}, building=False)


def hash_of(seq: int) -> str:
    return HASH_ZERO if seq == 0 else f"{seq:064x}"


def version(**changes: Any) -> Version:
    whole: dict[str, Any] = {"acked_through": 0, "acked_hash": HASH_ZERO, "till_seq": 0, **changes}
    return Version(
        whole.pop("no", 1), whole.pop("id", "i1"), whole.pop("life", "l1"), 0, whole.pop("next_ms", 0), **whole
    )


def batch(base: int, count: int) -> Prepared:
    events = tuple(PushedEvent(raw="{}", hash=hash_of(seq)) for seq in range(base, base + count))
    return Prepared(base, hash_of(base - 1), events, tuple(one.hash for one in events))


def results(base: int, count: int) -> Pushed:
    return Pushed(tuple(PushResult(seq=seq, outcome="applied", rows=[]) for seq in range(base, base + count)))


def heads(*found: tuple[str, int], buckets: tuple[str, ...] | None = None) -> Heads:
    return Heads(tuple(Head(id=name, seq=seq, live_rows=0, checksum=SUM) for name, seq in found), buckets)


def page(rows: int, *, after: int = 0, last: bool = True, seq: int | None = None) -> Page:
    made = [WireRow(kind="member", id=f"m{n}", ver=1, row_seq=n) for n in range(after + 1, after + rows + 1)]
    head = after + rows if seq is None else seq
    return Page(
        PullResponse(rows=made, next=head if last else after + rows, last=last, seq=head, live_rows=rows, checksum=SUM)
    )


def refused(problem: Problem | None, status: int = 409, **more: Any) -> Refused:
    return Refused(problem, status, **more)


@dataclass
class Driven:
    """A machine, its clock and what it wanted so far. `at`: milliseconds."""

    state: State
    at: int = 0
    wanted: list[Effect] = field(default_factory=list)

    @classmethod
    def of(cls, **durable: Any) -> Driven:
        return cls(begin(replace(DURABLE, **durable)))

    def give(self, given: Input) -> tuple[Effect, ...]:
        self.state, effects = step(self.state, given, Moment(self.at, lambda n: n - 1))
        self.wanted.extend(effects)
        return effects

    def send(self) -> Send:
        """The request in flight."""
        if self.state.exchange is None:
            raise AssertionError("nothing is in flight")
        return self.state.exchange

    def answer(self, body: Body, **changes: Any) -> tuple[Effect, ...]:
        return self.give(Answered(self.send().no, version(**changes), body))

    def done(self, *, holds: bool = True) -> tuple[Effect, ...]:
        return self.give(Done(holds))

    def prepare(self, *, count: int = 1) -> tuple[Effect, ...]:
        effect = self.state.disk[0]
        if not isinstance(effect, PreparePush):
            raise AssertionError(effect)
        return self.give(batch(effect.base_seq, count))
