"""Little room: what tells two members, two cards or two devices apart is never what is cut."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.resources import resources
from tests.gui.screens.conftest import Open
from tests.support.demo_people import card_number
from ui.presenters.devices import DeviceCard, DeviceKind, Health
from ui.presenters.keys import Screen
from ui.theme.names import Tier
from ui.theme.theme import open_theme
from ui.views.pay import PayView
from ui.views.status import StatusView
from ui.widgets.results import who_runs
from ui.widgets.runs import runs_width
from ui.widgets.values import ResultRow, Run

ROW = ResultRow("张", "张*芳", "ZXF", "159****2222", "", Tier.BASE, "", "2,428")


def test_the_name_of_an_unknown_card_ends_before_the_tier_begins_in_payment(open_till: Open) -> None:
    till = open_till(language="zh_CN").sign_on()
    till.stage.scan(till.stage.barcode(0), card_number("9900001234"))
    till.stage.shell.open_pay()
    till.settle()
    pay = till.work.view(Screen.PAY)
    assert isinstance(pay, PayView)
    head = pay.side.head
    assert head.name.geometry().right() < head.tier.geometry().left()
    assert head.tier.geometry().right() <= head.width()
    fitting = head.name.fitting_font().pixelSize()
    assert fitting >= 15


@pytest.mark.parametrize("room", [400, 220, 180, 120])
def test_a_member_found_keeps_the_end_of_the_phone(qapp: QApplication, room: int) -> None:
    theme = open_theme(resources())
    runs = who_runs(theme, ROW, room)
    last = runs[-1]
    assert isinstance(last, Run)
    assert last.text.endswith("2222")
    assert runs_width(theme, runs) <= room + 0.5


def test_two_scanners_have_two_names_and_a_sentence_is_whole(open_till: Open) -> None:
    till = open_till(language="zh_CN", size=(1024, 768)).sign_on()
    till.stage.devices.now_cards = (
        DeviceCard("printer", DeviceKind.PRINTER, Health.OFFLINE, code="device_unreachable"),
        DeviceCard("scanner", DeviceKind.SCANNER, Health.OK),
        DeviceCard("wedge", DeviceKind.SCANNER, Health.OK),
    )
    till.stage.shell.open_status()
    till.settle()
    status = till.work.view(Screen.STATUS)
    assert isinstance(status, StatusView)
    assert len({panel.name.text() for panel in status.cards.values()}) == 3
    words = status.cards["printer"].what
    assert words.height() >= words.heightForWidth(words.width())
