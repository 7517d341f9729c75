"""Disk effects of the machine, carried out on the till's files: its values become theirs, and back."""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from app import logs
from app.services.sync_ports import (
    EventResult,
    FeedPage,
    FeedRow,
    RowVersion,
    SeenHeadOffice,
    Slice,
    SyncStore,
)
from sync.protocol.bodies import PUSH_BYTES_MAX
from sync.protocol.buckets import slice_of
from sync.protocol.seen import Seen
from sync.protocol.shapes import PiiAttachment, PushedEvent, PushResult, WireRow
from sync.till.values import (
    ApplyPage,
    BeginFile,
    CheckChain,
    Close,
    CompareSlices,
    DiskEffect,
    Done,
    DropBuckets,
    Durable,
    KeepPiece,
    LoadFile,
    Prepared,
    PreparePush,
    Recount,
    ReplaceSlice,
    StartIncarnation,
    StoreResults,
    StoreVersion,
    SwitchGeneration,
)

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, OverflowError, msgspec.MsgspecError)
REQUEST_BYTES = 4 * 1024
"""What a push holds beside its events."""


def load(store: SyncStore) -> Durable:
    """The durable state of the machine, from the files."""
    state = store.load()
    seen = state.seen
    return Durable(
        till_id=state.till_id,
        epoch=state.epoch,
        first_seq=state.first_seq,
        last_seq=state.last_seq,
        sent=state.sent,
        resulted=state.resulted,
        seen=Seen(seen.incarnation_no, seen.incarnation, seen.life, seen.went_back) if seen else None,
        cursors=state.cursors,
        building=state.building,
        closed=state.closed,
        download=state.file,
    )


def carry_out(store: SyncStore, effect: DiskEffect) -> Prepared | Done:
    """Make the effect durable and say so. StoreError passes: nothing was changed then."""
    if isinstance(effect, BeginFile | KeepPiece | LoadFile):
        return _file_step(store, effect)
    if isinstance(effect, Recount | CompareSlices | ReplaceSlice):
        return _repair_step(store, effect)
    match effect:
        case PreparePush(base_seq=base_seq, events_max=events_max):
            return _prepare(store, base_seq, events_max)
        case StoreResults():
            results = tuple(_result(one) for one in effect.results)
            store.store_results(results, effect.acked, effect.incarnation_no)
        case ApplyPage():
            return _readable(effect.bucket, lambda: store.apply_page(_page(effect)))
        case DropBuckets(buckets=buckets):
            store.drop_buckets(buckets)
        case StoreVersion(seen=seen, sent=sent):
            store.store_version(_seen(seen), sent)
        case StartIncarnation(seen=seen):
            store.start_incarnation(_seen(seen))
        case CheckChain():
            return Done(holds=store.chain_holds())
        case SwitchGeneration():
            store.switch_generation()
        case Close(reason=reason):
            store.close_identity(reason)
    return Done()


def _readable(bucket: str, take: Callable[[], bool]) -> Done:
    """A row that says less than its kind must is head office's defect, not this till's end."""
    try:
        return Done(holds=take())
    except UNREADABLE as error:
        logs.event("sync", "page_unreadable", logging.ERROR, bucket=bucket, error=type(error).__name__)
        return Done(holds=False, read=False)


def _file_step(store: SyncStore, effect: BeginFile | KeepPiece | LoadFile) -> Done:
    match effect:
        case BeginFile(download=download):
            return Done(holds=store.begin_file(download))
        case KeepPiece(start=start, content=content):
            store.keep_piece(start, content)
            return Done()
        case LoadFile(download=download, incarnation_no=incarnation_no):
            return _readable(download.bucket, lambda: store.load_file(incarnation_no))


def _repair_step(store: SyncStore, effect: Recount | CompareSlices | ReplaceSlice) -> Done:
    match effect:
        case Recount():
            return Done(buckets=store.recount())
        case CompareSlices(bucket=bucket, answer=sums):
            parts = {part.n: (part.live_rows, part.checksum) for part in sums.slices}
            return Done(differ=store.differing_slices(bucket, parts, slice_of))
        case ReplaceSlice(bucket=bucket, answer=slice_):
            wanted = Slice(bucket, slice_.n, tuple(_row(row) for row in slice_.rows), effect.incarnation_no)
            return _readable(bucket, lambda: store.replace_slice(wanted, slice_of))


def _prepare(store: SyncStore, base_seq: int, events_max: int) -> Prepared:
    batch = store.prepare(base_seq, events_max, PUSH_BYTES_MAX - REQUEST_BYTES)
    events = tuple(
        PushedEvent(
            raw=event.raw,
            hash=event.hash,
            attachments=[PiiAttachment(pii_ref=one.pii_ref, salt=one.salt, pii=one.pii) for one in event.attachments]
            or None,
        )
        for event in batch.events
    )
    return Prepared(batch.base_seq, batch.prev_hash, events, tuple(event.hash for event in batch.events))


def _result(result: PushResult) -> EventResult:
    rows = tuple(RowVersion(row.kind, row.id, row.ver) for row in result.rows)
    return EventResult(
        result.seq, result.outcome, rows, result.was or "", result.code or "", dict(result.balance or {})
    )


def _page(effect: ApplyPage) -> FeedPage:
    page = effect.page
    return FeedPage(
        bucket=effect.bucket,
        rows=tuple(_row(row) for row in page.rows),
        next_seq=page.next,
        first=effect.first,
        last=page.last,
        live_rows=page.live_rows,
        checksum=page.checksum,
        incarnation_no=effect.incarnation_no,
        replace=effect.replace,
    )


def _row(row: WireRow) -> FeedRow:
    return FeedRow(row.kind, row.id, row.ver, row.row_seq, row.raw, row.peers)


def _seen(seen: Seen) -> SeenHeadOffice:
    return SeenHeadOffice(seen.incarnation_no, seen.incarnation, seen.life, seen.went_back)
