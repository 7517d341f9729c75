"""The tray by key alone: used, taken off, why not, offline, top-up; and what a changed receipt does to it."""

from __future__ import annotations

from dataclasses import replace

from app.domain.sale import TenderKind
from app.domain.spending import HoldState
from app.services.ports import HoldAnswer, HoldOutcome
from tests.support.demo_people import card_number
from tests.support.stage import Stage
from tests.support.tray_till import OFF20, ZHANG, furnish
from ui.presenters.keys import Key, Screen
from ui.presenters.tray import TrayState


def furnished() -> Stage:
    stage = Stage()
    stage.fake.head_office.online = True
    furnish(stage.fake)
    return stage.sign_on()


def with_basket() -> Stage:
    return furnished().basket_of_the_pictures()


def tray(stage: Stage) -> TrayState:
    return stage.till.tray.state


def place_of(stage: Stage, name: str) -> int:
    names = [getattr(one, "coupon_id", getattr(one, "id", "")) for one in tray(stage).shown]
    return names.index(name)


def opened(stage: Stage) -> Stage:
    assert stage.shell.key(Key.F11)
    assert stage.shell.state.screen is Screen.TRAY
    return stage


def holds(stage: Stage) -> list[HoldState]:
    return [one.state for one in stage.fake.truth.holds.values()]


def test_f11_lists_what_fits_and_a_digit_uses_it() -> None:
    stage = opened(with_basket())
    assert len(tray(stage).shown) == 6
    stage.till.tray.char(str(place_of(stage, OFF20) + 1))
    assert [one.held.coupon_id for one in stage.cart.state.cart.coupons] == [OFF20]
    assert stage.cart.state.quote is not None
    assert stage.cart.state.quote.payable_minor == 25_020
    assert tray(stage).shown[place_of(stage, OFF20)].taken
    assert stage.sounds.heard[-1] == "ok"
    stage.till.tray.pick(place_of(stage, OFF20))
    assert stage.cart.state.cart.coupons == ()
    assert holds(stage) == [HoldState.RELEASED]
    assert stage.cart.state.notice is None
    assert stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.COUNTER


def test_without_a_member_there_is_no_tray() -> None:
    stage = furnished()
    stage.scan(stage.barcode(0))
    assert not stage.till.counter.can(Key.F11)
    stage.shell.key(Key.F11)
    assert stage.shell.state.screen is Screen.COUNTER


def test_w_says_why_not_and_what_does_not_fit_is_not_taken() -> None:
    stage = opened(with_basket())
    assert stage.till.tray.char("W")
    assert len(tray(stage).choices) == 9
    stage.till.tray.pick(8)
    assert tray(stage).refused == 1
    assert tray(stage).notice is not None
    assert stage.fake.truth.holds == {}
    assert not stage.till.tray.char("x")
    stage.till.tray.pick(20)
    assert tray(stage).refused == 1
    stage.till.tray.char("w")
    assert tray(stage).notice is None


def test_more_than_nine_have_pages() -> None:
    stage = with_basket()
    held = stage.fake.members.held[ZHANG]
    more = tuple(replace(held.coupons[2], coupon_id=f"c-{number}") for number in range(8))
    stage.fake.members.held[ZHANG] = replace(held, coupons=(*held.coupons, *more))
    opened(stage)
    assert tray(stage).pages == 2
    assert stage.shell.key(Key.RIGHT)
    assert (tray(stage).page, len(tray(stage).shown)) == (1, 5)
    stage.shell.key(Key.RIGHT)
    assert tray(stage).page == 1
    stage.shell.key(Key.LEFT)
    assert tray(stage).page == 0


def test_offline_the_words_say_what_to_do() -> None:
    stage = opened(with_basket())
    stage.fake.head_office.online = False
    stage.till.tray.pick(0)
    assert tray(stage).notice is not None
    assert "offline" in tray(stage).notice.text
    assert (tray(stage).asking, tray(stage).refused) == (False, 1)


def test_a_no_from_head_office_ends_the_hold_and_is_told() -> None:
    stage = opened(with_basket())
    stage.fake.head_office.answer = HoldAnswer(HoldOutcome.REFUSED)
    stage.till.tray.pick(0)
    assert holds(stage) == [HoldState.RELEASED]
    assert len(stage.fake.head_office.told) == 1
    assert stage.cart.state.cart.coupons == ()


def test_while_head_office_is_asked_nothing_else_begins() -> None:
    stage = opened(with_basket())
    stage.tasks.hold = True
    stage.till.tray.pick(0)
    assert tray(stage).asking
    for key in (Key.ESC, Key.F10, Key.F11):
        stage.shell.key(key)
    stage.till.tray.pick(1)
    stage.till.tray.top_up()
    stage.till.tray.open()
    assert stage.shell.state.screen is Screen.TRAY
    stage.tasks.hold = False
    stage.tasks.run_all()
    assert len(stage.cart.state.cart.coupons) == 1


def test_a_scan_belongs_to_the_receipt_and_coupons_that_fit_stay() -> None:
    stage = opened(with_basket())
    stage.till.tray.pick(place_of(stage, OFF20))
    stage.scan(stage.barcode(3))
    assert stage.shell.state.screen is Screen.COUNTER
    assert len(stage.cart.state.cart.coupons) == 1
    for number in (3, 0):
        stage.cart.set_quantity(number, 0)
    assert stage.cart.state.cart.coupons == ()
    assert stage.cart.state.notice is not None
    assert "customer's again" in stage.cart.state.notice.text
    assert holds(stage) == [HoldState.RELEASED]


