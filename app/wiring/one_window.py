"""One till per data folder: a second start asks the first, over loopback, to come to the front.

The first writes where it listens and a random key into a file only its owner reads; the key is never sent.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from pathlib import Path

WINDOW_FILE = "window.json"
RAISE = "raise"
STOP = "stop"
HOST = "127.0.0.1"


class WindowListener:
    """Waits, on a thread of its own, for a second start; `raised` is called there."""

    def __init__(self, folder: Path, raised: Callable[[], None]) -> None:
        self._raised = raised
        self._key = secrets.token_bytes(32)
        self._listener = Listener((HOST, 0), authkey=self._key)
        self._port = self._listener.address[1]
        self._file = folder / WINDOW_FILE
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps({"port": self._port, "key": self._key.hex()}), encoding="utf-8")
        draft.chmod(0o600)
        os.replace(draft, self._file)
        self._thread = threading.Thread(target=self._serve, name="window", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._file.unlink(missing_ok=True)
        _send(self._port, self._key, STOP)
        self._thread.join(2.0)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                with self._listener.accept() as connection:
                    asked = connection.recv_bytes(16)
            except (OSError, EOFError, AuthenticationError):
                continue  # somebody who is not us knocked
            if asked == STOP.encode():
                return
            if asked == RAISE.encode():
                self._raised()


def raise_first(folder: Path) -> bool:
    """Ask the till that has this folder open to show its window; False when it did not hear."""
    try:
        place = json.loads((folder / WINDOW_FILE).read_text(encoding="utf-8"))
        return _send(int(place["port"]), bytes.fromhex(place["key"]), RAISE)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _send(port: int, key: bytes, text: str) -> bool:
    try:
        with Client((HOST, port), authkey=key) as connection:
            connection.send_bytes(text.encode())
    except (OSError, EOFError, AuthenticationError):
        return False
    return True
