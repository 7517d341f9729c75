"""Points as money: rooms, holds, answers, giving back; and the sale that uses them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.sale import Line, Tender, TenderKind
from app.domain.spending import HoldState, Spend
from app.errors import Refusal
from app.services import checkout, holding, redemption
from app.services.checkout import Cart
from app.services.ports import HoldAnswer, HoldOutcome
from app.services.redemption import Ask, Limit
from app.services.till import NO_HEAD_OFFICE, Topic
from tests.support.demo_people import card_number
from tests.support.fakes import FakeTill, fake_till
from tests.support.spending import basket_of, customer, held, online

CASH = Tender(TenderKind.CASH)
UNKNOWN = HoldAnswer(HoldOutcome.UNKNOWN)


def states(fake: FakeTill) -> list[HoldState]:
    return [hold.state for hold in fake.truth.holds.values()]


def types(fake: FakeTill) -> list[str]:
    return [event.type for event in fake.truth.events]


# ---- how many


def test_the_room_is_the_share_of_the_receipt_in_whole_steps() -> None:
    fake = online()
    room = redemption.room(fake.till, basket_of(fake))
    assert (room.balance, room.most, room.most_minor) == (16_860, 13_500, 13_500)
    assert (room.limit, room.share_percent, room.step, room.least) == (Limit.SHARE, 50, 100, 100)


def test_a_small_balance_is_the_limit() -> None:
    fake = online()
    room = redemption.room(fake.till, basket_of(fake, card_number("0000004127")))
    assert (room.balance, room.most, room.limit) == (415, 400, Limit.BALANCE)


def test_the_programme_may_limit_the_receipt_or_the_goods() -> None:
    fake = online()
    programme = fake.essentials.programme
    assert programme is not None
    assert programme.redeem is not None
    fake.essentials.programme = replace(programme, redeem=replace(programme.redeem, max_points=5_000))
    assert redemption.room(fake.till, basket_of(fake)).limit is Limit.RECEIPT
    only_home = frozenset(("skin", "body", "oral"))
    fake.essentials.programme = replace(programme, redeem=replace(programme.redeem, exclude_categories=only_home))
    room = redemption.room(fake.till, basket_of(fake))
    assert (room.most, room.limit) == (2_900, Limit.GOODS)
    assert len(room.excluded) == 5
    assert room.excluded[0] == "玻尿酸补水面膜 5 片装"


def test_without_room_the_words_say_what_is_missing() -> None:
    fake = online()
    with pytest.raises(Refusal, match="redeem_no_room") as caught:
        redemption.room(fake.till, basket_of(fake, card_number("0000006345")))
    assert caught.value.facts == {"usable": 60, "least": 100}


def test_the_preview_says_before_and_after() -> None:
    fake = online()
    shown = redemption.preview(fake.till, basket_of(fake), 2_000)
    assert (shown.points, shown.minor) == (2_000, 2_000)
    assert (shown.before.due_minor, shown.after.due_minor) == (27_020, 25_020)
    assert (shown.before.earns, shown.after.earns) == (324, 300)
    assert (shown.before.points_after, shown.after.points_after) == (16_860 + 324, 16_860 - 2_000 + 300)
    assert (shown.after.points_used, shown.after.points_minor) == (2_000, 2_000)


@pytest.mark.parametrize(
    ("points", "code"),
    [(0, "below_minimum"), (-100, "below_minimum"), (50, "below_minimum"), (150, "not_a_step"),
     (13_600, "over_share"), (17_000, "insufficient_points")],
)  # fmt: skip
def test_points_that_do_not_fit_are_refused_before_anybody_is_asked(points: int, code: str) -> None:
    fake = online()
    session = fake.sign_on()
    with pytest.raises(Refusal, match=code):
        redemption.begin(fake.till, session, basket_of(fake), points)
    assert fake.truth.holds == {}


def test_offline_points_are_not_spent_and_the_reason_is_said() -> None:
    fake = fake_till()
    with pytest.raises(Refusal, match="redeem_offline"):
        redemption.room(fake.till, basket_of(fake))
    assert checkout.quote(fake.till, basket_of(fake)).most_minor == 0


def test_points_need_a_member_goods_and_a_programme() -> None:
    fake = online()
    with pytest.raises(Refusal, match="redeem_no_member"):
        redemption.check(fake.till, basket_of(fake, None))
    with pytest.raises(Refusal, match="cart_empty"):
        redemption.check(fake.till, checkout.with_customer(Cart(), customer(fake)))
    with pytest.raises(Refusal, match="redeem_no_account"):
        redemption.check(fake.till, basket_of(fake, card_number("9900001234")))
    assert fake.essentials.programme is not None
    cart = basket_of(fake)
    fake.essentials.programme = replace(fake.essentials.programme, redeem=None)
    with pytest.raises(Refusal, match="redeem_not_offered"):
        redemption.check(fake.till, cart)
    assert checkout.quote(fake.till, cart).most_minor == 0


def test_the_quote_offers_what_points_could_pay_while_head_office_answers() -> None:
    fake = online()
    assert checkout.quote(fake.till, basket_of(fake)).most_minor == 13_500


# ---- the hold


def test_a_hold_is_written_before_it_is_asked_for_and_held_after() -> None:
    fake = online()
    session = fake.sign_on()
    asked = redemption.begin(fake.till, session, basket_of(fake), 2_000)
    assert states(fake) == [HoldState.ASKED]
    outcome = redemption.settle(fake.till, asked, holding.ask(fake.till.head_office, asked.hold))
    assert states(fake) == [HoldState.HELD]
    assert (outcome.value.points, outcome.value.minor, outcome.provisional) == (2_000, 2_000, False)
    assert fake.truth.audit[-1].kind == "hold_asked"


@pytest.mark.parametrize(
    ("answer", "code"),
    [(UNKNOWN, "hold_unanswered"), (HoldAnswer(HoldOutcome.REFUSED), "hold_refused"),
     (HoldAnswer(HoldOutcome.INSUFFICIENT, 700), "hold_too_few")],
)  # fmt: skip
def test_without_points_the_hold_is_released_by_an_event_and_the_cashier_is_told(answer: HoldAnswer, code: str) -> None:
    fake = online()
    session = fake.sign_on()
    fake.head_office.answer = answer
    asked = redemption.begin(fake.till, session, basket_of(fake), 2_000)
    with pytest.raises(Refusal, match=code) as caught:
        redemption.settle(fake.till, asked, holding.ask(fake.till.head_office, asked.hold))
    assert states(fake) == [HoldState.RELEASED]
    event = json.loads(fake.truth.events[-1].raw)
    assert (event["type"], event["body"]) == ("hold_released", {"hold_id": asked.hold.hold_id})
    if code == "hold_too_few":
        assert caught.value.facts == {"usable": 700, "needed": 2_000}


def test_without_a_head_office_nobody_knows() -> None:
    assert holding.ask(NO_HEAD_OFFICE, _ask().hold).outcome is HoldOutcome.UNKNOWN
    assert not NO_HEAD_OFFICE.is_online()
    NO_HEAD_OFFICE.release("h")


def _ask() -> Ask:
    fake = online()
    return redemption.begin(fake.till, fake.sign_on(), basket_of(fake), 100)


def test_points_taken_back_are_released_once() -> None:
    fake = online()
    session = fake.sign_on()
    cart = held(fake, session, basket_of(fake))
    assert cart.spend is not None
    outcome = holding.give_back(fake.till, cart.spend.hold_id)
    assert (outcome.changed, states(fake)) == (frozenset({Topic.PENDING}), [HoldState.RELEASED])
    with pytest.raises(Refusal, match="hold_gone"):
        holding.give_back(fake.till, cart.spend.hold_id)
    assert types(fake).count("hold_released") == 1


def test_a_start_releases_what_a_crash_left_and_nothing_twice() -> None:
    fake = online()
    session = fake.sign_on()
    held(fake, session, basket_of(fake))
    redemption.begin(fake.till, session, basket_of(fake), 100)
    assert holding.recover(fake.till) == 2
    assert states(fake) == [HoldState.RELEASED, HoldState.RELEASED]
    assert holding.recover(fake.till) == 0
    assert types(fake).count("hold_released") == 2


@pytest.mark.parametrize("change", ["product", "amount", "qty", "drop", "customer", "line"])
def test_any_other_basket_has_no_points_held(change: str) -> None:
    fake = online()
    cart = held(fake, fake.sign_on(), basket_of(fake))
    after = {
        "product": lambda: checkout.with_product(fake.till, cart, fake.essentials.products[0]),
        "amount": lambda: checkout.with_amount(fake.till, cart, 100),
        "qty": lambda: checkout.with_qty(fake.till, cart, 0, 5),
        "drop": lambda: checkout.with_qty(fake.till, cart, 0, 0),
        "customer": lambda: checkout.with_customer(cart, None),
        "line": lambda: checkout.with_line(cart, Line(1)),
    }[change]()
    assert after.spend is None


def test_an_amount_line_counted_again_has_no_points_held() -> None:
    fake = online()
    cart = checkout.with_customer(checkout.with_amount(fake.till, Cart(), 50_000), customer(fake))
    cart = held(fake, fake.sign_on(), cart)
    assert checkout.with_qty(fake.till, cart, 0, 2).spend is None


# ---- the sale


def test_a_sale_takes_the_points_and_uses_the_hold_in_one_transaction() -> None:
    fake = online()
    session = fake.sign_on()
    cart = held(fake, session, basket_of(fake))
    assert cart.spend is not None
    done = checkout.complete(fake.till, session, cart, (Tender(TenderKind.CASH, 30_000),)).value
    sale = fake.truth.sales[-1]
    assert (done.payable_minor, done.given_minor, done.change_minor) == (27_020, 30_000, 4_980)
    assert [(one.kind, one.minor) for one in sale.tenders] == [(TenderKind.POINTS, 2_000), (TenderKind.CASH, 25_020)]
    assert (sale.result.redeemed, sale.result.earned) == (2_000, 300)
    assert done.points_after == 16_860 - 2_000 + 300
    assert states(fake) == [HoldState.USED]
    body = json.loads(fake.truth.events[-1].raw)["body"]
    assert body["tenders"][0] == {
        "kind": "points", "minor": 2_000, "points": 2_000,
        "account_id": cart.spend.account_id, "hold_id": cart.spend.hold_id,
    }  # fmt: skip
    assert [effect.points for effect in fake.truth.effects] == [300 - 2_000]
    assert customer(fake).view.points == 16_860 - 1_700
    paper = fake.truth.jobs[-1].model
    assert "Points spent" in paper
    assert "-2,000" in paper


def test_points_given_back_meanwhile_sell_nothing() -> None:
    fake = online()
    session = fake.sign_on()
    cart = held(fake, session, basket_of(fake))
    holding.recover(fake.till)
    with pytest.raises(Refusal, match="hold_gone"):
        checkout.complete(fake.till, session, cart, (CASH,))
    assert fake.truth.sales == []
    assert "sale" not in types(fake)


def test_points_may_pay_all_of_it() -> None:
    fake = online()
    programme = fake.essentials.programme
    assert programme is not None
    assert programme.redeem is not None
    fake.essentials.programme = replace(programme, redeem=replace(programme.redeem, max_share_percent=100))
    session = fake.sign_on()
    cart = checkout.with_customer(checkout.with_amount(fake.till, Cart(), 5_000), customer(fake))
    done = checkout.complete(fake.till, session, held(fake, session, cart, 5_000), (CASH,)).value
    assert (done.given_minor, done.change_minor, done.earned) == (0, 0, 0)


def test_a_points_tender_without_a_hold_is_refused() -> None:
    fake = online()
    session = fake.sign_on()
    with pytest.raises(Refusal, match="redeem_offline"):
        checkout.complete(fake.till, session, basket_of(fake), (Tender(TenderKind.POINTS, 100, 100), CASH))


def test_a_cart_without_points_has_no_points_tender() -> None:
    assert Cart().points_tenders == ()
    spend = Spend("h", customer(fake_till()).account_id or "", 100, 100)  # type: ignore[arg-type]
    assert Cart(spend=spend).points_tenders[0].hold_id == "h"


def test_nothing_is_spent_while_two_memberships_are_being_merged() -> None:
    fake = online()
    first = fake.members.cached[0]
    assert first.account
    fake.members.cached = (replace(first, account=replace(first.account, merging=True)), *fake.members.cached[1:])
    cart = basket_of(fake)
    assert cart.customer
    assert (cart.customer.view.points, cart.customer.view.merging) == (None, True)
    with pytest.raises(Refusal, match="redeem_merging"):
        redemption.room(fake.till, cart)
