"""The till's half of the protocol as a pure machine: (state, input, moment) → (state, effects).

Push first, then heads, then pull, one exchange at a time; disk effects one after another, each durable before the
next step (protocol.md, rules 6, 7, 10 and the fine print). Clock, network, disk and chance are injected, so that a
simulator runs weeks in seconds. Nothing here decides alone that head office went back: it sets the flag and asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sync.till import answers, files, repair
from sync.till.answers import UNREADABLE
from sync.till.state import State, applied, begin, fetched, owes, till_bucket
from sync.till.values import (
    WAIT_S_MAX,
    Answered,
    ApplyPage,
    BeginFile,
    Call,
    CheckChain,
    Close,
    Compare,
    CompareSlices,
    DiskEffect,
    Done,
    Drop,
    Effect,
    Grown,
    Input,
    LoadFile,
    Lost,
    Prepared,
    PreparePush,
    Recount,
    ReplaceSlice,
    Send,
    StartIncarnation,
    SwitchGeneration,
    SyncNow,
    Tick,
    Wake,
)

__all__ = ["Moment", "begin", "step"]


@dataclass(frozen=True, slots=True)
class Moment:
    """What the machine may know of the outside: a clock that never goes back, and a draw from 0 … n − 1."""

    now_ms: int
    below: Callable[[int], int]


def step(state: State, given: Input, moment: Moment) -> tuple[State, tuple[Effect, ...]]:
    """Take in one input and say what to do next. Pure; effects are what the new state wants and the old did not."""
    after = _take(state, given, moment)
    if fetched(after):
        after = replace(after, wanted=None, checks=after.checks + 1)
    wake: tuple[Effect, ...] = ()
    if not after.disk:
        after, wake = _advance(after, moment)
    effects: list[Effect] = []
    answered = isinstance(given, Answered | Lost)
    if state.exchange is not None and after.exchange is not state.exchange and not answered:
        effects.append(Drop(state.exchange.no))
    if after.disk and (not state.disk or after.disk[0] is not state.disk[0]):
        effects.append(after.disk[0])
    if after.exchange is not None and after.exchange is not state.exchange:
        effects.append(after.exchange)
    return after, (*effects, *wake)


def _take(state: State, given: Input, moment: Moment) -> State:
    match given:
        case Tick():
            return state
        case SyncNow():
            return _asked(state, moment.now_ms)
        case Compare():
            return replace(state, compare=True)
        case Grown(last_seq=last_seq):
            durable = state.durable
            return replace(state, durable=replace(durable, last_seq=max(durable.last_seq, last_seq)))
        case Prepared():
            return _prepared(state, given)
        case Done():
            return _done(state, given, moment)
        case Answered(no=no, version=version, body=body):
            if state.exchange is None or state.exchange.no != no:
                return state
            return answers.take(state, state.exchange, (version, body), moment.now_ms, moment.below)
        case Lost(no=no, loss=loss):
            if state.exchange is None or state.exchange.no != no:
                return state
            lost = replace(state, exchange=None, problem=loss.value)
            return answers.back_off(lost, moment.now_ms, moment.below)


def _asked(state: State, now_ms: int) -> State:
    """A person wants the truth now: an older heads is given up, the next one does not wait and begins a round."""
    waiting = state.exchange is not None and state.exchange.call is Call.HEADS
    return replace(
        state,
        own_wait_until_ms=now_ms,
        pull_wait_until_ms=now_ms,
        exchange=None if waiting else state.exchange,
        asked=True,
        wanted=None,
    )


def _prepared(state: State, batch: Prepared) -> State:
    """The batch is read and its last seq durably marked: send it."""
    if not state.disk or not isinstance(state.disk[0], PreparePush):
        return state
    last = batch.base_seq + len(batch.events) - 1
    durable = state.durable
    durable = replace(durable, last_seq=max(durable.last_seq, last), sent=max(durable.sent, last))
    return _send(
        replace(state, durable=durable, disk=state.disk[1:]), Send(state.next_no, Call.PUSH, durable.seen, push=batch)
    )


def _done(state: State, done: Done, moment: Moment) -> State:
    if not state.disk:
        return state
    effect, rest = state.disk[0], state.disk[1:]
    if not done.read:
        unread = replace(state, disk=rest, problem=UNREADABLE)
        return answers.pull_later(unread, moment.now_ms, moment.below)
    if not done.holds and isinstance(effect, BeginFile | LoadFile):
        return _file_failed(replace(state, disk=rest), effect, moment)
    state = replace(state, durable=applied(state.durable, effect), disk=rest)
    match effect:
        case StartIncarnation():
            return replace(
                state,
                server={},
                buckets_known=False,
                repairing=frozenset(),
                slices={},
                mended=frozenset(),
                acked_max=0,
                till_seq_max=0,
                seqs_max={},
                wanted=None,
                files={},
                later=frozenset(),
            )
        case LoadFile():
            return files.loaded(state, effect, holds=True)
        case CheckChain() if not done.holds:
            return replace(state, disk=(*rest, Close("chain_broken")))
        case ApplyPage():
            return _page_done(state, effect, done.holds)
        case Recount():
            return repair.begin(replace(state, compare=False), done.buckets)
        case CompareSlices():
            return _compared(state, effect, done.differ, moment)
        case ReplaceSlice():
            return repair.replaced(state, effect)
        case _:
            return state


def _compared(state: State, effect: CompareSlices, differ: tuple[int, ...], moment: Moment) -> State:
    """What was replaced and differs again is no accident: it is tried on, but not without a pause."""
    again = bool(differ) and effect.bucket in state.mended
    state = repair.compared(state, effect, differ)
    return answers.pull_later(replace(state, problem="repair"), moment.now_ms, moment.below) if again else state


def _file_failed(state: State, effect: BeginFile | LoadFile, moment: Moment) -> State:
    """No room for the file, or it is not what it should be: what is here stays in use; wait, a push does not."""
    state = replace(state, durable=replace(state.durable, download=None))
    if isinstance(effect, BeginFile):
        return answers.pull_later(replace(state, problem="no_room"), moment.now_ms, moment.below)
    state = files.loaded(state, effect, holds=False)
    waited = answers.pull_later(replace(state, failures=state.files_bad), moment.now_ms, moment.below)
    return replace(waited, failures=state.failures)


def _page_done(state: State, effect: ApplyPage, holds: bool) -> State:
    """What is still to come of the bucket: rows may have moved beyond the head that was known when it began."""
    bucket = effect.bucket
    if state.problem == UNREADABLE:
        state = replace(state, problem="", failures=0)
    if not effect.page.last:
        return replace(state, server={**state.server, bucket: max(effect.page.seq, state.server.get(bucket, 0))})
    own = bucket == till_bucket(state.durable)
    if not own:
        state = state if holds else repair.begin(state, (bucket,))
    elif not holds and not effect.replace:
        cursors = {**state.durable.cursors, bucket: 0}
        return replace(
            state,
            durable=replace(state.durable, cursors=cursors),
            repairing=state.repairing | {bucket},
            problem="repair",
        )
    server = {name: seq for name, seq in state.server.items() if name != bucket or seq > effect.page.seq}
    repairing = state.repairing - {bucket} if own else state.repairing
    return replace(state, server=server, repairing=repairing, later=state.later - {bucket})


def _advance(state: State, moment: Moment) -> tuple[State, tuple[Effect, ...]]:
    """What to do now that no disk effect is in hand; at most a `Wake` is given back, the rest stands in the state."""
    durable = state.durable
    if durable.closed:
        return replace(state, exchange=None), ()
    wait_ms = max(state.own_wait_until_ms, state.server_wait_until_ms) - moment.now_ms
    if state.exchange is not None:
        # an answer made before a later push was sent is of no use: a waiting heads is dropped for a push
        if state.exchange.call is not Call.HEADS or not owes(durable) or wait_ms > 0 or durable.seen is None:
            return state, ()
        state = replace(state, exchange=None)
    if durable.seen is None or not owes(durable):
        wait_ms = max(wait_ms, state.pull_wait_until_ms - moment.now_ms)
    if wait_ms > 0:
        return state, (Wake(wait_ms),)
    effect = _next(state)
    if isinstance(effect, Send):
        return _send(state, effect), ()
    return replace(state, disk=(effect,)), ()


def _next(state: State) -> Send | DiskEffect:
    durable = state.durable
    if durable.seen is None:
        return Send(state.next_no, Call.HEADS, None, since=durable.cursors)
    if owes(durable):
        base = max(durable.resulted + 1, durable.first_seq)
        if base > durable.last_seq:  # it was told so before and died before it could note that
            return Close("behind_head_office")
        return PreparePush(base, state.events_max)
    bucket = _next_bucket(state)
    if bucket is not None and bucket in state.files:
        return files.next_step(state, bucket, durable.seen.incarnation_no)
    if bucket is not None and _is_to_mend(state, bucket):
        return repair.next_step(state, bucket)
    if bucket is not None:
        after = durable.cursors.get(bucket, 0)
        return Send(state.next_no, Call.PULL, durable.seen, bucket=bucket, after=after)
    if durable.building and state.buckets_known:
        return SwitchGeneration()
    if state.compare and not durable.building:
        return Recount()
    wait_s = WAIT_S_MAX if state.buckets_known and not state.asked else 0
    return Send(state.next_no, Call.HEADS, durable.seen, since=durable.cursors, wait_s=wait_s)


def _is_to_mend(state: State, bucket: str) -> bool:
    """Its rows differ, and all that changed is here: slices are compared where the cursor stands at the head."""
    behind = state.server.get(bucket, 0) > state.durable.cursors.get(bucket, 0)
    return bucket in state.repairing and bucket != till_bucket(state.durable) and not behind


def _next_bucket(state: State) -> str | None:
    """The next bucket to fetch: the till's own first (fine print 2), then what opens the shop, then the members."""
    waiting = set(state.repairing) | {
        bucket for bucket, seq in state.server.items() if state.durable.cursors.get(bucket, 0) != seq
    }
    own = till_bucket(state.durable)
    if own in waiting:
        return own
    return min(waiting, key=lambda bucket: _rank(state, bucket), default=None)


def _rank(state: State, bucket: str) -> tuple[bool, bool, str]:
    members = bucket.startswith("region:")
    return members, members and bucket in state.later, bucket


def _send(state: State, send: Send) -> State:
    return replace(state, exchange=send, next_no=state.next_no + 1)
