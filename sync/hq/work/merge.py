"""Two members who are one person: everything moves to the survivor, the other becomes an alias of it (fine print 5).

Lots keep their own dates; open holds move with what they hold. Cards point to the survivor, late events that name the
alias post to the survivor, and every region of the alias gets the survivor's rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from app.domain.programme import postings
from app.domain.programme.account import Account, Status
from app.domain.programme.when import Moment
from app.errors import Refusal
from sync.hq.docs import POINTS, PURCHASES_SHOWN_MAX, AccountDoc, MemberDoc
from sync.hq.feed import Change, publish
from sync.hq.tables import ACCOUNT, CARD, COUPON, EVENT, HOLD, INBOX
from sync.hq.work import rows
from sync.hq.work.book import Book, with_
from sync.hq.work.context import join
from sync.hq.work.journal import opened
from sync.hq.work.moments import moment_of
from sync.hq.work.points import keep_account

KEY: Final = "merge/"
EXISTING: Final = ("active", "restricted")


@dataclass(frozen=True, slots=True)
class Merge:
    """What an operator asks for. `proof` is a code: how they know (same_phone, same_card, document …)."""

    merge_id: str
    source: str
    survivor: str
    proof: str


@dataclass(frozen=True, slots=True)
class Merged:
    """Points (scaled) that moved and what the survivor has now."""

    moved: int
    balance: int


def merge(book: Book, wanted: Merge) -> Merged:
    """Merge two members in one transaction. Refusal `merge_unknown`, `merge_same`, `member_blocked`."""
    source, survivor = _both(book, wanted)
    for region_id in source.regions:
        survivor = join(book, survivor, region_id)
    moved = _points_of(book, source)
    left = [one for one in book.buckets_of_member(source) if one not in book.buckets_of_member(survivor)]
    for name, account_id in sorted(source.accounts.items(), key=lambda one: one[0] == POINTS):  # they count the stamps
        mine = book.account(account_id)
        survivor = book.member(survivor.id) or survivor
        there = book.account(survivor.accounts[name]) if name in survivor.accounts else None
        if mine is not None and there is not None:
            _unite(book, wanted, mine, there, survivor)
        elif mine is not None:
            book.put("member", with_(survivor, accounts={**survivor.accounts, name: account_id}))
            _hand_over(book, "account", with_(mine, member_id=survivor.id), left)
    survivor = book.member(survivor.id) or survivor
    _cards(book, source, survivor, left)
    book.put("member", with_(source, status="merged", merged_into=survivor.id, cards=()))
    tags = tuple(dict.fromkeys((*survivor.tags, *source.tags)))
    cards = tuple(dict.fromkeys((*survivor.cards, *source.cards)))
    book.put("member", with_(survivor, cards=cards, tags=tags))
    _coupons(book, source, survivor.accounts.get(POINTS), survivor, left)
    _stamps(book, wanted, survivor.accounts.get(POINTS))
    _file(book, wanted, survivor, moved)
    balance = _points_of(book, survivor)
    book.write()
    publish(book.connection, rows.changes(book))
    return Merged(moved, balance)


def _points_of(book: Book, member: MemberDoc) -> int:
    account_id = member.accounts.get(POINTS)
    doc = book.account(account_id) if account_id else None
    return rows.balance_of(doc) if doc is not None else 0


def _both(book: Book, wanted: Merge) -> tuple[MemberDoc, MemberDoc]:
    accounts = select(ACCOUNT.c.id).where(ACCOUNT.c.member_id.in_((wanted.source, wanted.survivor)))
    book.preload("account", list(book.connection.execute(accounts).scalars()))
    book.preload("member", (wanted.source, wanted.survivor))
    source, survivor = book.member(wanted.source), book.member(wanted.survivor)
    if source is None or survivor is None or source.erased or survivor.erased:
        raise Refusal("merge_unknown")
    if source.id == survivor.id:
        raise Refusal("merge_same")
    if source.status not in EXISTING or survivor.status not in EXISTING:
        raise Refusal("member_blocked")
    return source, survivor


def _unite(book: Book, wanted: Merge, mine: AccountDoc, there: AccountDoc, survivor: MemberDoc) -> None:
    """Two accounts of one kind: everything of the first goes to the second, which it points to from now on."""
    held = with_(there, held=there.held + mine.held)
    if mine.state is not None and there.state is not None:
        empty, both = _united(book, wanted, mine.state, there.state, survivor)
        recent = sorted((*mine.recent, *there.recent), key=lambda one: (one.at_ms, one.event_id), reverse=True)
        shown = tuple(recent[:PURCHASES_SHOWN_MAX])
        after = with_(held, state=both, base=both, journal=(), recent=shown)
        before = with_(mine, state=empty, base=None, journal=(), recent=(), held=0)
    else:
        stamps = mine.stamp_id is not None  # those are counted in the points account
        after = held if stamps else with_(held, amount=there.amount + mine.amount)
        before = with_(mine, amount=0, held=0)
    key = f"{KEY}{wanted.merge_id}"
    book.enter(key, mine, with_(before, moved_to=there.id), book.settings.now_ms)
    keep_account(book, key, book.settings.now_ms, there, after)
    book.peers["account", mine.id] = (there.id,)
    book.peers["account", there.id] = (mine.id,)
    _holds(book, mine.id, there.id)


def _united(book: Book, wanted: Merge, mine: Account, there: Account, survivor: MemberDoc) -> tuple[Account, Account]:
    """The emptied account and the one that has both."""
    programme = book.programme_at(book.settings.now_ms)
    if programme is None:
        raise AssertionError("accounts of points need a programme")
    at = moment_of(book.settings.now_ms, programme.zone)
    moment = Moment(wanted.merge_id, at, survivor.home_store_id)
    day = max(moment.day, mine.day, there.day)
    mine = opened(book, mine, survivor, mine.day)
    there = opened(book, there, survivor, there.day)
    mine, there = opened(book, mine, survivor, day), opened(book, there, survivor, day)
    empty, both = postings.merge(programme, mine, there, moment)
    return Account(empty.member, day, Status.MERGED, merged_into=there.member), both


def _holds(book: Book, mine: str, there: str) -> None:
    """Open holds hold on, from the account their points are in now."""
    held = select(HOLD.c.id).where(HOLD.c.account_id == mine, HOLD.c.state == "open")
    ids = list(book.connection.execute(held).scalars())
    book.preload("hold", ids)
    for one in ids:
        hold = book.hold(one)
        if hold is not None:
            book.put("hold", with_(hold, account_id=there))


def _hand_over(book: Book, kind: str, doc: Any, left: list[str]) -> None:
    """A row that belongs to the survivor now: deleted in the buckets it leaves."""
    book.put(kind, doc)
    for bucket in left:
        book.show(Change(bucket, kind, doc.id, None))


def _cards(book: Book, source: MemberDoc, survivor: MemberDoc, left: list[str]) -> None:
    numbers = list(book.connection.execute(select(CARD.c.id).where(CARD.c.member_id == source.id)).scalars())
    book.preload("card", numbers)
    for number in numbers:
        card = book.card(number)
        if card is not None:
            _hand_over(book, "card", with_(card, member_id=survivor.id), left)


def _coupons(book: Book, source: MemberDoc, account_id: str | None, survivor: MemberDoc, left: list[str]) -> None:
    ids = list(book.connection.execute(select(COUPON.c.id).where(COUPON.c.member_id == source.id)).scalars())
    book.preload("coupon", ids)
    for one in ids:
        coupon = book.coupon(one)
        if coupon is not None and account_id is not None:
            _hand_over(book, "coupon", with_(coupon, member_id=survivor.id, account_id=account_id), left)


def _stamps(book: Book, wanted: Merge, account_id: str | None) -> None:
    """Stamps are counted in the points account: the survivor's stamp accounts say the same."""
    doc = book.account(account_id) if account_id else None
    if doc is not None:
        keep_account(book, f"{KEY}{wanted.merge_id}", book.settings.now_ms, doc, doc)


