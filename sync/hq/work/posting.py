"""What each event does to a points account, in the order of the events' own time. Pure: account in, account out.

Where the programme trusts the till, what the receipt promised is posted, whatever head office would have computed;
where it trusts head office, its own figure is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from app.domain.programme import coupons, lots, stamps
from app.domain.programme.account import Account, Coupon, Redemption, Spent, ToFollow
from app.domain.programme.account import Purchase as Bought
from app.domain.programme.calendar import plus_days
from app.domain.programme.document import Programme, Trust
from app.domain.programme.due import advance
from app.domain.programme.returns import ReturnOutcome, compute_return
from app.domain.programme.sale import SaleOutcome
from app.domain.spending import POINTS_FOLLOW
from sync.hq.work.coupon_ids import coupon_id
from sync.hq.work.promise import (
    Promise,
    Told,
    agrees,
    basket_of,
    computed,
    figures_of,
    promise_of,
    promised_purchase,
    said_of,
    stamps_of,
)
from sync.protocol.channel_facts import Purchase, Return
from sync.protocol.facts import Adjustment, CouponIssue, PointsRedeem, Sale, SaleResult, SaleReturn, Undo
from sync.protocol.sale_facts import ReturnResult


@dataclass(frozen=True, slots=True)
class Posted:
    """The account after an event. `codes` as Context.codes; `found`: the figures head office came to, for the file."""

    state: Account
    codes: frozenset[str] = frozenset()
    adjusted: bool = False
    found: Mapping[str, Any] | None = None
    sale: Sale | None = None
    """A channel's purchase with the figures head office gave it."""


def post(told: Told, state: Account, *, judge: bool = True) -> Posted:
    """Post one event to an account that was opened on its day. `judge` False: posted before, only the account counts.

    LookupError for a return or undo of what this account does not have.
    """
    return POSTINGS[type(told.body)](told, state, judge)


# ---- sales


def _sale(told: Told, state: Account, judge: bool) -> Posted:
    body: Sale = told.body
    promise = promise_of(told, state.birthday_on)
    trusts_us = told.programme.trust is Trust.HQ
    own: SaleOutcome | None = None
    aside: tuple[Coupon, ...] = ()
    if judge or trusts_us:
        narrowed, aside = _with_named_coupons(state, body)
        own = computed(told.programme, narrowed, basket_of(body), told.moment)
    codes = _judged(promise, own, told)
    if trusts_us and own is not None and own.account is not None:
        after = replace(own.account, coupons=(*aside, *own.account.coupons))
        return Posted(after, codes, adjusted=not agrees(own, body.result), found=_figures(promise, own))
    after, short = _as_promised(told, state, promise)
    return Posted(after, codes | _overdraft(short), found=_figures(promise, own))


def _judged(promise: Promise, own: SaleOutcome | None, told: Told) -> frozenset[str]:
    """With its basis first: a difference is a defect. Then with what is known here: the till could not know it."""
    if not promise.right:
        return frozenset({"wrong_figures"})
    return frozenset() if agrees(own, told.body.result) else frozenset({"stale_basis"})


def _figures(promise: Promise, own: SaleOutcome | None) -> dict[str, Any]:
    """What head office came to, with the till's basis and with its own facts; no personal data."""
    found: dict[str, Any] = {}
    if promise.found is not None:
        found["with_basis"] = {
            name: getattr(promise.found, name) for name in ("payable_minor", "earned", "to_follow", "redeemed")
        }
    if own is not None:
        found["now"] = {
            name: getattr(own.result, name) for name in ("payable_minor", "earned", "to_follow", "redeemed")
        }
    return found


def _with_named_coupons(state: Account, body: Sale) -> tuple[Account, tuple[Coupon, ...]]:
    """The account with no other coupons of the used types than those the event names, and those set aside."""
    types = {one.type for one in body.coupons or ()}
    named = {one.coupon_id for one in body.coupons or ()}
    aside = tuple(one for one in state.coupons if one.type in types and coupon_id(one.key) not in named)
    return replace(state, coupons=tuple(one for one in state.coupons if one not in aside)), aside


