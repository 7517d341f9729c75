"""Two monitors, as Qt's own platform without a screen offers them: the customer's window fills the second one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import ROOT

SHOWN = """
import json, sys
from PySide6.QtWidgets import QApplication
from app.i18n import ENGLISH
from app.resources import resources
from tests.support.stage import Stage
from ui.customer_screen import CustomerScreen
from ui.theme.theme import open_theme
from ui.views.common import Ui

app = QApplication([])
stage = Stage().sign_on()
screen = CustomerScreen(app, sys.argv[1], stage.till.customer)
screen.show(Ui(open_theme(resources()), ENGLISH))
app.processEvents()
window, first = screen.window, app.primaryScreen()
second = next(one for one in app.screens() if one is not first)
print(json.dumps(None if window is None else [window.isFullScreen(), window.geometry() == second.geometry()]))
screen.hide()
"""


def monitor(name: str, x: int, width: int, height: int) -> dict[str, str | int]:
    return {"name": name, "x": x, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}


@pytest.mark.parametrize(("mode", "shown"), [("none", None), ("second", [True, True]), ("window", [True, True])])
def test_a_second_monitor_is_filled_where_the_set_up_wants_it(
    tmp_path: Path, mode: str, shown: list[bool] | None
) -> None:
    file = tmp_path / "screens.json"
    file.write_text(json.dumps({"screens": [monitor("a", 0, 1366, 768), monitor("b", 1366, 1024, 600)]}))
    environment = {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={file}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SHOWN, mode], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == shown
