"""The customer's window: what it shows, that it is worked by touch alone, and that nothing of it is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.consent import Purpose
from app.i18n import ENGLISH, load
from app.resources import resources
from tests.support.stage import Stage
from tools.screens_customer import STAGES
from ui.customer_screen import CustomerScreen, second_of
from ui.theme.apply import apply_theme
from ui.theme.theme import open_theme
from ui.views.common import Shown, Ui
from ui.views.customer import CustomerWindow
from ui.widgets.runs import RunLine

SIZES = ((1024, 600), (1366, 768), (1920, 1080), (768, 1024))


class Second:
    """A till on the stage and its customer's window."""

    def __init__(self, app: QApplication, qtbot: QtBot, language: str = "en", theme: str = "light") -> None:
        self.tr = ENGLISH if language == "en" else load(resources() / "locale", language)
        self.look = open_theme(resources(), theme, 1.0)
        apply_theme(app, self.look)
        self.qtbot, self.stage = qtbot, Stage(self.tr)
        self.ui = Ui(self.look, self.tr)
        self.window = CustomerWindow(self.ui)
        self.window.resize(1366, 768)
        self.window.show()

    def at(self, name: str) -> Second:
        STAGES[name](self.stage)
        self.stage.till.customer.attach(Shown(self.window.show_state))
        self.window.rated.connect(self.stage.till.customer.rate)
        return self.settled()

    def settled(self) -> Second:
        for _ in range(3):
            QApplication.processEvents()
        return self

    def said(self) -> str:
        shown = [one for one in self.window.findChildren(QWidget) if one.isVisible()]
        return " | ".join(one.accessibleName() for one in shown if isinstance(one, QLabel | RunLine))


Make = Callable[..., Second]


@pytest.fixture
def second(qapp: QApplication, qtbot: QtBot) -> Iterator[Make]:
    made: list[Second] = []

    def make(**look: str) -> Second:
        made.append(Second(qapp, qtbot, **look))
        return made[-1]

    yield make
    for one in made:
        one.window.close()
        one.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_an_idle_window_names_the_shop_and_offers_the_code_to_join(second: Make) -> None:
    one = second(language="zh_CN").at("customer-welcome")
    assert "花间生活馆" in one.said()
    assert "扫码成为会员" in one.said()
    assert one.window.join.isVisible()


def test_without_an_address_there_is_no_code_to_join(second: Make) -> None:
    one = second()
    one.stage.sign_on().till.customer.attach(Shown(one.window.show_state))
    assert not one.settled().window.join.isVisible()


def test_goods_total_and_points_are_shown_and_no_name(second: Make) -> None:
    one = second(language="zh_CN").at("customer-basket")
    said, quote = one.said(), one.stage.cart.state.quote
    assert quote is not None
    assert "蜂蜜润唇膏 3.5g" in said
    assert "270.20" in said
    assert f"{quote.points_after:,}" in said
    assert "张" not in said


def test_more_goods_than_there_is_room_for_are_counted_and_the_changed_one_stays_in_sight(second: Make) -> None:
    one = second().at("customer-basket")
    one.window.resize(1024, 320)
    assert "more" in one.settled().said()
    one.stage.cart.select(0)
    one.stage.cart.step(1)
    assert "玻尿酸补水面膜 5 片装" in one.settled().said()


def test_points_that_pay_a_part_are_said(second: Make) -> None:
    one = second().at("customer-basket")
    state = replace(one.stage.till.customer.state, used=2_000, discount_minor=1_000)
    one.window.show_state(state)
    assert "−2,000" in one.settled().said()
    assert "saves ¥10.00" in one.said()


def test_a_paid_sale_says_due_received_and_change_as_the_paper_does(second: Make) -> None:
    one = second(language="zh_CN").at("customer-thanks")
    assert "应收 ¥270.20 | 实收 ¥300.00 | 找零 ¥29.80" in one.settled().said()


