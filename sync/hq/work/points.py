"""Keeping accounts as facts arrive: late, twice over, or beyond the balance; nothing is refused.

Spending beyond what is there becomes debt (`overdraft`); earning pays it first (protocol.md, "Redeeming offline").
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.domain.holdings import AccountKind, account_id_of
from app.domain.programme import lots
from app.domain.programme.account import Account, Coupon
from sync.hq.docs import STAMPS, STORED_VALUE, AccountDoc, CouponDoc, MemberDoc
from sync.hq.work import figures
from sync.hq.work.book import Book, with_
from sync.hq.work.context import Context
from sync.hq.work.coupon_ids import coupon_id
from sync.hq.work.journal import enter
from sync.hq.work.parked import ParkedError
from sync.hq.work.posting import Posted
from sync.hq.work.rows import balance_of
from sync.protocol.facts import GrantPart, PointsRedeem, Sale, Tender

OVERDRAFT: Final = frozenset({"overdraft"})
"""Not what a hold was kept for: if the points are gone, something else took them, and that is debt already."""
NOTHING: Final[frozenset[str]] = frozenset()
SPENDING: Final = ("sale", "points_redeem", "adjustment")


def post_event(context: Context, doc: AccountDoc, member: MemberDoc) -> tuple[AccountDoc, Posted]:
    """The account with this event posted in its place, not kept yet; what there is to say of it is filed."""
    told = context.told()
    after, posted = enter(context.book, doc, member, told)
    if posted.adjusted:
        context.adjusted = "recomputed"
    context.codes |= posted.codes - (OVERDRAFT if _was_held(context) else NOTHING)
    if posted.codes or posted.adjusted:
        context.figures.update(posted.found or {})
    return _lent_kept(context, doc, after), posted


def _was_held(context: Context) -> bool:
    """Whether holds kept everything this event spends."""
    body = context.event.body
    if isinstance(body, Sale):
        return context.backed >= body.result.redeemed
    return isinstance(body, PointsRedeem) and context.backed >= body.points


def _lent_kept(context: Context, before: AccountDoc, after: AccountDoc) -> AccountDoc:
    """Points an open hold keeps stay in their lots: taken back, or spent without it, they become debt."""
    if not after.held or before.state is None or after.state is None:
        return after
    state, short = lots.keep_lent(before.state, after.state, after.held)
    if short and context.event.envelope.type in SPENDING and not _was_held(context):
        context.codes.add("overdraft")
    kept: AccountDoc = with_(after, state=state)
    return kept


def keep(context: Context, before: AccountDoc, after: AccountDoc) -> None:
    """Enter the change of an account and say its balance in the answer."""
    context.balance |= keep_account(context.book, context.key, context.at_ms, before, after)


def keep_account(book: Book, key: str, at_ms: int, before: AccountDoc, after: AccountDoc) -> dict[str, int]:
    """Enter the change of an account: ledger, its coupons' and stamp cards' rows, what expired; the balances."""
    book.enter(key, before, after, at_ms)
    balances = {after.id: balance_of(after)}
    if after.state is None:
        return balances
    _keep_coupons(book, before.state, after)
    member = book.member(after.member_id)
    _count_expired(book, member, before.state, after.state)
    for card, count in after.state.stamps.items():
        member = book.member(after.member_id)
        stamps = _stamps(book, member, card, count) if member is not None else None
        if stamps is not None and stamps.amount != count:
            book.enter(key, stamps, with_(stamps, amount=count), at_ms)
            balances[stamps.id] = count
    return balances


def _stamps(book: Book, member: MemberDoc, card: str, count: int) -> AccountDoc | None:
    """The member's account of a stamp card; the first stamp opens it."""
    name = f"{STAMPS}:{card}"
    if name in member.accounts:
        return book.account(member.accounts[name])
    if not count:
        return None
    made = account_id_of(member.id, AccountKind.STAMPS, card)
    return _open(book, member, name, AccountDoc(id=made, member_id=member.id, kind=STAMPS, stamp_id=card))


def stored_value(context: Context, account_id: str) -> AccountDoc:
    """The stored value an event names. One nobody opened yet is opened by it, under the id that follows from the
    member's (app.domain.holdings); a member who has another gets the money there. ParkedError `account_unknown`."""
    found = context.book.account(account_id)
    if found is not None:
        return found
    member, named = context.member(), context.event.envelope.member_id
    if member is None or named is None or account_id != account_id_of(named, AccountKind.STORED_VALUE):
        return context.account(account_id)
    if STORED_VALUE in member.accounts:
        return context.account(member.accounts[STORED_VALUE])
    made = account_id_of(member.id, AccountKind.STORED_VALUE)
    return _open(context.book, member, STORED_VALUE, AccountDoc(id=made, member_id=member.id, kind=STORED_VALUE))


