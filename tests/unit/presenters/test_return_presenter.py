"""Goods come back at the counter: receipt, lines, preview, confirmation; and the last sale taken back with F6."""

from __future__ import annotations

import pytest

from app.domain.numbering import ReceiptFacts, receipt_address
from app.domain.receipt import QrCode
from app.domain.store_line import StoreLine
from app.errors import StoreError
from app.ids import EventId
from tests.support.demo_people import DEMO_PIN
from tests.support.stage import Stage
from ui.presenters.keys import Key, Screen
from ui.presenters.returning import ReturnPresenter


def qr(stage: Stage) -> str:
    """The code on the last receipt."""
    done = stage.cart.state.done
    assert done is not None
    return next(block.data for block in done.receipt.blocks if isinstance(block, QrCode))


@pytest.fixture
def stage() -> Stage:
    """The basket of the pictures, sold."""
    return Stage().sign_on().basket_of_the_pictures().sell()


@pytest.fixture
def back(stage: Stage) -> ReturnPresenter:
    code = qr(stage)
    assert stage.shell.key(Key.F7)
    stage.scan(code)
    return stage.till.returning


def test_f7_wants_a_receipt_and_esc_goes_back(stage: Stage) -> None:
    stage.shell.key(Key.F7)
    assert stage.shell.state.screen is Screen.RETURN
    stage.shell.key(Key.F12)
    stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.RETURN
    stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.COUNTER
    assert not stage.till.returning.state.open
    Stage().shell.open_return()


def test_a_scanned_receipt_shows_its_lines_and_nothing_chosen(stage: Stage, back: ReturnPresenter) -> None:
    assert back.state.found is not None
    assert back.state.found.verified
    assert back.state.preview is not None
    assert back.state.preview.pieces == 0
    assert stage.sounds.heard[-1] == "ok"
    stage.shell.key(Key.F10)
    assert stage.fake.truth.returns == []


def test_a_typed_number_and_enter_find_the_receipt(stage: Stage) -> None:
    stage.shell.key(Key.F7)
    presenter = stage.till.returning
    presenter.enter()
    presenter.typed("S027-2-000001")
    presenter.typed("S027-2-000001")
    stage.shell.key(Key.ENTER)
    assert presenter.state.found is not None
    assert not presenter.state.found.verified


def test_what_is_no_receipt_is_said(stage: Stage) -> None:
    stage.shell.key(Key.F7)
    stage.scan("S027-2-000999")
    state = stage.till.returning.state
    assert state.notice is not None
    assert (state.found, state.refused) == (None, 1)
    assert stage.sounds.heard[-1] == "refused"
    assert state.left(0) == 0


def test_lines_are_chosen_by_keys(stage: Stage, back: ReturnPresenter) -> None:
    stage.shell.key(Key.DOWN)
    assert back.char(" ")
    assert back.state.quantities == {1: 1}
    stage.shell.key(Key.UP)
    stage.shell.key(Key.UP)
    assert back.char("+")
    assert back.char("+")
    assert back.char("+")
    assert back.state.quantities == {1: 1, 0: 2}
    assert back.char("-")
    assert back.state.quantities == {1: 1, 0: 1}
    assert back.char("A")
    assert sum(back.state.quantities.values()) == 8
    assert back.char("c")
    assert back.state.quantities == {}
    back.toggle(0)
    back.toggle(0)
    back.toggle(17)
    assert back.state.quantities == {}
    assert not back.char("x")


def test_without_a_receipt_keys_mean_nothing(stage: Stage) -> None:
    stage.shell.key(Key.F7)
    presenter = stage.till.returning
    assert not presenter.char("a")
    presenter.all()
    presenter.clear()
    presenter.move(1)
    presenter.toggle(0)
    presenter.confirm()
    presenter.open()
    assert presenter.state.quantities == {}
    stage.till.returning.back()
    stage.till.returning.scan("S027-2-000001")
    assert presenter.state.found is None


