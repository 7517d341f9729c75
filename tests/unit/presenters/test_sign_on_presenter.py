"""Sign-on and lock: PIN, people, what a scan means there."""

from __future__ import annotations

import pytest

from app.domain.staff import PIN_DIGITS_MAX
from tests.support.stage import Stage
from ui.presenters.keys import Key, Screen
from ui.presenters.sign_on import SignOnPresenter


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def sign_on(stage: Stage) -> SignOnPresenter:
    return stage.start().shell.sign_on


def type_pin(sign_on: SignOnPresenter, pin: str) -> None:
    for digit in pin:
        sign_on.digit(digit)


def test_before_the_files_are_open_a_pin_is_kept_but_not_tried(stage: Stage) -> None:
    sign_on = stage.shell.sign_on
    type_pin(sign_on, "246810")
    sign_on.enter()
    assert sign_on.state.pin == "246810"
    stage.start()
    assert sign_on.state.people[sign_on.state.chosen].staff_no == "0103"
    sign_on.enter()
    assert stage.shell.state.screen is Screen.COUNTER


def test_the_right_pin_opens_the_counter_and_is_forgotten(stage: Stage, sign_on: SignOnPresenter) -> None:
    type_pin(sign_on, "246810")
    sign_on.enter()
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.shell.state.staff_name == "沈岚"
    assert sign_on.state.pin == ""
    assert stage.sounds.heard == ["ok"]


def test_a_wrong_pin_is_refused_with_words_and_starts_again(stage: Stage, sign_on: SignOnPresenter) -> None:
    type_pin(sign_on, "1111")
    sign_on.enter()
    assert sign_on.state.notice is not None
    assert sign_on.state.pin == ""
    assert stage.sounds.heard == ["refused"]
    sign_on.digit("1")
    assert sign_on.state.notice is None


def test_a_short_pin_is_not_tried_and_a_long_one_stops_growing(sign_on: SignOnPresenter) -> None:
    type_pin(sign_on, "111")
    sign_on.enter()
    assert sign_on.state.notice is None
    type_pin(sign_on, "1" * 20)
    assert len(sign_on.state.pin) == PIN_DIGITS_MAX


def test_digits_can_be_taken_back(sign_on: SignOnPresenter) -> None:
    type_pin(sign_on, "12")
    sign_on.delete()
    assert sign_on.state.pin == "1"
    sign_on.clear()
    assert sign_on.state.pin == ""


def test_choosing_somebody_else_starts_the_pin_again(sign_on: SignOnPresenter) -> None:
    type_pin(sign_on, "12")
    sign_on.move(1)
    assert (sign_on.state.chosen, sign_on.state.pin) == (1, "")
    sign_on.move(-5)
    sign_on.choose(99)
    assert sign_on.state.chosen == 1


def test_while_the_pin_is_checked_nothing_changes_it(stage: Stage, sign_on: SignOnPresenter) -> None:
    type_pin(sign_on, "246810")
    stage.tasks.hold = True
    sign_on.enter()
    assert sign_on.state.checking
    sign_on.digit("1")
    sign_on.delete()
    sign_on.clear()
    sign_on.move(1)
    sign_on.enter()
    assert sign_on.state.pin == "246810"
    stage.tasks.run_all()
    assert stage.shell.state.screen is Screen.COUNTER


def test_a_scan_is_refused_with_words_and_the_pin_stays(stage: Stage, sign_on: SignOnPresenter) -> None:
    type_pin(sign_on, "12")
    stage.scan(stage.barcode(0))
    assert sign_on.state.notice is not None
    assert "Nobody is signed on" in sign_on.state.notice.text
    assert sign_on.state.pin == "12"


def test_keys_of_the_sign_on_screen(stage: Stage, sign_on: SignOnPresenter) -> None:
    assert stage.shell.key(Key.DOWN)
    assert sign_on.state.chosen == 2
    for key in (Key.UP, Key.RIGHT, Key.LEFT):
        assert stage.shell.key(key)
    assert sign_on.state.chosen == 0
    sign_on.digit("1")
    stage.shell.key(Key.ESC)
    assert sign_on.state.pin == ""
    assert not stage.shell.key(Key.F10)
    type_pin(sign_on, "246810")
    stage.shell.key(Key.ENTER)
    assert stage.shell.state.screen is Screen.COUNTER


def test_a_till_without_staff_opens_for_nobody(stage: Stage) -> None:
    stage.fake.essentials.people = ()
    stage.start()
    type_pin(stage.shell.sign_on, "246810")
    stage.shell.sign_on.enter()
    assert stage.shell.state.screen is Screen.SIGN_ON


def test_the_lock_says_what_is_kept_without_a_name(stage: Stage) -> None:
    stage.sign_on().basket_of_the_pictures()
    stage.shell.lock()
    state = stage.shell.sign_on.state
    assert state.locked
    assert state.kept is not None
    assert (state.kept.pieces, state.kept.payable_minor) == (8, 27_020)
    assert "张" not in repr(state.kept)


def test_people_that_come_from_head_office_may_sign_on_at_once(stage: Stage) -> None:
    people, stage.fake.essentials.people = stage.fake.essentials.people, ()
    sign_on = stage.start().shell.sign_on
    type_pin(sign_on, "2468")
    assert (sign_on.state.people, sign_on.state.ready) == ((), False)
    stage.fake.essentials.people = people
    stage.shell.sync_changed("members")
    assert (len(sign_on.state.people), sign_on.state.pin) == (len(people), "2468")
    sign_on.choose(1)
    type_pin(sign_on, "24")
    chosen = sign_on.state.people[1].staff_id
    stage.fake.essentials.people = tuple(one for one in people if one.staff_id in (chosen, people[2].staff_id))
    stage.shell.sync_changed("members")
    assert (sign_on.state.people[sign_on.state.chosen].staff_id, sign_on.state.pin) == (chosen, "24")
    stage.fake.essentials.people = tuple(one for one in people if one.staff_id != chosen)
    stage.shell.sync_changed("members")
    assert (sign_on.state.chosen, sign_on.state.pin) == (0, "")
    stage.tasks.hold = True
    type_pin(sign_on, "246810")
    sign_on.enter()
    stage.shell.sync_changed("members")
    assert sign_on.state.checking


def test_before_the_files_are_open_nobody_is_asked_for_people(stage: Stage) -> None:
    stage.shell.sync_changed("members")
    assert stage.shell.sign_on.state.people == ()
