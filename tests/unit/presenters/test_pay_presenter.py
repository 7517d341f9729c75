"""Payment: tenders, change, part payments, scans and bursts meanwhile, the moment of saving."""

from __future__ import annotations

import pytest

from app.domain.sale import TenderKind
from app.errors import StoreError
from tests.support.stage import Stage
from ui.presenters.keys import Key, Screen
from ui.presenters.pay import PayPresenter, suggestions

PAY_CODE = "134567890123456789"


@pytest.fixture
def stage() -> Stage:
    stage = Stage().sign_on()
    stage.basket_of_the_pictures().shell.open_pay()
    return stage


@pytest.fixture
def pay(stage: Stage) -> PayPresenter:
    return stage.till.pay


def test_an_empty_receipt_opens_no_payment() -> None:
    stage = Stage().sign_on()
    stage.shell.open_pay()
    assert stage.shell.state.screen is Screen.COUNTER


def test_cash_above_the_due_gives_change_and_the_sale_is_durable(stage: Stage, pay: PayPresenter) -> None:
    for key in ("3", "0", "0"):
        pay.key(key)
    assert (pay.state.given_minor, pay.state.change_minor, pay.state.short_minor) == (30_000, 2_980, 0)
    pay.finish()
    assert len(stage.fake.truth.sales) == 1
    assert stage.shell.state.screen is Screen.COUNTER
    done = stage.cart.state.done
    assert done is not None
    assert done.change_minor == 2_980
    assert stage.shell.toasts.state.text == "Done, +324 points"
    assert stage.devices.prints_asked == 1
    assert not pay.state.open


def test_a_sale_without_points_is_just_done() -> None:
    stage = Stage().sign_on()
    stage.scan(stage.barcode(0)).sell()
    assert stage.shell.toasts.state.text == "Done"


def test_without_typing_the_exact_due_is_taken(stage: Stage, pay: PayPresenter) -> None:
    pay.choose(TenderKind.CARD)
    pay.finish()
    assert [tender.kind for tender in stage.fake.truth.sales[0].tenders] == [TenderKind.CARD]


def test_likely_amounts_are_rounded_up_to_notes(pay: PayPresenter) -> None:
    assert suggestions(27_020) == (27_020, 27_100, 27_500, 28_000, 30_000, 40_000)
    pay.give(30_000)
    assert pay.state.text == "300.00"
    assert pay.state.change_minor == 2_980
    pay.delete()
    assert pay.state.text == "300.0"


def test_arrows_choose_the_way_to_pay_and_stop_at_the_ends(stage: Stage, pay: PayPresenter) -> None:
    stage.shell.key(Key.RIGHT)
    stage.shell.key(Key.RIGHT)
    stage.shell.key(Key.RIGHT)
    assert pay.state.kind is TenderKind.CARD
    stage.shell.key(Key.LEFT)
    assert pay.state.kind is TenderKind.QR


def test_a_part_payment_leaves_a_rest_and_can_be_taken_back(stage: Stage, pay: PayPresenter) -> None:
    pay.typed("100")
    pay.finish()
    assert (pay.state.rest_minor, pay.state.text) == (17_020, "")
    assert pay.state.notice is not None
    assert "170.20" in pay.state.notice.text
    pay.drop_taken()
    assert pay.state.rest_minor == 27_020
    pay.drop_taken()
    pay.typed("100")
    pay.finish()
    pay.choose(TenderKind.QR)
    pay.finish()
    sale = stage.fake.truth.sales[0]
    assert [(tender.kind, tender.minor) for tender in sale.tenders] == [
        (TenderKind.CASH, 10_000),
        (TenderKind.QR, 17_020),
    ]


def test_nothing_typed_as_zero_takes_nothing(pay: PayPresenter) -> None:
    pay.typed("0")
    pay.finish()
    assert pay.state.open
    assert pay.state.taken == ()


def test_an_absurd_amount_is_refused_with_words_and_stays_to_be_corrected(pay: PayPresenter) -> None:
    pay.typed("999999999999")
    assert pay.state.notice is not None
    assert pay.state.text == "999999999999"
    pay.typed("300")
    assert pay.state.notice is None
    pay.typed("")
    assert pay.state.typed_minor is None


def test_a_card_may_not_be_overpaid(stage: Stage, pay: PayPresenter) -> None:
    pay.choose(TenderKind.CARD)
    pay.typed("300")
    pay.finish()
    assert pay.state.open
    assert pay.state.notice is not None
    assert stage.fake.truth.sales == []
    assert stage.cart.state.payable