def _as_promised(told: Told, state: Account, promise: Promise) -> tuple[Account, int]:
    """Post exactly what the receipt said; also the points that became debt because they were not there."""
    programme, day, body = told.programme, told.moment.day, told.body
    named = {one.coupon_id for one in body.coupons or ()}
    mine = [one for one in state.coupons if coupon_id(one.key) in named and not one.used]
    state = coupons.use(state, mine, told.key)
    state, redemptions, short = _redeemed(told, state, promise.purchase.redemptions)
    purchase = replace(promise.purchase, redemptions=redemptions, coupons=tuple(one.key for one in mine))
    available_on = plus_days(day, programme.earn.available_after_days)
    state = lots.post(programme, state, lots.Posting(told.key, told.key, body.result.earned, day, available_on), day)
    known = {card.id for card in programme.stamps}
    promised = {card: count for card, count in stamps_of(body.result).items() if card in known}
    state = stamps.add(programme, state, promised, told.moment)
    following = _following(told, purchase)
    state = replace(
        state,
        purchases=(*state.purchases, purchase),
        to_follow=tuple(sorted((*state.to_follow, *following), key=lambda one: one.on)),
    )
    return advance(programme, state, day, head_office=True), short


def _redeemed(told: Told, state: Account, wanted: Iterable[Redemption]) -> tuple[Account, tuple[Redemption, ...], int]:
    """Spend what the receipt spent, lot by lot, and give the coupons its rewards bought."""
    programme, day, done, missing = told.programme, told.moment.day, [], 0
    types = _bought_types(told)
    for one in wanted:
        state, spent, short = spend(programme, state, one.points, day)
        missing += short
        for key in one.coupons:
            state = coupons.issue(programme, state, types[key], key, day)
        done.append(replace(one, spent=spent))
    return state, tuple(done), missing


def _bought_types(told: Told) -> dict[str, str]:
    """The type of each coupon a reward of this receipt gave, by its key (app.domain.programme.sale)."""
    rewards = {one.id: one.discount.coupon_type for one in told.programme.rewards}
    return {
        f"{told.key}:reward:{number}:{one}": rewards[use.id]
        for number, use in enumerate(told.body.rewards or ())
        for one in range(use.times or 1)
        if use.id in rewards
    }


def _following(told: Told, purchase: Bought) -> list[ToFollow]:
    """The delayed points of the promise, by the delays of their rules."""
    amounts: dict[str, tuple[int, int]] = {}
    for entry in purchase.entries:
        if entry.after_days:
            before = amounts.get(entry.rule, (0, entry.after_days))[0]
            amounts[entry.rule] = (before + entry.points, entry.after_days)
    if sum(amount for amount, _ in amounts.values()) != told.body.result.to_follow:
        amounts = {"base": (told.body.result.to_follow, 1)} if told.body.result.to_follow else {}
    available_on = plus_days(told.moment.day, told.programme.earn.available_after_days)
    found = []
    for rule, (amount, days) in amounts.items():
        on = plus_days(told.moment.day, days)
        found.append(ToFollow(told.key, rule, amount, on, max(on, available_on)))
    return found


def _purchase(told: Told, state: Account, _judge: bool) -> Posted:
    """A channel promised nothing: our own figure counts. What the programme would have refused is paid as it was,
    earns nothing and is said (`wrong_figures`)."""
    own = computed(told.programme, state, basket_of(told.body), told.moment)
    if own is None or own.account is None:
        sale = receipt_of(told, paid(told.body))
        promise = Promise(promised_purchase(sale, told.moment, told.programme), right=False, found=None)
        after, short = _as_promised(replace(told, body=sale), state, promise)
        return Posted(after, frozenset({"wrong_figures"}) | _overdraft(short), sale=sale)
    said = said_of(own)
    right = not told.body.tenders or not own.unpaid_minor
    codes = frozenset() if right else frozenset({"wrong_figures"})
    return Posted(own.account, codes, found={"now": figures_of(said)}, sale=receipt_of(told, said))


