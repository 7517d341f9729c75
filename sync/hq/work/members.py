"""Applies what is told about members and cards: enrolment, edits, consent, cards linked and blocked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import UNSET, structs

from app.domain.programme.account import Account
from sync.hq.docs import POINTS, STAMPS, AccountDoc, CardDoc, MemberDoc
from sync.hq.work import figures
from sync.hq.work.attachments import erased
from sync.hq.work.book import with_
from sync.hq.work.context import Context
from sync.hq.work.journal import opened
from sync.hq.work.moments import day_of
from sync.hq.work.parked import ParkedError
from sync.hq.work.points import keep
from sync.protocol.facts import CardBlock, CardLink, ConsentGiven, Enrolment, MemberEdit, NewAccount, Pii

PLASTIC = "plastic"


def apply_enrolment(context: Context, body: Enrolment) -> None:
    """A new member with accounts and card. A card or account that is taken stays where it is."""
    member_id = context.event.envelope.member_id
    if member_id is None or context.book.get("member", member_id) is not None:
        raise ParkedError("bad_body")
    enrolled_on = day_of(body.enrolled_on)
    card = body.card if body.card and context.book.card(body.card) is None else None
    accounts = [one for one in body.accounts if context.book.account(one.account_id) is None]
    member = MemberDoc(
        id=member_id,
        member_no=body.member_no,
        home_store_id=body.home_store_id,
        enrolled_on=enrolled_on.isoformat(),
        notice_version=body.notice_version,
        personal=personal_of(context.event.personal),
        consents={one.purpose: one.given for one in body.consents},
        accounts={_name(one): one.account_id for one in accounts},
        cards=(card,) if card else (),
        regions=(context.till.region_id,),
        erased=erased(context.book.connection, member_id),
    )
    book = context.book
    book.put("member", member)
    book.arrived |= {f"member:{member_id}", f"account_of:{member_id}"}
    if card:
        book.put("card", CardDoc(id=card, card_kind=PLASTIC, member_id=member_id))
        book.arrived.add(f"card:{card}")
    for one in accounts:
        _open(context, member, one)
    figures.count_enrolment(context, member.enrolled_on)


def _name(account: NewAccount) -> str:
    return f"{STAMPS}:{account.stamp_id}" if account.account_kind == STAMPS else account.account_kind


def _open(context: Context, member: MemberDoc, new: NewAccount) -> None:
    book = context.book
    doc = AccountDoc(id=new.account_id, member_id=member.id, kind=new.account_kind, stamp_id=new.stamp_id)
    book.arrived.add(f"account:{new.account_id}")
    if new.account_kind != POINTS:
        book.put("account", doc)
        return
    enrolled_on = day_of(member.enrolled_on)
    birthday = member.personal.get("birthday_on")
    state = Account(
        member.id,
        enrolled_on - timedelta(days=1),
        enrolled_on=enrolled_on,
        birthday_on=day_of(birthday) if birthday else None,
    )
    keep(context, doc, with_(doc, state=opened(book, state, member, enrolled_on)))


def personal_of(pii: Pii | None) -> dict[str, Any]:
    """The personal data that stays the member's: all that came but the note and what is empty."""
    if pii is None:
        return {}
    found = structs.asdict(pii)
    return {name: value for name, value in found.items() if value is not UNSET and value != "" and name != "note"}


def apply_edit(context: Context, body: MemberEdit) -> None:
    """Field by field, in order of arrival: a named field that did not come along is cleared."""
    member = _about(context)
    given = personal_of(context.event.personal)
    personal = dict(member.personal)
    for name in body.fields:
        if name in Pii.__struct_fields__ and name != "note":
            personal.pop(name, None)
            if name in given:
                personal[name] = given[name]
    removed = set(body.tags_remove or ())
    tags = dict.fromkeys((*member.tags, *(body.tags_add or ())))
    edited = with_(member, personal=personal, tags=tuple(tag for tag in tags if tag not in removed))
    context.book.put("member", edited)
    if personal.get("birthday_on") != member.personal.get("birthday_on"):
        _born(context, edited)


def _born(context: Context, member: MemberDoc) -> None:
    """The account is due on another birthday."""
    account_id = member.accounts.get(POINTS)
    doc = context.book.account(account_id) if account_id else None
    if doc is not None and doc.state is not None:
        keep(context, doc, with_(doc, state=opened(context.book, doc.state, member, doc.state.day)))


def apply_consent(context: Context, body: ConsentGiven) -> None:
    member = _about(context)
    consents = {**member.consents, body.purpose: body.given}
    context.book.put("member", with_(member, consents=consents, notice_version=body.notice_version))


def apply_card_link(context: Context, body: CardLink) -> None:
    """A card for a member. One that is somebody else's stays theirs and is filed (`wrong_figures`)."""
    member = _about(context)
    book = context.book
    standing = book.card(body.card)
    if standing is not None and standing.member_id not in (None, member.id):
        context.codes.add("wrong_figures")
        return
    book.put("card", CardDoc(id=body.card, card_kind=body.card_kind, member_id=member.id))
    cards = dict.fromkeys((*member.cards, body.card))
    replaced = book.card(body.replaces) if body.replaces else None
    if replaced is not None and replaced.member_id == member.id:
        book.put("card", with_(replaced, status="blocked", replaced_by=body.card))
    book.put("member", with_(member, cards=tuple(cards)))
    book.arrived.add(f"card:{body.card}")


def apply_card_block(context: Context, body: CardBlock) -> None:
    card = context.book.card(body.card)
    if card is None:
        raise ParkedError("card_unknown", f"card:{body.card}")
    context.member()
    context.book.put("card", with_(card, status="blocked"))


def _about(context: Context) -> MemberDoc:
    member = context.member()
    if member is None:
        raise ParkedError("bad_event")
    return member
