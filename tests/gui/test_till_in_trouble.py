"""The counter on a folder that cannot be written, and on a machine without a screen: words and an exit code."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app import logs
from app.cli import main
from app.config import load
from app.errors import ConfigError
from app.resources import resources
from app.wiring import till_ui
from app.wiring.display import check_display, wayland_answers
from tests.support import tills
from tests.support.commands import ROOT
from ui.preferences import keep_look
from ui.presenters.look import Look
from ui.views.recovery import RecoveryView

POLL_MS = 20
pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no resource limits and no X")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tills.make(tmp_path_factory.mktemp("trouble") / "till")


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    return tills.copied(template, tmp_path / "till")


@contextmanager
def nothing_fits() -> Iterator[None]:
    """No file may grow, as on a full disk."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def recovery_read() -> Iterator[list[str]]:
    """What the recovery screen said before it was left."""
    said: list[str] = []
    timer = QTimer()

    def look() -> None:
        for window in QApplication.topLevelWidgets():
            for view in window.findChildren(RecoveryView):
                if view.isVisible() and view.words.text():
                    timer.stop()
                    said.append(view.words.text())
                    view.leave.emit()
                    return

    timer.timeout.connect(look)
    timer.start(POLL_MS)
    yield said
    timer.stop()


def test_a_full_disk_is_said_on_the_recovery_screen_and_at_the_end(
    qapp: QApplication, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with nothing_fits(), recovery_read() as said:
        code = main(["till", "--data", str(data), "--lang", "en"])
    assert (code, len(said)) == (28, 1)
    assert "T-18" in capsys.readouterr().err
    assert not (data / till_ui.LOOK_FILE).exists()


def test_a_look_that_cannot_be_kept_stops_nothing(
    qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "till"
    (folder / till_ui.LOOK_FILE).mkdir(parents=True)
    (folder / till_ui.LOG_FILE).mkdir()
    with recovery_read() as said:
        assert main(["till", "--data", str(folder), "--lang", "en"]) == 11
    assert "T-02" in said[0]
    assert "T-02" in capsys.readouterr().err


def test_look_and_log_are_their_owners_only(tmp_path: Path) -> None:
    look, log = tmp_path / "look.json", tmp_path / "till.log"
    for path in (look, log):
        path.write_text("{}", encoding="utf-8")
        path.chmod(0o644)
    till_ui.prefer(look, load(resources() / "default.toml", None, {}), language="en", theme=None)
    assert json.loads(look.read_text())["language"] == "en"
    for handler in logs.to_file(log):
        handler.close()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (look, log)]
    keep_look(look, Look())
    assert [*modes, stat.S_IMODE(look.stat().st_mode)] == [0o600] * 3


def test_without_a_screen_one_sentence_and_an_exit_code(data: Path) -> None:
    for screen, words in (({}, "B-13"), ({"DISPLAY": ":9993"}, "B-14")):
        hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        environment = {name: value for name, value in os.environ.items() if name not in hidden} | screen
        ran = subprocess.run(
            [sys.executable, "-m", "app", "till", "--data", str(data)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 4, ran.stderr
        assert words in ran.stderr
        assert "Traceback" not in ran.stderr


def test_a_chosen_platform_and_a_listening_compositor_are_screens(tmp_path: Path) -> None:
    check_display({"QT_QPA_PLATFORM": "offscreen"})
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "w"))
        compositor.listen()
        check_display({"WAYLAND_DISPLAY": "w", "XDG_RUNTIME_DIR": str(tmp_path)})
    assert not wayland_answers(tmp_path / "none")
    with pytest.raises(ConfigError, match="display_silent"):
        check_display({"WAYLAND_DISPLAY": "none", "XDG_RUNTIME_DIR": str(tmp_path)})
