"""Shapes of every call of wire.md: what is asked and what is answered. Absent is None here, never `null` there."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from sync.protocol.values import (
    PLAIN,
    Base64,
    Bucket,
    Checksum,
    Code,
    Counted,
    Hash,
    Id,
    IncarnationId,
    Int,
    Key,
    Name,
    Outcome,
    PlaceId,
    RowId,
    Signed,
    Standing,
    Text,
)


class Shape(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Absent is None; unknown members are ignored."""


class Former(Shape, frozen=True, kw_only=True):
    """The identity this till.db last had; `proof`: its key signs the UTF-8 of `till_id/epoch/public_key`."""

    till_id: Id
    epoch: Counted
    proof: Base64


class EnrolRequest(Shape, frozen=True, kw_only=True):
    code: Annotated[str, Meta(max_length=64)]
    public_key: Key
    hardware: Annotated[str, Meta(pattern=PLAIN, max_length=128)]
    proto: Counted
    former: Former | None = None


class EnrolResponse(Shape, frozen=True, kw_only=True):
    """The new identity and its place; `pin_pepper` goes to the keyring."""

    till_id: Id
    epoch: Counted
    store_id: PlaceId
    region_id: PlaceId
    buckets: list[Bucket]
    escrow_public_key: Key
    pin_pepper: Key


class PiiAttachment(Shape, frozen=True, kw_only=True):
    pii_ref: Id
    salt: Key
    pii: str


class PushedEvent(Shape, frozen=True, kw_only=True):
    raw: str
    hash: Hash
    attachments: list[PiiAttachment] | None = None


class PushRequest(Shape, frozen=True, kw_only=True):
    """How many events there may be is a limit (413), not a shape."""

    till_id: Id
    epoch: Counted
    incarnation: IncarnationId
    base_seq: Counted
    prev_hash: Hash
    events: list[PushedEvent]


class RowRef(Shape, frozen=True, kw_only=True):
    kind: str
    id: RowId
    ver: Counted


class PushResult(Shape, frozen=True, kw_only=True):
    """What became of one event; `was` only with `duplicate`."""

    seq: Counted
    outcome: Outcome
    was: Standing | None = None
    code: Code | None = None
    rows: list[RowRef]
    balance: dict[str, Signed] | None = None


class PushResponse(Shape, frozen=True, kw_only=True):
    results: list[PushResult]


class Head(Shape, frozen=True, kw_only=True):
    id: Bucket
    seq: Int
    live_rows: Int
    checksum: Checksum


class HeadsResponse(Shape, frozen=True, kw_only=True):
    heads: list[Head]
    buckets: list[Bucket] | None = None


class WireRow(Shape, frozen=True, kw_only=True):
    """A row of the feed; a deleted one has neither `raw` nor `h`. `bucket` only in answers of find."""

    kind: str
    id: RowId
    ver: Counted
    row_seq: Counted
    deleted: bool | None = None
    raw: str | None = None
    h: Checksum | None = None
    peers: dict[str, Counted] | None = None
    bucket: Bucket | None = None


class PullResponse(Shape, frozen=True, kw_only=True):
    """A page; seq, live_rows and checksum are of its transaction: compared when `last`."""

    rows: list[WireRow]
    next: Int
    last: bool
    seq: Int
    live_rows: Int
    checksum: Checksum


class Snapshot(Shape, frozen=True, kw_only=True):
    id: str
    seq: Int
    sha256: Hash
    bytes: Int
    rows: Int


class HoldRequest(Shape, frozen=True, kw_only=True):
    """`account_id` and points, or `coupon_id` and points = 1."""

    hold_id: Id
    account_id: Id | None = None
    coupon_id: Id | None = None
    points: Counted


class HoldResponse(Shape, frozen=True, kw_only=True):
    held: Counted
    available: Int


class ReleaseResponse(Shape, frozen=True, kw_only=True):
    released: Int


class FindRequest(Shape, frozen=True, kw_only=True):
    """Exactly one of the two."""

    card: Name | None = None
    phone: Name | None = None


class RowsResponse(Shape, frozen=True, kw_only=True):
    rows: list[WireRow]


class ReceiptRequest(Shape, frozen=True, kw_only=True):
    receipt_no: Name
    event_id: Id
    total_minor: Signed
    points: Signed
    mac: Checksum


class Pending(Shape, frozen=True, kw_only=True):
    events: Int
    oldest_ms: Int | None = None


class AuditCheckpoint(Shape, frozen=True, kw_only=True):
    audit_seq: Int
    audit_hash: Hash


class ProgressRequest(Shape, frozen=True, kw_only=True):
    """`cursors` are reported when all they ask for is done: the erasure proof."""

    cursors: dict[Bucket, Int]
    version: Text
    cache_no: Int
    pending: Pending
    health: Annotated[dict[Name, Signed | Text], Meta(max_length=64)]
    audit_checkpoint: AuditCheckpoint | None = None


class Empty(Shape, frozen=True, kw_only=True):
    """`{}`."""


class VerifySlice(Shape, frozen=True, kw_only=True):
    n: Int
    live_rows: Int
    checksum: Checksum


class VerifyResponse(Shape, frozen=True, kw_only=True):
    seq: Int
    live_rows: Int
    checksum: Checksum
    slices: list[VerifySlice]


class SliceResponse(Shape, frozen=True, kw_only=True):
    seq: Int
    n: Int
    rows: list[WireRow]


class ChannelEvent(Shape, frozen=True, kw_only=True):
    raw: str
    attachments: list[PiiAttachment] | None = None


class ChannelRequest(Shape, frozen=True, kw_only=True):
    events: list[ChannelEvent]


class ChannelResult(Shape, frozen=True, kw_only=True):
    event_id: Id
    outcome: Outcome
    code: Code | None = None


class ChannelResponse(Shape, frozen=True, kw_only=True):
    results: list[ChannelResult]