def test_a_full_disk_keeps_payment_open_with_everything_typed(stage: Stage, pay: PayPresenter) -> None:
    stage.fake.book.refuse_with = StoreError("disk_full")
    pay.typed("300")
    pay.finish()
    assert (pay.state.open, pay.state.saving, pay.state.text) == (True, False, "300")
    assert pay.state.notice is not None
    stage.fake.book.refuse_with = None
    pay.finish()
    assert len(stage.fake.truth.sales) == 1


def test_finishing_twice_sells_once(stage: Stage, pay: PayPresenter) -> None:
    stage.tasks.hold = True
    pay.finish()
    pay.finish()
    pay.typed("1")
    pay.choose(TenderKind.QR)
    pay.drop_taken()
    pay.back()
    stage.shell.lock()
    assert stage.shell.state.screen is Screen.PAY
    stage.tasks.run_all()
    assert len(stage.fake.truth.sales) == 1


def test_finish_when_nothing_is_open_does_nothing(stage: Stage, pay: PayPresenter) -> None:
    pay.back()
    pay.finish()
    pay.follow()
    assert stage.fake.truth.sales == []


def test_a_member_scanned_during_payment_gets_the_points_and_what_was_typed_stays() -> None:
    stage = Stage().sign_on()
    stage.scan(stage.barcode(0)).shell.open_pay()
    stage.till.pay.typed("100")
    stage.scan(stage.card())
    state = stage.till.pay.state
    assert state.open
    assert state.cart is not None
    assert state.cart.customer is not None
    assert (state.text, state.quote is not None and state.quote.earns) == ("100", 58)


def test_goods_scanned_during_payment_wait_and_escape_adds_them(stage: Stage, pay: PayPresenter) -> None:
    stage.scan(stage.barcode(5), stage.barcode(5))
    assert pay.state.held == 2
    assert pay.state.notice is not None
    assert "2 waiting" in pay.state.notice.text
    assert stage.cart.state.cart.basket.units == 8
    assert stage.sounds.heard[-1] == "refused"
    pay.choose(TenderKind.QR)
    pay.typed("5")
    assert pay.state.notice is not None
    stage.shell.key(Key.ESC)
    assert stage.cart.state.cart.basket.units == 10
    assert stage.cart.state.held == ()


def test_goods_scanned_during_payment_begin_the_next_receipt(stage: Stage, pay: PayPresenter) -> None:
    stage.scan(stage.barcode(5))
    pay.finish()
    assert stage.fake.truth.sales[0].basket.units == 8
    assert stage.cart.state.cart.basket.units == 1


def test_a_burst_while_the_sale_is_saved_belongs_to_the_next_receipt(stage: Stage, pay: PayPresenter) -> None:
    stage.tasks.hold = True
    pay.finish()
    stage.scan(stage.barcode(0), stage.card(1), stage.barcode(1), PAY_CODE)
    stage.tasks.run_all()
    assert stage.fake.truth.sales[0].basket.units == 8
    assert [line.sku for line in stage.cart.state.cart.basket.lines] == ["M-1001", "M-1002"]
    assert stage.cart.state.cart.customer is not None
    assert stage.cart.state.cart.customer.view.name == "张*芳"
    assert stage.cart.state.refused == 1


def test_a_pay_code_scanned_during_payment_is_refused_in_words(stage: Stage, pay: PayPresenter) -> None:
    stage.scan(PAY_CODE)
    assert pay.state.notice is not None
    assert pay.state.refused == 1
    assert pay.state.open


def test_a_due_that_changed_after_finish_was_pressed_is_shown_not_charged() -> None:
    stage = Stage().sign_on()
    stage.scan(stage.barcode(0)).shell.open_pay()
    stage.tasks.hold = True
    stage.cart.scan(stage.barcode(1))
    stage.till.pay.finish()
    stage.tasks.run_all()
    assert stage.fake.truth.sales == []
    assert stage.till.pay.state.due_minor == 8_890
    assert stage.till.pay.state.notice is not None
    assert "88.90" in stage.till.pay.state.notice.text


def test_payment_of_a_receipt_that_was_emptied_closes() -> None:
    stage = Stage().sign_on()
    stage.scan(stage.barcode(0)).shell.open_pay()
    stage.cart.set_quantity(0, 0)
    assert stage.shell.state.screen is Screen.COUNTER


def test_a_code_typed_by_hand_during_payment_is_cleared_once_taken(stage: Stage) -> None:
    find = stage.till.counter.find
    find.typed(stage.card(1))
    find.enter()
    assert find.state.text == ""
    assert stage.cart.state.cart.customer is not None
    assert stage.cart.state.cart.customer.view.name == "张*芳"


def test_before_anything_is_open_nothing_is_due() -> None:
    pay = Stage().sign_on().till.pay
    assert pay.state.due_minor == 0
