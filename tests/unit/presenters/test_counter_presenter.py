"""The receipt being built: scans in bursts, refusals, quantities, leaving, paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.receipt import JobState
from app.errors import StoreError
from app.services.members import CustomerFound
from tests.support.demo_people import card_number
from tests.support.stage import Stage
from ui.presenters.counter_state import CHANGES_WAITING_MAX, CounterState
from ui.theme.names import Role

PAY_CODE = "134567890123456789"


@pytest.fixture
def stage() -> Stage:
    return Stage().sign_on()


def quantities(stage: Stage) -> list[int]:
    return [line.qty for line in stage.cart.state.cart.basket.lines]


def test_a_scanned_product_becomes_the_marked_line_and_flashes_its_name(stage: Stage) -> None:
    stage.scan(stage.barcode(0))
    state = stage.cart.state
    assert (quantities(stage), state.line, state.flash, state.flash_text) == ([1], 0, 1, "玻尿酸补水面膜 5 片装")
    assert stage.sounds.heard[-1] == "ok"


def test_the_same_product_again_grows_its_line_and_marks_it(stage: Stage) -> None:
    stage.scan(stage.barcode(0), stage.barcode(1), stage.barcode(0))
    assert quantities(stage) == [2, 1]
    assert stage.cart.state.line == 0


def test_a_member_card_gives_the_receipt_a_customer_and_keeps_the_lines(stage: Stage) -> None:
    stage.scan(stage.barcode(0), stage.card())
    state = stage.cart.state
    assert state.cart.customer is not None
    assert state.cart.customer.view.name == "张*凡"
    assert quantities(stage) == [1]
    assert state.flash_text == "张*凡"
    assert state.notice is None


def test_a_burst_of_scans_is_applied_in_order_and_none_is_lost(stage: Stage) -> None:
    stage.tasks.hold = True
    stage.scan(stage.barcode(0), stage.barcode(1), stage.card(), stage.barcode(0))
    stage.tasks.run_all()
    assert quantities(stage) == [2, 1]
    assert stage.cart.state.cart.customer is not None


def test_a_burst_beyond_the_limit_is_refused_with_words(stage: Stage) -> None:
    stage.tasks.hold = True
    for _ in range(CHANGES_WAITING_MAX + 2):
        stage.scan(stage.barcode(0))
    assert stage.cart.state.notice is not None
    assert "Too many scans" in stage.cart.state.notice.text
    stage.tasks.run_all()
    assert quantities(stage) == [CHANGES_WAITING_MAX + 1]


def test_a_refused_scan_says_why_and_leaves_the_receipt_alone(stage: Stage) -> None:
    stage.scan(stage.barcode(0))
    before = stage.cart.state.cart
    stage.scan(PAY_CODE)
    state = stage.cart.state
    assert state.notice is not None
    assert state.notice.role is Role.ERROR
    assert (state.refused, state.cart) == (1, before)
    assert stage.sounds.heard[-1] == "refused"


def test_the_scan_after_a_refused_one_is_taken_and_the_sentence_goes(stage: Stage) -> None:
    stage.tasks.hold = True
    stage.scan(PAY_CODE, stage.barcode(0))
    stage.tasks.run_all()
    assert quantities(stage) == [1]
    assert stage.cart.state.notice is None


def test_an_unknown_card_gets_the_points_and_that_is_said(stage: Stage) -> None:
    number = card_number("9900001234")
    stage.scan(number)
    state = stage.cart.state
    assert state.cart.customer is not None
    assert state.cart.customer.card == number
    assert state.notice is not None
    assert number[-4:] in state.notice.text
    assert state.flash_text == number[-4:]


def test_a_blocked_member_taken_from_a_list_is_refused(stage: Stage) -> None:
    stage.till.counter.find.typed("ldj")
    stage.till.counter.find.pick()
    assert stage.cart.state.cart.customer is None
    assert stage.cart.state.notice is not None


def test_an_amount_becomes_a_line_and_a_bad_one_is_refused(stage: Stage) -> None:
    stage.cart.add_amount("86.4")
    assert stage.cart.state.cart.basket.lines[0].unit_minor == 8640
    stage.cart.add_amount("0")
    assert stage.cart.state.notice is not None
    assert len(stage.cart.state.cart.basket.lines) == 1


def test_steps_change_the_marked_line_and_zero_takes_it_off(stage: Stage) -> None:
    stage.scan(stage.barcode(0), stage.barcode(1))
    stage.cart.step_line(0, 1)
    assert quantities(stage) == [2, 1]
    stage.cart.step_line(1, -1)
    assert quantities(stage) == [2]
    assert stage.cart.state.line == 0
    stage.cart.step_line(0, -2)
    assert stage.cart.state.empty
    stage.cart.step(1)
    assert stage.cart.state.empty


def test_a_step_on_a_line_that_went_meanwhile_changes_nothing(stage: Stage) -> None:
    stage.scan(stage.barcode(0), stage.barcode(1))
    stage.tasks.hold = True
    stage.cart.set_quantity(1, 0)
    stage.cart.set_quantity(1, 5)
    stage.cart.set_quantity(7, 5)
    stage.tasks.run_all()
    assert quantities(stage) == [1]


def test_marking_stays_inside_the_basket(stage: Stage) -> None:
    stage.cart.select(3)
    assert stage.cart.state.line == -1
    stage.scan(stage.barcode(0), stage.barcode(1))
    stage.cart.select(9)
    assert stage.cart.state.line == 1
    stage.cart.select(-9)
    assert stage.cart.state.line == 0


def test_the_customer_can_be_taken_off_the_receipt(stage: Stage) -> None:
    stage.scan(stage.card(), stage.barcode(0))
    stage.cart.drop_customer()
    assert stage.cart.state.cart.customer is None
    assert quantities(stage) == [1]


def test_two_times_escape_empties_the_receipt_and_any_other_key_keeps_it(stage: Stage) -> None:
    assert not stage.cart.back()
    stage.scan(stage.barcode(0))
    assert stage.cart.back()
    assert stage.cart.state.clearing
    stage.cart.keep()
    assert quantities(stage) == [1]
    assert stage.cart.state.notice is None
    stage.cart.back()
    stage.cart.back()
    assert stage.cart.state.empty


def test_escape_first_puts_a_sentence_away(stage: Stage) -> None:
    stage.scan(stage.barcode(0), PAY_CODE)
    assert stage.cart.back()
    assert stage.cart.state.notice is None
    assert not stage.cart.state.clearing


def test_a_scan_after_the_first_escape_keeps_the_receipt(stage: Stage) -> None:
    stage.scan(stage.barcode(0))
    stage.cart.back()
    stage.scan(stage.barcode(1))
    assert not stage.cart.state.clearing
    assert quantities(stage) == [1, 1]


def test_held_products_wait_and_are_released_onto_the_receipt(stage: Stage) -> None:
    product = stage.fake.essentials.products[0]
    for _ in range(CHANGES_WAITING_MAX + 1):
        stage.cart.hold(product)
    assert len(stage.cart.state.held) == CHANGES_WAITING_MAX
    assert stage.cart.state.notice is not None
    stage.cart.release()
    assert quantities(stage) == [CHANGES_WAITING_MAX]


def test_what_follows_a_change_under_way_waits_for_it(stage: Stage) -> None:
    seen: list[str] = []
    stage.cart.when_settled(lambda: seen.append("at once"))
    stage.tasks.hold = True
    stage.scan(stage.barcode(0))
    stage.cart.when_settled(lambda: seen.append("after"))
    assert seen == ["at once"]
    stage.tasks.run_all()
    assert seen == ["at once", "after"]


def test_a_scan_answered_after_the_sale_begins_the_next_receipt(stage: Stage) -> None:
    stage.scan(stage.barcode(0))
    stage.shell.open_pay()
    stage.tasks.hold = True
    stage.till.pay.finish()
    stage.cart.scan(stage.barcode(1))
    stage.tasks.run_all()
    assert [line.sku for line in stage.cart.state.cart.basket.lines] == ["M-1002"]


def test_the_last_sale_and_its_paper_are_shown(stage: Stage) -> None:
    stage.scan(stage.barcode(0)).sell()
    done = stage.cart.state.done
    assert done is not None
    assert stage.cart.last_sale() is not None
    assert stage.cart.state.job_state is JobState.QUEUED
    stage.print_ends(done.job_id, JobState.FAILED_CLEAN)
    assert stage.shell.toasts.state.text == "receipt not printed yet"
    stage.print_ends(done.job_id, JobState.CONFIRMED)
    assert stage.cart.state.job_state is JobState.CONFIRMED
    stage.shell.job_changed(999, JobState.SENT)
    assert stage.cart.state.job_state is JobState.CONFIRMED


@pytest.mark.parametrize("came_out", [True, False])
def test_a_doubtful_paper_is_asked_about_until_somebody_looked(stage: Stage, came_out: bool) -> None:
    stage.cart.settle_paper(came_out=True)
    stage.scan(stage.barcode(0)).sell()
    done = stage.cart.state.done
    assert done is not None
    stage.print_ends(done.job_id, JobState.UNKNOWN)
    assert stage.cart.state.unknown_job == done.job_id
    assert stage.shell.state.attention
    stage.cart.settle_paper(came_out=came_out)
    assert stage.cart.state.unknown_job is None
    copies = [job for job in stage.fake.truth.jobs if job.copy_no]
    assert bool(copies) is not came_out


def test_a_change_that_cannot_be_read_back_says_so(stage: Stage) -> None:
    def broken() -> int:
        raise StoreError("store_busy")

    stage.fake.book.pending_count = broken  # type: ignore[method-assign]
    stage.cart.refresh()
    assert stage.cart.state.notice is not None


def test_without_shift_figures_there_is_no_last_sale(stage: Stage) -> None:
    stage.cart._become(replace(CounterState(), job_state=None))
    assert stage.cart.last_sale() is None
    stage.cart.job_changed(1, JobState.SENT)
    assert stage.cart.state.unknown_job is None


def test_a_known_customer_from_elsewhere_is_given_to_the_receipt(stage: Stage) -> None:
    stage.till.counter.find.typed("2719")
    chosen = stage.till.counter.find.state.preview
    assert chosen is not None
    stage.cart.give(CustomerFound(chosen, unknown_card=False))
    assert stage.cart.state.cart.customer == chosen