def test_exact_money_is_said_once_and_change_that_was_kept_is_not_called_change(second: Make) -> None:
    one = second().at("customer-thanks")
    kept = replace(one.stage.till.customer.state, change_kept=True)
    one.window.show_state(kept)
    assert "Due ¥270.20 | Given ¥300.00 | Into stored value ¥29.80" in one.settled().said()
    one.window.show_state(replace(kept, given_minor=27_020, change_minor=0, change_kept=False))
    assert "Paid ¥270.20" in one.settled().said()
    assert "Given" not in one.said()


def test_touching_a_button_answers_once_and_never_takes_the_keyboard(second: Make) -> None:
    one = second().at("customer-thanks")
    button = one.window.rating.buttons[4]
    assert button.accessibleName() == "5 of 5"
    one.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert one.stage.till.customer.state.score == 5
    assert not one.settled().window.rating.buttons[0].isVisible()
    assert "Thank you for your answer" in one.said()
    assert one.window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert all(child.focusPolicy() is Qt.FocusPolicy.NoFocus for child in one.window.rating.buttons)


@pytest.mark.parametrize("theme", ["light", "contrast"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", sorted(STAGES))
def test_nothing_is_cut_on_any_monitor(second: Make, name: str, language: str, theme: str) -> None:
    one = second(language=language, theme=theme).at(name)
    for size in SIZES:
        one.window.resize(*size)
        one.settled()
        assert (one.window.width(), one.window.height()) == size
        for child in one.window.findChildren(QWidget):
            if child.isVisible():
                low = child.mapTo(one.window, child.rect().bottomRight())
                assert low.y() < size[1], f"{type(child).__name__} {child.accessibleName()} ends at {low.y()} of {size}"
                assert low.x() < size[0], f"{type(child).__name__} {child.accessibleName()} ends at {low.x()} of {size}"


def test_the_second_monitor_is_the_one_the_cashier_does_not_look_at() -> None:
    assert second_of(["a"], "a") is None
    assert second_of(["a", "b", "c"], "b") == "a"
    assert second_of(["a", "b", "c"], "a") == "b"


@pytest.mark.parametrize(("mode", "shown"), [("none", False), ("second", False), ("window", True)])
def test_with_one_monitor_only_a_window_that_was_asked_for_is_shown(
    qapp: QApplication, second: Make, mode: str, shown: bool
) -> None:
    one = second()
    one.stage.sign_on()
    screen = CustomerScreen(qapp, mode, one.stage.till.customer)
    screen.show(one.ui)
    assert (screen.window is not None) is shown
    if screen.window is not None:
        room = qapp.primaryScreen().availableGeometry()
        assert screen.window.geometry().bottomRight() == room.bottomRight()
        assert screen.window.windowFlags() & Qt.WindowType.WindowStaysOnBottomHint
    qapp.screenRemoved.emit(qapp.primaryScreen())
    assert (screen.window is not None) is shown
    screen.hide()
    screen.hide()
    assert screen.window is None


def test_a_window_before_it_was_asked_for_does_not_come_with_a_monitor(qapp: QApplication, second: Make) -> None:
    one = second()
    one.stage.sign_on()
    screen = CustomerScreen(qapp, "window", one.stage.till.customer)
    qapp.screenAdded.emit(qapp.primaryScreen())
    assert screen.window is None


def test_a_finger_answers_for_each_purpose_and_both_answers_weigh_the_same(second: Make) -> None:
    one = second().at("customer-consent")
    one.window.answered.connect(one.stage.till.customer.answer)
    choice = one.window.choices[Purpose.MARKETING]
    assert choice.agree.size() == choice.decline.size()
    assert (choice.agree.chosen, choice.decline.chosen) == (False, False)
    one.qtbot.mouseClick(choice.decline, Qt.MouseButton.LeftButton)
    assert choice.decline.chosen
    assert one.stage.till.enrol.state.answer(Purpose.MARKETING) is False
    one.qtbot.mouseClick(choice.agree, Qt.MouseButton.LeftButton)
    assert one.stage.till.enrol.state.answer(Purpose.MARKETING) is True
