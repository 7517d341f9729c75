"""Language and theme switched more than once: every screen goes on in the newest window."""

from __future__ import annotations

import sys
from types import TracebackType

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from tests.gui.screens.test_screens_application import Process, process
from ui.presenters.keys import Key, Screen

__all__ = ["process"]


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What would have become a fault on the screen."""
    found: list[BaseException] = []

    def hook(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        found.append(error)

    monkeypatch.setattr(sys, "excepthook", hook)
    return found


def switch(process: Process, what: str) -> None:
    """F9, the button on the lock screen, and the PIN again; the old window is really deleted."""
    process.till.shell.key(Key.F9)
    old = process.till.window
    assert old is not None
    old.look_asked.emit(what)
    process.until(lambda: process.till.window is not old)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    process.sign_on()


def visit(process: Process) -> None:
    """Payment with a digit, enrolment with a phone, a search: each through the presenters and the newest views."""
    shell = process.till.shell
    assert shell.till is not None
    window = process.till.window
    assert window is not None
    assert window.work is not None
    shell.key(Key.F10)
    assert shell.state.screen is Screen.PAY
    shell.till.pay.key("5")
    view = window.work.view(Screen.PAY)
    assert view.isVisible()
    shell.key(Key.ESC)
    shell.key(Key.F3)
    shell.till.enrol.name_typed("陈")
    assert window.work.view(Screen.ENROL).isVisible()
    shell.key(Key.ESC)
    shell.key(Key.ESC)
    process.until(lambda: shell.state.screen is Screen.COUNTER)
    for key in (Key.F1, Key.F12):
        shell.key(key)
        shell.key(Key.ESC)
    shell.till.counter.find.typed("zh")
    process.until(lambda: shell.till is not None and shell.till.counter.find.state.found is not None)
    assert window.work.scan.text() == "zh"
    shell.till.counter.find.clear()


@pytest.mark.parametrize("switches", [("language", "language"), ("language", "theme", "language")])
def test_the_till_takes_money_after_every_switch_of_the_look(
    process: Process, faults: list[BaseException], switches: tuple[str, ...]
) -> None:
    process.open().sign_on()
    assert process.till.shell.till is not None
    process.till.shell.till.counter.cart.add_amount("7")
    process.until(lambda: process.till.shell.till is not None and process.till.shell.till.counter.cart.state.payable)
    visit(process)
    for what in switches:
        switch(process, what)
        visit(process)
    process.till.shell.key(Key.F10)
    process.till.shell.key(Key.F10)
    process.until(lambda: process.till.shell.till is not None and process.till.shell.till.counter.cart.state.empty)
    process.until(lambda: process.till.shell.state.screen is Screen.COUNTER)
    assert faults == []
