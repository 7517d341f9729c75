"""A points account as the sum of its events in the order of their own time, whatever the order they arrived in.

An event later than all before it is posted to the account as it stands. One that comes late is put in its place: the
account is computed again from where its journal starts. So balances, lots and tiers do not depend on arrival.
"""

from __future__ import annotations

import json
from bisect import insort
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select

from app.domain.programme.account import Account
from app.domain.programme.document import Programme
from app.domain.programme.due import advance
from app.domain.programme.when import Moment
from sync.hq.docs import AccountDoc, Entered, MemberDoc
from sync.hq.locks import chunks
from sync.hq.tables import CHANNEL, EVENT, FINDING, INBOX, PLACE, STORE
from sync.hq.work.book import STORE_CHANNEL, Book, Till, with_
from sync.hq.work.moments import moment_of
from sync.hq.work.posting import Posted, post
from sync.hq.work.promise import Told
from sync.hq.work.reading import read_body, read_stored
from sync.protocol.channel_facts import CHANNEL_EPOCH, Return
from sync.protocol.facts import Adjustment, Basis, Fact, SaleReturn, Undo

BY_HAND: Final = "by_hand"
"""The finding that says what an operator posted in place of a parked event (by_hand.py)."""
OF_A_CHANNEL: Final = f"/{CHANNEL_EPOCH}"
BACK: Final = (SaleReturn, Undo, Return)
"""What takes a sale back."""


def enter(book: Book, doc: AccountDoc, member: MemberDoc, told: Told) -> tuple[AccountDoc, Posted]:
    """The account with one more event in its place, and what posting it said. LookupError as `post`."""
    if doc.state is None:
        raise AssertionError("a points account has a state")
    book.tell(told)
    mine = _place(doc, told)
    base = doc.state if doc.base is None else doc.base
    last = doc.journal[-1] if doc.journal else None
    if (last is None or last < mine) and told.moment.day >= doc.state.day:
        posted = post(told, opened(book, doc.state, member, told.moment.day))
        journal: tuple[Entered, ...] = (*doc.journal, mine)
    else:
        places = list(doc.journal)
        insort(places, mine)
        journal = tuple(places)
        posted = _again(book, base, member, journal, told)
        posted = replace(posted, state=opened(book, posted.state, member, doc.state.day))
    return with_(doc, state=posted.state, base=base, journal=journal), posted


def _place(doc: AccountDoc, told: Told) -> Entered:
    """Where an event stands. Whatever the clocks said, a till's own events keep their order (a channel may tell in
    any), and what takes a sale back comes after it."""
    mine, sold = [], []
    if not told.stream.endswith(OF_A_CHANNEL):
        mine = [one.at_ms for one in doc.journal if one.stream == told.stream and one.seq < told.seq]
    if isinstance(told.body, BACK):
        sales = [one for one in doc.journal if one.key == told.body.of]
        sold = [one.at_ms + (one.stream != told.stream or one.seq > told.seq) for one in sales]
    return Entered(max(told.at_ms, *mine, *sold, 0), told.stream, told.seq, told.key)


def _again(book: Book, base: Account, member: MemberDoc, journal: Iterable[Entered], told: Told) -> Posted:
    """Every event of the journal from its start; what `told` said when its turn came, with the account at the end."""
    keys = [one.key for one in journal]
    events = told_of(book, keys)
    state, found = base, Posted(base)
    for key in keys:
        one = events[key]
        posted = post(one, opened(book, state, member, one.moment.day), judge=key == told.key)
        state = posted.state
        if key == told.key:
            found = posted
    return replace(found, state=state)


def opened(book: Book, state: Account, member: MemberDoc, day: date) -> Account:
    """The account with the member's present facts, everything due by `day` posted, each by the version then valid."""
    birthday = member.personal.get("birthday_on")
    state = replace(
        state,
        birthday_on=date.fromisoformat(birthday) if birthday else None,
        tags=frozenset(member.tags),
        segments=frozenset(member.segments),
    )
    for programme, last in book.versions_until(state.day, day):
        state = advance(programme, state, last, head_office=True)
    return state


# ---- events as they are posted


