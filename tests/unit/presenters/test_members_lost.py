"""A till without its file of members: it says so, and never that nobody is known."""

from __future__ import annotations

import pytest

from tests.support.stage import Stage
from ui.presenters.keys import Key
from ui.theme.names import Role


@pytest.fixture
def stage() -> Stage:
    made = Stage()
    made.fake.members.loaded = False
    made.sign_on()
    return made


def test_the_badge_asks_for_attention(stage: Stage) -> None:
    assert stage.shell.state.attention


def test_the_status_screen_says_it_in_words(stage: Stage) -> None:
    stage.shell.key(Key.F12)
    notice = stage.till.status.state.notice
    assert notice is not None
    assert "T-50" in notice.text
    assert notice.role is Role.ATTENTION


def test_a_card_nobody_can_look_up_is_not_called_unknown(stage: Stage) -> None:
    stage.shell.scan("8800000025093")
    notice = stage.cart.state.notice
    assert notice is not None
    assert notice.text.startswith("Members cannot be looked up here now")
    assert notice.role is Role.ATTENTION


def test_a_search_says_that_it_cannot_search(stage: Stage) -> None:
    stage.till.counter.find.typed("zxf")
    found = stage.till.counter.find.state.found
    assert found is not None
    assert found.lost


def test_a_phone_is_not_called_free(stage: Stage) -> None:
    stage.shell.key(Key.F3)
    stage.till.enrol.phone_typed("13912345678")
    stage.till.enrol.check_phone()
    check = stage.till.enrol.state.check
    assert check is not None
    assert check.lost


def test_with_members_nothing_of_that_is_said() -> None:
    stage = Stage()
    stage.sign_on()
    stage.shell.key(Key.F12)
    assert not stage.shell.state.attention
    assert stage.till.status.state.notice is None
