"""Each rule of the protocol and each clause of its fine print, and how to take it away: the simulator must notice.

A rule is carried by one function; `take_away` puts something in its place that does without the rule.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from secrets import randbelow
from typing import Any

import pytest

from app.store.syncing import TillSync
from sync.hq import feed
from sync.hq.refused import ProblemError
from sync.hq.work import accept, apply, inbox
from sync.hq.work.accept import Fork, lock_stream
from sync.protocol.problems import Problem
from sync.till import answers
from tests.simulation import counter
from tests.simulation.plan import Do

DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True)
class Removal:
    """`carried_by`: what is replaced. `twice`: only two plays of one seed show it.

    `often`: the steps that bring what the rule is for, so much more often in the worlds it is tried in.
    """

    rule: str
    carried_by: str
    take_away: Callable[[pytest.MonkeyPatch], None]
    twice: bool = False
    often: Mapping[Do, int] = field(default_factory=dict)


def instead(target: str, substitute: object) -> Callable[[pytest.MonkeyPatch], None]:
    """Put something else in the place of a name."""
    return lambda patch: patch.setattr(target, substitute)


def _refuse_what_must_wait(patch: pytest.MonkeyPatch) -> None:
    kept = inbox.apply_one

    def apply_one(*given: Any) -> Any:
        outcome = kept(*given)
        if outcome.outcome == "parked":
            raise ProblemError(Problem.MALFORMED)
        return outcome

    patch.setattr(inbox, "apply_one", apply_one)


def _start_from_the_first_row(patch: pytest.MonkeyPatch) -> None:
    kept = feed.pull
    patch.setattr(feed, "pull", lambda connection, bucket, _, **limits: kept(connection, bucket, 0, **limits))


def _number_with_gaps(patch: pytest.MonkeyPatch) -> None:
    kept = feed._Moving.head
    patch.setattr(feed._Moving, "head", lambda moving, name: {**kept(moving, name), "seq": moving.seq + 1})


def _name_the_stream_s_head(patch: pytest.MonkeyPatch) -> None:
    kept = accept._Step.run

    def run(step: Any, connection: Any) -> Any:
        done = kept(step, connection)
        if not isinstance(done, Fork):
            stream = lock_stream(connection, step.till)
            done.acked_seq, done.acked_hash = stream.head_seq, stream.head_hash
        return done

    patch.setattr(accept._Step, "run", run)


def _refuse_by_the_clock(patch: pytest.MonkeyPatch) -> None:
    kept = apply.read_body

    def read_body(envelope: Any) -> Any:
        if abs(envelope.at_ms - 1_790_000_000_000) > DAY_MS:
            raise ProblemError(Problem.MALFORMED)
        return kept(envelope)

    patch.setattr(apply, "read_body", read_body)


def _write_the_bytes_again(patch: pytest.MonkeyPatch) -> None:
    kept = TillSync.prepare

    def prepare(till: Any, *given: int) -> Any:
        batch = kept(till, *given)
        return replace(batch, events=tuple(replace(one, raw=_again(one.raw)) for one in batch.events))

    patch.setattr(TillSync, "prepare", prepare)


def _store_other_bytes(patch: pytest.MonkeyPatch) -> None:
    kept = accept.Arrival
    patch.setattr(accept, "Arrival", lambda seq, raw, digest, pii: kept(seq, _again(raw), digest, pii))


def _again(raw: str) -> str:
    try:
        return json.dumps(json.loads(raw))
    except ValueError:
        return raw


def _draw_chance_itself(patch: pytest.MonkeyPatch) -> None:
    kept = answers.back_off
    patch.setattr(answers, "back_off", lambda state, now_ms, _: kept(state, now_ms, randbelow))


def _name_the_person(patch: pytest.MonkeyPatch) -> None:
    kept = counter.enrolment_fact

    def enrolment_fact(*given: Any, personal: Any, **more: Any) -> Any:
        fact = kept(*given, personal=personal, **more)
        return replace(fact, body={**fact.body, "name": json.loads(personal.pii)["name"]})

    patch.setattr(counter, "enrolment_fact", enrolment_fact)


RULES = (
    Removal("rule 1, facts are never refused", "inbox.apply_one", _refuse_what_must_wait),
    Removal("rule 2, by seq", "accept.overlap", instead("sync.hq.work.accept.overlap", lambda *_: 0)),
    Removal("rule 2, by event_id", "inbox._mark_twins", instead("sync.hq.work.inbox._mark_twins", lambda *_: None)),
    Removal("rule 3", "feed.pull", _start_from_the_first_row),
    Removal("rule 4", "feed._Moving", _number_with_gaps),
    Removal("rule 5", "http.members", instead("sync.hq.api.http.members", lambda *_: {"server_ms": 0})),
    Removal("rule 6", "accept.verified", _name_the_stream_s_head),
    Removal("rule 7", "results.settle", instead("app.store.syncing.settle", lambda *_: None)),
    Removal("rule 8", "apply.read_body", _refuse_by_the_clock, often={Do.CLOCK: 30}),
    Removal("rule 9, what the till sends", "TillSync.prepare", _write_the_bytes_again),
    Removal("rule 9, what head office stores", "accept.Arrival", _store_other_bytes),
    Removal("rule 10", "answers.back_off", _draw_chance_itself, twice=True),
    Removal("rule 11", "events.enrolment_fact", _name_the_person),
)
