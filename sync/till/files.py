"""Loading a bucket from its snapshot file: when, which, from where on (protocol.md, "First load"; wire.md, snapshots).

A bucket of which nothing is here is asked for its file first; head office's 404 means: pull it from 0. A pull below the
floor has no other way. What is fetched counts only once the whole file is here, and goes into the cache by the rules of
a page: push first (the machine sees to it), then the till's own bucket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.services.sync_ports import SnapshotFile
from sync.protocol.problems import Problem
from sync.protocol.shapes import Head
from sync.till import state as state_of
from sync.till.state import State, till_bucket
from sync.till.values import (
    BeginFile,
    Call,
    Found,
    KeepPiece,
    LoadFile,
    Piece,
    Refused,
    Send,
)

GONE_STATUS = 416
"""The file ends before what is asked for: it is not the one that was begun."""


def wanted(state: State, heads: tuple[Head, ...]) -> Mapping[str, bool]:
    """The buckets to load from a file, after `heads` named theirs: empty ones here, and what a restart interrupted."""
    cursors, begun = state.durable.cursors, state.durable.download
    found = dict(state.files)
    for head in heads:
        cursor = cursors.get(head.id, 0)
        resumes = begun is not None and begun.bucket == head.id and begun.seq > cursor
        if resumes or (head.live_rows and not cursor and head.id not in state.repairing):
            found.setdefault(head.id, False)
    return found


def next_step(state: State, bucket: str, incarnation_no: int) -> Send | LoadFile:
    """What brings the bucket's file further: which one, the next piece of it, or its rows into the cache."""
    durable, begun = state.durable, state.durable.download
    if (
        begun is None
        or begun.bucket != bucket
        or begun.id == state.file_gone
        or begun.seq <= durable.cursors.get(bucket, 0)
    ):
        return Send(state.next_no, Call.SNAPSHOT, durable.seen, bucket=bucket)
    if begun.got < begun.bytes:
        return Send(state.next_no, Call.FILE, durable.seen, bucket=bucket, file=begun)
    return LoadFile(begun, incarnation_no)


def found(state: State, sent: Send, till_seq: int, answer: Found) -> State | None:
    """Begin the file that was named, or go on with it. One that brings nothing new is as good as none: the bucket is
    pulled then; None where it cannot be, below the floor."""
    file, begun = answer.snapshot, state.durable.download
    if file.seq <= state.durable.cursors.get(sent.bucket, 0) or file.id == state.file_gone:
        return None if state.files.get(sent.bucket, False) else _pulled(state, sent.bucket)
    state = _own_first(state, sent.bucket, till_seq)
    if begun is not None and (begun.bucket, begun.id, begun.sha256) == (sent.bucket, file.id, file.sha256):
        return state
    download = SnapshotFile(sent.bucket, file.id, file.seq, file.sha256, file.bytes, file.rows)
    return replace(state, disk=(*state.disk, BeginFile(download)))


def piece(state: State, sent: Send, till_seq: int, answer: Piece) -> State | None:
    """Keep what came, if it belongs where the file here ends; None where it cannot."""
    begun = state.durable.download
    if begun is None or begun != sent.file or not 0 < len(answer.content) <= begun.bytes - begun.got:
        return None
    state = _own_first(state, sent.bucket, till_seq)
    return replace(state, disk=(*state.disk, KeepPiece(begun.got, answer.content)))


def loaded(state: State, effect: LoadFile, *, holds: bool) -> State:
    """After the load: the bucket goes on by pull. A file that is not what it should be is gone here.

    Where nothing forbids it the bucket is pulled from 0 then.
    """
    bucket = effect.download.bucket
    if holds:
        files = {name: must for name, must in state.files.items() if name != bucket}
        later = state.later | {bucket} if state.durable.building else state.later
        return replace(state, files=files, later=later, files_bad=0, repairing=state.repairing - {bucket})
    files = {name: must for name, must in state.files.items() if name != bucket or must}
    return replace(state, files=files, files_bad=state.files_bad + 1, problem="snapshot_damaged")


def refused(state: State, sent: Send, body: Refused) -> State | None:
    """A problem that another step answers at once; None where waiting is all that helps."""
    match body.problem:
        case Problem.FLOOR if sent.call is Call.PULL:
            return replace(state, files={**state.files, sent.bucket: True})
        case Problem.SNAPSHOT if sent.file is not None:
            return replace(state, file_gone=sent.file.id)
        case Problem.NOT_FOUND if sent.call is Call.SNAPSHOT and not state.files.get(sent.bucket, False):
            return _pulled(state, sent.bucket)
        case Problem.NOT_FOUND if sent.file is not None:
            return replace(state, file_gone=sent.file.id)
    if sent.file is not None and body.status == GONE_STATUS:
        return replace(state, file_gone=sent.file.id)
    return None


def _pulled(state: State, bucket: str) -> State:
    """The bucket comes by pull, not from a file."""
    return replace(state, files={name: must for name, must in state.files.items() if name != bucket})


def _own_first(state: State, bucket: str, till_seq: int) -> State:
    """Fine print 2: what the file says of own events is told by the till's own bucket."""
    if state_of.till_bucket_first(state.durable, bucket, till_seq):
        return state
    return replace(state, server={**state.server, till_bucket(state.durable): till_seq})