def _open(book: Book, member: MemberDoc, name: str, doc: AccountDoc) -> AccountDoc:
    book.put("member", with_(member, accounts={**member.accounts, name: doc.id}))
    book.put("account", doc)
    book.arrived.add(f"account:{doc.id}")
    return doc


def _keep_coupons(book: Book, before: Account | None, after: AccountDoc) -> None:
    """Coupons that came, went, were used or expired get their rows written."""
    old = {one.key: (one, _over(one, before)) for one in before.coupons} if before else {}
    new = {one.key: (one, _over(one, after.state)) for one in after.state.coupons} if after.state else {}
    for key in old.keys() | new.keys():
        if old.get(key) != new.get(key):
            book.put("coupon", CouponDoc(id=coupon_id(key), member_id=after.member_id, account_id=after.id, key=key))


def _over(coupon: Coupon, state: Account | None) -> bool:
    return state is not None and coupon.expires_on <= state.day


def _count_expired(book: Book, member: MemberDoc | None, before: Account | None, after: Account) -> None:
    """Points whose last day has passed are counted on the day they expired, at the member's own store."""
    if before is None or member is None or after.day <= before.day:
        return
    days: dict[date, int] = {}
    for lot in after.lots:
        if lot.amount and lot.expires_on is not None and before.day < lot.expires_on <= after.day:
            days[lot.expires_on] = days.get(lot.expires_on, 0) + lot.amount
    for day, points in sorted(days.items()):
        figures.count_expired(book, member.home_store_id, day.isoformat(), points)


def change_amount(context: Context, doc: AccountDoc, amount: int) -> None:
    """Post to stored value, or to stamps of a member without points; below zero is an overdraft."""
    after = with_(doc, amount=doc.amount + amount)
    if after.amount < 0 and amount < 0:
        context.codes.add("overdraft")
    keep(context, doc, after)


def use_hold(
    context: Context, hold_id: str | None, *, account_id: str | None = None, coupon: str | None = None
) -> None:
    """End the hold an event names: what it does not use is free again. Closed or another's: `hold_missing`."""
    if hold_id is None:
        return
    hold = context.book.hold(hold_id)
    mine = hold is not None and (hold.till_id, hold.epoch) == (context.till.till_id, context.till.epoch)
    if hold is None or not mine or hold.state != "open" or hold.coupon_id != coupon:
        context.codes.add("hold_missing")
        return
    if not _same_account(context.book, hold.account_id, account_id):
        context.codes.add("hold_missing")
        return
    context.book.put("hold", with_(hold, state="used"))
    context.backed += hold.points if hold.account_id is not None else 0
    free(context.book, hold.account_id, hold.points)


def _same_account(book: Book, held: str | None, named: str | None) -> bool:
    """Whether both are one account, before or after a merge."""
    if held is None or named is None:
        return held == named
    one, other = book.account(held), book.account(named)
    return one is not None and other is not None and one.id == other.id


def free(book: Book, account_id: str | None, points: int) -> None:
    """Give back to an account what a hold kept from it."""
    doc = book.account(account_id) if account_id else None
    if doc is not None:
        book.put("account", with_(doc, held=max(0, doc.held - points)))


def not_held(doc: AccountDoc, points: int) -> AccountDoc:
    """The account after a hold of so many points ended unused: they pay what became debt meanwhile."""
    held = max(0, doc.held - points)
    state = lots.pay_debt(doc.state, held) if doc.state is not None and doc.state.debt else doc.state
    given: AccountDoc = with_(doc, held=held, state=state)
    return given


def use_grants(context: Context, grants: list[GrantPart] | None) -> None:
    """Grants lent to tills are not given yet: one that is named is missing, its spending posts and is counted."""
    if grants:
        context.codes.add("grant_missing")


def pay_stored_value(context: Context, tenders: Sequence[Tender], sign: int) -> None:
    """Take stored-value tenders from their accounts (sign −1), or give them back (+1)."""
    for tender in tenders:
        if tender.kind == "stored_value" and tender.account_id is not None:
            change_amount(context, stored_value(context, tender.account_id), sign * tender.minor)


def owner(context: Context, doc: AccountDoc) -> MemberDoc | None:
    """The member of an account an event names, joined to the till's region where the event names the member."""
    return context.member() or context.book.member(doc.member_id)


def approved(approval: object, *, by: str) -> None:
    """A correction by hand needs two people: who does it and somebody else who approves. ParkedError `bad_body`."""
    staff_id, by_staff_id = getattr(approval, "staff_id", None), getattr(approval, "by_staff_id", None)
    if staff_id is None or by_staff_id is None or by_staff_id in (staff_id, by):
        raise ParkedError("bad_body")
