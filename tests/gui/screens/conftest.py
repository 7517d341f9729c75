"""What the screen tests share: a window over a till on the stage, driven with real key presses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.i18n import ENGLISH, load
from app.resources import resources
from tests.support.demo_people import DEMO_PIN
from tests.support.stage import Stage
from ui.presenters.look import Look
from ui.theme.apply import apply_theme
from ui.theme.theme import open_theme
from ui.views.common import Ui
from ui.views.window import TillWindow
from ui.views.work import WorkView


@dataclass
class Till:
    """A window and the stage behind it."""

    qtbot: QtBot
    window: TillWindow
    stage: Stage

    @property
    def work(self) -> WorkView:
        assert self.window.work is not None, "the till is not open"
        return self.window.work

    def press(self, *keys: Qt.Key | str) -> None:
        """Real key presses to whatever has the keyboard."""
        for key in keys:
            target = QApplication.focusWidget() or self.window
            if isinstance(key, str):
                self.qtbot.keyClicks(target, key)
            else:
                self.qtbot.keyClick(target, key)

    def compose(self, text: str) -> None:
        """Text from an input method."""
        target = QApplication.focusWidget()
        assert target is not None
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(target, event)

    def sign_on(self) -> Till:
        """林晓 types her PIN and presses Enter."""
        people = self.stage.shell.sign_on.state.people
        self.stage.shell.sign_on.choose(next(n for n, one in enumerate(people) if one.staff_no == "0271"))
        self.press(DEMO_PIN, Qt.Key.Key_Return)
        return self

    def settle(self) -> None:
        """Let layouts and paints happen."""
        for _ in range(3):
            QApplication.processEvents()


Open = Callable[..., Till]


@pytest.fixture
def open_till(qapp: QApplication, qtbot: QtBot) -> Iterator[Open]:
    made: list[TillWindow] = []
    qapp.setQuitOnLastWindowClosed(False)  # else the first window closed ends every later event loop

    def make(
        language: str = "en", theme: str = "light", scale: float = 1.0, size: tuple[int, int] = (1366, 768)
    ) -> Till:
        tr = ENGLISH if language == "en" else load(resources() / "locale", language)
        look = open_theme(resources(), theme, scale)
        apply_theme(qapp, look)
        stage = Stage(tr)
        window = TillWindow(Ui(look, tr), stage.shell, Look(language, theme, round(scale * 100)), "0.1.0")
        made.append(window)
        window.resize(*size)
        window.show()
        window.activateWindow()
        stage.start()
        till = Till(qtbot, window, stage)
        till.settle()
        return till

    yield make
    for window in made:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def named(root: QWidget, name: str) -> QWidget:
    """The visible widget with that accessible name."""
    found = [child for child in root.findChildren(QWidget) if child.accessibleName() == name and child.isVisible()]
    assert found, f"nothing visible is called {name!r}"
    return found[0]
