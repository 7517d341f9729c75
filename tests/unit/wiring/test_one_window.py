"""A second start reaches the first one's window, and nobody else does."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

from app.wiring.one_window import WINDOW_FILE, WindowListener, raise_first

WAIT_S = 10.0


def test_a_second_start_raises_the_window_of_the_first(tmp_path: Path) -> None:
    raised = threading.Event()
    listener = WindowListener(tmp_path, raised.set)
    try:
        assert raise_first(tmp_path)
        assert raised.wait(WAIT_S)
        assert (tmp_path / WINDOW_FILE).stat().st_mode & 0o077 == 0
    finally:
        listener.close()
    assert not (tmp_path / WINDOW_FILE).exists()


def test_a_stranger_is_not_heard_and_does_no_harm(tmp_path: Path) -> None:
    raised = threading.Event()
    listener = WindowListener(tmp_path, raised.set)
    try:
        place = json.loads((tmp_path / WINDOW_FILE).read_text())
        with socket.create_connection(("127.0.0.1", place["port"])) as stranger:
            stranger.sendall(b"\x00\x00\x00\x05raise")
        wrong = tmp_path / "wrong"
        wrong.mkdir()
        (wrong / WINDOW_FILE).write_text(json.dumps({**place, "key": "00" * 32}))
        assert not raise_first(wrong)
        assert not raised.is_set()
        assert raise_first(tmp_path)
        assert raised.wait(WAIT_S)
    finally:
        listener.close()


def test_without_a_first_start_nobody_answers(tmp_path: Path) -> None:
    assert not raise_first(tmp_path)
    for text in ("", "{}", '{"port": "x", "key": "00"}', "[]"):
        (tmp_path / WINDOW_FILE).write_text(text)
        assert not raise_first(tmp_path)
