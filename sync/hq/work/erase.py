"""Erasure: whatever names a person goes; ledger, sales and chain stay, pseudonymous (rule 11, fine print 9)."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import delete, select

from app.domain.numbering import local_on
from sync.hq.feed import Change
from sync.hq.locks import insert_new
from sync.hq.tables import CARD, COUPON, ERASED, EXTERNAL, MEMBER, PII
from sync.hq.work.book import Book, with_
from sync.hq.work.context import Context
from sync.hq.work.parked import ParkedError
from sync.protocol.buckets import CHAIN
from sync.protocol.facts import RightsRequest

ERASE = "erase"


def apply_rights_request(context: Context, body: RightsRequest) -> None:
    """Erasing happens at once: the till checked who asks. The other rights wait for a person."""
    member = context.member()
    if body.right != ERASE:
        return
    if member is None:
        raise ParkedError("bad_event")
    erase(context.book, member.id, today(context.book))


def today(book: Book) -> str:
    """Head office's day in the programme's zone."""
    programme = book.programme_at(book.settings.now_ms)
    return local_on(book.settings.now_ms, programme.zone if programme else UTC)


def erase(book: Book, member_id: str, on: str) -> None:
    """Erase a member and everyone merged into it: tombstones of its rows, a permanent row of the chain, no
    personal data. An alias means the person: its survivor goes with it. A member never seen here is only remembered,
    so that nothing of it is kept when it comes."""
    survivor = book.member(member_id)
    ids = _with_aliases(book, member_id if survivor is None else survivor.id)
    for one in ids:
        book.settings.note_erased(one, on)
        book.show(Change(CHAIN, "erasure", one, {"on": on}))
        _rows(book, one)
    insert_new(book.connection, ERASED, [{"member_id": one, "erased_on": on} for one in ids])
    for table in (PII, EXTERNAL):
        book.connection.execute(delete(table).where(table.c.member_id.in_(ids)))


def _with_aliases(book: Book, member_id: str) -> list[str]:
    """The member and everyone merged into it, those too that were merged into an alias before."""
    found = [member_id]
    for one in found:  # it grows on the way
        aliases = select(MEMBER.c.id).where(MEMBER.c.doc.contains(f'"merged_into":"{one}"', autoescape=True))
        there = book.connection.execute(aliases.order_by(MEMBER.c.id)).scalars()
        found += [alias for alias in there if alias not in found]
    return found


def _rows(book: Book, member_id: str) -> None:
    member = book.member_as_it_is(member_id)
    if member is None:
        return
    coupons = list(book.connection.execute(select(COUPON.c.id).where(COUPON.c.member_id == member_id)).scalars())
    cards = list(book.connection.execute(select(CARD.c.id).where(CARD.c.member_id == member_id)).scalars())
    buckets = book.buckets_of_member(member)
    for number in sorted({*member.cards, *cards}):
        card = book.card(number)
        if card is not None and card.member_id == member_id:
            book.put("card", with_(card, member_id=None, status="blocked"))
            for bucket in buckets:
                book.show(Change(bucket, "card", number, None))
    for kind, ids in (("account", sorted(member.accounts.values())), ("coupon", coupons)):
        for id_ in ids:
            doc = book.get(kind, id_)
            if doc is not None:
                book.put(kind, doc)  # drawn as a tombstone now
    book.put("member", with_(member, personal={}, tags=(), cards=(), erased=True))
