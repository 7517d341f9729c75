"""Runs the demo's control panel beside the till's own process, until that ends or somebody ends the demo."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.i18n import load
from ui.presenters.demo_panel import DemoPanelPresenter, Simulators
from ui.theme.apply import apply_theme
from ui.theme.theme import open_theme
from ui.views.common import Shown, Ui
from ui.views.demo_panel import DemoPanel

LOOK_MS = 200
SIZE_PX = (1060, 740)


@dataclass(frozen=True, slots=True)
class PanelStart:
    """What app.wiring gives the panel; `running` says whether the till is still there."""

    simulators: Simulators
    resources: Path
    language: str
    running: Callable[[], bool]


def run_panel(start: PanelStart) -> None:
    """Until the till has ended, or a signal asks for the end. Main thread. The panel may be closed before that."""
    app = QApplication.instance() or QApplication(["guitai"])
    if not isinstance(app, QApplication):
        raise RuntimeError("a Qt application without windows is running")
    app.setQuitOnLastWindowClosed(False)
    theme = open_theme(start.resources)
    apply_theme(app, theme)
    presenter = DemoPanelPresenter(start.simulators)
    panel = DemoPanel(Ui(theme, load(start.resources / "locale", start.language)), presenter)
    presenter.attach(Shown(panel.show_state))
    timer = QTimer()

    def look() -> None:
        presenter.tick()
        if not start.running():
            app.quit()

    timer.timeout.connect(look)
    timer.start(LOOK_MS)
    before = {number: signal.signal(number, lambda *_: app.quit()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        panel.resize(*SIZE_PX)
        room = app.primaryScreen().availableGeometry()
        panel.move(room.x() + max(0, room.width() - SIZE_PX[0]), room.y())
        panel.show()
        app.exec()
    finally:
        timer.stop()
        panel.close()
        for number, handler in before.items():
            signal.signal(number, handler)
