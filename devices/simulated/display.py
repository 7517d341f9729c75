"""A pole display on a TCP port: what it is sent becomes two lines; it misbehaves as told. For demos and tests."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from devices.simulated.display_decoder import Decoder, Pole

TURN_S = 0.02
TAKES_BYTES = 512


@dataclass(frozen=True, slots=True)
class DisplayFaults:
    """What goes wrong; the default is nothing.

    `stalled`: takes nothing from the line. `reset_at`: resets the connection after so many bytes, once.
    """

    stalled: bool = False
    reset_at: int | None = None


class SimulatedDisplay:
    """A display with one port. Controls from any thread; it serves one connection at a time on its own thread."""

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, on_change: Callable[[tuple[str, str]], None] | None = None
    ) -> None:
        self.pole = Pole()
        self.received = bytearray()
        self.connections = 0
        self._on_change = on_change
        self._faults = DisplayFaults()
        self._to_say = b""
        self._changed = threading.Condition()
        self._stopping = False
        self._listener = socket.create_server((host, port))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="simulated-display", daemon=True)

    def start(self) -> SimulatedDisplay:
        """Begin to serve."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Pull the plug: the connection and the port are gone."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()
        self._listener.close()

    @property
    def lines(self) -> tuple[str, str]:
        """What stands there."""
        with self._changed:
            return self.pole.lines

    def set_faults(self, faults: DisplayFaults) -> None:
        """Behave so from now on."""
        with self._changed:
            self._faults = faults
            self._changed.notify_all()

    def say(self, data: bytes) -> None:
        """Send bytes nobody asked for."""
        with self._changed:
            self._to_say += data

    def wait_for(self, seen: Callable[[SimulatedDisplay], bool], timeout_s: float = 10.0) -> bool:
        """Wait until `seen(self)`, looked at after everything that happens; False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: seen(self), timeout_s)

    def _serve(self) -> None:
        while not self._stopping:
            ready, _, _ = select.select([self._listener], [], [], TURN_S)
            if not ready:
                continue
            connection, _ = self._listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._changed:
                    self.connections += 1
                    self._changed.notify_all()
                try:
                    self._talk(connection)
                except OSError:
                    continue

    def _talk(self, connection: socket.socket) -> None:
        decoder = Decoder(self.pole)
        while not self._stopping:
            with self._changed:
                said, self._to_say = self._to_say, b""
                faults = self._faults
                if faults.stalled:
                    self._changed.wait(TURN_S)
                    continue
            if said:
                connection.sendall(said)
            ready, _, _ = select.select([connection], [], [], TURN_S)
            if ready and not self._take(connection, decoder, faults):
                return

    def _take(self, connection: socket.socket, decoder: Decoder, faults: DisplayFaults) -> bool:
        """What came; False when the connection is over."""
        most = TAKES_BYTES
        if faults.reset_at is not None:
            most = max(1, min(most, faults.reset_at - len(self.received)))
        data = connection.recv(most)
        with self._changed:
            before = self.pole.lines
            self.received += data
            decoder.feed(data)
            after = self.pole.lines
            reset = faults.reset_at is not None and len(self.received) >= faults.reset_at
            if reset:
                self._faults = replace(faults, reset_at=None)
            self._changed.notify_all()
        if after != before and self._on_change is not None:
            self._on_change(after)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return bool(data) and not reset
