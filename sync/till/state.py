"""The machine's state and what follows from it: what is owed, what may be applied, how a durable effect changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sync.till.values import (
    EVENTS_MAX,
    ApplyPage,
    BeginFile,
    Close,
    DiskEffect,
    DropBuckets,
    Durable,
    KeepPiece,
    LoadFile,
    PreparePush,
    Send,
    StartIncarnation,
    StoreResults,
    StoreVersion,
    SwitchGeneration,
)


@dataclass(frozen=True, slots=True)
class State:
    """`durable` mirrors the files; the rest is gone after a restart, and may be.

    `disk` are effects not yet durable, the first one in hand; `exchange` the one request in flight. `server` holds the
    heads known to differ from the cursors. `acked_max` … `seqs_max`: the highest figures answered in this incarnation.
    `pull_wait_until_ms` holds back heads and pull only: a refused pull never delays a push (rule 9). `asked`: a person
    wants to know; `wanted` is what the last `heads` named, until all of it is here, and `checks` counts how often that
    was so: a round ends although other tills go on selling. `files`: buckets that are loaded from a snapshot file,
    True where a pull is refused below the floor; `file_gone` is one head office serves no more, `files_bad` how many
    were not what they should be; `later`: loaded ones whose newer rows wait until the other buckets are here, because
    their generation has no indexes yet. `repairing`: buckets whose checksum does not hold, `slices` those of them that
    differ, `mended` those of which all were replaced once, `repaired` how many slices were; `compare`: rows are to be
    counted again. `live`: how many live rows head office named of each bucket.
    """

    durable: Durable
    disk: tuple[DiskEffect, ...] = ()
    exchange: Send | None = None
    next_no: int = 1
    own_wait_until_ms: int = 0
    server_wait_until_ms: int = 0
    pull_wait_until_ms: int = 0
    failures: int = 0
    events_max: int = EVENTS_MAX
    server: Mapping[str, int] = field(default_factory=dict)
    buckets_known: bool = False
    repairing: frozenset[str] = frozenset()
    acked_max: int = 0
    till_seq_max: int = 0
    seqs_max: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""
    asked: bool = False
    wanted: Mapping[str, int] | None = None
    checks: int = 0
    files: Mapping[str, bool] = field(default_factory=dict)
    file_gone: str = ""
    files_bad: int = 0
    later: frozenset[str] = frozenset()
    slices: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    mended: frozenset[str] = frozenset()
    repaired: int = 0
    compare: bool = False
    live: Mapping[str, int] = field(default_factory=dict)


def begin(durable: Durable) -> State:
    """The state after a start. What the files prove counts as answered before."""
    return State(
        durable,
        acked_max=durable.resulted,
        till_seq_max=durable.cursors.get(till_bucket(durable), 0),
        seqs_max=dict(durable.cursors),
        later=frozenset(durable.cursors) if durable.building else frozenset(),
    )


def waiting(state: State, back_off: tuple[int, int, int], now_ms: int) -> State:
    """A start in the middle of a wait: failures so far, what is left of its own wait and of the one it was told."""
    failures, own_ms, server_ms = back_off
    return replace(state, failures=failures, own_wait_until_ms=now_ms + own_ms, server_wait_until_ms=now_ms + server_ms)


def till_bucket(durable: Durable) -> str:
    """The till's own bucket: one over all epochs."""
    return f"till:{durable.till_id}"


def settled(state: State) -> Durable:
    """The durable part once every effect in `disk` has been carried out."""
    durable = state.durable
    for effect in state.disk:
        durable = applied(durable, effect)
    return durable


def unanswered(durable: Durable) -> bool:
    """Fine print 1: something that may have left has no stored result; nothing pulled is applied meanwhile."""
    return durable.sent > durable.resulted


def owes(durable: Durable) -> bool:
    """There is something to push: push goes first (rule 7)."""
    return unanswered(durable) or durable.last_seq > max(durable.sent, durable.resulted)


def fetched(state: State) -> bool:
    """What the last `heads` named is here, or no longer to be had."""
    cursors = state.durable.cursors
    return state.wanted is not None and not any(
        bucket in state.repairing or (bucket in state.server and cursors.get(bucket, 0) < seq)
        for bucket, seq in state.wanted.items()
    )


def till_bucket_first(durable: Durable, bucket: str, till_seq: int) -> bool:
    """Fine print 2: rows of other buckets are applied only when the till's own bucket is at `till_seq` or beyond."""
    own = till_bucket(durable)
    return bucket == own or durable.cursors.get(own, 0) >= till_seq


def applied(durable: Durable, effect: DiskEffect) -> Durable:
    """The durable state after `effect` (of `PreparePush` only the mark is known beforehand: the machine adds it)."""
    match effect:
        case StoreResults(acked=acked):
            return replace(durable, resulted=max(durable.resulted, acked))
        case ApplyPage(bucket=bucket, page=page):
            return replace(durable, cursors={**durable.cursors, bucket: page.next})
        case BeginFile(download=begun):
            return replace(durable, download=begun)
        case KeepPiece(start=start, content=content) if durable.download is not None:
            return replace(durable, download=replace(durable.download, got=start + len(content)))
        case LoadFile(download=loaded):
            return replace(durable, cursors={**durable.cursors, loaded.bucket: loaded.seq}, download=None)
        case DropBuckets(buckets=gone):
            kept = {b: seq for b, seq in durable.cursors.items() if b not in gone}
            download = None if durable.download is not None and durable.download.bucket in gone else durable.download
            return replace(durable, cursors=kept, download=download)
        case StoreVersion(seen=seen, sent=sent):
            return replace(durable, seen=seen, sent=max(durable.sent, sent))
        case StartIncarnation(seen=seen):
            return replace(
                durable,
                seen=seen,
                sent=max(durable.sent, durable.last_seq),
                resulted=max(0, durable.first_seq - 1),
                cursors={},
                building=True,
                download=None,
            )
        case SwitchGeneration():
            return replace(durable, building=False)
        case Close(reason=reason):
            return replace(durable, closed=reason)
        case PreparePush() | _:
            return durable
