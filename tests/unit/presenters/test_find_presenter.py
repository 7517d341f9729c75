"""Typing into the scan field: results, picking with digits, codes typed by hand, scans in the middle of typing."""

from __future__ import annotations

import pytest

from app.errors import StoreError
from tests.support.stage import Stage
from ui.presenters.counter_screen import CounterScreen, Panel
from ui.presenters.find import TEXT_CHARS_MAX
from ui.presenters.keys import Key


@pytest.fixture
def stage() -> Stage:
    return Stage().sign_on()


@pytest.fixture
def counter(stage: Stage) -> CounterScreen:
    return stage.till.counter


def test_initials_find_their_members_and_preview_the_first(counter: CounterScreen) -> None:
    counter.find.typed("zxf")
    assert counter.find.state.found is not None
    assert counter.find.state.found.total == 5
    assert counter.find.state.preview is not None
    assert counter.panel() is Panel.FIND


def test_a_digit_picks_while_a_name_is_typed(stage: Stage, counter: CounterScreen) -> None:
    counter.find.typed("zxf")
    assert counter.char("2")
    assert counter.cart.state.cart.customer is not None
    assert counter.cart.state.cart.customer.view.name == "张*芳"
    assert counter.find.state.text == ""


@pytest.mark.parametrize(("text", "digit"), [("zxf ", "2"), ("27", "1"), ("zxf", "0"), ("zxf", "9"), ("", "1")])
def test_a_digit_is_typed_where_a_phone_tail_may_be_meant(counter: CounterScreen, text: str, digit: str) -> None:
    counter.find.typed(text)
    assert not counter.char(digit)


def test_arrows_move_within_the_results(counter: CounterScreen) -> None:
    counter.find.move(1)
    counter.find.typed("zxf")
    actions = counter.actions()
    actions[Key.DOWN]()
    actions[Key.DOWN]()
    actions[Key.UP]()
    assert counter.find.state.chosen == 1
    counter.find.move(99)
    assert counter.find.state.chosen == 4


def test_enter_takes_the_preview_and_touch_the_touched(counter: CounterScreen) -> None:
    counter.find.typed("2719")
    counter.actions()[Key.ENTER]()
    assert counter.cart.state.cart.customer is not None
    counter.find.typed("zxf")
    counter.find.take(1)
    assert counter.cart.state.cart.customer.view.name == "张*芳"


def test_without_results_enter_takes_the_text_as_a_code_and_clears_it(stage: Stage, counter: CounterScreen) -> None:
    counter.find.typed(stage.barcode(0))
    counter.find.enter()
    assert len(counter.cart.state.cart.basket.lines) == 1
    assert counter.find.state.text == ""


def test_a_refused_code_typed_by_hand_stays_in_the_field(counter: CounterScreen) -> None:
    counter.find.typed("134567890123456789")
    counter.find.enter()
    assert counter.cart.state.notice is not None
    assert counter.find.state.text == "134567890123456789"


def test_a_scan_in_the_middle_of_typing_keeps_text_and_results(stage: Stage, counter: CounterScreen) -> None:
    counter.find.typed("zxf")
    stage.scan(stage.barcode(0))
    assert counter.find.state.text == "zxf"
    assert counter.find.state.preview is not None
    assert len(counter.cart.state.cart.basket.lines) == 1


def test_results_of_an_older_text_are_dropped(stage: Stage, counter: CounterScreen) -> None:
    stage.tasks.hold = True
    counter.find.typed("z")
    counter.find.typed("zxf")
    assert len(stage.tasks.waiting) == 1
    stage.tasks.step()
    assert counter.find.state.found is None
    stage.tasks.run_all()
    assert counter.find.state.found_for == "zxf"


def test_results_for_an_emptied_field_are_not_searched_again(stage: Stage, counter: CounterScreen) -> None:
    stage.tasks.hold = True
    counter.find.typed("z")
    counter.find.typed("")
    stage.tasks.run_all()
    assert counter.find.state.found is None
    assert counter.panel() is Panel.IDLE


def test_enter_waits_for_the_search_under_way(stage: Stage, counter: CounterScreen) -> None:
    stage.tasks.hold = True
    counter.find.typed("2719")
    counter.find.enter()
    assert counter.cart.state.cart.customer is None
    stage.tasks.run_all()
    assert counter.cart.state.cart.customer is not None


def test_enter_in_an_empty_field_does_nothing(counter: CounterScreen) -> None:
    counter.find.enter()
    counter.find.pick()
    assert counter.cart.state.empty


def test_a_search_that_fails_says_why_and_the_next_one_runs(stage: Stage, counter: CounterScreen) -> None:
    whole = stage.fake.members.find

    def broken(text: str, limit: int) -> None:
        raise StoreError("store_busy")

    stage.fake.members.find = broken  # type: ignore[method-assign, assignment]
    counter.find.typed("z")
    assert counter.find.state.notice is not None
    stage.fake.members.find = whole  # type: ignore[method-assign]
    counter.find.typed("zx")
    assert counter.find.state.notice is None


def test_on_screen_keys_type_delete_and_go_away(counter: CounterScreen) -> None:
    counter.find.toggle_keyboard()
    assert counter.panel() is Panel.FIND
    for key in "zxf":
        counter.find.key(key)
    counter.find.delete()
    assert counter.find.state.text == "zx"
    counter.find.clear()
    assert not counter.find.state.open
    assert not counter.find.state.keyboard


def test_f2_asks_for_the_keyboard_and_lets_the_input_method_in(counter: CounterScreen) -> None:
    assert not counter.find.state.ime
    counter.actions()[Key.F2]()
    assert counter.find.state.ime
    assert counter.find.state.focus == 1
    counter.find.typed("张")
    counter.find.clear()
    assert not counter.find.state.ime


def test_text_is_never_longer_than_its_limit(counter: CounterScreen) -> None:
    counter.find.typed("z" * 500)
    assert len(counter.find.state.text) == TEXT_CHARS_MAX


def test_where_searching_is_off_typing_finds_nobody(counter: CounterScreen) -> None:
    counter.find.enable(False)
    counter.find.enable(False)
    counter.find.typed("zxf")
    assert counter.find.state.found is None
    assert not counter.find.state.open
    assert not counter.char("*")


def test_another_code_than_the_typed_one_leaves_the_text(counter: CounterScreen) -> None:
    counter.find.typed("zxf")
    counter.find.taken("6901234500010")
    assert counter.find.state.text == "zxf"


def test_what_was_typed_while_searching_was_off_is_sought_when_it_is_on_again(counter: CounterScreen) -> None:
    counter.find.enable(False)
    counter.find.typed("zxf")
    assert counter.find.state.found is None
    counter.find.enable(True)
    assert counter.find.state.found_for == "zxf"
    assert counter.find.state.found is not None
