"""Sounds: their files, their volume, off the UI thread, a beep when nothing can play."""

from __future__ import annotations

import os
import threading
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.resources import resources
from ui.sounds import WAITING_MAX, Sounds, scaled

FOLDER = resources() / "sounds"


def samples(path: Path) -> tuple[array[int], int]:
    with wave.open(str(path), "rb") as file:
        return array("h", file.readframes(file.getnframes())), file.getframerate()


def crossings(values: array[int]) -> int:
    return sum(1 for a, b in pairwise(values) if a < 0 <= b)


@pytest.mark.parametrize(("name", "length_ms", "waves"), [("ok", 60, 53), ("refused", 240, 40)])
def test_the_files_hold_the_notes_of_the_design(name: str, length_ms: int, waves: int) -> None:
    values, rate = samples(FOLDER / f"{name}.wav")
    assert len(values) * 1000 // rate == length_ms
    assert crossings(values) == pytest.approx(waves, abs=2)
    assert values[0] == values[-1] == 0


@pytest.mark.parametrize(("volume", "share"), [(100, 1.0), (50, 0.5), (0, 0.0)])
def test_the_volume_scales_the_samples(tmp_path: Path, volume: int, share: float) -> None:
    scaled(FOLDER / "ok.wav", tmp_path / "ok.wav", volume)
    assert max(samples(tmp_path / "ok.wav")[0]) == pytest.approx(share * max(samples(FOLDER / "ok.wav")[0]), abs=1)


class Recorder:
    """Plays by remembering the file's name and the thread; can be held up, or fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.played: list[str] = []
        self.threads: set[int] = set()
        self.go = threading.Event()
        self.go.set()
        self._error = error

    def __call__(self, path: Path) -> None:
        self.go.wait(5)
        assert path.is_file()
        self.threads.add(threading.get_ident())
        self.played.append(path.name.split("-")[0])
        if self._error:
            raise self._error


def test_sounds_are_played_on_a_thread_of_their_own(qtbot: QtBot) -> None:
    recorder = Recorder()
    sounds = Sounds(FOLDER, 60, player=recorder)
    sounds.ok()
    qtbot.waitUntil(lambda: recorder.played == ["ok"])
    sounds.refused()
    qtbot.waitUntil(lambda: recorder.played == ["ok", "refused"])
    sounds.close()
    assert threading.get_ident() not in recorder.threads


def test_volume_nought_is_silent(qtbot: QtBot) -> None:
    recorder = Recorder()
    sounds = Sounds(FOLDER, 0, player=recorder)
    assert sounds.silent
    sounds.ok()
    sounds.set_volume(30)
    sounds.refused()
    qtbot.waitUntil(lambda: bool(recorder.played))
    sounds.close()
    assert recorder.played == ["refused"]


def test_late_sounds_are_dropped_rather_than_queued(qtbot: QtBot) -> None:
    recorder = Recorder()
    recorder.go.clear()
    sounds = Sounds(FOLDER, 60, player=recorder)
    for _ in range(20):
        sounds.ok()
    recorder.go.set()
    qtbot.waitUntil(lambda: bool(recorder.played))
    sounds.close()
    assert len(recorder.played) <= WAITING_MAX + 1


def test_a_player_that_fails_is_replaced_by_the_beep(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    beeps: list[int] = []
    monkeypatch.setattr(QApplication, "beep", lambda *_: beeps.append(threading.get_ident()))
    recorder = Recorder(OSError("no device"))
    sounds = Sounds(FOLDER, 60, player=recorder)
    sounds.ok()
    qtbot.waitUntil(lambda: len(beeps) == 1)
    sounds.ok()
    qtbot.waitUntil(lambda: len(beeps) == 2)
    sounds.close()
    assert recorder.played == ["ok"]
    assert set(beeps) == {threading.get_ident()}


def test_closing_leaves_no_thread_and_no_files(qtbot: QtBot) -> None:
    sounds = Sounds(FOLDER, 60, player=Recorder())
    made = Path(sounds._made.name)
    assert made.is_dir()
    sounds.close()
    assert not made.exists()
    assert "sounds" not in {thread.name for thread in threading.enumerate()}


def test_the_system_player_is_a_program_that_is_there(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program of the player's name gets the file; one that fails is an error that leads to the beep."""
    program, log = tmp_path / "aplay", tmp_path / "log"
    program.write_text(f'#!/bin/sh\nbasename "$1" >> {log}\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr("ui.sounds.PLAYERS", ("aplay",))
    sounds = Sounds(FOLDER, 40)
    sounds.refused()
    qtbot.waitUntil(log.is_file)
    sounds.close()
    assert log.read_text("utf-8") == "refused-40.wav\n"


def test_without_any_player_the_till_beeps(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    beeps: list[int] = []
    monkeypatch.setattr(QApplication, "beep", lambda *_: beeps.append(1))
    monkeypatch.setattr("ui.sounds.PLAYERS", ())
    sounds = Sounds(FOLDER, 40)
    sounds.ok()
    sounds.close()
    assert beeps == [1]


def test_closing_while_sounds_wait_drops_them(qtbot: QtBot) -> None:
    recorder = Recorder()
    recorder.go.clear()
    sounds = Sounds(FOLDER, 60, player=recorder)
    for _ in range(WAITING_MAX + 2):
        sounds.ok()
    closer = threading.Thread(target=sounds.close)
    closer.start()
    recorder.go.set()
    closer.join(5)
    assert not closer.is_alive()
    assert len(recorder.played) <= WAITING_MAX + 1
