"""Posting and spending on accounts as facts arrive: late, twice over, or beyond the balance; nothing is refused.

Spending beyond what is there becomes debt (`overdraft`); earning pays it first (protocol.md, "Redeeming offline").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.domain.holdings import AccountKind, account_id_of
from app.domain.programme import lots
from app.domain.programme.account import Account, Spent
from app.domain.programme.document import Programme
from app.domain.programme.due import advance
from sync.hq.docs import POINTS, STAMPS, STORED_VALUE, AccountDoc, CouponDoc, MemberDoc
from sync.hq.work.book import with_
from sync.hq.work.context import Context, coupon_id
from sync.hq.work.rows import balance_of
from sync.protocol.facts import GrantPart, Tender


def opened(programme: Programme, doc: AccountDoc, member: MemberDoc, day: date) -> Account:
    """The programme's account with the member's present facts, everything due by `day` posted."""
    state = doc.state or Account(member.id, day)
    birthday = member.personal.get("birthday_on")
    state = replace(
        state,
        birthday_on=date.fromisoformat(birthday) if birthday else None,
        tags=frozenset(member.tags),
        segments=frozenset(member.segments),
    )
    return advance(programme, state, day, head_office=True)


def spend(programme: Programme, state: Account, points: int, day: date) -> tuple[Account, tuple[Spent, ...], int]:
    """Spend points; the account, the lots that gave them, and what became debt because it was not there."""
    there = sum(lot.amount for lot in lots.usable(state, day))
    state, spent = lots.spend(programme, state, min(points, there), day)
    short = max(0, points - there)
    return replace(state, debt=state.debt + short), spent, short


def earn(programme: Programme, state: Account, points: int, event: str, day: date) -> Account:
    """Post points earned that day and usable at once."""
    key = f"{event}+{state.posted}"
    return lots.post(programme, state, lots.Posting(key, event, points, day, day), day)


def keep(context: Context, before: AccountDoc, after: AccountDoc) -> None:
    """Enter the change of an account: ledger, balance of the answer, its coupons' and stamp cards' rows."""
    book = context.book
    book.enter(context.key, before, after, context.at_ms)
    context.balance[after.id] = balance_of(after)
    if after.state is None:
        return
    _keep_coupons(context, before.state, after)
    for card, count in after.state.stamps.items():
        member = book.member(after.member_id)
        stamps = _stamps(context, member, card, count) if member is not None else None
        if stamps is not None and stamps.amount != count:
            counted = with_(stamps, amount=count)
            book.enter(context.key, stamps, counted, context.at_ms)
            context.balance[stamps.id] = count


def _stamps(context: Context, member: MemberDoc, card: str, count: int) -> AccountDoc | None:
    """The member's account of a stamp card; the first stamp opens it."""
    name = f"{STAMPS}:{card}"
    if name in member.accounts:
        return context.book.account(member.accounts[name])
    if not count:
        return None
    made = account_id_of(member.id, AccountKind.STAMPS, card)
    doc = AccountDoc(id=made, member_id=member.id, kind=STAMPS, stamp_id=card)
    return _open(context, member, name, doc)


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
    return _open(context, member, STORED_VALUE, AccountDoc(id=made, member_id=member.id, kind=STORED_VALUE))


def _open(context: Context, member: MemberDoc, name: str, doc: AccountDoc) -> AccountDoc:
    context.book.put("member", with_(member, accounts={**member.accounts, name: doc.id}))
    context.book.put("account", doc)
    context.book.arrived.add(f"account:{doc.id}")
    return doc


def _keep_coupons(context: Context, before: Account | None, after: AccountDoc) -> None:
    """Coupons that came, went or were used get their rows written."""
    old = {one.key: one for one in before.coupons} if before else {}
    new = {one.key: one for one in after.state.coupons} if after.state else {}
    for key in old.keys() | new.keys():
        if old.get(key) != new.get(key):
            context.book.put(
                "coupon", CouponDoc(id=coupon_id(key), member_id=after.member_id, account_id=after.id, key=key)
            )


def change_amount(context: Context, doc: AccountDoc, amount: int) -> None:
    """Post to stamps or stored value; below zero is an overdraft."""
    after = with_(doc, amount=doc.amount + amount)
    if after.amount < 0 and amount < 0:
        context.codes.add("overdraft")
    keep(context, doc, after)
    if doc.kind != STAMPS:
        return
    member = context.book.member(doc.member_id)
    owner = context.book.account(member.accounts[POINTS]) if member and POINTS in member.accounts else None
    if owner is not None and owner.state is not None and doc.stamp_id is not None:
        stamps = {**owner.state.stamps, doc.stamp_id: max(0, after.amount)}
        context.book.put("account", with_(owner, state=replace(owner.state, stamps=stamps)))


def use_hold(
    context: Context, hold_id: str | None, *, account_id: str | None = None, coupon: str | None = None
) -> None:
    """End the hold an event names: what it does not use is free again. Closed or another's: `hold_missing`."""
    if hold_id is None:
        return
    hold = context.book.hold(hold_id)
    mine = hold is not None and (hold.till_id, hold.epoch) == (context.till.till_id, context.till.epoch)
    if hold is None or not mine or hold.state != "open" or (hold.account_id, hold.coupon_id) != (account_id, coupon):
        context.codes.add("hold_missing")
        return
    context.book.put("hold", with_(hold, state="used"))
    free(context, hold.account_id, hold.points)


def free(context: Context, account_id: str | None, points: int) -> None:
    """Give back to an account what a hold kept from it."""
    doc = context.book.account(account_id) if account_id else None
    if doc is not None:
        context.book.put("account", with_(doc, held=max(0, doc.held - points)))


def use_grants(context: Context, grants: list[GrantPart] | None) -> None:
    """Grants lent to tills are not given yet: one that is named is missing, its spending posts and is counted."""
    if grants:
        context.codes.add("grant_missing")


def pay_stored_value(context: Context, tenders: Sequence[Tender], sign: int) -> None:
    """Take stored-value tenders from their accounts (sign −1), or give them back (+1)."""
    for tender in tenders:
        if tender.kind == "stored_value" and tender.account_id is not None:
            change_amount(context, stored_value(context, tender.account_id), sign * tender.minor)
