"""The simulated printer behind a real pseudo terminal, as a USB printer is behind /dev/usb/lp0."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import tty

from devices.simulated.printer import SimulatedPrinter

BYTES_MAX = 4096


class PtyPrinter:
    """`name` is what the till opens; bytes go to and from a simulated printer until it is unplugged."""

    def __init__(self, paper: SimulatedPrinter) -> None:
        self._paper = paper
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.name = os.ttyname(self._theirs)
        self._wake, self._ring = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="pty-printer", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Pull the plug: whoever holds the port reads an error from now on."""
        if self._thread.is_alive():
            os.write(self._ring, b"x")
            self._thread.join()
            for end in (self._ours, self._theirs, self._wake, self._ring):
                os.close(end)

    def _serve(self) -> None:
        with socket.create_connection(("127.0.0.1", self._paper.port)) as line, contextlib.suppress(OSError):
            while True:
                ready, _, _ = select.select([self._ours, line, self._wake], [], [])
                if self._wake in ready:
                    return
                if self._ours in ready:
                    line.sendall(os.read(self._ours, BYTES_MAX))
                if line in ready:
                    os.write(self._ours, line.recv(BYTES_MAX))
