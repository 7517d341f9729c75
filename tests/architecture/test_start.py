"""What the UI process has loaded when its window is first painted: Qt, the raw driver and crypto, nothing heavy."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from app.clock import SystemClock
from app.wiring.demo import make_demo

TOO_HEAVY = (
    "httpx",
    "escpos",
    "sqlalchemy",
    "alembic",
    "pypinyin",
    "phonenumbers",
    "PIL",
    "qrcode",
    "barcode",
    "serial",
    "app.domain.template_parse",
    "hid",
)
# Stands in for nothing: the real till, whose first paint event tells what is loaded and ends it.
AT_FIRST_PAINT = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not told:
            told.append(True)
            print(json.dumps(sorted(sys.modules)), flush=True)
            app.quit()
        return False

told = []
app = QApplication(["guitai"])
watch = FirstPaint()
app.installEventFilter(watch)
from app.wiring.till_ui import run
sys.exit(run(Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules in memory at the first paint of a till with members."""
    folder = tmp_path_factory.mktemp("start") / "till"
    make_demo(folder, 50, SystemClock(), lambda _: None)
    script = folder.parent / "first_paint.py"
    script.write_text(AT_FIRST_PAINT, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, script, folder], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[0]))


@pytest.mark.parametrize("package", TOO_HEAVY)
def test_the_window_is_painted_before_this_is_loaded(package: str, loaded: set[str]) -> None:
    assert [name for name in loaded if name == package or name.startswith(f"{package}.")] == []


def test_the_window_was_really_painted_by_our_views(loaded: set[str]) -> None:
    assert {"PySide6.QtWidgets", "ui.views.window", "ui.presenters.shell"} <= loaded


@pytest.mark.parametrize("module", ["app.wiring.till_headless", "app.wiring.hq_import", "app.wiring.verify_cli"])
def test_what_needs_no_screen_loads_no_qt(module: str) -> None:
    command = f"import sys, {module}; print([name for name in sys.modules if name.startswith('PySide6')])"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0)
