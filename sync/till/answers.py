"""What an answer of head office means for the till: version fields first, then the body, or none of it.

An answer that does not count leaves nothing behind but a wait. protocol.md rules 5, 6, 7 and fine print 1, 2, 3, 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sync.protocol.problems import Problem
from sync.protocol.seen import Seen
from sync.protocol.shapes import PullResponse
from sync.till import files, repair
from sync.till import state as state_of
from sync.till.state import State, settled, till_bucket
from sync.till.values import (
    EVENTS_MAX,
    ApplyPage,
    Body,
    Call,
    CheckChain,
    Close,
    DropBuckets,
    Found,
    Heads,
    Page,
    Piece,
    Prepared,
    Pushed,
    Refused,
    Send,
    SliceRows,
    Slices,
    StartIncarnation,
    StoreResults,
    StoreVersion,
    Version,
)

BACK_OFF_LEAST_MS = 200
BACK_OFF_FIRST_MS = 1_000
BACK_OFF_MAX_MS = 15 * 60 * 1000
LEAP_MAX = 1_000_000
"""Head office judges a till's number so, too (fine print 4): above it nobody counted on from what was."""
UNREADABLE = "unreadable"
"""A page came whose rows say less than they must."""
STRANGER = {Problem.SIGNATURE, Problem.UNKNOWN_TILL, Problem.REENROL}
CLOSING = {Problem.FORK, Problem.REENROL, Problem.UNKNOWN_TILL}


def take(
    state: State, sent: Send, answer: tuple[Version | None, Body], now_ms: int, below: Callable[[int], int]
) -> State:
    """The state after the answer to `sent`; effects it wants stand in `disk`."""
    version, body = answer
    state = replace(state, exchange=None)
    if version is None:
        return _without_version(state, body, now_ms, below)
    state = replace(state, server_wait_until_ms=now_ms + version.next_after_ms)
    seen = state.durable.seen
    if seen is not None and version.incarnation_no < seen.incarnation_no:
        return back_off(replace(state, problem=_older(body)), now_ms, below)
    if seen is not None and version.incarnation_no > seen.incarnation_no + LEAP_MAX:
        return back_off(replace(state, problem="not_head_office"), now_ms, below)
    if seen is None or version.incarnation_no > seen.incarnation_no:
        return _new_incarnation(state, version)
    if version.incarnation != seen.incarnation:
        return back_off(replace(state, problem="other_incarnation"), now_ms, below)
    ok_push = sent.call is Call.PUSH and isinstance(body, Pushed)
    if _went_back(state, sent, version, body, ok_push):
        flagged = Seen(seen.incarnation_no, seen.incarnation, version.life, went_back=True)
        if seen.went_back:
            return back_off(replace(state, problem="went_back"), now_ms, below)
        return replace(state, disk=(StoreVersion(flagged, state.durable.sent),))
    state = _noted(state, sent, version, body)
    if (version.acked_through or 0) > state.durable.last_seq and not ok_push:
        return replace(state, disk=(*state.disk, Close("behind_head_office")))
    return _body(state, sent, version, body, now_ms, below)


def _older(body: Body) -> str:
    """An older copy of head office that knows this till begins anew by itself; one that does not needs a person."""
    if isinstance(body, Refused) and body.problem in STRANGER:
        return str(body.problem)
    return "older_incarnation"


def back_off(state: State, now_ms: int, below: Callable[[int], int]) -> State:
    """Wait before the next request: anything up to a span that doubles from 1 s to 15 min (full jitter)."""
    span = min(BACK_OFF_MAX_MS, BACK_OFF_FIRST_MS << min(state.failures, 20))
    wait_ms = max(BACK_OFF_LEAST_MS, below(span + 1))
    return replace(state, failures=state.failures + 1, own_wait_until_ms=now_ms + wait_ms)