def paid(body: Purchase) -> SaleResult:
    """What a purchase itself says of money and points."""
    return SaleResult(
        payable_minor=sum(one.minor for one in body.tenders),
        earned=0,
        to_follow=0,
        redeemed=sum(one.points or 0 for one in body.tenders),
        because=[],
    )


def receipt_of(told: Told, result: SaleResult) -> Sale:
    """A channel's purchase as a sale; who sold it and in which shift is the channel's name."""
    body, channel = told.body, told.moment.channel
    return Sale(
        shift_id=channel,
        receipt_no=body.order_no,
        staff_id=channel,
        business_on=told.moment.day.isoformat(),
        currency=told.programme.currency,
        lines=body.lines,
        order_discounts=body.order_discounts,
        tenders=body.tenders,
        result=result,
    )


# ---- goods and points that come back


def purchase_of(state: Account, event: str) -> Bought:
    """The purchase of an event. LookupError when this account does not have it."""
    for one in state.purchases:
        if one.event == event:
            return one
    raise LookupError(event)


def possible(purchase: Bought, wanted: Mapping[int, int]) -> dict[int, int]:
    """What of `wanted` is still there to be returned, by line."""
    found = {}
    for number, qty in wanted.items():
        if number < len(purchase.lines):
            left = min(qty, purchase.lines[number].qty - purchase.lines[number].returned)
            if left:
                found[number] = left
    return found


def wanted_of(body: SaleReturn | Return) -> dict[int, int]:
    """The units a return names, by line."""
    wanted: dict[int, int] = {}
    for line in body.lines:
        wanted[line.line] = wanted.get(line.line, 0) + line.qty
    return wanted


def taken_back(told: Told, state: Account | None, purchase: Bought, quantities: Mapping[int, int]) -> ReturnOutcome:
    """The programme's return, whenever it happens: the window is the till's to keep, the goods are back."""
    programme = replace(told.programme, returns=replace(told.programme.returns, window_days=None))
    outcome = compute_return(programme, state, purchase, quantities, moment=told.moment)
    if outcome.account is None:
        return outcome
    given = _spent(purchase) - _spent(outcome.purchase)
    return replace(outcome, account=_undo_debt(told, outcome.account, outcome.points_restored - given))


def _spent(purchase: Bought) -> int:
    return sum(one.amount for redemption in purchase.redemptions for one in redemption.spent)


def _undo_debt(told: Told, state: Account, points: int) -> Account:
    """Points that had become debt when they were spent: debt no longer, or earned now where it was paid meanwhile."""
    paid = min(state.debt, max(0, points))
    state = replace(state, debt=state.debt - paid)
    return earn(told.programme, state, points - paid, told) if points > paid else state


def _return(told: Told, state: Account, _judge: bool) -> Posted:
    body: SaleReturn = told.body
    purchase, wanted = purchase_of(state, body.of), wanted_of(body)
    there = possible(purchase, wanted)
    codes = {"wrong_figures"} if there != wanted else set()
    outcome = taken_back(told, state, purchase, there)
    promised, after = body.result, outcome.account or state
    if body.approval is not None and body.approval.reason == POINTS_FOLLOW:
        promised = _points_of(outcome, promised)
    more = (promised.points_restored - promised.earned_reversed) - (outcome.points_restored - outcome.earned_reversed)
    differs = more != 0 or outcome.refund_minor != promised.refund_minor
    figures = {
        "refund_minor": outcome.refund_minor,
        "earned_reversed": outcome.earned_reversed,
        "points_restored": outcome.points_restored,
    }
    if codes:  # a part is back already, by another till: what is left counts, the promise does not
        return Posted(after, frozenset(codes), found={"now": figures})
    if differs:
        codes.add("stale_basis")
    if told.programme.trust is Trust.HQ:
        return Posted(after, frozenset(codes), adjusted=more != 0, found={"now": figures})
    return Posted(_corrected(told, after, more), frozenset(codes), found={"now": figures})


def _channel_return(told: Told, state: Account, _judge: bool) -> Posted:
    """Our own figure: a channel promised nothing."""
    purchase, wanted = purchase_of(state, told.body.of), wanted_of(told.body)
    there = possible(purchase, wanted)
    outcome = taken_back(told, state, purchase, there)
    codes = frozenset() if there == wanted else frozenset({"wrong_figures"})
    return Posted(outcome.account or state, codes, found={"now": {"refund_minor": outcome.refund_minor}})


