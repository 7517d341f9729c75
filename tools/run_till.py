"""`make run`: the demo till in its window; where there is no screen, on a virtual one, with a picture of it.

Its files live in .run/demo; remove that folder for a new till. Ctrl-C ends the till, then the virtual screen.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QImage

from tools.files import ROOT

PICTURE = Path(".run/till.png")
COMMAND = (str(Path(sys.executable).with_name("guitai")), "till", "--demo", "--data", ".run/demo")
SCREEN = "1366x768x24"
POLL_MS = 250
END_S = 20.0
COLOURS_MIN = 24  # an empty screen has one or two; a painted window has hundreds
STEP_PX = 6


@contextmanager
def virtual_screen() -> Iterator[str]:
    """Xvfb on a free display, out of reach of this terminal's Ctrl-C; the display's name."""
    answer, ready = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(ready), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(arguments, pass_fds=(ready,), stderr=subprocess.DEVNULL, start_new_session=True)
    os.close(ready)
    try:
        with os.fdopen(answer) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        server.terminate()
        server.wait(END_S)


class Watcher:
    """Looks at the screen until two looks in a row are equal and painted, then only waits for the till to end."""

    def __init__(self, application: QGuiApplication, started: float, till: subprocess.Popen[bytes]) -> None:
        self._application = application
        self._started = started
        self._till = till
        self._last = QImage()
        self._taken = False

    def look(self) -> None:
        code = self._till.poll()
        if code is not None:
            self._application.exit(code)
        elif not self._taken:
            image = self._application.primaryScreen().grabWindow(0).toImage()
            if image == self._last and _is_painted(image):
                image.save(str(ROOT / PICTURE))
                self._taken = True
                seconds = time.monotonic() - self._started
                print(f"The window stood after {seconds:.1f} s; its picture is {PICTURE}. Ctrl-C ends it.", flush=True)
            self._last = image


def _is_painted(image: QImage) -> bool:
    colours = {image.pixel(x, y) for x in range(0, image.width(), STEP_PX) for y in range(0, image.height(), STEP_PX)}
    return len(colours) >= COLOURS_MIN


def on_virtual_screen(arguments: list[str]) -> int:
    """Run the till on a screen of its own until it ends or somebody presses Ctrl-C."""
    print("No screen here, so the till opens on a virtual one (Xvfb).", flush=True)
    with virtual_screen() as display:
        os.environ["DISPLAY"] = display
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        till = subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, start_new_session=True)
        application = QGuiApplication([])
        watcher = Watcher(application, time.monotonic(), till)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: till.terminate())
        timer = QTimer()
        timer.timeout.connect(watcher.look)
        timer.start(POLL_MS)
        code = application.exec()
        del application  # it holds the display
        return code


def main(arguments: list[str]) -> int:
    (ROOT / ".run").mkdir(exist_ok=True)
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        os.chdir(ROOT)
        os.execv(COMMAND[0], [*COMMAND, *arguments])
    return on_virtual_screen(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