def pull_later(state: State, now_ms: int, below: Callable[[int], int]) -> State:
    """The same for heads, pull and files alone: a push never waits for them (rule 9)."""
    waited = back_off(state, now_ms, below)
    return replace(waited, pull_wait_until_ms=waited.own_wait_until_ms, own_wait_until_ms=state.own_wait_until_ms)


def _without_version(state: State, body: Body, now_ms: int, below: Callable[[int], int]) -> State:
    """Head office never answers without version fields: whoever this is, it closes and halves nothing."""
    problem = f"http_{body.status}" if isinstance(body, Refused) else "not_head_office"
    waited = back_off(replace(state, problem=problem), now_ms, below)
    return _retry_after(waited, body, now_ms)


def _new_incarnation(state: State, version: Version) -> State:
    """A higher number, or the first answer ever: a new generation is built, results start again (fine print 3)."""
    seen = Seen(version.incarnation_no, version.incarnation, version.life)
    return replace(state, disk=(StartIncarnation(seen),), failures=0, problem="")


def _went_back(state: State, sent: Send, version: Version, body: Body, ok_push: bool) -> bool:
    """A figure fell within one incarnation: acked_through (not of a 200 of push), till_seq, or a bucket's seq."""
    if not ok_push and version.acked_through is not None and version.acked_through < state.acked_max:
        return True
    if version.till_seq is not None and version.till_seq < state.till_seq_max:
        return True
    return any(seq < state.seqs_max.get(bucket, 0) for bucket, seq in _seqs(sent, body).items())


def _seqs(sent: Send, body: Body) -> Mapping[str, int]:
    if isinstance(body, Heads):
        return {head.id: head.seq for head in body.heads}
    if isinstance(body, Page):
        return {sent.bucket: body.page.seq}
    if isinstance(body, Slices | SliceRows):
        return {sent.bucket: body.answer.seq}
    return {}


def _noted(state: State, sent: Send, version: Version, body: Body) -> State:
    """Remember the highest figures; store what was seen and a raised sent mark when they changed (fine print 1)."""
    seqs = dict(state.seqs_max)
    for bucket, seq in _seqs(sent, body).items():
        seqs[bucket] = max(seq, seqs.get(bucket, 0))
    acked = version.acked_through or 0
    state = replace(
        state,
        acked_max=max(state.acked_max, acked),
        till_seq_max=max(state.till_seq_max, version.till_seq or 0),
        seqs_max=seqs,
    )
    went_back = state.durable.seen is not None and state.durable.seen.went_back
    seen = Seen(version.incarnation_no, version.incarnation, version.life, went_back)
    if seen != state.durable.seen or acked > state.durable.sent:
        return replace(state, disk=(*state.disk, StoreVersion(seen, max(acked, state.durable.sent))))
    return state


def _body(state: State, sent: Send, version: Version, body: Body, now_ms: int, below: Callable[[int], int]) -> State:
    match body:
        case Pushed():
            after = _pushed(state, sent.push, version, body)
        case Heads():
            after = _heads(state, body)
        case Page(page=page):
            after = _page(state, sent, version, page) if _leads_on(sent, page) else None
        case Found():
            after = files.found(state, sent, version.till_seq or 0, body)
        case Piece():
            after = files.piece(state, sent, version.till_seq or 0, body)
        case Slices() | SliceRows():
            after = repair.answered(state, sent, version.till_seq or 0, body)
        case Refused():
            return _refused(state, sent, body, now_ms, below)
    if after is None:
        return back_off(replace(state, problem="not_head_office"), now_ms, below)
    if isinstance(body, Page) and state.problem == UNREADABLE:
        return replace(after, own_wait_until_ms=0)  # it is over when a page could be read
    return replace(after, failures=0, own_wait_until_ms=0, problem="")


