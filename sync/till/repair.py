"""A cached bucket that is not what head office holds: which slices differ, and those alone fetched again.

protocol.md, "Divergence". What differs shows in a checksum after a pull, or when the rows here are counted again. Never
for the till's own bucket, which lives in till.db: that one is pulled whole (machine.py).
"""

from __future__ import annotations

from dataclasses import replace

from sync.till import state as state_of
from sync.till.state import State, settled, till_bucket
from sync.till.values import Call, CompareSlices, ReplaceSlice, Send, SliceRows, Slices


def begin(state: State, buckets: tuple[str, ...]) -> State:
    """These buckets are not what they should be."""
    if not buckets:
        return state
    return replace(state, repairing=state.repairing | set(buckets), problem="repair")


def next_step(state: State, bucket: str) -> Send:
    """Ask for the sums of all slices, or for the rows of the next one that differs."""
    wanted = state.slices.get(bucket, ())
    number = wanted[0] if wanted else None
    return Send(state.next_no, Call.VERIFY, state.durable.seen, bucket=bucket, slice_no=number)


def answered(state: State, sent: Send, till_seq: int, body: Slices | SliceRows) -> State | None:
    """Compare, or put the rows in: by the rules of a page, and only where the cursor stands at the answer's seq."""
    durable, bucket = settled(state), sent.bucket
    if (sent.slice_no is None) is not isinstance(body, Slices):
        return None
    if state_of.unanswered(durable):
        return state
    if not state_of.till_bucket_first(durable, bucket, till_seq):
        return replace(state, server={**state.server, till_bucket(durable): till_seq})
    if body.answer.seq != durable.cursors.get(bucket, 0):
        return replace(state, server={**state.server, bucket: body.answer.seq})
    if isinstance(body, Slices):
        return replace(state, disk=(*state.disk, CompareSlices(bucket, body.answer)))
    if body.answer.n != sent.slice_no:
        return None
    no = durable.seen.incarnation_no if durable.seen is not None else 0
    return replace(state, disk=(*state.disk, ReplaceSlice(bucket, body.answer, no)))


def compared(state: State, effect: CompareSlices, differ: tuple[int, ...]) -> State:
    """Fetch what differs; nothing does: the bucket is as head office holds it."""
    if differ:
        return replace(state, slices={**state.slices, effect.bucket: differ})
    slices = {name: left for name, left in state.slices.items() if name != effect.bucket}
    mended = state.mended - {effect.bucket}
    return replace(state, slices=slices, repairing=state.repairing - {effect.bucket}, mended=mended)


def replaced(state: State, effect: ReplaceSlice) -> State:
    """One slice less; after the last one all are compared again."""
    left = tuple(n for n in state.slices.get(effect.bucket, ()) if n != effect.answer.n)
    mended = state.mended if left else state.mended | {effect.bucket}
    return replace(state, slices={**state.slices, effect.bucket: left}, mended=mended, repaired=state.repaired + 1)