def told_of(book: Book, keys: Iterable[str]) -> dict[str, Told]:
    """Events that were applied, by key: those of this slice as they were told, the others read again."""
    found = {key: one for key in keys if (one := book.told_of(key)) is not None}
    missing = [key for key in keys if key not in found]
    for part in chunks(missing):
        for row in _rows(book.connection, part):
            one = _read(book, row)
            book.tell(one)
            found[one.key] = one
    return found


def _rows(connection: Connection, keys: Any) -> list[Row[Any]]:
    by_hand = (FINDING.c.event_key == EVENT.c.event_key) & (FINDING.c.code == BY_HAND)
    same = (INBOX.c.till_id == EVENT.c.till_id) & (INBOX.c.epoch == EVENT.c.epoch) & (INBOX.c.seq == EVENT.c.seq)
    wanted = (
        select(
            EVENT.c.event_key,
            EVENT.c.till_id,
            EVENT.c.epoch,
            INBOX.c.seq,
            EVENT.c.at_ms,
            INBOX.c.raw,
            FINDING.c.figures,
            STORE.c.store_id,
            STORE.c.region_id,
            CHANNEL.c.channel,
        )
        .join_from(EVENT, INBOX, same)
        .join(PLACE, PLACE.c.till_id == EVENT.c.till_id)
        .join(STORE, STORE.c.store_id == PLACE.c.store_id)
        .outerjoin(CHANNEL, CHANNEL.c.channel_id == EVENT.c.till_id)
        .outerjoin(FINDING, by_hand)
    )
    return list(connection.execute(wanted.where(EVENT.c.event_key.in_(keys))))


def _read(book: Book, row: Row[Any]) -> Told:
    body, basis = _posted(row)
    programme = governing(book, body, basis.programme if basis else _of_sale(book, row.event_key), row.at_ms)
    if programme is None:
        raise AssertionError("a version that was published stays")
    till = Till(row.till_id, row.epoch, row.store_id, row.region_id, row.channel or STORE_CHANNEL)
    moment = moment_at(row.event_key, row.at_ms, programme, till)
    return Told(
        key=row.event_key,
        at_ms=row.at_ms,
        stream=stream_of(row.till_id, row.epoch),
        seq=row.seq,
        body=body,
        basis=basis,
        programme=programme,
        moment=moment,
        stamp=stamp_of(book, body),
    )


def _of_sale(book: Book, key: str) -> str | None:
    """The version a sale was posted by: a channel's names none."""
    sale = book.sale(key)
    return sale.programme if sale is not None else None


def _posted(row: Row[Any]) -> tuple[Fact, Basis | None]:
    """What was posted for an event, and what it was computed with: the till's own words, or an operator's."""
    if row.figures is not None:
        return msgspec.convert(json.loads(row.figures)["posted"], Adjustment), None
    envelope = read_stored(row.raw.decode("utf-8"), row.epoch, row.seq)
    return read_body(envelope), envelope.basis


def stream_of(till_id: str, epoch: int) -> str:
    """The name of an identity's stream."""
    return f"{till_id}/{epoch}"


def moment_at(key: str, at_ms: int, programme: Programme, till: Till) -> Moment:
    """The moment of an event in the programme's own time."""
    at: datetime = moment_of(at_ms, programme.zone)
    return Moment(key, at, till.store_id, till.channel, till.region_id)


def programme_of(book: Book, name: str | None, at_ms: int) -> Programme | None:
    """The version an event names, else the one valid at its time."""
    return book.programme(name) if name is not None else book.programme_at(at_ms)


def governing(book: Book, body: object, name: str | None, at_ms: int) -> Programme | None:
    """The version an event is posted by: what takes a sale back goes by that of the sale, all else as it says."""
    sale = book.sale(body.of) if isinstance(body, BACK) else None
    found = book.programme(sale.programme) if sale is not None else None
    return found or programme_of(book, name, at_ms)


def stamp_of(book: Book, body: object) -> str | None:
    """The stamp card, where an event is about the account of one."""
    account_id = getattr(body, "account_id", None)
    named = book.account(account_id) if isinstance(account_id, str) else None
    return named.stamp_id if named else None
