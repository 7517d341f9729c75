"""Applies `registration` of a channel, and keeps what it tells of a member's browsing, opinions and questions."""

from __future__ import annotations

from typing import cast

from msgspec import structs
from sqlalchemy import update

from app.ids import uuid7
from sync.hq.docs import MemberDoc
from sync.hq.locks import insert_new
from sync.hq.tables import CHANNEL_EVENT, EXTERNAL, PII
from sync.hq.work import blocks
from sync.hq.work.book import Book, with_
from sync.hq.work.context import Context, Read, by_external, external_name
from sync.hq.work.members import apply_enrolment
from sync.hq.work.reading import FromChannel
from sync.protocol.channel_facts import Registration
from sync.protocol.facts import Enrolment, Fact, NewAccount


def apply_registration(context: Context, body: Registration) -> None:
    """A new member with a points account, known to this channel by its `external_id`. One who is there already, by
    the channel's own name for them or by member_id, is not made again: what they agreed to is taken over."""
    envelope = cast("FromChannel", context.event.envelope)  # nobody else can say `registration`
    member_id = _registered(context, envelope) or envelope.member_id or envelope.event_id
    member = context.book.member(member_id)
    if member is None:
        _enrol(context, body, member_id)
    else:
        consents = {**member.consents, **dict(_given(body))}
        context.book.put("member", with_(member, consents=consents, notice_version=body.notice_version))
    _belongs(context, member.id if member is not None else member_id)
    if envelope.external_id is not None:
        _link(context, envelope.external_id, member_id)


def _given(body: Registration) -> list[tuple[str, bool]]:
    return [(one.purpose, one.given) for one in body.consents]


def _registered(context: Context, envelope: FromChannel) -> str | None:
    """Who the channel registered under this name before."""
    name = envelope.external_id
    return by_external(context.book.connection, context.till.till_id, name) if name is not None else None


def _enrol(context: Context, body: Registration, member_id: str) -> None:
    """As at a till: `card` is a partner's, taken where it is nobody's; the number is from a block of the channel's."""
    book, at = context.book, context.now()
    enrolment = Enrolment(
        member_no=blocks.next_number(book.connection, context.till, _in_hand(book)),
        card=context.event.envelope.card,
        accounts=[NewAccount(account_id=uuid7(book.settings.now_ms), account_kind="points")],
        home_store_id=context.till.store_id,
        enrolled_on=at.day.isoformat(),
        notice_version=body.notice_version,
        consents=body.consents,
        pii_ref=body.pii_ref,
        pii_hash=body.pii_hash,
    )
    envelope = structs.replace(context.event.envelope, member_id=member_id)
    context.event = Read(envelope, body, context.event.personal)
    apply_enrolment(context, enrolment)


def _in_hand(book: Book) -> list[str]:
    """Numbers given in this transaction, which no table has yet."""
    found: list[str] = []
    one: Book | None = book
    while one is not None:
        found += [doc.member_no for doc in one.docs.values() if isinstance(doc, MemberDoc)]
        one = one.parent
    return found


def _link(context: Context, name: str, member_id: str) -> None:
    row = {"channel_id": context.till.till_id, "external_id": name, "member_id": member_id}
    insert_new(context.book.connection, EXTERNAL, [row])
    context.book.arrived.add(external_name(context.till.till_id, name))


def keep_about(context: Context, _: Fact) -> None:
    """Views, surveys, feedback and notes: kept to the member's history as they came, where they name one."""
    member = context.named()
    if member is not None:
        _belongs(context, member.id)


def _belongs(context: Context, member_id: str) -> None:
    """Whose an event and its personal data are, once that is known: it is their history, and erasure finds it."""
    connection = context.book.connection
    connection.execute(update(CHANNEL_EVENT).where(CHANNEL_EVENT.c.event_id == context.key).values(member_id=member_id))
    connection.execute(update(PII).where(PII.c.event_key == context.key).values(member_id=member_id))
