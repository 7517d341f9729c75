"""Lots and debt: posting, spending, giving back, taking back (programme.md, "Lots and balance" and "Returns").

Invariant: everything posted = Σ lots (expired ones too) + points spent − debt; balance = Σ usable lots − debt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.programme.account import Account, Lot, Spent, ToFollow
from app.domain.programme.calendar import expires_on, plus_days
from app.domain.programme.document import Expiry, ExpiryKind, Programme


@dataclass(frozen=True, slots=True)
class Posting:
    """Points to post: `key` unique, `event` whose they are, earned on a day, usable from a day."""

    key: str
    event: str
    amount: int
    earned_on: date
    available_on: date


def spending_order(lots: Iterable[Lot]) -> list[Lot]:
    """By expiry (never last), then earned, then posting."""
    return sorted(lots, key=lambda lot: (lot.expires_on or date.max, lot.earned_on, lot.order))


def usable(account: Account, day: date) -> list[Lot]:
    """Lots with points that can be spent on `day`, in spending order."""
    return spending_order(lot for lot in account.lots if lot.amount and lot.usable(day))


def balance(account: Account, day: date) -> int:
    """Spendable points; below zero where there is debt."""
    return sum(lot.amount for lot in account.lots if lot.usable(day)) - account.debt


def pending(account: Account, day: date) -> int:
    """Posted points that are not usable yet."""
    return sum(lot.amount for lot in account.lots if lot.available_on > day and lot.alive(day))


def following(account: Account) -> int:
    """Points still to be posted."""
    return sum(one.amount for one in account.to_follow)


def touch(expiry: Expiry, account: Account, day: date) -> Account:
    """A posting or spending: with expiry by inactivity every live lot lives on from this day."""
    if expiry.kind is not ExpiryKind.INACTIVITY:
        return account
    until = plus_days(day, expiry.days)
    lots = tuple(replace(lot, expires_on=until) if lot.alive(day) else lot for lot in account.lots)
    return replace(account, lots=lots)


def post(programme: Programme, account: Account, posting: Posting, day: date) -> Account:
    """Post points on `day`: they pay debt first, the rest is a lot."""
    if not posting.amount:
        return account
    paid = min(account.debt, posting.amount)
    lot = Lot(
        key=posting.key,
        event=posting.event,
        amount=posting.amount - paid,
        earned_on=posting.earned_on,
        expires_on=expires_on(programme.expiry, posting.earned_on),
        available_on=posting.available_on,
        order=account.posted,
    )
    after = replace(account, debt=account.debt - paid, lots=(*account.lots, lot), posted=account.posted + 1)
    return touch(programme.expiry, after, day)


def _with_amounts(account: Account, amounts: dict[str, int]) -> Account:
    lots = tuple(replace(lot, amount=amounts[lot.key]) if lot.key in amounts else lot for lot in account.lots)
    return replace(account, lots=lots)


def spend(programme: Programme, account: Account, points: int, day: date) -> tuple[Account, tuple[Spent, ...]]:
    """Spend points that the balance covers; says which lots gave them, in order."""
    if not points:
        return account, ()
    after, spent, left = _drain(account, usable(account, day), points)
    assert not left, "spending was checked against the balance"
    return touch(programme.expiry, after, day), spent


def _drain(account: Account, lots: Sequence[Lot], points: int) -> tuple[Account, tuple[Spent, ...], int]:
    """Take up to `points` from `lots` in their order; the account, what was taken, what was not found."""
    amounts: dict[str, int] = {}
    spent = []
    for lot in lots:
        part = min(points, lot.amount)
        if part:
            amounts[lot.key] = lot.amount - part
            spent.append(Spent(lot.key, part))
            points -= part
    return _with_amounts(account, amounts), tuple(spent), points


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The account after points went back to their lots, what of `spent` remains, and how many stayed expired."""

    account: Account
    spent: tuple[Spent, ...]
    lapsed: int


