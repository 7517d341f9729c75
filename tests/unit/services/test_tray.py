"""The tray: what fits and why not, taking a coupon or a reward by a hold, and what the sale writes of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.programme.fit import Misfit, Reason
from app.domain.sale import Line, Tender, TenderKind
from app.domain.spending import HoldState, TakenCoupon, TakenReward
from app.errors import Refusal
from app.ids import MemberId
from app.services import benefits, checkout, holding, tray
from app.services.checkout import Cart
from app.services.ports import HoldAnswer, HoldOutcome
from app.services.tray import Ask, CouponChoice, RewardChoice
from tests.support.demo_people import card_number
from tests.support.fakes import FakeTill, fake_till
from tests.support.spending import basket_of, customer
from tests.support.tray_till import COMBINES, FREE, OFF20, OFF_BODY, ZHANG, benefits_till, held_by_zhang

CASH = Tender(TenderKind.CASH)


def coupon(fake: FakeTill, cart: Cart, name: str) -> CouponChoice:
    return next(one for one in tray.look(fake.till, cart).coupons if one.coupon_id == name)


def reward(fake: FakeTill, cart: Cart, name: str) -> RewardChoice:
    return next(one for one in tray.look(fake.till, cart).rewards if one.id == name)


def taken(fake: FakeTill, cart: Cart, name: str, answer: HoldAnswer | None = None) -> Cart:
    session = fake.sign_on()
    begin = tray.begin_coupon if name.startswith("c-") else tray.begin_reward
    asked: Ask = begin(fake.till, session, cart, name)
    found = answer or holding.ask(fake.till.head_office, asked.hold)
    return tray.take(fake.till, cart, tray.settle(fake.till, asked, found).value)


def refused(fake: FakeTill, cart: Cart, name: str, answer: HoldAnswer | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        taken(fake, cart, name, answer)
    return caught.value.code


# ---- looking


def test_usable_coupons_come_by_their_last_day_with_what_they_take_off() -> None:
    fake = benefits_till()
    found = tray.look(fake.till, basket_of(fake))
    assert [(one.coupon_id, one.minor, one.last_on) for one in found.coupons if one.why is None] == [
        (FREE, 1_690, "2026-12-19"),
        (OFF20, 2_000, "2026-12-31"),
        (COMBINES, 300, "2027-05-31"),
    ]
    assert [(one.id, one.points, one.minor) for one in found.rewards if one.why is None] == [
        ("five", 500, 500),
        ("tenth", 900, 2_837),
        ("voucher", 1_000, 0),
    ]
    assert (found.stored_minor, found.points_left) == (3_600, 16_860)
    assert len(found.fitting) == 6
    assert {one.why.misfit for one in found.others if one.why} == {Misfit.GOODS, Misfit.POINTS}


def test_what_does_not_fit_says_why() -> None:
    fake = benefits_till()
    small = checkout.with_customer(checkout.with_line(Cart(), Line(15_000)), customer(fake))
    assert coupon(fake, small, OFF20).why == Reason(Misfit.SPEND, 5_000)
    assert coupon(fake, small, FREE).why == Reason(Misfit.UNITS)
    assert coupon(fake, small, OFF_BODY).why == Reason(Misfit.GOODS)
    assert coupon(fake, small, "c-old").why == Reason(Misfit.GOODS)
    assert reward(fake, small, "million").why == Reason(Misfit.POINTS)
    nothing = checkout.with_customer(Cart(), customer(fake))
    assert coupon(fake, nothing, OFF20).why == Reason(Misfit.GOODS)
    silver = checkout.with_customer(basket_of(fake), customer(fake, card_number("0000003018")))
    assert tray.look(fake.till, silver).coupons == ()
    fake.members.held[MemberId("0190bbbb-0000-7000-8000-000000000002")] = held_by_zhang()
    assert coupon(fake, silver, COMBINES).why == Reason(Misfit.MEMBER)
    used = taken(fake, basket_of(fake), OFF20)
    assert coupon(fake, used, COMBINES).why == Reason(Misfit.ALONE)
    assert coupon(fake, used, OFF20) == replace(coupon(fake, used, OFF20), taken=True, why=None, minor=2_000)


def test_a_tray_needs_a_known_member() -> None:
    fake = benefits_till()
    with pytest.raises(Refusal, match="redeem_no_member"):
        tray.look(fake.till, basket_of(fake, None))


def test_what_a_member_enrolled_without_balance_here_can_pay_is_not_known() -> None:
    fake = benefits_till()
    fake.members.cached = (replace(fake.members.cached[0], account=None),)
    found = tray.look(fake.till, basket_of(fake))
    assert found.points_left is None
    assert {one.why for one in found.rewards} == {Reason(Misfit.POINTS)}


# ---- taking


def test_a_coupon_is_held_and_priced_and_the_sale_names_it() -> None:
    fake = benefits_till()
    cart = taken(fake, basket_of(fake), OFF20)
    assert checkout.quote(fake.till, cart).payable_minor == 27_020 - 2_000
    done = checkout.complete(fake.till, fake.sign_on(), cart, (CASH,)).value
    body = json.loads(fake.truth.events[-1].raw)["body"]
    (hold,) = fake.truth.holds.values()
    assert body["coupons"] == [{"coupon_id": OFF20, "type": "off20", "hold_id": hold.hold_id}]
    assert (hold.state, hold.coupon_id, hold.points) == (HoldState.USED, OFF20, 1)
    assert OFF20 not in [one.coupon_id for one in tray.look(fake.till, basket_of(fake)).coupons]
    assert "Coupon ¥20 off from ¥200" in str(done.receipt.blocks)


def test_coupons_combine_only_when_all_say_so() -> None:
    fake = benefits_till()
    both = taken(fake, taken(fake, basket_of(fake), COMBINES), FREE)
    assert (
        checkout.quote(fake.till, both).payable_minor == 27_020 - 300 - 1_671
    )  # the balm after its share of the three yuan
    assert refused(fake, both, OFF20) == "coupon_conditions"


def test_a_reward_costs_points_held_for_it() -> None:
    fake = benefits_till()
    cart = taken(fake, taken(fake, basket_of(fake), "five"), "voucher")
    assert cart.reward_points == 1_500
    assert tray.look(fake.till, cart).points_left == 15_360
    assert reward(fake, cart, "five") == replace(reward(fake, cart, "five"), taken=True, minor=500)
    quote = checkout.quote(fake.till, cart)
    assert (quote.payable_minor, quote.points_used, quote.points_minor) == (26_520, 1_500, 0)
    done = checkout.complete(fake.till, fake.sign_on(), cart, (CASH,)).value
    body = json.loads(fake.truth.events[-1].raw)["body"]
    assert [(one["id"], one["times"]) for one in body["rewards"]] == [("five", 1), ("voucher", 1)]
    assert body["result"]["redeemed"] == 1_500
    assert done.points_used == 1_500
    assert "Reward ¥5 off (500 points)" in str(done.receipt.blocks)


def test_offline_nothing_is_taken_and_the_words_say_why() -> None:
    fake = benefits_till()
    cart = basket_of(fake)
    fake.head_office.online = False
    assert refused(fake, cart, OFF20) == "coupon_offline"
    assert refused(fake, cart, "five") == "redeem_offline"
    assert fake.truth.holds == {}


@pytest.mark.parametrize(
    ("name", "outcome", "code"),
    [
        (OFF20, HoldOutcome.INSUFFICIENT, "coupon_refused"),
        (OFF20, HoldOutcome.REFUSED, "coupon_refused"),
        (OFF20, HoldOutcome.UNKNOWN, "coupon_unanswered"),
        ("five", HoldOutcome.INSUFFICIENT, "hold_too_few"),
        ("five", HoldOutcome.REFUSED, "hold_refused"),
        ("five", HoldOutcome.UNKNOWN, "hold_unanswered"),
    ],
)
def test_without_a_clear_yes_the_hold_ends(name: str, outcome: HoldOutcome, code: str) -> None:
    fake = benefits_till()
    assert refused(fake, basket_of(fake), name, HoldAnswer(outcome)) == code
    assert {hold.state for hold in fake.truth.holds.values()} == {HoldState.RELEASED}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("c-nobody", "coupon_gone"),
        ("c-used", "coupon_gone"),
        (OFF_BODY, "coupon_conditions"),
        ("million", "insufficient_points"),
        ("unknown", "coupon_conditions"),
    ],
)
def test_what_cannot_be_taken_is_not_asked_for(name: str, code: str) -> None:
    fake = benefits_till()
    assert refused(fake, basket_of(fake), name) == code
    assert fake.truth.holds == {}


def test_a_reward_that_does_not_fit_is_not_asked_for() -> None:
    fake = benefits_till()
    small = checkout.with_customer(checkout.with_line(Cart(), Line(5_000)), customer(fake))
    assert refused(fake, small, "tenth") == "coupon_conditions"


# ---- keeping


def test_a_changed_receipt_keeps_what_still_fits() -> None:
    fake = benefits_till()
    cart = taken(fake, taken(fake, basket_of(fake), COMBINES), FREE)
    assert tray.fitting(fake.till, cart) is cart
    without_balm = checkout.with_qty(fake.till, cart, 5, 0)
    kept = tray.fitting(fake.till, without_balm)
    assert [one.held.coupon_id for one in kept.coupons] == [COMBINES]
    assert kept.basket.coupons == ("loyal",)
    plain = basket_of(fake)
    assert tray.fitting(fake.till, plain) is plain


def test_another_customer_takes_the_coupons_off_and_the_same_one_keeps_them() -> None:
    fake = benefits_till()
    cart = taken(fake, taken(fake, basket_of(fake), OFF20), "five")
    assert checkout.with_customer(cart, customer(fake)).coupons == cart.coupons
    other = checkout.with_customer(cart, customer(fake, card_number("0000003018")))
    assert (other.coupons, other.rewards, other.basket.coupons) == ((), (), ())
    assert len(cart.hold_ids) == 2


def test_a_coupon_and_a_reward_are_left_again() -> None:
    fake = benefits_till()
    cart = taken(fake, taken(fake, basket_of(fake), OFF20), "five")
    assert tray.leave(cart, OFF20).coupons == ()
    assert tray.leave(cart, "five").rewards == ()


def test_a_defect_is_never_taken_for_a_misfit() -> None:
    fake = benefits_till()
    cart = taken(fake, basket_of(fake), OFF20)
    fake.members.cached = tuple(replace(one, status=type(one.status)("blocked")) for one in fake.members.cached)
    with pytest.raises(Refusal, match="member_blocked"):
        tray.fitting(fake.till, cart)
    with pytest.raises(Refusal, match="member_blocked"):
        tray.look(fake.till, checkout.with_taken(cart, (), ()))


# ---- words


def test_benefits_say_what_they_do_or_the_chains_own_name() -> None:
    fake = benefits_till()
    programme, tr = fake.essentials.programme, fake.till.receipt_words
    assert programme is not None

    def said(kind: str, name: str) -> str:
        found = (benefits.coupon if kind == "coupon" else benefits.reward)(fake.till, programme, name)
        assert found is not None
        return benefits.words(found, tr)

    assert said("coupon", "off20") == "¥20 off from ¥200"
    assert said("coupon", "body15") == "15% off"
    assert said("coupon", "balm") == "蜂蜜润唇膏 3.5g free ×1"
    assert said("coupon", "loyal") == "¥3 off"
    assert said("reward", "tenth") == "10.5% off from ¥100"
    assert said("reward", "voucher") == "A coupon: ¥20 off from ¥200"
    fake.essentials.values["coupon_names.off20"] = "新年券"
    assert said("coupon", "off20") == "新年券"
    assert benefits.coupon(fake.till, programme, "gone") is None
    assert benefits.reward(fake.till, programme, "gone") is None
    bare = replace(
        programme,
        rewards=(replace(programme.rewards[2], discount=replace(programme.rewards[2].discount, coupon_type="x")),),
        coupon_types=(
            replace(programme.coupon_types[3], discount=replace(programme.coupon_types[3].discount, sku="?")),
        ),
    )
    lost, free = benefits.reward(fake.till, bare, "voucher"), benefits.coupon(fake.till, bare, "balm")
    assert lost is not None
    assert free is not None
    assert (benefits.words(lost, tr), benefits.words(free, tr)) == ("A coupon: x", "? free ×1")


def test_stamps_are_counted_on_the_card_and_on_paper() -> None:
    fake = benefits_till()
    cart = basket_of(fake)
    done = checkout.complete(fake.till, fake.sign_on(), cart, (CASH,)).value
    text = str(done.receipt.blocks)
    assert "Stamps summer" in text
    assert "'3 / 10'" in text
    assert "Card summer is full: 蜂蜜润唇膏 3.5g free ×1" in text
    lines = benefits.stamp_lines(fake.till, cart.customer, {})
    assert [(one.now, one.full, one.goal) for one in lines] == [(3, 1, 10), (0, 0, None)]
    assert benefits.stamp_lines(fake.till, None, {}) == ()
    stranger = checkout.with_customer(cart, customer(fake, card_number("9900001234")))
    (line,) = benefits.stamp_lines(fake.till, stranger.customer, {"summer": 6})
    assert (line.before, line.now) == (None, 6)
    sold = checkout.complete(fake.till, fake.sign_on(), stranger, (CASH,)).value
    assert "Stamps summer" in str(sold.receipt.blocks)
    assert fake.truth.effects[-1].card == card_number("9900001234")


def test_a_card_without_stamps_is_not_printed() -> None:
    fake = benefits_till()
    fake.members.held.pop(ZHANG)
    cart = checkout.with_customer(checkout.with_line(Cart(), Line(100)), customer(fake))
    assert "tamp" not in str(checkout.complete(fake.till, fake.sign_on(), cart, (CASH,)).value.receipt.blocks)


def test_taken_things_of_another_programme_print_their_ids() -> None:
    fake = fake_till()
    cart = basket_of(fake)
    done = TakenCoupon(benefits_till().members.held[ZHANG].coupons[2], "h-1"), TakenReward("five", "h-2", 500)
    assert checkout.with_taken(cart, done[:1], done[1:]).hold_ids == ("h-1", "h-2")