def _file(book: Book, wanted: Merge, survivor: MemberDoc, moved: int) -> None:
    figures = {"source": wanted.source, "survivor": survivor.id, "proof": wanted.proof, "moved": moved}
    book.findings.append(
        {"event_key": f"{KEY}{wanted.merge_id}", "code": "merged", "store_id": survivor.home_store_id,
         "at_ms": book.settings.now_ms, "figures": json.dumps(figures)}
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two members a till takes for one person. `evidence`: same_phone, same_card or staff."""

    event_id: str
    store_id: str
    members: tuple[str, str]
    evidence: str


def proposals(connection: Connection, book: Book) -> Iterator[Proposal]:
    """What tills have proposed and nobody has done yet, the oldest first."""
    same = (INBOX.c.till_id == EVENT.c.till_id) & (INBOX.c.epoch == EVENT.c.epoch) & (INBOX.c.seq == EVENT.c.seq)
    wanted = select(EVENT.c.event_key, EVENT.c.store_id, INBOX.c.raw).join_from(EVENT, INBOX, same)
    wanted = wanted.where(EVENT.c.type == "merge_proposal", EVENT.c.outcome == "applied")
    for row in connection.execute(wanted.order_by(EVENT.c.at_ms, EVENT.c.event_key)).all():
        body = json.loads(row.raw)["body"]
        one, other = (book.member(member_id) for member_id in body["members"])
        if one is not None and other is not None and one.id != other.id:
            yield Proposal(row.event_key, row.store_id, (one.id, other.id), body["evidence"])