def _pushed(state: State, batch: Prepared | None, version: Version, body: Pushed) -> State | None:
    """The verified prefix of this batch, its hash compared with our own; only this moves the ack (rule 6)."""
    acked = version.acked_through
    if batch is None or acked is None or not batch.base_seq - 1 <= acked < batch.base_seq + len(batch.events):
        return None
    own = batch.prev_hash if acked < batch.base_seq else batch.hashes[acked - batch.base_seq]
    seqs = [result.seq for result in body.results]
    if own != version.acked_hash or seqs != list(range(batch.base_seq, acked + 1)) or not seqs:
        return None
    effect = StoreResults(body.results, acked, own, version.incarnation_no)
    return replace(state, disk=(*state.disk, effect), events_max=min(EVENTS_MAX, state.events_max * 2))


def _heads(state: State, body: Heads) -> State:
    named = {head.id: head.seq for head in body.heads}
    server = {**state.server, **named}
    live = {**state.live, **{head.id: head.live_rows for head in body.heads}}
    wanted = named if state.wanted is None else state.wanted
    state = replace(state, asked=False, wanted=wanted, live=live, files=files.wanted(state, body.heads))
    if body.buckets is None:
        return replace(state, server=server, buckets_known=True)
    kept = set(body.buckets)
    left = tuple(sorted(bucket for bucket in state.durable.cursors if bucket not in kept))
    state = replace(state, server={bucket: seq for bucket, seq in server.items() if bucket in kept}, buckets_known=True)
    return replace(state, disk=(*state.disk, DropBuckets(left))) if left else state


def _leads_on(sent: Send, page: PullResponse) -> bool:
    """Whether a page moves the cursor, or ends where its head stands: else it would be asked for without end."""
    return page.next == page.seq if page.last else page.next > sent.after


def _page(state: State, sent: Send, version: Version, page: PullResponse) -> State:
    """Apply the page, or leave it: something is owed (fine print 1), or the till's bucket comes first (2)."""
    durable = settled(state)
    if state_of.unanswered(durable) or sent.after != durable.cursors.get(sent.bucket, 0):
        return state
    till_seq = version.till_seq or 0
    if not state_of.till_bucket_first(durable, sent.bucket, till_seq):
        return replace(state, server={**state.server, till_bucket(durable): till_seq})
    again = sent.bucket in state.repairing and sent.bucket == till_bucket(durable)
    effect = ApplyPage(sent.bucket, page, version.incarnation_no, sent.after == 0, again)
    return replace(state, disk=(*state.disk, effect))


def _refused(state: State, sent: Send, body: Refused, now_ms: int, below: Callable[[int], int]) -> State:
    """A problem: close the identity, halve the batch, forget the bucket, or wait."""
    problem = body.problem
    step = files.refused(state, sent, body)
    if step is not None:
        return step
    if problem in CLOSING:
        return replace(state, disk=(*state.disk, Close(problem.value)), problem=problem.value)
    if problem in (Problem.TOO_LARGE, Problem.HASH) and sent.push is not None:
        count = len(sent.push.events)
        if count > 1:
            return replace(state, events_max=count // 2)
        if problem is Problem.HASH:
            state = replace(state, disk=(*state.disk, CheckChain()))
    state = replace(state, problem=problem.value if problem else f"http_{body.status}")
    if sent.call is Call.PUSH or (sent.call is Call.HEADS and problem is not Problem.PROTO):
        return _retry_after(back_off(state, now_ms, below), body, now_ms)
    if problem in (Problem.FORBIDDEN, Problem.NOT_FOUND):
        server = {bucket: seq for bucket, seq in state.server.items() if bucket != sent.bucket}
        state = replace(state, server=server, repairing=state.repairing - {sent.bucket}, buckets_known=False)
    return _retry_after(pull_later(state, now_ms, below), body, now_ms)


def _retry_after(state: State, body: Body, now_ms: int) -> State:
    """429 and 503 name the seconds to wait."""
    retry_ms = now_ms + body.retry_after_s * 1000 if isinstance(body, Refused) else 0
    return replace(state, server_wait_until_ms=max(state.server_wait_until_ms, retry_ms))
