"""A receipt printer on TCP port 9100 that behaves, and misbehaves, like a real one. Shipped: demos and tests use it.

It prints to a Paper, answers DLE EOT at once (even while it cannot print), GS r, GS ( H and GS I when it reaches them,
sends automatic status once enabled, and does the faults it is told to.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from devices.simulated.decoder import Decoder
from devices.simulated.paper import CutOnPaper, Item, Paper, TextRow

BUFFER_BYTES = 4096
TURN_S = 0.02
MODEL = b"_Guitai simulated printer\x00"


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong; the default is nothing.

    `stalled`: takes nothing from the line. `reset_at`: resets the connection after so many bytes, once. `mute`: answers
    nothing. `late`: keeps completion answers back until told otherwise. `bytes_per_s`: drains no faster.
    `paper_low`: the roll nears its end. `paper_out_after`: after so many printed lines it is out. `cover_open`: the
    cover. `cutter_stuck`: the knife; it too stops printing.
    """

    stalled: bool = False
    reset_at: int | None = None
    mute: bool = False
    late: bool = False
    bytes_per_s: int | None = None
    paper_out_after: int | None = None
    cover_open: bool = False
    cutter_stuck: bool = False
    paper_low: bool = False


class SimulatedPrinter:
    """A printer with one port. Controls from any thread; it serves one connection at a time on its own thread."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        on_cut: Callable[[list[Item]], None] | None = None,
        paper: Paper | None = None,
    ) -> None:
        """`paper`: a roll that was begun before; None: a new one."""
        self.paper = paper or Paper()
        self.received = bytearray()
        self.connections = 0
        self._on_cut = on_cut
        self._receipt_start = len(self.paper.items)
        self._faults = Faults()
        self._changed = threading.Condition()
        self._stopping = False
        self._asb = False
        self._kept = bytearray()
        self._to_say = bytearray()
        self._tail = b""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="simulated-printer", daemon=True)

    def start(self) -> SimulatedPrinter:
        """Begin to serve."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Power off."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()
        self._listener.close()

    def set_faults(self, faults: Faults) -> None:
        """Behave so from now on. A printer that was told not to keep answers back gives those it kept."""
        with self._changed:
            before = self._state()
            self._faults = faults
            if not faults.late:
                self._to_say += self._kept
                self._kept.clear()
            if self._asb and self._state() != before:
                self._to_say += self._state()
            self._changed.notify_all()

    def load_paper(self) -> None:
        """A new roll, the knife free, the cover closed."""
        self.set_faults(
            replace(self._faults, paper_out_after=None, paper_low=False, cover_open=False, cutter_stuck=False)
        )

    def say(self, data: bytes) -> None:
        """Send bytes nobody asked for."""
        with self._changed:
            self._to_say += data
            self._changed.notify_all()

    def wait_for(self, seen: Callable[[SimulatedPrinter], bool], timeout_s: float = 10.0) -> bool:
        """Until `seen(self)`, looked at after everything that happens; False when the time is over."""
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
                self._tell(connections=1)
                try:
                    self._talk(connection)
                except OSError:
                    self._tell()

    def _tell(self, connections: int = 0) -> None:
        with self._changed:
            self.connections += connections
            self._changed.notify_all()

    def _talk(self, connection: socket.socket) -> None:
        """Serve one connection to its end. What was received and not printed is printed before the end is believed."""
        with self._changed:  # what was meant for another line died with it
            self._to_say.clear()
            self._kept.clear()
        self._asb, self._tail = False, b""
        decoder = Decoder(self.paper, self._answer)
        waiting, ended = bytearray(), False
        while not self._stopping and not (ended and not waiting):
            if not ended and not self._faults.stalled and len(waiting) < BUFFER_BYTES:
                data = self._receive(connection)
                if data is None:
                    return
                ended = data == b"" and self._at_end(connection)
                waiting += data
            else:
                with self._changed:
                    self._changed.wait(TURN_S)
            self._print(connection, decoder, waiting)
            if ended and self._out_of_action():
                return

    def _receive(self, connection: socket.socket) -> bytes | None:
        """What came within a turn; None when the fault was to reset here."""
        ready, _, _ = select.select([connection], [], [], TURN_S)
        faults = self._faults
        if not ready or faults.stalled:
            return b""
        most = BUFFER_BYTES if faults.bytes_per_s is None else max(1, int(faults.bytes_per_s * TURN_S))
        if faults.reset_at is not None:
            most = min(most, max(1, faults.reset_at - len(self.received)))
        data = connection.recv(most)
        with self._changed:
            self.received += data
            self._changed.notify_all()
        if faults.reset_at is not None and len(self.received) >= faults.reset_at:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._faults = replace(faults, reset_at=None)
            return None
        if faults.bytes_per_s is not None:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, TURN_S)
        self._real_time(connection, data)
        return data

    @staticmethod
    def _at_end(connection: socket.socket) -> bool:
        ready, _, _ = select.select([connection], [], [], 0)
        return bool(ready) and connection.recv(1, socket.MSG_PEEK) == b""

    def _real_time(self, connection: socket.socket, data: bytes) -> None:
        """DLE EOT is answered when it is received, whatever stands in the buffer before it."""
        seen = self._tail + data
        self._tail = b""
        place = seen.find(b"\x10\x04")
        while place >= 0:
            question = seen[place + 2 : place + 3]
            if not question:
                self._tail = seen[place:]
            elif not self._faults.mute:
                connection.sendall(self._status_answer(question[0]))
            place = seen.find(b"\x10\x04", place + 2)
        if not self._tail and seen[-1:] == b"\x10":
            self._tail = b"\x10"

    def _print(self, connection: socket.socket, decoder: Decoder, waiting: bytearray) -> None:
        """One byte of `waiting` after another until it is empty or the printer stops."""
        answers = bytearray()
        with self._changed:
            while waiting and not self._out_of_action():
                rows = len(self.paper.items)
                answers += decoder.feed(bytes(waiting[:1]))
                del waiting[:1]
                if len(self.paper.items) > rows:
                    self._printed()
            said = bytes(self._to_say)
            self._to_say.clear()
            self._changed.notify_all()
        if said or answers:
            connection.sendall(said + bytes(answers))

    def _printed(self) -> None:
        if self._out_of_action() and self._asb:
            self._to_say += self._state()
        if isinstance(self.paper.items[-1], CutOnPaper):
            receipt = self.paper.items[self._receipt_start :]
            self._receipt_start = len(self.paper.items)
            if self._on_cut is not None:
                self._on_cut(receipt)

    def _out_of_action(self) -> bool:
        return self._faults.cover_open or self._faults.cutter_stuck or self._paper_is_out()

    def _paper_is_out(self) -> bool:
        after = self._faults.paper_out_after
        return after is not None and sum(isinstance(item, TextRow) for item in self.paper.items) >= after

    def _answer(self, command: bytes) -> bytes:
        if command[:2] == b"\x1da":
            self._asb = command[2] != 0
            return self._state() if self._asb else b""
        if self._faults.mute or command[:1] == b"\x10":
            return b""
        if command[:2] == b"\x1dI":
            return MODEL
        answer = b"\x37\x22" + command[7:11] + b"\x00" if command[:3] == b"\x1d(H" else b"\x00"
        if self._faults.late:
            self._kept += answer
            return b""
        return answer

    def _state(self) -> bytes:
        """Automatic status: four bytes."""
        out, faults = self._paper_is_out(), self._faults
        first = 0x10 | (0x08 if self._out_of_action() else 0) | (0x20 if faults.cover_open else 0)
        return bytes(
            (first, 0x08 if faults.cutter_stuck else 0x00, 0x0F if out else 0x03 if faults.paper_low else 0x00, 0x00)
        )

    def _status_answer(self, question: int) -> bytes:
        out, cover, cutter = self._paper_is_out(), self._faults.cover_open, self._faults.cutter_stuck
        bits = {
            1: 0x08 if self._out_of_action() else 0,
            2: (0x04 if cover else 0) | (0x20 if out else 0) | (0x40 if cutter else 0),
            3: 0x08 if cutter else 0,
            4: 0x6C if out else 0x0C if self._faults.paper_low else 0,
        }.get(question, 0)
        return bytes((0x12 | bits,))