def test_a_receipt_that_changed_meanwhile_does_not_use_the_coupon() -> None:
    stage = opened(with_basket())
    stage.tasks.hold = True
    stage.till.tray.pick(place_of(stage, OFF20))
    stage.cart.add_amount("5")
    stage.tasks.hold = False
    stage.tasks.run_all()
    assert stage.cart.state.cart.coupons == ()
    assert holds(stage) == [HoldState.RELEASED]


def test_another_member_ends_what_the_one_before_had() -> None:
    stage = opened(with_basket())
    stage.till.tray.pick(place_of(stage, OFF20))
    stage.shell.key(Key.ESC)
    stage.scan(card_number("0000003018"))
    assert stage.cart.state.cart.coupons == ()
    assert holds(stage) == [HoldState.RELEASED]


def test_f10_pays_from_the_tray_and_an_emptied_receipt_gives_back() -> None:
    stage = opened(with_basket())
    stage.till.tray.pick(place_of(stage, "five"))
    assert stage.shell.key(Key.F10)
    assert stage.shell.state.screen is Screen.PAY
    stage.shell.key(Key.ESC)
    stage.cart.back()
    stage.cart.back()
    assert holds(stage) == [HoldState.RELEASED]


def test_a_member_who_cannot_be_read_any_more_closes_the_tray() -> None:
    stage = with_basket()
    assert stage.cart.state.cart.customer is not None
    stage.fake.members.cached = tuple(
        replace(one, status=type(one.status)("blocked")) for one in stage.fake.members.cached
    )
    stage.till.tray.open()
    assert not tray(stage).open
    assert stage.cart.state.notice is not None


def test_a_look_that_comes_late_is_left_alone() -> None:
    stage = with_basket()
    stage.tasks.hold = True
    stage.cart.add_amount("5")
    stage.tasks.step()
    stage.till.tray.open()
    stage.cart.back()
    stage.cart.back()
    stage.tasks.run_all()
    assert (tray(stage).open, tray(stage).choices) == (False, ())
    assert stage.cart.state.tray is None


def test_the_card_knows_what_the_member_has() -> None:
    stage = with_basket()
    shown = stage.cart.state.tray
    assert shown is not None
    assert (len(shown.coupons), shown.stored_minor, shown.stamps[0].gained) == (5, 3_600, 6)


# ---- stored value


def topped_up(stage: Stage, text: str) -> None:
    opened(stage)
    assert stage.till.tray.char("t")
    assert stage.shell.state.screen is Screen.TOP_UP
    for char in text:
        stage.till.top_up.key(char)


def test_t_tops_up_by_key_and_says_the_balance() -> None:
    stage = furnished().scan(card_number("0000002509"))
    topped_up(stage, "2")
    stage.till.top_up.delete()
    assert stage.till.top_up.state.offer is None
    for char in "200":
        stage.till.top_up.key(char)
    assert stage.till.top_up.state.offer is not None
    assert stage.till.top_up.state.offer.after_minor == 23_600
    stage.shell.key(Key.RIGHT)
    assert stage.till.top_up.state.kind is TenderKind.QR
    stage.shell.key(Key.LEFT)
    stage.shell.key(Key.LEFT)
    assert stage.shell.key(Key.ENTER)
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.cart.state.tray is not None
    assert stage.cart.state.tray.stored_minor == 23_600


def test_what_an_earlier_amount_would_give_is_never_taken_for_a_later_one() -> None:
    stage = with_basket()
    topped_up(stage, "")
    stage.tasks.hold = True
    stage.till.top_up.typed("999")
    stage.till.top_up.typed("99999")
    stage.tasks.run_all()
    assert stage.till.top_up.state.text == "99999"
    assert stage.till.top_up.state.offer is None
    stage.till.top_up.confirm()
    assert not stage.till.top_up.state.saving


def test_a_top_up_that_cannot_be_says_so_and_esc_leaves() -> None:
    stage = with_basket()
    topped_up(stage, "99999")
    state = stage.till.top_up.state
    assert (state.offer, state.refused) == (None, 0)
    assert state.notice is not None
    stage.till.top_up.confirm()
    stage.till.top_up.give(10_000)
    stage.till.top_up.typed("100")
    stage.fake.truth.closed_ms[stage.shell.session().shift.shift_id] = 1
    stage.till.top_up.confirm()
    assert stage.till.top_up.state.refused == 1
    stage.scan(stage.barcode(0))
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.cart.state.cart.basket.units == 9


def test_while_a_top_up_is_saved_nothing_changes() -> None:
    stage = with_basket()
    topped_up(stage, "50")
    stage.tasks.hold = True
    stage.till.top_up.confirm()
    stage.till.top_up.choose(TenderKind.CARD)
    stage.till.top_up.key("0")
    stage.till.top_up.back()
    stage.till.top_up.scan(stage.barcode(0))
    state = stage.till.top_up.state
    assert (state.saving, state.kind, state.text) == (True, TenderKind.CASH, "50")
    stage.tasks.hold = False
    stage.tasks.run_all()
    assert stage.shell.state.screen is Screen.COUNTER


def test_answers_that_come_after_esc_are_left_alone() -> None:
    stage = with_basket()
    topped_up(stage, "")
    stage.tasks.hold = True
    stage.till.top_up.key("5")
    stage.till.top_up.back()
    stage.tasks.run_all()
    assert not stage.till.top_up.state.open
    topped_up_again = stage.till.top_up
    topped_up_again.open()
    topped_up_again.typed("999999")
    topped_up_again.back()
    stage.tasks.run_all()
    assert topped_up_again.state.notice is None
