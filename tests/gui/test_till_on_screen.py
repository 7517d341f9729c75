"""The whole till on a (virtual) screen: it opens real files, a second start raises it, closing it closes everything."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.cli import main
from app.clock import SystemClock
from app.config import DEVICES_FILE, load
from app.errors import StoreError
from app.resources import resources
from app.store.folder import FolderLock
from app.wiring import till_ui
from app.wiring.one_window import WINDOW_FILE, raise_first
from app.wiring.till import open_till
from tests.support import tills
from ui.presenters.devices import CheckLevel, DeviceKind

POLL_MS = 20


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tills.make(tmp_path_factory.mktemp("screen") / "till")


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    return tills.copied(template, tmp_path / "till")


def once(condition: Callable[[], bool], act: Callable[[], None]) -> QTimer:
    """When `condition` holds, `act`, once. Keep the timer."""
    timer = QTimer()

    def look() -> None:
        if condition():
            timer.stop()
            act()

    timer.timeout.connect(look)
    timer.start(POLL_MS)
    return timer


def window() -> QWidget:
    return next(widget for widget in QApplication.topLevelWidgets() if widget.isVisible())


def shown() -> bool:
    return any(widget.isVisible() for widget in QApplication.topLevelWidgets())


def test_the_till_opens_answers_a_second_start_and_closes(qapp: QApplication, data: Path) -> None:
    heard: list[object] = []

    def second_start() -> None:
        heard.append(raise_first(data))
        heard.append(main(["till", "--data", str(data)]))
        window().close()

    timer = once((data / WINDOW_FILE).exists, second_start)
    assert till_ui.run(data, language="en", theme="dark") == 0
    assert heard == [True, 10]
    assert not timer.isActive()
    assert json.loads((data / till_ui.LOOK_FILE).read_text())["theme"] == "dark"
    with FolderLock(data):
        open_till(data, os.environ).close()


def test_without_a_till_the_screen_says_so_and_nothing_is_made(qapp: QApplication, tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    timer = once(shown, lambda: window().close())
    with pytest.raises(StoreError, match="till_missing"):
        till_ui.run(folder)
    assert not timer.isActive()
    assert not folder.exists()


def test_the_look_starts_from_the_set_up_and_then_from_what_was_chosen(tmp_path: Path) -> None:
    config = load(resources() / "default.toml", None, {"GUITAI_LOOK_SCALE_PERCENT": "125"})
    look = tmp_path / "look.json"
    till_ui.prefer(look, config, language=None, theme=None)
    assert json.loads(look.read_text()) == {"language": "zh_CN", "theme": "light", "volume": 60, "scale_percent": 125}
    look.write_text('{"theme": "contrast"}')
    till_ui.prefer(look, config, language="en", theme=None)
    assert json.loads(look.read_text())["theme"] == "contrast"
    assert json.loads(look.read_text())["language"] == "en"
    look.write_text("[]")
    till_ui.prefer(look, config, language=None, theme="dark")
    assert json.loads(look.read_text())["theme"] == "dark"


def test_the_devices_of_the_window_are_those_of_the_set_up_once_they_are_made(data: Path) -> None:
    config = load(resources() / "default.toml", data, {})
    till = till_ui.UiTill(data, config, SystemClock())
    devices = till_ui.WindowDevices(till, data)
    try:
        assert devices.trial() is None
        devices.begin_trial(DeviceKind.SCANNER, "")
        devices.end_trial()
        till.store.submit(till.open).result()
        assert devices.cards() == ()
        devices.check("printer", CheckLevel.EXTERNAL)
        till.store.submit(till.make_devices).result()
        assert till.store.submit(till.open).result() is till.store.submit(till.open).result()
        assert devices.search() == devices.search()
        assert devices.trial() is None
        devices.keep({"scanner.wedge": False})
        assert (data / DEVICES_FILE).exists()
        assert "wedge" not in [card.name for card in devices.cards()]
        for level in CheckLevel:
            devices.check("printer", level)
        assert [card.name for card in devices.cards()][:2] == ["printer", "scanner"]
    finally:
        till.close()