def _points_of(outcome: ReturnOutcome, promised: ReturnResult) -> ReturnResult:
    """A return typed from the paper promised no points: those of the goods are taken back, the money stands."""
    return msgspec.structs.replace(
        promised, earned_reversed=outcome.earned_reversed, points_restored=outcome.points_restored
    )


def _corrected(told: Told, state: Account, more: int) -> Account:
    """The account with the difference between the promise and our own figure posted."""
    if more > 0:
        return earn(told.programme, state, more, told)
    state, short = lots.take_back(state, -more, told.key, told.moment.day)
    return replace(state, debt=state.debt + short)


def _undo(told: Told, state: Account, _judge: bool) -> Posted:
    purchase = purchase_of(state, told.body.of)
    if purchase.lines:
        left = {n: line.qty - line.returned for n, line in enumerate(purchase.lines) if line.qty > line.returned}
        return Posted(taken_back(told, state, purchase, left).account or state)
    for redemption in purchase.redemptions:
        there = sum(one.amount for one in redemption.spent)
        back = lots.give_back(told.programme, state, redemption.spent, there, told.moment.day)
        state = _undo_debt(told, back.account, redemption.points - there)
    emptied = replace(purchase, redemptions=())
    return Posted(replace(state, purchases=tuple(emptied if one is purchase else one for one in state.purchases)))


# ---- points without goods


def spend(programme: Programme, state: Account, points: int, day: Any) -> tuple[Account, tuple[Spent, ...], int]:
    """Spend points; the account, the lots that gave them, and what became debt because it was not there."""
    there = sum(lot.amount for lot in lots.usable(state, day))
    state, spent = lots.spend(programme, state, min(points, there), day)
    short = max(0, points - there)
    return replace(state, debt=state.debt + short), spent, short


def earn(programme: Programme, state: Account, points: int, told: Told) -> Account:
    """Post points earned on the event's day and usable at once."""
    day = told.moment.day
    return lots.post(programme, state, lots.Posting(f"{told.key}+{state.posted}", told.key, points, day, day), day)


def _overdraft(short: int) -> frozenset[str]:
    return frozenset({"overdraft"}) if short else frozenset()


def _redeem(told: Told, state: Account, _judge: bool) -> Posted:
    """Points spent without a receipt: kept as a purchase of nothing, so that it can be taken back."""
    day, points = told.moment.day, told.body.points
    state, spent, short = spend(told.programme, state, points, day)
    nothing = Bought(told.key, day, day, (), redemptions=(Redemption(points, (), spent),))
    return Posted(replace(state, purchases=(*state.purchases, nothing)), _overdraft(short))


def _adjustment(told: Told, state: Account, _judge: bool) -> Posted:
    amount = told.body.amount
    if told.stamp is not None:
        if amount > 0:
            return Posted(stamps.add(told.programme, state, {told.stamp: amount}, told.moment))
        return Posted(stamps.take(state, {told.stamp: -amount}))
    if amount > 0:
        return Posted(earn(told.programme, state, amount, told))
    state, _, short = spend(told.programme, state, -amount, told.moment.day)
    return Posted(state, _overdraft(short))


def _issue(told: Told, state: Account, _judge: bool) -> Posted:
    body: CouponIssue = told.body
    if any(one.key == body.coupon_id for one in state.coupons):
        return Posted(state, frozenset({"wrong_figures"}))
    day = type(told.moment.day).fromisoformat(body.issued_on)
    return Posted(coupons.issue(told.programme, state, body.type, body.coupon_id, day))


POSTINGS: Final[Mapping[type, Callable[[Told, Account, bool], Posted]]] = {
    Sale: _sale,
    SaleReturn: _return,
    Undo: _undo,
    PointsRedeem: _redeem,
    Adjustment: _adjustment,
    CouponIssue: _issue,
    Purchase: _purchase,
    Return: _channel_return,
}
