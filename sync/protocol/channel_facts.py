"""What other channels tell: the envelope of their events and the body of each type (wire.md, `channel/events`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import Meta

from sync.protocol.envelope import LINES_MAX, CardNo, Fact
from sync.protocol.facts import Consent
from sync.protocol.sale_facts import OrderDiscount, ReturnLine, SaleLine, Tender
from sync.protocol.values import AtMs, Counted, Hash, Id, Int, Name, Signed

CHANNEL_EPOCH = 0
"""Streams of tills begin at 1: what stands under 0 in the inbox came from a channel."""


class ChannelEnvelope(Fact, frozen=True, kw_only=True):
    """The members every event of a channel has."""

    event_id: Id
    type: Name
    schema: Counted
    at_ms: AtMs
    member_id: Id | None = None
    card: CardNo | None = None
    external_id: Name | None = None
    body: dict[str, object]


class Purchase(Fact, frozen=True, kw_only=True):
    """`purchase`: what was sold elsewhere; head office computes its points. No coupons and rewards of ours."""

    coupons: ClassVar[None] = None
    rewards: ClassVar[None] = None
    order_no: Name
    lines: Annotated[list[SaleLine], Meta(min_length=1, max_length=LINES_MAX)]
    order_discounts: list[OrderDiscount] | None = None
    tenders: list[Tender]


class Return(Fact, frozen=True, kw_only=True):
    of: Id
    lines: Annotated[list[ReturnLine], Meta(min_length=1, max_length=LINES_MAX)]


class Registration(Fact, frozen=True, kw_only=True):
    consents: list[Consent]
    notice_version: Int | Name
    pii_ref: Id
    pii_hash: Hash


class View(Fact, frozen=True, kw_only=True):
    sku: Name
    at_ms: AtMs


class Browse(Fact, frozen=True, kw_only=True):
    views: Annotated[list[View], Meta(max_length=1000)]


class Answer(Fact, frozen=True, kw_only=True):
    question: Name
    choice: Name | None = None


class Survey(Fact, frozen=True, kw_only=True):
    survey_id: Name
    answers: Annotated[list[Answer], Meta(max_length=200)]
    pii_ref: Id | None = None
    pii_hash: Hash | None = None


class SocialFeedback(Fact, frozen=True, kw_only=True):
    network: Name
    score: Signed | None = None
    pii_ref: Id | None = None
    pii_hash: Hash | None = None


class ServiceNote(Fact, frozen=True, kw_only=True):
    topic: Name
    pii_ref: Id | None = None
    pii_hash: Hash | None = None


CHANNEL_BODIES: Mapping[str, type[Fact]] = {
    "purchase": Purchase,
    "return": Return,
    "registration": Registration,
    "browse": Browse,
    "survey": Survey,
    "social_feedback": SocialFeedback,
    "service_note": ServiceNote,
}
