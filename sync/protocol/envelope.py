"""What every event has: the envelope in `raw`, and the base of all bodies (wire.md, "Events")."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from sync.protocol.values import ROW_ID, AtMs, Counted, Id, Int, Name, Signed

SCHEMA = 1
LINES_MAX = 200
Texts = Annotated[list[Name], Meta(max_length=200)]
CardNo = Annotated[str, Meta(pattern=ROW_ID)]
Long = Annotated[str, Meta(max_length=200)]


class Fact(Struct, frozen=True, kw_only=True):
    """Unknown members are ignored, absent ones are None."""


class Basis(Fact, frozen=True, kw_only=True):
    """What the till knew when it computed (programme.md, "What an offline till cannot know")."""

    programme: Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,80}:[0-9]{1,9}$(?!\n)")]
    account_ver: Int | None = None
    tier: Name | None = None
    tags: Texts
    segments: Texts
    counters: dict[str, Int]


class Envelope(Fact, frozen=True, kw_only=True):
    """The members every event has, in `raw`."""

    seq: Counted
    event_id: Id
    type: Name
    schema: Counted
    at_ms: AtMs
    offset_ms: Signed
    offset_age_s: Annotated[int, Meta(ge=-1)]
    member_id: Id | None = None
    card: CardNo | None = None
    basis: Basis | None = None
    body: dict[str, object]
