"""The page of the devices: chosen, asked, tried; the drawer wants a right; a test scan goes nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.staff import Capability
from app.errors import StoreError
from tests.support.demo_people import DEMO_PIN
from tests.support.stage import CARDS, Stage
from ui.presenters.device_health import DeviceHealthPresenter, DeviceHealthState
from ui.presenters.devices import Checked, CheckLevel, DeviceCard, DeviceKind, Health
from ui.presenters.keys import Key, Screen

DRAWER = DeviceCard("drawer", DeviceKind.DRAWER, Health.OK, testable=True)


@pytest.fixture
def stage() -> Stage:
    stage = Stage().sign_on()
    stage.devices.now_cards = (CARDS[0], CARDS[1], DRAWER)
    stage.shell.key(Key.F12)
    stage.till.status.look()
    return stage


def page(stage: Stage) -> DeviceHealthPresenter:
    return stage.till.devices


def drawers_opened(stage: Stage) -> int:
    return sum(entry.kind == "no_sale" for entry in stage.fake.truth.audit)


def test_d_on_the_status_screen_shows_every_device_and_esc_goes_back(stage: Stage) -> None:
    assert stage.shell.state.screen is Screen.DEVICES
    assert page(stage).state.devices == stage.devices.now_cards
    stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.STATUS
    assert stage.till.status.state.till is not None
    assert page(stage).state == DeviceHealthState()
    stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.COUNTER


def test_the_test_button_of_a_card_opens_its_page_and_tries_it(stage: Stage) -> None:
    stage.shell.key(Key.ESC)
    stage.till.status.look("scanner", test=True)
    assert page(stage).state.chosen == 1
    assert stage.devices.checks_asked == [("scanner", CheckLevel.INTERACTIVE)]


def test_a_device_is_chosen_by_number_or_arrow_and_nothing_beyond_the_ends(stage: Stage) -> None:
    stage.shell.key(Key.UP)
    assert page(stage).state.chosen == 0
    stage.shell.key(Key.DOWN)
    assert page(stage).state.chosen == 1
    assert page(stage).char("3")
    assert page(stage).state.card == DRAWER
    assert page(stage).char("9")
    assert page(stage).state.chosen == 2
    assert not page(stage).char("0")


def test_a_check_is_asked_once_and_its_answer_is_said(stage: Stage) -> None:
    assert page(stage).char("C")
    page(stage).check()
    page(stage).test()
    assert stage.devices.checks_asked == [("printer", CheckLevel.EXTERNAL)]
    stage.shell.devices_changed()
    assert page(stage).state.asked is CheckLevel.EXTERNAL
    stage.devices.answer("printer", Checked(CheckLevel.EXTERNAL, Health.WARN, "printer_no_answer"))
    stage.shell.devices_changed()
    assert (page(stage).state.asked, page(stage).state.fresh) == (None, True)
    assert stage.sounds.heard[-1] == "refused"


def test_an_answer_goes_when_the_device_is_in_another_state(stage: Stage) -> None:
    page(stage).check()
    stage.devices.answer("printer", Checked(CheckLevel.EXTERNAL, Health.WARN, "printer_no_answer"))
    stage.shell.devices_changed()
    stage.shell.devices_changed()
    assert page(stage).state.fresh
    one, *others = stage.devices.now_cards
    stage.devices.now_cards = (replace(one, health=Health.OFFLINE, code="device_lost"), *others)
    stage.shell.devices_changed()
    assert not page(stage).state.fresh


def test_an_answer_that_is_there_at_once_is_not_waited_for(stage: Stage) -> None:
    stage.devices.answers_at_once = True
    assert page(stage).char("t")
    assert (page(stage).state.asked, page(stage).state.fresh) == (None, True)
    page(stage).choose(1)
    assert not page(stage).state.fresh


def test_a_test_scan_reaches_nobody_else_and_the_next_one_does(stage: Stage) -> None:
    page(stage).choose(1)
    page(stage).test()
    stage.scan(stage.card())
    assert stage.shell.state.screen is Screen.DEVICES
    assert stage.cart.state.cart.customer is None
    stage.devices.answer("scanner", Checked(CheckLevel.INTERACTIVE, Health.OK))
    stage.shell.devices_changed()
    assert page(stage).state.fresh
    assert stage.sounds.heard[-1] == "ok"
    stage.scan(stage.card())
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.cart.state.cart.customer is not None


def test_the_scan_of_a_test_may_come_after_its_answer(stage: Stage) -> None:
    page(stage).choose(1)
    page(stage).test()
    stage.devices.answer("scanner", Checked(CheckLevel.INTERACTIVE, Health.OK))
    stage.shell.devices_changed()
    stage.scan(stage.card())
    assert stage.cart.state.cart.customer is None


def test_after_a_test_without_a_scan_a_scan_is_a_scan_again(stage: Stage) -> None:
    page(stage).choose(1)
    page(stage).test()
    stage.devices.answer("scanner", Checked(CheckLevel.INTERACTIVE, Health.WARN, "scanner_silent"))
    stage.shell.devices_changed()
    stage.scan(stage.card())
    assert stage.cart.state.cart.customer is not None


def test_esc_ends_a_test_first_and_then_leaves(stage: Stage) -> None:
    page(stage).choose(1)
    page(stage).test()
    stage.shell.key(Key.ESC)
    assert (stage.shell.state.screen, page(stage).state.asked) == (Screen.DEVICES, None)
    stage.scan(stage.card())
    assert stage.cart.state.cart.customer is not None


def test_a_device_that_is_not_set_up_is_neither_tried_nor_asked(stage: Stage) -> None:
    stage.devices.now_cards = CARDS
    stage.shell.devices_changed()
    page(stage).choose(2)
    page(stage).test()
    page(stage).check()
    stage.devices.now_cards = ()
    stage.shell.devices_changed()
    assert page(stage).state.card is None
    page(stage).test()
    page(stage).check()
    assert stage.devices.checks_asked == []


def test_news_of_the_devices_reaches_only_an_open_page(stage: Stage) -> None:
    stage.shell.key(Key.F1)
    stage.shell.devices_changed()
    assert page(stage).state == DeviceHealthState()


def test_a_supervisor_opens_the_drawer_and_it_is_audited_first(stage: Stage) -> None:
    stage.shell.session_changed(stage.fake.sign_on("0103"))
    page(stage).choose(2)
    page(stage).test()
    assert drawers_opened(stage) == 1
    assert stage.devices.checks_asked == [("drawer", CheckLevel.INTERACTIVE)]


def test_a_cashier_needs_a_second_person_for_the_drawer(stage: Stage) -> None:
    page(stage).choose(2)
    page(stage).test()
    approval = page(stage).approval
    assert (approval.state.open, approval.state.capability) == (True, Capability.NO_SALE)
    assert stage.devices.checks_asked == []
    for char in (*DEMO_PIN, "x"):
        assert page(stage).char(char)
    stage.shell.key(Key.ENTER)
    assert not approval.state.open
    assert drawers_opened(stage) == 1
    assert stage.devices.checks_asked == [("drawer", CheckLevel.INTERACTIVE)]


def test_esc_at_the_agreement_leaves_the_drawer_shut(stage: Stage) -> None:
    page(stage).choose(2)
    page(stage).test()
    stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.DEVICES
    assert (drawers_opened(stage), stage.devices.checks_asked) == (0, [])
    page(stage).test()
    stage.shell.lock()
    assert not page(stage).approval.state.open


def test_a_drawer_that_cannot_be_audited_stays_shut(stage: Stage) -> None:
    stage.shell.session_changed(stage.fake.sign_on("0103"))
    page(stage).choose(2)
    stage.fake.book.refuse_with = StoreError("disk_full")
    page(stage).test()
    assert page(stage).state.notice is not None
    assert stage.devices.checks_asked == []


def test_who_looks_elsewhere_while_the_audit_is_written_waits_for_nothing(stage: Stage) -> None:
    stage.shell.session_changed(stage.fake.sign_on("0103"))
    page(stage).choose(2)
    stage.tasks.hold = True
    page(stage).test()
    page(stage).choose(0)
    stage.tasks.run_all()
    assert stage.devices.checks_asked == [("drawer", CheckLevel.INTERACTIVE)]
    assert page(stage).state.asked is None


def test_other_keys_mean_nothing_here(stage: Stage) -> None:
    assert not page(stage).char("q")
