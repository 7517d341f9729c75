"""F8: shift, cash, points and coupons by hand, with the keyboard alone and a second person's PIN."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.programme.document import CouponType, Discount, DiscountKind, When
from app.domain.shift import CashKind
from app.errors import StoreError
from tests.support.demo_people import DEMO_PIN
from tests.support.stage import Stage
from ui.presenters.by_hand import ByHandPresenter
from ui.presenters.by_hand_state import Page
from ui.presenters.keys import Key, Screen
from ui.theme.names import Role


@pytest.fixture
def stage() -> Stage:
    return Stage().sign_on()


def hand(stage: Stage) -> ByHandPresenter:
    return stage.till.by_hand


def opened(stage: Stage) -> ByHandPresenter:
    assert stage.shell.key(Key.F8)
    return hand(stage)


def keys(stage: Stage, text: str) -> None:
    for char in text:
        hand(stage).char(char)


def agree(stage: Stage, pin: str = DEMO_PIN) -> None:
    keys(stage, pin)
    stage.shell.key(Key.ENTER)


def refused(stage: Stage) -> str:
    notice = hand(stage).state.notice
    assert notice is not None
    assert notice.role is Role.ERROR
    return notice.text.rpartition("(")[2].rstrip(")")


def events(stage: Stage) -> list[str]:
    return [event.type for event in stage.fake.truth.events]


def toast(stage: Stage) -> str:
    return stage.shell.toasts.state.text


def with_coupon(stage: Stage) -> Stage:
    programme = stage.fake.essentials.programme
    assert programme is not None
    ten = CouponType("ten", Discount(DiscountKind.MINOR, value_minor=1_000), When(), 30)
    stage.fake.essentials.programme = replace(programme, coupon_types=(ten,))
    return stage


def test_f8_shows_the_shift_so_far_and_esc_goes_back(stage: Stage) -> None:
    stage.scan(stage.barcode()).sell()
    state = opened(stage).state
    assert (stage.shell.state.screen, state.page, state.shift_open) == (Screen.BY_HAND, Page.SHIFT, True)
    assert state.report is not None
    assert state.report.totals.sales == 1
    stage.shell.key(Key.ESC)
    assert (stage.shell.state.screen, hand(stage).state.open) == (Screen.COUNTER, False)


def test_x_goes_to_the_printer(stage: Stage) -> None:
    opened(stage)
    prints = stage.devices.prints_asked
    keys(stage, "1")
    assert (stage.fake.truth.jobs[-1].kind, stage.devices.prints_asked) == ("x", prints + 1)
    assert toast(stage) == "The X report goes to the printer"


def test_the_drawer_is_counted_compared_and_the_shift_closed(stage: Stage) -> None:
    stage.cart.add_amount("86.40")
    stage.sell()
    opened(stage)
    keys(stage, "2")
    keys(stage, "1-")
    for _ in range(10):
        stage.shell.key(Key.ENTER)
    assert hand(stage).state.count.row == 10
    stage.shell.key(Key.ENTER)
    reviewed = hand(stage).state.reviewed
    assert reviewed is not None
    assert [one.minor for one in reviewed.differences] == [10_000 - 8_640]
    stage.shell.key(Key.ENTER)
    state = hand(stage).state
    assert (state.page, state.shift_open, state.closed) == (Page.SHIFT, False, True)
    assert events(stage)[-1] == "shift_close"
    assert not stage.shell.session().shift.is_open
    assert toast(stage) == "Shift 1 is closed"


def test_typing_or_esc_after_comparing_counts_again(stage: Stage) -> None:
    opened(stage)
    keys(stage, "20")
    stage.shell.key(Key.F10)
    assert hand(stage).state.reviewed is not None
    keys(stage, "1")
    assert hand(stage).state.reviewed is None
    hand(stage).delete()
    stage.shell.key(Key.F10)
    stage.shell.key(Key.ESC)
    assert (hand(stage).state.reviewed, hand(stage).state.page) == (None, Page.COUNT)
    stage.shell.key(Key.DOWN)
    stage.shell.key(Key.DOWN)
    stage.shell.key(Key.UP)
    assert hand(stage).state.count.row == 1
    stage.shell.key(Key.ESC)
    assert hand(stage).state.page is Page.SHIFT


def test_nothing_counted_and_a_half_typed_sum_are_refused(stage: Stage) -> None:
    opened(stage)
    keys(stage, "2")
    stage.shell.key(Key.F10)
    assert refused(stage) == "F-02"
    hand(stage).mark(8)
    keys(stage, ".")
    stage.shell.key(Key.F10)
    assert refused(stage) == "C-02"


def test_goods_on_the_receipt_keep_the_shift_open(stage: Stage) -> None:
    stage.scan(stage.barcode())
    opened(stage)
    keys(stage, "2")
    assert (hand(stage).state.page, refused(stage)) == (Page.SHIFT, "F-11")


def test_without_a_shift_f8_asks_for_the_float_and_nothing_else(stage: Stage) -> None:
    opened(stage)
    keys(stage, "20")
    stage.shell.key(Key.F10)
    stage.shell.key(Key.F10)
    keys(stage, "3")
    assert hand(stage).state.page is Page.SHIFT
    keys(stage, "2")
    assert hand(stage).state.page is Page.OPEN
    keys(stage, "+300")
    stage.shell.key(Key.ENTER)
    assert stage.shell.session().shift.float_minor == 30_000
    assert (stage.shell.state.screen, toast(stage)) == (Screen.COUNTER, "Shift 2 is open")
    stage.scan(stage.barcode()).sell()
    assert events(stage)[-1] == "sale"


def test_where_the_float_is_counted_signing_on_asks_for_it() -> None:
    stage = Stage()
    stage.fake.essentials.values["shift.counts_float"] = True
    stage.sign_on()
    assert (stage.shell.state.screen, hand(stage).state.page) == (Screen.BY_HAND, Page.OPEN)
    stage.shell.key(Key.ESC)
    stage.scan(stage.barcode()).sell()
    pay = stage.till.pay.state.notice
    assert pay is not None
    assert "C-11" in pay.text
    stage.till.pay.back()
    stage.shell.open_by_hand()
    stage.shell.key(Key.ENTER)
    assert stage.shell.session().shift.is_open


def test_cash_moves_when_a_supervisor_types_their_pin(stage: Stage) -> None:
    opened(stage)
    keys(stage, "3")
    keys(stage, "51.5")
    hand(stage).delete()
    keys(stage, "5")
    stage.shell.key(Key.DOWN)
    stage.shell.key(Key.F10)
    approval = hand(stage).approval
    assert [one.staff_no for one in approval.state.people] == ["0103", "0112"]
    stage.shell.key(Key.RIGHT)
    stage.shell.key(Key.DOWN)
    stage.shell.key(Key.LEFT)
    stage.shell.key(Key.UP)
    keys(stage, "x1")
    hand(stage).delete()
    agree(stage)
    assert events(stage)[-1] == "cash_move"
    body = json.loads(stage.fake.truth.events[-1].raw)["body"]
    assert (body["minor"], body["reason"]) == (5_150, "float")
    assert (toast(stage), hand(stage).state.page) == ("¥51.50 moved", Page.SHIFT)
    report = hand(stage).state.report
    assert report is not None
    assert report.totals.moved(CashKind.PAY_IN) == 5_150


def test_the_drawer_opens_without_a_sale(stage: Stage) -> None:
    opened(stage)
    keys(stage, "3")
    for _ in range(3):
        stage.shell.key(Key.RIGHT)
    stage.shell.key(Key.LEFT)
    stage.shell.key(Key.RIGHT)
    stage.shell.key(Key.UP)
    stage.shell.key(Key.F10)
    agree(stage)
    assert toast(stage) == "The drawer opens"


def test_a_supervisor_needs_nobody_else_for_cash(stage: Stage) -> None:
    stage.shell.session_changed(replace(stage.fake.sign_on("0112")))
    opened(stage)
    keys(stage, "3100")
    stage.shell.key(Key.F10)
    assert events(stage)[-1] == "cash_move"
    keys(stage, "3.")
    stage.shell.key(Key.F10)
    assert refused(stage) == "C-02"


def test_a_wrong_pin_leaves_everything_as_it_was(stage: Stage) -> None:
    opened(stage)
    keys(stage, "3100")
    stage.shell.key(Key.F10)
    stage.shell.key(Key.ENTER)  # nothing typed yet
    agree(stage, "000000")
    state = hand(stage).approval.state
    assert (state.open, state.length) == (True, 0)
    assert state.notice is not None
    assert "S-01" in state.notice.text
    stage.shell.key(Key.ESC)
    assert (hand(stage).approval.state.open, hand(stage).state.form.text) == (False, "100")
    assert "cash_move" not in events(stage)


def test_a_pin_has_an_end_and_waits_while_it_is_checked(stage: Stage) -> None:
    opened(stage)
    keys(stage, "3100")
    stage.shell.key(Key.F10)
    approval = hand(stage).approval
    keys(stage, "1" * 20)
    assert approval.state.length == 12
    stage.tasks.hold = True
    approval.sign()
    assert approval.state.checking
    approval.sign()
    approval.cancel()
    approval.choose(1)
    approval.digit("1")
    assert (approval.state.open, approval.state.length) == (True, 0)
    stage.tasks.run_all()
    assert not approval.state.checking


def test_points_are_added_for_the_member_of_the_receipt(stage: Stage) -> None:
    opened(stage)
    keys(stage, "4")
    stage.shell.key(Key.F10)
    assert refused(stage).startswith("M-")
    stage.scan(stage.card())
    before = hand(stage).state.before
    assert before == 16_860
    keys(stage, "120")
    stage.shell.key(Key.F10)
    agree(stage)
    assert (events(stage)[-1], toast(stage)) == ("adjustment", "+120 points posted by hand")
    assert hand(stage).state.page is Page.SHIFT
    customer = stage.cart.state.cart.customer
    assert customer is not None
    assert customer.view.points == 16_980


def test_points_that_make_no_sense_ask_nobody(stage: Stage) -> None:
    stage.scan(stage.card())
    opened(stage)
    keys(stage, "4")
    stage.shell.key(Key.F10)
    assert (refused(stage), hand(stage).approval.state.open) == ("F-08", False)
    hand(stage).sign(minus=True)
    keys(stage, "9999999")
    stage.shell.key(Key.F10)
    assert refused(stage) == "F-13"
    hand(stage).sign(minus=False)
    assert hand(stage).state.form.points == 9_999_999


def test_a_coupon_is_given(stage: Stage) -> None:
    with_coupon(stage)
    stage.scan(stage.card())
    opened(stage)
    keys(stage, "5")
    keys(stage, "7")
    assert hand(stage).state.form.text == ""
    stage.shell.key(Key.F10)
    agree(stage)
    assert events(stage)[-1] == "coupon_issue"
    assert "coupon" in toast(stage)


def test_without_coupons_or_a_member_nothing_is_given(stage: Stage) -> None:
    opened(stage)
    keys(stage, "5")
    stage.shell.key(Key.F10)
    assert refused(stage).startswith("M-")
    stage.scan(stage.card())
    stage.shell.key(Key.F10)
    assert refused(stage) == "F-10"


def test_a_customer_who_leaves_the_receipt_leaves_the_form(stage: Stage) -> None:
    stage.scan(stage.card())
    opened(stage)
    keys(stage, "4")
    stage.cart.drop_customer()
    assert hand(stage).state.customer is None


def test_another_look_takes_the_sheet_with_the_screen(stage: Stage) -> None:
    shown: list[object] = []

    class View:
        def render(self, state: object) -> None:
            shown.append(state)

    hand(stage).attach(View())
    hand(stage).approval.attach(View())
    hand(stage).detach()
    count = len(shown)
    opened(stage)
    keys(stage, "3100")
    stage.shell.key(Key.F10)
    assert len(shown) == count


def test_while_it_is_saved_keys_do_nothing(stage: Stage) -> None:
    stage.shell.session_changed(stage.fake.sign_on("0112"))
    opened(stage)
    keys(stage, "3100")
    stage.tasks.hold = True
    stage.shell.key(Key.F10)
    assert hand(stage).state.saving
    stage.shell.key(Key.F10)
    stage.shell.key(Key.ESC)
    keys(stage, "5")
    hand(stage).delete()
    hand(stage).show(Page.POINTS)
    hand(stage).choose_item("1")
    assert (hand(stage).state.page, hand(stage).state.form.text) == (Page.CASH, "100")
    stage.tasks.run_all()
    assert events(stage).count("cash_move") == 1


def test_a_full_disk_is_said_and_nothing_is_lost(stage: Stage) -> None:
    stage.shell.session_changed(stage.fake.sign_on("0112"))
    opened(stage)
    keys(stage, "3100")
    stage.fake.book.refuse_with = StoreError("disk_full", folder="till")
    stage.shell.key(Key.F10)
    assert (hand(stage).state.saving, hand(stage).state.form.text) == (False, "100")
    assert hand(stage).state.notice is not None


def test_keys_without_a_meaning_are_left_to_others(stage: Stage) -> None:
    opened(stage)
    assert not hand(stage).char("q")
    keys(stage, "3")
    assert not hand(stage).char("q")
    assert not stage.shell.key(Key.F5)


def test_before_the_till_is_open_there_is_nothing_to_show() -> None:
    stage = Stage()
    for opened_early in (stage.shell.open_by_hand, stage.shell.open_why, lambda: stage.shell.open_today(None)):
        opened_early()
    assert stage.shell.state.screen is Screen.SIGN_ON
