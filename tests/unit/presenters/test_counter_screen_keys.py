"""The counter as one screen: which panel is up, what keys and characters mean there."""

from __future__ import annotations

import pytest

from app.domain.receipt import JobState
from tests.support.stage import Stage
from ui.presenters.amount import typed_amount
from ui.presenters.counter_screen import CounterScreen, Panel
from ui.presenters.keys import STRIP, Key, Screen


@pytest.fixture
def stage() -> Stage:
    return Stage().sign_on()


@pytest.fixture
def counter(stage: Stage) -> CounterScreen:
    return stage.till.counter


def enabled(counter: CounterScreen) -> set[Key]:
    return {key for key in STRIP if counter.can(key)}


def test_keys_that_do_nothing_here_are_not_offered(stage: Stage, counter: CounterScreen) -> None:
    assert enabled(counter) == {Key.F2, Key.F3, Key.F7, Key.F8}
    stage.basket_of_the_pictures()
    assert enabled(counter) == {Key.F2, Key.F3, Key.F4, Key.F7, Key.F8, Key.ESC}
    stage.sell()
    assert enabled(counter) == {Key.F2, Key.F3, Key.F5, Key.F6, Key.F7, Key.F8}


@pytest.mark.parametrize("second", ["0271", "0103"])
def test_f5_prints_a_copy_of_a_doubtful_paper_whoever_is_asked(stage: Stage, second: str) -> None:
    stage.scan(stage.barcode(0)).sell()
    done = stage.cart.state.done
    assert done is not None
    stage.print_ends(done.job_id, JobState.UNKNOWN)
    stage.shell.lock()
    stage.sign_on(second).scan(stage.barcode(1))
    assert stage.till.counter.can(Key.F5)
    assert stage.shell.key(Key.F5)
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.cart.state.paper is None
    assert [job.copy_no for job in stage.fake.truth.jobs if job.event_id == done.event_id] == [0, 1]
    assert not stage.till.counter.can(Key.F5)


def test_a_slash_says_that_the_doubtful_paper_came_out_and_is_text_otherwise(
    stage: Stage, counter: CounterScreen
) -> None:
    assert not counter.char("/")
    stage.scan(stage.barcode(0)).sell()
    done = stage.cart.state.done
    assert done is not None
    stage.print_ends(done.job_id, JobState.UNKNOWN)
    assert counter.char("、")
    assert stage.cart.state.paper is None
    assert stage.fake.truth.jobs[0].state is JobState.CONFIRMED
    assert not counter.char("/")


def test_redeem_needs_a_customer_and_goods(stage: Stage, counter: CounterScreen) -> None:
    stage.scan(stage.barcode(0))
    counter.actions()[Key.F4]()
    assert counter.cart.state.notice is None
    stage.scan(stage.card())
    counter.actions()[Key.F4]()
    assert counter.cart.state.notice is not None


def test_the_star_opens_the_amount_panel_and_characters_fill_it(counter: CounterScreen) -> None:
    assert counter.char("*")
    assert counter.panel() is Panel.AMOUNT
    assert enabled(counter) >= {Key.ESC}
    for char in "86.45":
        assert counter.char(char)
    assert counter.amount.state.text == "86.45"
    assert counter.backspace()
    counter.actions()[Key.ENTER]()
    assert counter.cart.state.cart.basket.lines[0].unit_minor == 8640
    assert counter.panel() is Panel.BASKET
    assert not counter.backspace()


def test_a_product_scanned_while_an_amount_is_typed_is_added_and_the_amount_stays(
    stage: Stage, counter: CounterScreen
) -> None:
    counter.amount.open()
    counter.amount.typed("12")
    counter.amount.typed("12")
    stage.scan(stage.barcode(0))
    assert counter.amount.state.text == "12"
    assert len(counter.cart.state.cart.basket.lines) == 1


@pytest.mark.parametrize("typed", ["0", "0.001", "100000000", "1e5", "12..5"])
def test_a_refused_amount_stays_to_be_corrected_with_the_sentence(
    stage: Stage, counter: CounterScreen, typed: str
) -> None:
    counter.char("*")
    for char in typed:
        counter.char(char)
    counter.amount.enter()
    assert counter.panel() is Panel.AMOUNT
    assert counter.amount.state.text == typed
    assert counter.cart.state.notice is not None
    assert counter.cart.state.empty
    counter.amount.typed("7")
    counter.amount.enter()
    assert counter.panel() is Panel.BASKET
    assert counter.cart.state.notice is None
    assert [line.unit_minor for line in counter.cart.state.cart.basket.lines] == [700]


def test_an_amount_entered_twice_in_a_hurry_is_one_line(stage: Stage, counter: CounterScreen) -> None:
    counter.amount.open()
    counter.amount.typed("7")
    stage.tasks.hold = True
    counter.amount.enter()
    counter.amount.enter()
    assert counter.panel() is Panel.AMOUNT
    stage.tasks.run_all()
    assert len(counter.cart.state.cart.basket.lines) == 1
    assert counter.panel() is Panel.BASKET


def test_leaving_the_amount_takes_its_refusal_away(counter: CounterScreen) -> None:
    counter.amount.open()
    counter.amount.typed("0")
    counter.amount.enter()
    counter.back()
    assert counter.cart.state.notice is None
    assert counter.panel() is Panel.IDLE


def test_an_empty_amount_is_not_added(counter: CounterScreen) -> None:
    counter.amount.open()
    counter.amount.enter()
    assert counter.amount.state.open
    counter.back()
    assert not counter.amount.state.open


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("12.345", "12.345"), ("12..5", "12..5"), ("86。4", "86.4"), ("1e5", "1e5"), ("1" * 20, "1" * 12), ("五", "五")],
)
def test_what_is_typed_is_never_reshaped_into_another_amount(typed: str, kept: str) -> None:
    assert typed_amount(typed) == kept


def test_plus_and_minus_step_the_marked_line(stage: Stage, counter: CounterScreen) -> None:
    assert not counter.char("+")
    stage.scan(stage.barcode(0))
    assert counter.char("+")
    assert counter.cart.state.cart.basket.lines[0].qty == 2
    assert counter.char("-")
    assert counter.cart.state.cart.basket.lines[0].qty == 1
    assert not counter.char("a")


def test_characters_go_on_being_text_once_something_is_typed(counter: CounterScreen) -> None:
    counter.find.typed("z")
    assert not counter.char("*")


def test_arrows_mark_lines(stage: Stage, counter: CounterScreen) -> None:
    stage.scan(stage.barcode(0), stage.barcode(1))
    counter.actions()[Key.UP]()
    assert counter.cart.state.line == 0
    counter.actions()[Key.DOWN]()
    assert counter.cart.state.line == 1


def test_escape_goes_one_step_at_a_time(stage: Stage, counter: CounterScreen) -> None:
    stage.scan(stage.barcode(0))
    counter.amount.open()
    counter.find.typed("z")
    counter.back()
    assert counter.panel() is Panel.AMOUNT
    counter.back()
    assert counter.panel() is Panel.BASKET
    counter.back()
    assert counter.cart.state.clearing


def test_only_f4_to_f8_and_escape_are_ever_greyed(counter: CounterScreen) -> None:
    assert not counter.can(Key.F6)
    assert not counter.can(Key.F10)
