"""A receipt printer on a serial line: the simulated printer behind a pseudo terminal. For tests."""

from __future__ import annotations

import os
import select
import socket
import threading
import tty
from collections.abc import Callable
from typing import Protocol, TypeVar

TURN_S = 0.05


class Listening(Protocol):
    """A simulated device on a TCP port."""

    port: int


class Plugged(Protocol):
    """What stands behind a pseudo terminal."""

    name: str

    def unplug(self) -> None: ...


P = TypeVar("P", bound=Plugged)


def elsewhere(make: Callable[[], P], before: str) -> P:
    """Plugged in under another name than `before`: the system gives a freed name out again at once."""
    made = make()
    if made.name != before:
        return made
    other = make()
    made.unplug()
    return other


class PtyPrinter:
    """`printer` (or a display) behind the port `name`; `unplug` takes the port away, the device stays on."""

    def __init__(self, printer: Listening) -> None:
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._ours)
        self.name = os.ttyname(self._theirs)
        self._printer = socket.create_connection(("127.0.0.1", printer.port))
        self._stopping = False
        self._thread = threading.Thread(target=self._carry, name="pty-printer", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """The port's name is gone."""
        self._stopping = True
        self._thread.join()
        for end in (self._ours, self._theirs):
            os.close(end)
        self._printer.close()

    def _carry(self) -> None:
        while not self._stopping:
            ready, _, _ = select.select([self._ours, self._printer], [], [], TURN_S)
            if self._ours in ready:
                self._printer.sendall(os.read(self._ours, 4096))
            if self._printer in ready:
                os.write(self._ours, self._printer.recv(4096))
