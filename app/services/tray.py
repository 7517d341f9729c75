"""The tray: what coupons and rewards a member has for this basket, why the others do not fit, and taking one.

A coupon, and the points of a reward, are held at head office before the cart uses them (holding.py); each stays on the
cart while it fits, whatever else changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.domain.holdings import HeldCoupon, Holdings
from app.domain.programme.document import CouponType, Programme, Reward
from app.domain.programme.fit import Misfit, Reason, misfit
from app.domain.spending import Hold, TakenCoupon, TakenReward
from app.errors import Refusal
from app.services import benefits, checkout, holding, rules
from app.services.benefits import Benefit, StampLine
from app.services.checkout import Cart
from app.services.holding import Codes, Wanted
from app.services.ports import HoldAnswer
from app.services.till import Outcome, Session, Till
from app.services.views import whole

NOT_FITTING = frozenset(("coupon_conditions", "coupon_used", "coupon_expired", "insufficient_points"))
COUPON_CODES = Codes("coupon_refused", "coupon_unanswered")
REWARD_CODES = Codes("hold_refused", "hold_unanswered")


@dataclass(frozen=True, slots=True)
class CouponChoice:
    """One coupon. `minor` is what it takes off this basket; `last_on` its last day; `why` None: it fits (or is taken).

    `gives` None: a type the programme in use does not know.
    """

    coupon_id: str
    gives: Benefit | None
    last_on: str
    minor: int = 0
    why: Reason | None = None
    taken: bool = False


@dataclass(frozen=True, slots=True)
class RewardChoice:
    """One reward of the catalogue at its price in whole points. As CouponChoice."""

    id: str
    gives: Benefit
    points: int
    minor: int = 0
    why: Reason | None = None
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Tray:
    """Coupons that can be used, earliest to expire first; rewards as the catalogue lists them."""

    coupons: tuple[CouponChoice, ...]
    rewards: tuple[RewardChoice, ...]
    stored_minor: int
    points_left: int | None
    stamps: tuple[StampLine, ...] = ()

    @property
    def all(self) -> tuple[CouponChoice | RewardChoice, ...]:
        """Coupons, then rewards."""
        return (*self.coupons, *self.rewards)

    @property
    def fitting(self) -> tuple[CouponChoice | RewardChoice, ...]:
        """What can be taken now, or is."""
        return tuple(one for one in self.all if one.why is None)

    @property
    def others(self) -> tuple[CouponChoice | RewardChoice, ...]:
        """What does not fit this basket now."""
        return tuple(one for one in self.all if one.why is not None)


@dataclass(frozen=True, slots=True)
class Ask:
    """A hold that is in till.db and may now be asked for: for a coupon, or for the points of a reward."""

    hold: Hold
    coupon: HeldCoupon | None = None
    reward_id: str = ""


def look(till: Till, cart: Cart) -> Tray:
    """Everything the member has for this basket. Refusal `redeem_no_member` for a cart without a known member."""
    programme, held = _programme(till), _holdings(till, cart)
    coupons = tuple(
        _coupon_choice(till, programme, cart, one)
        for one in held.coupons
        if not one.used and date.fromisoformat(one.expires_on) > _today(till, programme)
    )
    rewards = tuple(_reward_choice(till, programme, cart, one) for one in programme.rewards)
    left = _points_left(till, cart)
    return Tray(
        coupons,
        rewards,
        held.stored_value.balance_minor,
        None if left is None else whole(left, programme),
        benefits.stamp_lines(till, cart.customer, _gained(till, cart)),
    )


def begin_coupon(till: Till, session: Session, cart: Cart, coupon_id: str) -> Ask:
    """Write down the hold of a coupon that fits. Refusal `coupon_offline`, `coupon_gone`, `coupon_conditions`."""
    _check_online(till, "coupon_offline")
    programme = _programme(till)
    coupon = next((one for one in _holdings(till, cart).coupons if one.coupon_id == coupon_id and not one.used), None)
    if coupon is None or cart.customer is None or cart.customer.account_id is None:
        raise Refusal("coupon_gone")
    if _coupon_choice(till, programme, cart, coupon).why is not None:
        raise Refusal("coupon_conditions")
    wanted = Wanted(cart.customer.account_id, 1, cart.customer.member_id, coupon_id)
    return Ask(holding.begin(till, session, wanted), coupon)


def begin_reward(till: Till, session: Session, cart: Cart, reward_id: str) -> Ask:
    """Write down the hold of a reward's points.

    Refusal `redeem_offline`, `insufficient_points`, `coupon_conditions`.
    """
    _check_online(till, "redeem_offline")
    programme = _programme(till)
    reward = next((one for one in programme.rewards if one.id == reward_id), None)
    if reward is None or cart.customer is None or cart.customer.account_id is None:
        raise Refusal("coupon_conditions")
    why = _reward_choice(till, programme, cart, reward).why
    if why is not None and why.misfit is Misfit.POINTS:
        usable = whole(max(0, _points_left(till, cart) or 0), programme)
        raise Refusal("insufficient_points", usable=usable, needed=whole(reward.points, programme))
    if why is not None:
        raise Refusal("coupon_conditions")
    wanted = Wanted(cart.customer.account_id, reward.points, cart.customer.member_id)
    return Ask(holding.begin(till, session, wanted), reward_id=reward_id)


def settle(till: Till, asked: Ask, answer: HoldAnswer) -> Outcome[TakenCoupon | TakenReward]:
    """The answer becomes something the cart may use, or the hold is released.

    Refusal, when the release is durable: `coupon_refused`, `coupon_unanswered`; for a reward as points are refused.
    """
    hold = asked.hold
    left = holding.settle(till, hold, answer, REWARD_CODES if asked.coupon is None else COUPON_CODES)
    if left is not None and asked.coupon is not None:
        raise Refusal("coupon_refused")
    if left is not None:
        programme = _programme(till)
        raise Refusal("hold_too_few", usable=whole(left, programme), needed=whole(hold.points, programme))
    taken: TakenCoupon | TakenReward
    if asked.coupon is not None:
        taken = TakenCoupon(asked.coupon, hold.hold_id)
    else:
        taken = TakenReward(asked.reward_id, hold.hold_id, hold.points)
    return Outcome(taken, frozenset(), provisional=False)


def take(till: Till, cart: Cart, taken: TakenCoupon | TakenReward) -> Cart:
    """The cart that uses it. Refusal of the programme when it does not fit any more."""
    after = _with(cart, taken)
    checkout.compute(till, after, ())
    return after


def leave(cart: Cart, name: str) -> Cart:
    """The cart without the coupon of that id, or the reward of that name."""
    coupons = tuple(one for one in cart.coupons if one.held.coupon_id != name)
    return checkout.with_taken(cart, coupons, tuple(one for one in cart.rewards if one.id != name))


def fitting(till: Till, cart: Cart) -> Cart:
    """The cart with those of its coupons and rewards that still fit, in their order."""
    if not cart.coupons and not cart.rewards:
        return cart
    kept = checkout.with_taken(cart, (), ())
    taken: tuple[TakenCoupon | TakenReward, ...] = (*cart.coupons, *cart.rewards)
    for one in taken:
        try:
            kept = take(till, kept, one)
        except Refusal as error:
            if error.code not in NOT_FITTING:
                raise
    same = (kept.coupons, kept.rewards) == (cart.coupons, cart.rewards)
    return cart if same else kept


def _gained(till: Till, cart: Cart) -> Mapping[str, int]:
    """Stamps this receipt gives as it is."""
    return checkout.compute(till, cart, cart.points_tenders).result.stamps if cart.basket.lines else {}


def _with(cart: Cart, taken: TakenCoupon | TakenReward) -> Cart:
    if isinstance(taken, TakenCoupon):
        return checkout.with_taken(cart, (*cart.coupons, taken), cart.rewards)
    return checkout.with_taken(cart, cart.coupons, (*cart.rewards, taken))


def _coupon_choice(till: Till, programme: Programme, cart: Cart, held: HeldCoupon) -> CouponChoice:
    gives = benefits.coupon(till, programme, held.type)
    choice = CouponChoice(held.coupon_id, gives, _last_day(held))
    if any(one.held.coupon_id == held.coupon_id for one in cart.coupons):
        bare = leave(cart, held.coupon_id)
        return replace(choice, taken=True, minor=_saves(till, bare, cart))
    kind = next((one for one in programme.coupon_types if one.id == held.type), None)
    if kind is None:
        return replace(choice, why=Reason(Misfit.GOODS))
    why, minor = _tried(till, cart, TakenCoupon(held, ""), kind)
    return replace(choice, why=why, minor=minor)


def _reward_choice(till: Till, programme: Programme, cart: Cart, reward: Reward) -> RewardChoice:
    gives = benefits.of_reward(till, programme, reward)
    choice = RewardChoice(reward.id, gives, whole(reward.points, programme))
    if any(one.id == reward.id for one in cart.rewards):
        return replace(choice, taken=True, minor=_saves(till, leave(cart, reward.id), cart))
    left = _points_left(till, cart)
    why, minor = _tried(till, cart, TakenReward(reward.id, "", reward.points), reward)
    if why is None and (left is None or left < reward.points):
        why = Reason(Misfit.POINTS)
    return replace(choice, why=why, minor=minor)


def _tried(
    till: Till, cart: Cart, taken: TakenCoupon | TakenReward, kind: CouponType | Reward
) -> tuple[Reason | None, int]:
    """Why it does not fit this cart, or what it would take off."""
    if not cart.basket.lines:
        return Reason(Misfit.GOODS), 0
    bare = replace(cart, spend=None)
    try:
        return None, _saves(till, bare, _with(bare, taken))
    except Refusal as error:
        if error.code not in NOT_FITTING:
            raise
    now = rules.circumstances_now(till, cart.customer)
    return misfit(kind.when, kind.discount, cart.basket, now) or Reason(Misfit.ALONE), 0


def _saves(till: Till, before: Cart, after: Cart) -> int:
    """How much less is to pay."""
    paid = [checkout.compute(till, cart, ()).result.payable_minor for cart in (before, after)]
    return paid[0] - paid[1]


def _points_left(till: Till, cart: Cart) -> int | None:
    """Scaled points the member has beside what this cart's rewards take; None: not known here."""
    balance = rules.balance_of(till, cart.customer)
    return None if balance is None else balance - cart.reward_points


def _holdings(till: Till, cart: Cart) -> Holdings:
    member_id = cart.customer.member_id if cart.customer else None
    if member_id is None:
        raise Refusal("redeem_no_member")
    return till.members.holdings(member_id, ())


def _check_online(till: Till, code: str) -> None:
    if not till.head_office.is_online():
        raise Refusal(code)


def _last_day(held: HeldCoupon) -> str:
    return (date.fromisoformat(held.expires_on) - timedelta(days=1)).isoformat()


def _today(till: Till, programme: Programme) -> date:
    return rules.today(till, programme)


def _programme(till: Till) -> Programme:
    return till.essentials.programme_at(till.clock.now_ms())
