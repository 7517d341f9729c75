"""Run a windowed command on this display and keep a picture of the screen once something is painted and has settled.

`python -m tools.run_with_picture PICTURE COMMAND…`; ends with the command, and passes Ctrl-C and its exit code on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QImage

POLL_MS = 250
COLOURS_MIN = 24  # an empty screen has one or two; a painted window has hundreds
STEP_PX = 6


def _is_painted(image: QImage) -> bool:
    colours = {image.pixel(x, y) for x in range(0, image.width(), STEP_PX) for y in range(0, image.height(), STEP_PX)}
    return len(colours) >= COLOURS_MIN


class Watcher:
    """Looks at the screen until two looks in a row are equal and painted, then only waits for the command."""

    def __init__(self, application: QGuiApplication, picture: Path, command: list[str]) -> None:
        self._application = application
        self._picture = picture
        self._started = time.monotonic()
        self._last = QImage()
        self._taken = False
        self._process = subprocess.Popen(command)

    def look(self) -> None:
        code = self._process.poll()
        if code is not None:
            self._application.exit(code)
        elif not self._taken:
            image = self._application.primaryScreen().grabWindow(0).toImage()
            if image == self._last and _is_painted(image):
                image.save(str(self._picture))
                self._taken = True
                seconds = time.monotonic() - self._started
                print(f"The window stood after {seconds:.1f} s; its picture is {self._picture}.", flush=True)
            self._last = image

    def stop(self) -> None:
        """Ask the command to end; the next look sees it gone."""
        self._process.send_signal(signal.SIGINT)


def main(picture: str, command: list[str]) -> int:
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    application = QGuiApplication([])
    watcher = Watcher(application, Path(picture), command)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: watcher.stop())
    timer = QTimer()
    timer.timeout.connect(watcher.look)
    timer.start(POLL_MS)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
