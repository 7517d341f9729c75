"""The coupons and rewards of a programme beside one basket: which of them fit, and of the others the first reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.programme import lots
from app.domain.programme.account import Account
from app.domain.programme.document import CouponType, Programme, Reward
from app.domain.programme.fit import Misfit, Reason, misfit
from app.domain.programme.tiers import standing
from app.domain.programme.when import Circumstances, Moment, circumstances
from app.domain.sale import Basket


class OfferKind(StrEnum):
    COUPON = "coupon"
    REWARD = "reward"


@dataclass(frozen=True, slots=True)
class Offer:
    """`asked`: the basket takes it. `held`: of a coupon, that the member has an open one; a reward anybody may ask for.

    `why` is None where its own conditions hold.
    """

    kind: OfferKind
    id: str
    asked: bool
    held: bool
    why: Reason | None = None


def offers(programme: Programme, account: Account | None, basket: Basket, moment: Moment) -> tuple[Offer, ...]:
    """Every coupon type and reward, as the document lists them. `account` as it stands on the day; None: nobody."""
    tier = standing(programme.tiers, account, moment.day).tier if account else None
    intended = frozenset(tender.kind for tender in basket.tenders if tender.minor != 0)
    now = circumstances(account, moment, tier, intended)
    balance = lots.balance(account, moment.day) if account else 0
    found = [_coupon(one, account, basket, now) for one in programme.coupon_types]
    return (*found, *(_reward(one, basket, now, balance) for one in programme.rewards))


def _coupon(one: CouponType, account: Account | None, basket: Basket, now: Circumstances) -> Offer:
    held = account.coupons if account else ()
    is_open = any(coupon.type == one.id and not coupon.used and coupon.expires_on > now.moment.day for coupon in held)
    why = misfit(one.when, one.discount, basket, now)
    return Offer(OfferKind.COUPON, one.id, one.id in basket.coupons, is_open, why)


def _reward(one: Reward, basket: Basket, now: Circumstances, balance: int) -> Offer:
    asked = any(use.id == one.id for use in basket.rewards)
    why = Reason(Misfit.POINTS) if balance < one.points else misfit(one.when, one.discount, basket, now)
    return Offer(OfferKind.REWARD, one.id, asked, held=True, why=why)
