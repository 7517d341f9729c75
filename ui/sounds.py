"""The till's two sounds, played by the system's own player on a thread of their own; a beep when there is none.

QtMultimedia is outside PySide6-Essentials, so: winsound on Windows, paplay, aplay or afplay elsewhere.
"""

from __future__ import annotations

import errno
import io
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

OK, REFUSED = "ok", "refused"
PLAYERS = ("paplay", "pw-play", "aplay", "afplay")
PLAY_TIMEOUT_S = 2.0
WAITING_MAX = 2  # sounds waiting behind one that plays; more would come too late to mean anything
JOIN_TIMEOUT_S = 3.0

Player = Callable[[Path], None]  # plays a WAV file and returns when it has ended; OSError or SubprocessError when not


def system_player() -> Player | None:
    """How this machine plays a WAV file; None when it cannot."""
    if sys.platform == "win32":
        import winsound  # only Windows has it

        return lambda path: winsound.PlaySound(str(path), winsound.SND_FILENAME)
    found = next((path for path in map(shutil.which, PLAYERS) if path), None)
    return None if found is None else lambda path: _run(found, path)


def _run(program: str, path: Path) -> None:
    subprocess.run([program, str(path)], check=True, timeout=PLAY_TIMEOUT_S, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def _room() -> tempfile.TemporaryDirectory[str] | None:
    """A folder for the scaled sounds; None on a machine that has no room for one."""
    try:
        return tempfile.TemporaryDirectory(prefix="guitai-sounds-")
    except OSError:
        return None


def scaled(source: Path, target: Path, volume: int) -> None:
    """Copy a 16-bit WAV with its samples at `volume` per cent. OSError when it cannot be written."""
    with wave.open(str(source), "rb") as file:
        shape, samples = file.getparams(), array("h", file.readframes(file.getnframes()))
    quiet = array("h", (sample * volume // 100 for sample in samples))
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams(shape)
        file.writeframes(quiet.tobytes())
    target.write_bytes(made.getvalue())


class Sounds(QObject):
    """`ok()` and `refused()` return at once. Volume 0–100; 0 is silent. Made, used and closed on the UI thread."""

    _failed = Signal()

    def __init__(self, folder: Path, volume: int = 60, *, player: Player | None = None) -> None:
        super().__init__()
        self._source = folder
        self._player = player or system_player()
        self._made = _room()
        self._waiting: queue.Queue[Path | None] = queue.Queue(WAITING_MAX)
        self._failed.connect(self._beep, Qt.ConnectionType.QueuedConnection)
        self._volume = 0
        self.set_volume(volume)
        self._thread = threading.Thread(target=self._play_all, name="sounds", daemon=True)
        self._thread.start()

    @property
    def silent(self) -> bool:
        """Whether a flash has to last longer instead."""
        return self._volume == 0

    def set_volume(self, volume: int) -> None:
        """0–100; anything else is brought into it."""
        self._volume = min(max(volume, 0), 100)
        try:
            for name in (OK, REFUSED):
                scaled(self._source / f"{name}.wav", self._path(name), self._volume)
        except OSError:  # a full disk: the machine's own beep needs no file
            self._player = None

    def ok(self) -> None:
        """Recognised."""
        self._ask(OK)

    def refused(self) -> None:
        """Refused."""
        self._ask(REFUSED)

    def close(self) -> None:
        """Let the thread end; waits for the sound that plays."""
        while True:
            try:
                self._waiting.put_nowait(None)
                break
            except queue.Full:
                self._drop_one()
        self._thread.join(JOIN_TIMEOUT_S)
        if self._made is not None:
            self._made.cleanup()

    def _path(self, name: str) -> Path:
        if self._made is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return Path(self._made.name) / f"{name}-{self._volume}.wav"

    def _ask(self, name: str) -> None:
        if self.silent:
            return
        if self._player is None:
            self._beep()
            return
        try:
            self._waiting.put_nowait(self._path(name))
        except queue.Full:  # late sounds only confuse
            return

    def _drop_one(self) -> None:
        try:
            self._waiting.get_nowait()
        except queue.Empty:
            return

    def _play_all(self) -> None:
        while (path := self._waiting.get()) is not None:
            player = self._player
            if player is None:
                self._failed.emit()
                continue
            try:
                player(path)
            except (OSError, RuntimeError, subprocess.SubprocessError):
                self._player = None  # from now on the beep, without trying again at every scan
                self._failed.emit()

    def _beep(self) -> None:
        QApplication.beep()