def test_the_return_is_durable_and_said(stage: Stage, back: ReturnPresenter) -> None:
    back.toggle(3)
    prints = stage.devices.prints_asked
    stage.shell.key(Key.ENTER)
    assert stage.shell.state.screen is Screen.COUNTER
    assert [one.refund_minor for one in stage.fake.truth.returns] == [5_900]
    assert stage.shell.toasts.state.text == "Taken back, ¥59.00 to return"
    assert stage.devices.prints_asked == prints + 1
    assert not back.state.open


def test_the_member_on_the_counter_has_the_points_after_the_return(stage: Stage) -> None:
    code = qr(stage)
    stage.scan(stage.card())
    before = stage.cart.state.cart.customer
    assert before is not None
    stage.shell.key(Key.F7)
    stage.scan(code)
    stage.till.returning.all()
    stage.shell.key(Key.F10)
    after = stage.cart.state.cart.customer
    assert after is not None
    assert (before.view.points, after.view.points) == (17_184, 16_860)


def test_while_saving_nothing_else_happens(stage: Stage, back: ReturnPresenter) -> None:
    back.toggle(3)
    stage.tasks.hold = True
    back.confirm()
    back.confirm()
    back.back()
    back.toggle(0)
    stage.scan("S027-2-000001")
    assert len(stage.tasks.waiting) == 1
    stage.tasks.hold = False
    stage.tasks.run_all()
    assert len(stage.fake.truth.returns) == 1


def test_a_disk_that_refuses_keeps_what_was_chosen(stage: Stage, back: ReturnPresenter) -> None:
    back.toggle(3)
    stage.fake.book.refuse_with = StoreError("disk_full")
    back.confirm()
    assert (back.state.saving, back.state.quantities) == (False, {3: 1})
    assert back.state.notice is not None


def test_esc_puts_the_receipt_away_first(stage: Stage, back: ReturnPresenter) -> None:
    stage.shell.key(Key.ESC)
    assert back.state.open
    assert back.state.found is None
    assert stage.shell.state.screen is Screen.RETURN


def test_after_the_window_the_days_are_said(stage: Stage) -> None:
    code = qr(stage)
    stage.fake.clock.advance_s(40 * 24 * 3600)
    stage.shell.active()
    stage.shell.key(Key.F7)
    stage.scan(code)
    notice = stage.till.returning.state.notice
    assert notice is not None
    assert "30 days" in notice.text
    stage.till.returning.all()
    assert stage.till.returning.state.preview is None
    assert stage.till.returning.state.refused == 1


def test_late_previews_and_receipts_change_nothing(stage: Stage, back: ReturnPresenter) -> None:
    stage.tasks.hold = True
    back.toggle(0)
    back.toggle(0)
    back.scan("S027-2-000001")
    back.back()
    back.back()
    stage.tasks.hold = False
    stage.tasks.run_all()
    assert back.state.found is None
    assert not back.state.open


def test_f6_asks_and_a_second_f6_takes_the_sale_back(stage: Stage) -> None:
    assert stage.till.counter.can(Key.F6)
    stage.shell.key(Key.F6)
    assert stage.cart.state.undoing
    assert stage.cart.state.notice is not None
    assert "270.20" in stage.cart.state.notice.text
    stage.shell.key(Key.F6)
    assert stage.fake.truth.returns[0].undo
    assert stage.shell.toasts.state.text == "Taken back, ¥270.20 to return"
    last = stage.cart.last_sale()
    assert last is not None
    assert last.undone
    assert not stage.till.counter.can(Key.F6)
    stage.shell.key(Key.F6)
    assert len(stage.fake.truth.returns) == 1


@pytest.mark.parametrize("key", [Key.F2, Key.ESC])
def test_any_other_key_keeps_the_sale(stage: Stage, key: Key) -> None:
    stage.shell.key(Key.F6)
    stage.shell.key(key)
    assert not stage.cart.state.undoing
    assert stage.fake.truth.returns == []


def test_a_scan_keeps_the_sale(stage: Stage) -> None:
    stage.shell.key(Key.F6)
    stage.scan(stage.barcode(0))
    assert not stage.cart.state.undoing
    assert not stage.till.counter.undo.possible()


def test_undo_has_its_time_and_needs_a_sale(stage: Stage) -> None:
    stage.fake.clock.advance_s(601)
    assert not stage.till.counter.undo.possible()
    fresh = Stage().sign_on()
    fresh.till.counter.undo.press()
    assert not fresh.cart.state.undoing


