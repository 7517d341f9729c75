"""From the bytes of an event to its checked parts, or to the reason why it is parked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import msgspec

from app.domain.chain import RAW_BYTES_MAX, pii_hash
from sync.hq.work.parked import ParkedError
from sync.protocol import facts
from sync.protocol.channel_facts import CHANNEL_BODIES, CHANNEL_EPOCH, ChannelEnvelope, Purchase
from sync.protocol.facts import BASIS_NEEDED, BODIES, SCHEMA, Envelope, Fact, Pii
from sync.protocol.shapes import PiiAttachment
from sync.protocol.text import TextError, read_canonical
from sync.protocol.values import AMOUNT_MAX, Name

ATTACHMENT_BYTES_MAX: Final = 32 * 1024
Attachments = Mapping[str, PiiAttachment]


def read_envelope(raw: str, seq: int) -> Envelope:
    """The envelope at its place. ParkedError `bad_event`."""
    if len(raw.encode("utf-8")) > RAW_BYTES_MAX:
        raise ParkedError("bad_event")
    try:
        envelope = msgspec.convert(read_canonical(raw), Envelope)
    except (TextError, msgspec.ValidationError):
        raise ParkedError("bad_event") from None
    if envelope.seq != seq:
        raise ParkedError("bad_event")
    return envelope


class FromChannel(Envelope, frozen=True, kw_only=True):
    """The envelope of a channel's event, at its place in the channel's stream."""

    external_id: Name | None = None


def read_from_channel(raw: str, seq: int = 1) -> FromChannel:
    """The envelope of a channel's event. ParkedError `bad_event`."""
    try:
        found = msgspec.convert(read_canonical(raw), ChannelEnvelope)
    except (TextError, msgspec.ValidationError):
        raise ParkedError("bad_event") from None
    return FromChannel(seq=seq, offset_ms=0, offset_age_s=-1, **msgspec.structs.asdict(found))


def read_stored(raw: str, epoch: int, seq: int) -> Envelope:
    """The envelope of an event as it stands in the inbox. ParkedError `bad_event`."""
    return read_from_channel(raw, seq) if epoch == CHANNEL_EPOCH else read_envelope(raw, seq)


def read_body(envelope: Envelope) -> Fact:
    """The body of a type and schema we know. ParkedError `unknown_type`, `unknown_schema`, `bad_event`, `bad_body`."""
    kinds = CHANNEL_BODIES if isinstance(envelope, FromChannel) else BODIES
    kind = kinds.get(envelope.type)
    if kind is None:
        raise ParkedError("unknown_type")
    if envelope.schema != SCHEMA:
        raise ParkedError("unknown_schema")
    if envelope.type in BASIS_NEEDED and envelope.basis is None:
        raise ParkedError("bad_event")
    try:
        body = msgspec.convert(envelope.body, kind)
    except msgspec.ValidationError:
        raise ParkedError("bad_body") from None
    if not (_days_exist(body) and _holds_together(body)):
        raise ParkedError("bad_body")
    return body


def _days_exist(fields: Fact) -> bool:
    """Whether every date is one of the calendar: the form alone lets 31 February pass."""
    for name in fields.__struct_fields__:
        value = getattr(fields, name)
        if name.endswith("_on") and isinstance(value, str):
            try:
                date.fromisoformat(value)
            except ValueError:
                return False
    return True


def _holds_together(body: Fact) -> bool:
    """What types alone do not say."""
    if isinstance(body, facts.Adjustment):
        return body.amount != 0
    if isinstance(body, facts.Sale | Purchase):
        discounts = body.order_discounts or ()
        gross = [line.qty * line.unit_minor for line in body.lines]
        money = all(line.discount_minor <= one for line, one in zip(body.lines, gross, strict=True))
        return (
            money
            and sum(gross) <= AMOUNT_MAX
            and _tenders(body.tenders)
            and all((one.percent is None) != (one.minor is None) for one in discounts)
        )
    if isinstance(body, facts.SaleReturn | facts.Topup):
        return _tenders(body.tenders)
    return (getattr(body, "pii_ref", None) is None) == (getattr(body, "pii_hash", None) is None)


def _tenders(tenders: Sequence[facts.Tender]) -> bool:
    needed = {"points": ("account_id", "points"), "stored_value": ("account_id",), "gift_card": ("card",)}
    return all(getattr(one, name) is not None for one in tenders for name in needed.get(one.kind, ()))


def read_personal(body: Fact, attachments: Attachments) -> Pii | None:
    """The personal data the body names, None where none came. ParkedError `pii_mismatch`, `bad_body`,
    `bad_event` for more than a till may send."""
    ref = getattr(body, "pii_ref", None)
    found = attachments.get(ref) if ref is not None else None
    if found is None:
        return None
    if len(found.pii.encode("utf-8")) > ATTACHMENT_BYTES_MAX:
        raise ParkedError("bad_event")
    if pii_hash(found.salt, found.pii) != getattr(body, "pii_hash", None):
        raise ParkedError("pii_mismatch")
    try:
        read = msgspec.convert(read_canonical(found.pii), Pii)
    except (TextError, msgspec.ValidationError):
        raise ParkedError("bad_body") from None
    if not _days_exist(read):
        raise ParkedError("bad_body")
    return read


def named_attachments(envelope: Envelope | None, attachments: Sequence[PiiAttachment] | None) -> Attachments:
    """Those an event names; all of one that could not be read."""
    if not attachments:
        return {}
    found = {one.pii_ref: one for one in attachments}
    if envelope is None:
        return found
    ref = envelope.body.get("pii_ref")
    return {ref: found[ref]} if isinstance(ref, str) and ref in found else {}


@dataclass
class Needs:
    """Ids of what a slice of events touches, as far as the events themselves say."""

    members: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    cards: set[str] = field(default_factory=set)
    coupons: set[str] = field(default_factory=set)
    sales: set[str] = field(default_factory=set)
    holds: set[str] = field(default_factory=set)

    def add(self, envelope: Envelope, body: Fact) -> None:
        """Collect the ids of one event."""
        given: Mapping[str, set[str]] = {
            "account_id": self.accounts, "card": self.cards, "replaces": self.cards, "of": self.sales,
            "hold_id": self.holds, "coupon_id": self.coupons,
        }  # fmt: skip
        for part in (envelope, body, *_parts(body)):
            for name, target in given.items():
                value: Any = getattr(part, name, None)
                if isinstance(value, str):
                    target.add(value)
        if envelope.member_id is not None:
            self.members.add(envelope.member_id)


def _parts(body: Fact) -> list[Any]:
    names = ("tenders", "coupons", "rewards", "accounts")
    return [part for name in names for part in getattr(body, name, None) or ()]
