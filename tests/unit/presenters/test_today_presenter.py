"""Today from F8: opened, printed, closed; a cashier asks somebody first."""

from __future__ import annotations

import pytest

from app.errors import StoreError
from tests.support.demo_people import DEMO_PIN
from tests.support.stage import Stage
from ui.presenters.keys import Key, Screen


@pytest.fixture
def stage() -> Stage:
    stage = Stage().sign_on()
    stage.shell.session_changed(stage.fake.sign_on("0103"))
    return stage


def test_a_manager_opens_the_day_with_two_keys_and_esc_leaves_it(stage: Stage) -> None:
    stage.shell.key(Key.F8)
    assert stage.till.by_hand.char("6")
    assert stage.shell.state.screen is Screen.TODAY
    shown = stage.till.today.state.shown
    assert shown is not None
    assert shown.business_on == "2026-12-06"
    stage.shell.key(Key.ESC)
    assert (stage.shell.state.screen, stage.till.today.state.open) == (Screen.COUNTER, False)


def test_a_cashier_needs_somebody_to_agree() -> None:
    stage = Stage().sign_on()
    stage.shell.key(Key.F8)
    stage.till.by_hand.char("6")
    assert stage.shell.state.screen is Screen.BY_HAND
    for digit in DEMO_PIN:
        stage.till.by_hand.char(digit)
    stage.shell.key(Key.ENTER)
    assert stage.shell.state.screen is Screen.TODAY
    assert stage.till.today.state.shown is not None


def test_p_prints_once(stage: Stage) -> None:
    stage.shell.open_today(None)
    stage.tasks.hold = True
    assert stage.till.today.char("P")
    stage.till.today.print()
    stage.tasks.run_all()
    assert [job.kind for job in stage.fake.truth.jobs] == ["day"]
    assert stage.shell.toasts.state.text == "The figures go to the printer"
    assert not stage.till.today.char("x")


def test_nothing_is_printed_before_it_is_read_and_late_figures_reach_nobody(stage: Stage) -> None:
    stage.tasks.hold = True
    stage.shell.open_today(None)
    stage.till.today.print()
    stage.till.today.back()
    stage.tasks.run_all()
    assert stage.till.today.state.shown is None
    assert stage.fake.truth.jobs == []


def test_what_cannot_be_printed_is_said(stage: Stage) -> None:
    stage.shell.open_today(None)
    stage.fake.book.refuse_with = StoreError("disk_full", folder="till")
    stage.till.today.print()
    state = stage.till.today.state
    assert (state.printing, state.notice is not None) == (False, True)
