"""The wire to a printer while a session lasts: bytes out with an exact count, replies in, and the printer's state."""

from __future__ import annotations

from collections.abc import Callable

from app.clock import Clock
from devices.printer.profiles import Profile
from devices.printer.status import (
    ASK_FAULT,
    ASK_OFFLINE_CAUSE,
    ASK_PAPER,
    ASK_PRINTER,
    ENABLE_ASB,
    Demux,
    PrinterStatus,
    Reply,
    StatusChange,
)
from devices.transport.port import Transport

WRITE_S = 0.1
ANSWER_S_MAX = 1.0
QUESTIONS = (ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_FAULT, ASK_PAPER)


class Link:
    """One connection; one thread. `on_status` is called for every automatic status and answer."""

    def __init__(
        self, transport: Transport, profile: Profile, *, clock: Clock, on_status: Callable[[PrinterStatus], None]
    ) -> None:
        self._transport = transport
        self._profile = profile
        self._clock = clock
        self._on_status = on_status
        self._demux = Demux()

    @property
    def two_way(self) -> bool:
        """Whether the printer can answer at all."""
        return self._transport.two_way

    @property
    def replies_outlive(self) -> bool:
        """Whether old answers can arrive on a new connection."""
        return self._transport.replies_outlive

    @property
    def status(self) -> PrinterStatus:
        """What the printer last said."""
        return self._demux.status

    def begin(self) -> None:
        """Ask for automatic status where the profile knows it. DeviceError `device_lost`."""
        if self.two_way and self._profile.automatic_status:
            self.write_all(ENABLE_ASB)
        self.pump(0.0)

    def write(self, data: bytes) -> int:
        """Bytes taken from the front of `data` within WRITE_S. DeviceError `device_lost`."""
        return self._transport.write(data, WRITE_S)

    def write_all(self, data: bytes) -> bool:
        """A short command, whole; False when the printer does not take it within ANSWER_S_MAX."""
        end_s = self._clock.monotonic_s() + ANSWER_S_MAX
        while data and self._clock.monotonic_s() < end_s:
            data = data[self.write(data) :]
        return not data

    def pump(self, timeout_s: float) -> list[Reply]:
        """Replies that came within `timeout_s`; status changes among them have been told. DeviceError `device_lost`."""
        replies = self._read(timeout_s)
        for reply in replies:
            if isinstance(reply, StatusChange):
                self._on_status(reply.status)
        return replies

    def _read(self, timeout_s: float) -> list[Reply]:
        return self._demux.feed(self._transport.read(timeout_s))

    def ask_status(self) -> bool:
        """DLE EOT 1 to 4; waits for the answers at most ANSWER_S_MAX; whether any came.

        These work even while the printer is offline and takes no other command, the one for automatic status included.
        Told once, when all is known: the first answer says only "offline", a later one that it is the cover.
        """
        if not self.two_way:
            return False
        for question in QUESTIONS:
            self._demux.asked(question)
            self.write_all(question)
        end_s, answers = self._clock.monotonic_s() + ANSWER_S_MAX, 0
        while answers < len(QUESTIONS) and self._clock.monotonic_s() < end_s:
            answers += sum(isinstance(reply, StatusChange) for reply in self._read(WRITE_S))
        self._demux.forget_questions()
        if answers:
            self._on_status(self.status)
        return answers > 0

    def close(self) -> None:
        """Give what was written to the printer and let go."""
        self._transport.close()
