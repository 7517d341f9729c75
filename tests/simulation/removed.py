"""Each rule of the protocol that one function carries, and how to take it away: the simulator must notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from app.domain.spending import HoldState
from sync.hq.work import accept, apply, others
from sync.hq.work.accept import Fork, lock_stream


@dataclass(frozen=True)
class Removal:
    """`take_away` patches the one function that carries the rule."""

    rule: str
    carried_by: str
    take_away: Callable[[pytest.MonkeyPatch], None]


KEEP_ALL = "UPDATE effect SET n = n WHERE ? IS NULL"


def _instead(target: str, substitute: object) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(target, substitute)


def _name_the_stream_s_head(patch: pytest.MonkeyPatch) -> None:
    kept = accept._Step.run

    def run(step: Any, connection: Any) -> Any:
        done = kept(step, connection)
        if not isinstance(done, Fork):
            stream = lock_stream(connection, step.till)
            done.acked_seq, done.acked_hash = stream.head_seq, stream.head_hash
        return done

    patch.setattr(accept._Step, "run", run)


def _release_silently(_till: Any, write: Any, hold_id: str) -> None:
    write.move_hold(hold_id, HoldState.RELEASED)


def _leave_unseen_ids_open(patch: pytest.MonkeyPatch) -> None:
    def hold_released(context: Any, body: Any) -> None:
        if context.book.hold(body.hold_id) is not None:
            others.apply_hold_released(context, body)

    patch.setitem(apply.HANDLERS, "hold_released", hold_released)  # type: ignore[arg-type]  # read by everybody else


REMOVALS = (
    Removal("rule 2", "accept.overlap", _instead("sync.hq.work.accept.overlap", lambda *_: 0)),
    Removal("rule 6", "accept.verified", _name_the_stream_s_head),
    Removal("rule 7", "results.settle", _instead("app.store.syncing.settle", lambda *_: None)),
    Removal("fine print 1", "state.unanswered", _instead("sync.till.state.unanswered", lambda _: False)),
    Removal("fine print 2", "state.till_bucket_first", _instead("sync.till.state.till_bucket_first", lambda *_: True)),
    Removal("fine print 3", "results.FORGET_UNSHOWN", _instead("app.store.syncing.FORGET_UNSHOWN", KEEP_ALL)),
    Removal("fine print 7", "inbox.tell", _instead("sync.hq.work.inbox.tell", lambda *_: None)),
    Removal("fine print 8", "holding._release", _instead("app.services.holding._release", _release_silently)),
    Removal("fine print 8, ids never seen", "others.apply_hold_released", _leave_unseen_ids_open),
    Removal(
        "fine print 8, stored before asking", "spending.add_hold",
        _instead("app.store.spending.add_hold", lambda *_: None),
    ),
)  # fmt: skip
