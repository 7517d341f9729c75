"""The drawer at the counter: a cash sale whose pulse did not go out says so, once, until all is well again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.stage import CARDS, Stage
from ui.presenters.devices import DeviceCard, DeviceKind, Health

DRAWER = DeviceCard("drawer", DeviceKind.DRAWER, Health.OK, testable=True)
AWAY = replace(DRAWER, health=Health.OFFLINE, code="drawer_printer_away")
LATE = replace(DRAWER, health=Health.WARN, code="drawer_too_late", failed=1)
SHUT = replace(DRAWER, health=Health.OFFLINE, code="drawer_unreachable", failed=1)


@pytest.fixture
def stage() -> Stage:
    stage = Stage().sign_on()
    news(stage, DRAWER)
    return stage


def news(stage: Stage, drawer: DeviceCard) -> None:
    stage.devices.now_cards = (CARDS[0], CARDS[1], drawer)
    stage.shell.devices_changed()


def said(stage: Stage) -> str:
    notice = stage.cart.state.notice
    return notice.text if notice is not None else ""


def sell(stage: Stage) -> Stage:
    return stage.scan(stage.barcode(0)).sell()


@pytest.mark.parametrize(("card", "ref"), [(LATE, "D-17"), (SHUT, "D-16")])
def test_a_pulse_that_failed_is_said_at_its_sale_and_goes_when_the_drawer_is_well(
    stage: Stage, card: DeviceCard, ref: str
) -> None:
    sell(stage)
    assert said(stage) == ""
    news(stage, card)
    assert ref in said(stage)
    assert "key" in said(stage)
    assert stage.sounds.heard[-1] == "refused"
    news(stage, replace(DRAWER, failed=1))
    assert said(stage) == ""


def test_with_its_printer_away_the_sale_says_at_once_that_the_drawer_stays_shut_and_says_it_once(stage: Stage) -> None:
    news(stage, AWAY)
    assert said(stage) == ""
    sell(stage)
    assert "D-16" in said(stage)
    news(stage, replace(DRAWER))
    assert said(stage) == ""
    news(stage, LATE)
    assert said(stage) == ""


def test_a_pulse_that_was_sent_ends_it_and_a_test_of_the_drawer_is_nobodys_sale(stage: Stage) -> None:
    sell(stage)
    news(stage, replace(DRAWER, done=1))
    news(stage, replace(SHUT, done=1))
    assert said(stage) == ""


def test_words_that_came_after_it_stay_when_the_drawer_is_well(stage: Stage) -> None:
    sell(stage)
    news(stage, LATE)
    stage.scan("no such code")
    later = said(stage)
    assert "D-17" not in later
    news(stage, replace(DRAWER, failed=1))
    assert said(stage) == later


def test_a_till_without_a_drawer_says_nothing_of_one(stage: Stage) -> None:
    stage.devices.now_cards = CARDS[:2]
    stage.shell.devices_changed()
    sell(stage)
    assert said(stage) == ""