def test_an_undo_that_cannot_be_written_is_said(stage: Stage) -> None:
    stage.shell.key(Key.F6)
    stage.fake.book.refuse_with = StoreError("disk_full")
    stage.shell.key(Key.F6)
    assert stage.cart.state.notice is not None
    assert stage.fake.truth.returns == []


def test_the_number_that_found_a_receipt_has_done_its_work(stage: Stage) -> None:
    done = stage.cart.state.done
    assert done is not None
    stage.shell.key(Key.F7)
    stage.till.counter.find.typed(done.receipt_no)
    stage.scan(done.receipt_no)
    assert stage.till.returning.state.found is not None
    assert stage.till.counter.find.state.text == ""
    stage.till.counter.find.typed("zxf")
    stage.scan("S027-2-000099")
    assert stage.till.counter.find.state.text == "zxf"


ELSEWHERE = EventId("0190dddd-0000-7000-8000-000000000031")
OTHER_STORES = receipt_address(
    "hui.example", b"of the other store, not of ours..", ReceiptFacts("S031-1-000007", ELSEWHERE, 9_980, 90)
)


def test_another_stores_receipt_is_asked_for_and_shown(stage: Stage) -> None:
    stage.fake.head_office.online = True
    sold_ms = stage.fake.clock.now_ms()
    line = StoreLine("S031-1-000007", sold_ms, "t31", 2, 0, 9_980, 0, (("base", 90),), None, "M-1", "面膜")
    stage.fake.head_office.receipts[ELSEWHERE] = (line,)
    stage.shell.open_return()
    stage.tasks.hold = True
    stage.scan(OTHER_STORES)
    stage.tasks.step()
    state = stage.till.returning.state
    assert state.seeking
    assert state.notice is not None
    assert state.notice.text == "Head office is asked for this receipt."
    stage.tasks.run_all()
    found = stage.till.returning.state.found
    assert found is not None
    assert found.bought.receipt_no == "S031-1-000007"


def test_offline_the_lines_are_typed_from_the_paper_and_somebody_agrees(stage: Stage) -> None:
    stage.shell.open_return()
    stage.scan(OTHER_STORES)
    back = stage.till.returning
    assert back.state.blind is not None
    assert back.state.notice is not None
    assert "the points follow by themselves" in back.state.notice.text
    back.confirm()  # nothing typed yet
    assert not back.approval.state.open
    stage.scan("2 1 49.90", "1 2")
    assert [line.minor for line in back.state.blind_lines] == [4_990]
    assert back.state.refused == 1
    stage.shell.key(Key.F10)
    assert back.approval.state.open
    for digit in f"x{DEMO_PIN}":
        assert back.char(digit)
    stage.tasks.hold = True
    stage.shell.key(Key.ENTER)
    stage.tasks.step()
    assert back.state.saving
    stage.scan("1 1 1.00")
    assert len(back.state.blind_lines) == 1
    stage.tasks.run_all()
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.fake.truth.returns[-1].refund_minor == 4_990


def test_esc_leaves_the_receipt_nobody_here_knows(stage: Stage) -> None:
    stage.shell.open_return()
    stage.scan(OTHER_STORES)
    stage.shell.key(Key.ESC)
    assert (stage.till.returning.state.blind, stage.till.returning.state.open) == (None, True)


def test_a_code_that_is_forged_is_not_typed_from_the_paper(stage: Stage) -> None:
    stage.fake.head_office.online = True
    stage.shell.open_return()
    stage.scan(OTHER_STORES)
    state = stage.till.returning.state
    assert state.blind is None
    assert state.notice is not None
    assert "C-27" in state.notice.text
    stage.till.returning.detach()


def test_an_answer_for_a_return_that_was_left_reaches_nobody(stage: Stage) -> None:
    stage.fake.head_office.online = True
    stage.shell.open_return()
    stage.tasks.hold = True
    stage.scan(OTHER_STORES)
    stage.tasks.step()
    stage.till.returning.back()
    stage.tasks.run_all()
    assert stage.till.returning.state.notice is None