def give_back(programme: Programme, account: Account, spent: Sequence[Spent], points: int, day: date) -> GivenBack:
    """Refill the lots in reverse order of spending. An expired lot's points live on for a while, or lapse."""
    left: list[Spent] = []
    lapsed = 0
    for one in reversed(spent):
        part = min(points, one.amount)
        points -= part
        left.append(replace(one, amount=one.amount - part))
        lot = next(lot for lot in account.lots if lot.key == one.lot)
        if lot.alive(day) or not programme.returns.restore_expired_days:
            account = _with_amounts(account, {lot.key: lot.amount + part})
            lapsed += 0 if lot.alive(day) else part
        elif part:
            account = _revive(programme, account, lot, part, day)
    return GivenBack(account, tuple(reversed(left)), lapsed)


def _revive(programme: Programme, account: Account, lot: Lot, points: int, day: date) -> Account:
    revived = replace(
        lot,
        key=f"{lot.key}+{account.posted}",
        amount=points,
        expires_on=plus_days(day, programme.returns.restore_expired_days),
        order=account.posted,
    )
    return replace(account, lots=(*account.lots, revived), posted=account.posted + 1)


def keep_lent(before: Account, after: Account, lent: int) -> tuple[Account, int]:
    """`after` with at least `lent` usable points: what a posting took of those is debt instead; also how much that is.

    They go back into the lots they came from, the last in spending order first. What expired is not there to be lent.
    """
    missing = lent - sum(lot.amount for lot in usable(after, after.day))
    if missing <= 0:
        return after, 0
    had = {lot.key: lot.amount for lot in before.lots}
    amounts: dict[str, int] = {}
    for lot in reversed(spending_order(lot for lot in after.lots if lot.usable(after.day))):
        part = min(missing, max(0, had.get(lot.key, 0) - lot.amount))
        amounts[lot.key] = lot.amount + part
        missing -= part
    filled = _with_amounts(after, amounts)
    kept = sum(lot.amount for lot in filled.lots) - sum(lot.amount for lot in after.lots)
    return replace(filled, debt=after.debt + kept), kept


def pay_debt(account: Account, lent: int) -> Account:
    """Usable points that are lent no longer pay debt."""
    free = sum(lot.amount for lot in usable(account, account.day)) - lent
    paid = min(account.debt, max(0, free))
    drained, _, _ = _drain(account, usable(account, account.day), paid)
    return replace(drained, debt=account.debt - paid)


def take_back(account: Account, points: int, event: str, day: date) -> tuple[Account, int]:
    """Take points of `event` back, from its own points first; the account and what could not be found.

    Order: its "to follow" (latest first), its pending lots, its usable lots, its expired ones, others' pending,
    others in spending order.
    """
    account, points = _cancel_following(account, points, event)
    ordered = spending_order(account.lots)
    own = [lot for lot in ordered if lot.event == event]
    others = [lot for lot in ordered if lot.event != event and lot.alive(day)]
    waiting = [lot for lot in own if lot.alive(day) and not lot.usable(day)]
    ready = [lot for lot in own if lot.usable(day)]
    expired = [lot for lot in own if not lot.alive(day)]
    others_waiting = [lot for lot in others if not lot.usable(day)]
    others_ready = [lot for lot in others if lot.usable(day)]
    account, _spent, points = _drain(account, [*waiting, *ready, *expired, *others_waiting, *others_ready], points)
    return account, points


def _cancel_following(account: Account, points: int, event: str) -> tuple[Account, int]:
    kept: list[ToFollow] = []
    for one in sorted(account.to_follow, key=lambda one: one.on, reverse=True):
        part = min(points, one.amount) if one.event == event else 0
        points -= part
        if one.amount > part:
            kept.append(replace(one, amount=one.amount - part))
    return replace(account, to_follow=tuple(sorted(kept, key=lambda one: one.on))), points
