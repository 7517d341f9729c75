"""Computes a sale: price, tenders, points, lots, stamps, tier, in that order (programme.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from app.domain.programme import coupons, lots, stamps
from app.domain.programme.account import Account, Coupon, Entry, Purchase, Redemption, SoldLine, Status, ToFollow
from app.domain.programme.calendar import plus_days
from app.domain.programme.document import Programme
from app.domain.programme.due import advance
from app.domain.programme.earn import eligible_money, entries_for
from app.domain.programme.price import Price, price
from app.domain.programme.tender import Settlement, settle
from app.domain.programme.tiers import standing
from app.domain.programme.when import Moment, circumstances
from app.domain.sale import Basket, Because, SaleResult, Tender
from app.errors import Refusal


@dataclass(frozen=True, slots=True)
class SaleOutcome:
    """What a sale does. `account` is the member's account afterwards, None for an anonymous sale.

    `tenders` all carry amounts; `unpaid_minor` is what they leave open; `coupons_minor` and `rewards_minor` are what
    each of the basket's took off. `upgrade_bonus` is posted beside `earned`.
    """

    result: SaleResult
    purchase: Purchase
    tenders: tuple[Tender, ...]
    unpaid_minor: int
    account: Account | None = None
    upgrade_bonus: int = 0
    coupons_minor: tuple[int, ...] = ()
    rewards_minor: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PaidBasket:
    """A basket priced and paid, before points."""

    basket: Basket
    price: Price
    paid: Settlement
    eligible: tuple[int, ...]
    coupons: tuple[Coupon, ...]


@dataclass(frozen=True, slots=True)
class Sold:
    """A member's basket with its points, before they are posted. `tier` is the one they were computed with."""

    account: Account
    receipt: PaidBasket
    purchase: Purchase
    tier: str | None


def compute_sale(
    programme: Programme, account: Account | None, basket: Basket, moment: Moment, *, head_office: bool = False
) -> SaleOutcome:
    """Compute a sale of `basket` to `account` (None: anonymous, nothing is earned). Pure; any thread.

    Refusal `member_blocked`, `coupon_conditions`, `coupon_used`, `coupon_expired`, `insufficient_points`,
    `below_minimum`, `not_a_step`, `over_share`, `tender_twice`, `tenders_over`: nothing changes then.
    """
    if account is None:
        receipt = _receipt(programme, None, basket, moment, None)
        purchase = _purchase(programme, receipt, (), moment)
        result = SaleResult(receipt.price.payable_minor)
        return SaleOutcome(result, purchase, receipt.paid.tenders, receipt.paid.unpaid_minor)
    if account.status is Status.BLOCKED:
        raise Refusal("member_blocked")
    sold = sell(programme, advance(programme, account, moment.day, head_office=head_office), basket, moment)
    return _posted(programme, sold, moment, head_office=head_office)


def sell(programme: Programme, account: Account, basket: Basket, moment: Moment) -> Sold:
    """Price a member's basket, pay it and give it its points; nothing is posted. Refusals as in `compute_sale`."""
    tier = standing(programme.tiers, account, moment.day).tier
    receipt = _receipt(programme, account, basket, moment, tier)
    purchase = _bought(programme, account, receipt, moment, tier)
    if programme.tiers is not None and programme.tiers.qualifying_sale_uses_new_tier:
        with_it = replace(account, purchases=(*account.purchases, purchase))
        raised = standing(programme.tiers, with_it, moment.day).tier
        if raised != tier:
            purchase, tier = _bought(programme, account, receipt, moment, raised), raised
    return Sold(account, receipt, purchase, tier)


def _receipt(
    programme: Programme, account: Account | None, basket: Basket, moment: Moment, tier: str | None
) -> PaidBasket:
    chosen = coupons.choose(programme, account, basket.coupons, moment.day)
    intended = frozenset(tender.kind for tender in basket.tenders if tender.minor != 0)
    now = circumstances(account, moment, tier, intended)
    priced = price(programme, basket, coupons.types_of(programme, chosen), now)
    balance = lots.balance(account, moment.day) if account else 0
    paid = settle(programme, basket, priced, balance)
    eligible = eligible_money(programme.earn, basket.lines, priced.charged, paid)
    return PaidBasket(basket, priced, paid, eligible, tuple(chosen))


