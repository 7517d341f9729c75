"""Everything at once: real window, real files, a pty scanner, a TCP printer; sign on, scan, pay, and read the paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.cli import main
from app.domain.receipt import JobState
from app.wiring import till_ui
from devices.simulated.paper import Item, TextRow
from devices.simulated.printer import SimulatedPrinter
from devices.simulated.scanner import PtyScanner
from tests.support import kill, tills
from ui import application
from ui.presenters.counter_state import CounterState
from ui.presenters.keys import Screen

POLL_MS = 20
POLLS_MAX = 2_000


class Day:
    """Steps, each done when its condition holds; the window is closed after the last, or when nothing moves."""

    def __init__(self, till: Callable[[], application.TillApplication]) -> None:
        self._till = till
        self._steps: list[tuple[str, Callable[[], bool], Callable[[], None]]] = []
        self._polls = 0
        self.stuck = ""
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(POLL_MS)

    def when(self, name: str, holds: Callable[[], bool], act: Callable[[], None]) -> None:
        self._steps.append((name, holds, act))

    def _look(self) -> None:
        self._polls += 1
        name, holds, act = self._steps[0]
        if holds():
            self._steps.pop(0)
            act()
        elif self._polls > POLLS_MAX:
            self.stuck = name
            self._steps.clear()
        if not self._steps:
            self._timer.stop()
            window = self._till().window
            assert window is not None
            window.close()


def key(code: Qt.Key | str) -> None:
    """A key where the focus is."""
    target = QApplication.focusWidget() or QApplication.activeWindow()
    assert target is not None
    QTest.keyClick(target, code)


def test_a_sale_from_sign_on_to_paper(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tills.make(tmp_path / "till")
    opened: list[application.TillApplication] = []
    papers: list[str] = []
    open_window = application.TillApplication.open

    def remember(till: application.TillApplication) -> None:
        opened.append(till)
        open_window(till)

    def cut(items: list[Item]) -> None:
        papers.append("\n".join(item.text for item in items if isinstance(item, TextRow)))

    def counter() -> CounterState:
        till = opened[0].shell.till
        assert till is not None
        return till.counter.cart.state

    def screen() -> Screen | None:
        return opened[0].shell.state.screen if opened else None

    monkeypatch.setattr(application.TillApplication, "open", remember)
    printer = SimulatedPrinter(on_cut=cut)
    printer.start()
    try:
        with PtyScanner() as scanner:
            (data / "till.toml").write_text(
                f'[printer]\naddress = "tcp://127.0.0.1:{printer.port}"\n'
                f'[scanner]\naddress = "serial:{scanner.name}"\nwedge = false\n'
            )
            day = Day(lambda: opened[0])
            day.when("open", lambda: bool(opened) and bool(opened[0].shell.sign_on.state.people), lambda: None)
            day.when("pin", lambda: True, lambda: [key(digit) for digit in tills.PIN] and key(Qt.Key.Key_Return))
            day.when("signed on", lambda: screen() is Screen.COUNTER, lambda: scanner.scan("6901234567892"))
            day.when(
                "product",
                lambda: len(counter().cart.basket.lines) == 1,
                lambda: scanner.scan("8800000025093"),
            )
            day.when("card", lambda: counter().cart.customer is not None, lambda: key(Qt.Key.Key_F10))
            day.when("payment", lambda: screen() is Screen.PAY, lambda: key(Qt.Key.Key_F10))
            day.when(
                "paper",
                lambda: counter().done is not None and counter().job_state is JobState.CONFIRMED,
                lambda: None,
            )
            assert till_ui.run(data, language="zh_CN") == 0
    finally:
        printer.stop()
    assert day.stuck == ""
    assert len(papers) == 1
    for words in ("柜台测试店", "玻尿酸补水面膜 5 片装", "会员卡 尾号 5093", "￥49.90", "积分将记入尾号 5093 的会员卡"):
        assert words in papers[0]
    assert len(kill.check_sales(data)) == 1
    assert kill.job_states(data) == [(0, "confirmed")]
    assert main(["verify", "--data", str(data)]) == 0
