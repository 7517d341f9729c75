"""Applies `sale`: the programme computes it again; what the receipt promised is posted (trust = till), or HQ's figure.

A difference never refuses a sale. Computed with the basis the till had it is a defect (`wrong_figures`); computed with
what is known now it is `stale_basis` (programme.md, "What an offline till cannot know").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.money import largest_remainder
from app.domain.programme import lots, stamps
from app.domain.programme.account import (
    Account,
    Coupon,
    Earlier,
    Entry,
    Lot,
    Purchase,
    Redemption,
    SoldLine,
    StampGain,
    ToFollow,
)
from app.domain.programme.calendar import plus_days
from app.domain.programme.document import Programme, Trust
from app.domain.programme.sale import SaleOutcome, compute_sale
from app.domain.programme.when import Moment
from app.domain.sale import Basket, Line, OrderDiscount, RewardUse, Tender, TenderKind
from app.errors import Refusal
from sync.hq.docs import PURCHASES_SHOWN_MAX, AccountDoc, MemberDoc, Recent, SaleDoc
from sync.hq.docs import SoldLine as SoldDoc
from sync.hq.work import figures, rows
from sync.hq.work.book import with_
from sync.hq.work.context import Context, coupon_id
from sync.hq.work.points import keep, opened, pay_stored_value, spend, use_grants, use_hold
from sync.protocol.facts import Basis, Sale, SaleResult

SKUS_SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Posted:
    """A sale as it was posted: the account afterwards (None: nobody's) and the purchase its returns start from."""

    purchase: Purchase
    account: Account | None
    redeemed: int = 0


def apply_sale(context: Context, body: Sale) -> None:
    """Post a sale. ParkedError when programme, member or account are not known yet."""
    programme = context.programme()
    member = context.member() or _payer(context, body)
    moment = context.moment(programme)
    doc = context.points_account(member) if member and _needs_account(member, body.result) else None
    _check_tenders(context, body)
    _use_rights(context, body, doc)
    state = None
    if member is not None and doc is not None:
        doc = context.account(doc.id)  # a hold it used is free again
        state = opened(programme, doc, member, moment.day)
    posted = _posted(context, programme, body, state, moment=moment)
    if doc is not None and posted.account is not None:
        shown = (_recent(context, body), *doc.recent)[:PURCHASES_SHOWN_MAX]
        after = with_(doc, state=posted.account, programme=programme.name, recent=shown)
        keep(context, doc, after)
    pay_stored_value(context, body.tenders, -1)
    _file(context, body, posted, member, doc)
    figures.count_sale(context, body, member is not None)


def _needs_account(member: MemberDoc, result: SaleResult) -> bool:
    return "points" in member.accounts or bool(result.earned or result.redeemed or result.to_follow)


def _payer(context: Context, body: Sale) -> MemberDoc | None:
    """The member whose points pay a sale that names nobody."""
    account_id = next((one.account_id for one in body.tenders if one.kind == "points" and one.account_id), None)
    return context.book.member(context.account(account_id).member_id) if account_id else None


def _check_tenders(context: Context, body: Sale) -> None:
    """Every account a tender names must be there before anything is posted."""
    for tender in body.tenders:
        if tender.account_id is not None:
            context.account(tender.account_id)


def _use_rights(context: Context, body: Sale, doc: AccountDoc | None) -> None:
    """End the holds this sale names; what they kept is free for it."""
    for tender in body.tenders:
        use_grants(context, tender.grants)
        use_hold(context, tender.hold_id, account_id=tender.account_id)
    for reward in body.rewards or ():
        use_grants(context, reward.grants)
        use_hold(context, reward.hold_id, account_id=doc.id if doc else None)
    for coupon in body.coupons or ():
        use_hold(context, coupon.hold_id, coupon=coupon.coupon_id)
        held = context.book.coupon(coupon.coupon_id)
        standing = rows.coupon_of(context.book, held) if held else None
        if standing is None or standing.used:
            context.codes.add("coupon_spent")


def _posted(context: Context, programme: Programme, body: Sale, state: Account | None, *, moment: Moment) -> Posted:
    basket = basket_of(body)
    if state is None:
        outcome = _computed(programme, None, basket, moment)
        return Posted(outcome.purchase if outcome else _promised_purchase(body, moment), None)
    narrowed, set_aside = _with_named_coupons(state, body)
    outcome = _computed(programme, narrowed, basket, moment)
    if outcome is not None and outcome.account is not None:
        agrees = _agrees(outcome, body.result)
        if not agrees and programme.trust is Trust.HQ:
            context.adjusted = "recomputed"
        if agrees or programme.trust is Trust.HQ:
            after = replace(outcome.account, coupons=(*set_aside, *outcome.account.coupons))
            return Posted(outcome.purchase, after, outcome.result.redeemed)
    basis = context.event.envelope.basis
    stale = basis is not None and _agrees_with_basis(programme, basis, narrowed, basket, moment=moment, body=body)
    context.codes.add("stale_basis" if stale else "wrong_figures")
    return _as_promised(context, programme, body, state, moment=moment)


def basket_of(body: Sale) -> Basket:
    """The basket of a sale's body, as the programme computes it."""
    return Basket(
        lines=tuple(
            Line(one.unit_minor, one.qty, one.sku, one.name, one.category, one.brand, one.discount_minor, one.tax_minor)
            for one in body.lines
        ),
        order_discounts=tuple(
            OrderDiscount(one.percent, one.minor, frozenset(one.categories or ())) for one in body.order_discounts or ()
        ),
        coupons=tuple(one.type for one in body.coupons or ()),
        rewards=tuple(RewardUse(one.id, one.times or 1, one.units) for one in body.rewards or ()),
        tenders=tuple(_tender(one.kind, one.minor, one.points) for one in body.tenders),
    )


def _tender(kind: str, minor: int, points: int | None) -> Tender:
    if kind == TenderKind.POINTS:
        return Tender(TenderKind.POINTS, points=points or 0)
    return Tender(TenderKind(kind), minor)


def _computed(programme: Programme, state: Account | None, basket: Basket, moment: Moment) -> SaleOutcome | None:
    """What the programme makes of it; None where it would have refused."""
    try:
        return compute_sale(programme, state, basket, moment, head_office=True)
    except (Refusal, ZeroDivisionError, ValueError):
        return None


def _agrees(outcome: SaleOutcome, promised: SaleResult) -> bool:
    found = outcome.result
    stamped = {card: count for card, count in found.stamps.items() if count}
    return (
        outcome.unpaid_minor == 0
        and (found.payable_minor, found.earned, found.to_follow, found.redeemed)
        == (promised.payable_minor, promised.earned, promised.to_follow, promised.redeemed)
        and stamped == {card: count for card, count in (promised.stamps or {}).items() if count}
    )


def _agrees_with_basis(
    programme: Programme, basis: Basis, state: Account, basket: Basket, *, moment: Moment, body: Sale
) -> bool:
    """Whether the till computed rightly with what it knew."""
    counters = basis.counters
    known = basis.account_ver is not None
    earlier = Earlier(
        on=moment.day,
        tier=basis.tier,
        purchases=counters.get("receipts", 0),
        day_points=counters.get("day", 0),
        year_points=counters.get("year", 0),
        rule_uses={name.removeprefix("rule."): uses for name, uses in counters.items() if name.startswith("rule.")},
    )
    rich = Lot("basis", "basis", max(0, body.result.redeemed), moment.day, None, moment.day, 0)
    then = Account(
        state.member,
        moment.day,
        known=known,
        birthday_on=state.birthday_on,
        tags=frozenset(basis.tags),
        segments=frozenset(basis.segments),
        lots=(rich,) if body.result.redeemed else (),
        coupons=tuple(replace(one, used_by=None) for one in state.coupons),
        earlier=(earlier,) if known else (),
    )
    outcome = _computed(programme, then, basket, moment)
    return outcome is not None and _agrees(outcome, body.result)


def _with_named_coupons(state: Account, body: Sale) -> tuple[Account, tuple[Coupon, ...]]:
    """The account with no other coupons of the used types than those the event names, and those set aside."""
    types = {one.type for one in body.coupons or ()}
    named = {one.coupon_id for one in body.coupons or ()}
    aside = tuple(one for one in state.coupons if one.type in types and coupon_id(one.key) not in named)
    return replace(state, coupons=tuple(one for one in state.coupons if one not in aside)), aside


def _as_promised(context: Context, programme: Programme, body: Sale, state: Account, *, moment: Moment) -> Posted:
    """Post exactly what the receipt said."""
    result, day = body.result, moment.day
    state, spent, short = spend(programme, state, result.redeemed, day)
    if short:
        context.codes.add("overdraft")
    named = {one.coupon_id for one in body.coupons or ()}
    state = replace(state, coupons=tuple(
        replace(one, used_by=context.key) if coupon_id(one.key) in named and not one.used else one
        for one in state.coupons
    ))  # fmt: skip
    purchase = _promised_purchase(body, moment, programme)
    points_by_line = tuple(line.points_minor for line in purchase.lines)
    if result.redeemed:
        purchase = replace(purchase, redemptions=(Redemption(result.redeemed, points_by_line, spent),))
    available_on = plus_days(day, programme.earn.available_after_days)
    state = lots.post(programme, state, lots.Posting(context.key, context.key, result.earned, day, available_on), day)
    follow = _following(programme, body, context.key, moment)
    state = replace(
        state,
        purchases=(*state.purchases, purchase),
        to_follow=tuple(sorted((*state.to_follow, *follow), key=lambda one: one.on)),
    )
    known = {card.id for card in programme.stamps}
    state = stamps.add(programme, state, {c: n for c, n in (result.stamps or {}).items() if c in known}, moment)
    return Posted(purchase, state, result.redeemed)


def _following(programme: Programme, body: Sale, key: str, moment: Moment) -> list[ToFollow]:
    """The delayed points of the promise, by the delays of their rules."""
    delays = {rule.id: rule.post_after_days for rule in programme.earn.rules if rule.post_after_days}
    amounts: dict[str, int] = {}
    for one in body.result.because:
        if one.rule in delays and one.points > 0:
            amounts[one.rule] = amounts.get(one.rule, 0) + one.points
    if sum(amounts.values()) != body.result.to_follow:
        amounts = {"base": body.result.to_follow} if body.result.to_follow else {}
    found = []
    for rule, amount in amounts.items():
        on = plus_days(moment.day, delays.get(rule, 1))
        found.append(
            ToFollow(key, rule, amount, on, max(on, plus_days(moment.day, programme.earn.available_after_days)))
        )
    return found


def _promised_purchase(body: Sale, moment: Moment, programme: Programme | None = None) -> Purchase:
    """A purchase from the receipt's own figures: payable money shared over the lines by their charged money."""
    weights = [max(0, line.qty * line.unit_minor - line.discount_minor) for line in body.lines]
    charged = _shared(body.result.payable_minor, weights)
    by_points = _shared(sum(one.minor for one in body.tenders if one.kind == "points"), charged)
    delays = {rule.id: rule.post_after_days for rule in programme.earn.rules} if programme else {}
    entries = tuple(
        Entry(one.rule, one.line or 0, one.points, delays.get(one.rule, 0))
        for one in body.result.because
        if (one.line or 0) < len(body.lines) and one.points > 0
    )
    return Purchase(
        event=moment.event,
        on=moment.day,
        qualifies_on=moment.day,
        lines=tuple(
            SoldLine(line.qty, money, points, max(0, money - points))
            for line, money, points in zip(body.lines, charged, by_points, strict=True)
        ),
        entries=entries,
        stamps=tuple(
            StampGain(card.id, ())
            for card in (programme.stamps if programme else ())
            if card.id in (body.result.stamps or {})
        ),
    )


def _shared(total: int, weights: Sequence[int]) -> list[int]:
    return largest_remainder(total, weights if any(weights) else [1] * len(weights))


def _recent(context: Context, body: Sale) -> Recent:
    skus = tuple(dict.fromkeys(line.sku for line in body.lines if line.sku))[:SKUS_SHOWN_MAX]
    return Recent(
        context.key, context.at_ms, context.till.store_id, body.result.payable_minor, body.result.earned, skus
    )


def _file(context: Context, body: Sale, posted: Posted, member: MemberDoc | None, doc: AccountDoc | None) -> None:
    """Keep the sale for its returns and draw its lines."""
    because: dict[int, list[tuple[str, int]]] = {}
    for one in body.result.because:
        because.setdefault(one.line or 0, []).append((one.rule, one.points))
    lines = tuple(
        SoldDoc(
            line.qty, sold.charged_minor, sold.points_minor, line.sku, line.name, line.category,
            because=tuple(because.get(number, ())),
        )
        for number, (line, sold) in enumerate(zip(body.lines, posted.purchase.lines, strict=True))
    )  # fmt: skip
    sale = SaleDoc(
        id=context.key,
        type="sale",
        store_id=context.till.store_id,
        till_id=context.till.till_id,
        at_ms=context.at_ms,
        receipt_no=body.receipt_no,
        staff_id=body.staff_id,
        programme=context.event.envelope.basis.programme if context.event.envelope.basis else "",
        member_id=member.id if member else None,
        account_id=doc.id if doc else None,
        total_minor=body.result.payable_minor,
        points=body.result.earned,
        lines=lines,
        purchase=posted.purchase if doc is None else None,
        moves=tuple(
            (one.account_id, one.minor) for one in body.tenders if one.kind == "stored_value" and one.account_id
        ),
    )
    context.book.put("sale", sale)
    context.book.arrived.add(f"sale:{context.key}")
    for number in range(len(lines)):
        context.book.show(rows.sale_line(sale, number))