def _bought(programme: Programme, account: Account, receipt: PaidBasket, moment: Moment, tier: str | None) -> Purchase:
    """The purchase with its points, for a member in `tier`."""
    now = circumstances(account, moment, tier, receipt.paid.kinds)
    lines, eligible = receipt.basket.lines, receipt.eligible
    given = entries_for(programme.earn, lines, eligible, now=now, account=account)
    purchase = _purchase(programme, receipt, given, moment)
    return replace(purchase, stamps=stamps.gains(programme, lines, eligible, now))


def _purchase(programme: Programme, receipt: PaidBasket, given: tuple[Entry, ...], moment: Moment) -> Purchase:
    confirm = programme.tiers.confirm_days.get(moment.channel, 0) if programme.tiers else 0
    parts = zip(receipt.basket.lines, receipt.price.charged, receipt.paid.points_by_line, receipt.eligible, strict=True)
    return Purchase(
        event=moment.event,
        on=moment.day,
        qualifies_on=plus_days(moment.day, confirm),
        lines=tuple(SoldLine(line.qty, charged, points, money) for line, charged, points, money in parts),
        entries=given,
        coupons=tuple(coupon.key for coupon in receipt.coupons),
    )


def _posted(programme: Programme, sold: Sold, moment: Moment, *, head_office: bool) -> SaleOutcome:
    """Spend, use coupons, post points and stamps, and pay what the sale's tier brings."""
    account, receipt, purchase, day = sold.account, sold.receipt, sold.purchase, moment.day
    account = coupons.use(account, receipt.coupons, moment.event)
    account, redemptions = _redeem(programme, account, receipt, moment)
    purchase = replace(purchase, redemptions=redemptions)
    available_on = plus_days(day, programme.earn.available_after_days)
    earned = sum(entry.points for entry in purchase.entries if not entry.after_days)
    account = lots.post(programme, account, lots.Posting(moment.event, moment.event, earned, day, available_on), day)
    following = _to_follow(purchase, day, available_on)
    gained = stamps.counts(programme, purchase)
    account = stamps.add(programme, account, gained, moment)
    account = replace(
        account,
        purchases=(*account.purchases, purchase),
        to_follow=tuple(sorted((*account.to_follow, *following), key=lambda one: one.on)),
    )
    paid_before = len(account.paid)
    account = advance(programme, account, day, head_office=head_office)
    result = SaleResult(
        payable_minor=receipt.price.payable_minor,
        earned=earned,
        to_follow=sum(one.amount for one in following),
        redeemed=receipt.paid.points + receipt.price.reward_points,
        stamps=gained,
        because=tuple(Because(entry.rule, entry.points, entry.line) for entry in purchase.entries),
    )
    return SaleOutcome(
        result=result,
        purchase=purchase,
        tenders=receipt.paid.tenders,
        unpaid_minor=receipt.paid.unpaid_minor,
        account=account,
        upgrade_bonus=sum(one.amount for one in account.paid[paid_before:]),
        coupons_minor=receipt.price.coupons_minor,
        rewards_minor=tuple(sum(one.minor_by_line) for one in receipt.price.rewards),
    )


def _redeem(
    programme: Programme, account: Account, receipt: PaidBasket, moment: Moment
) -> tuple[Account, tuple[Redemption, ...]]:
    """Spend the points of rewards, then of the tender; issue the coupons that rewards buy."""
    redemptions = []
    for number, reward in enumerate(receipt.price.rewards):
        account, spent = lots.spend(programme, account, reward.points, moment.day)
        keys = tuple(f"{moment.event}:reward:{number}:{one}" for one in range(reward.coupons))
        for key in keys:
            account = coupons.issue(programme, account, reward.coupon_type, key, moment.day)
        redemptions.append(Redemption(reward.points, reward.minor_by_line, spent, keys))
    account, spent = lots.spend(programme, account, receipt.paid.points, moment.day)
    redemptions.append(Redemption(receipt.paid.points, receipt.paid.points_by_line, spent))
    return account, tuple(one for one in redemptions if one.points or one.coupons)


def _to_follow(purchase: Purchase, day: date, available_on: date) -> list[ToFollow]:
    """One posting to come for each delayed rule."""
    found: dict[str, ToFollow] = {}
    for entry in purchase.entries:
        if entry.after_days:
            on = plus_days(day, entry.after_days)
            before = found[entry.rule].amount if entry.rule in found else 0
            amount = before + entry.points
            found[entry.rule] = ToFollow(purchase.event, entry.rule, amount, on, max(on, available_on))
    return list(found.values())
