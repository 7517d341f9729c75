"""The cash drawer behind a receipt printer: one explicit pulse, now or never.

A drawer that springs open minutes later, because a printer came back or something tried again, is an open till with
nobody at it. So a pulse lives five seconds, is never sent twice, and is never part of a receipt's bytes. This is the
pulse a person asks for; a cash sale's own is sent by the printer as it takes up the receipt (EscPosPrinter.pulse_for).
"""

from __future__ import annotations

from app.clock import Clock
from app.errors import DeviceError
from devices.events import CheckLevel, DrawerPulse, Emit, Health
from devices.health import HealthChecks
from devices.lifecycle import Lifecycle
from devices.printer.device import EscPosPrinter, PrinterSession
from devices.printer.escpos import PULSE_S_MAX, drawer_pulse


class CashDrawer:
    """`open_drawer` from any thread; a DrawerPulse event always says what became of it.

    It has no thread: it works behind its printer, and its health is that of its last pulse.
    """

    def __init__(self, name: str, printer: EscPosPrinter, *, pin: int, emit: Emit, clock: Clock) -> None:
        self.life = Lifecycle(name, emit)
        self._checks = HealthChecks(emit)
        self._printer = printer
        self._pin = pin
        self._emit = emit
        self._clock = clock

    def start(self) -> None:
        """open, claim, enable."""
        self.life.start()

    def halt(self) -> None:
        """Nothing of its own runs."""

    def stop(self, timeout_s: float) -> None:  # noqa: ARG002  its printer is the one to be waited for
        """disable, release, close."""
        self.life.stop()

    def check_health(self, level: CheckLevel) -> None:
        """INTERACTIVE sends a pulse for a person to see; below that a drawer cannot be asked anything."""
        if level is CheckLevel.INTERACTIVE:
            self._checks.begin(level)
            self.open_drawer()
        else:
            self._checks.say(level, self.life.status)

    def open_drawer(self) -> None:
        """Ask for one pulse. Never blocks; call it before the receipt's `poke` so that it does not wait for paper."""
        deadline_s = self._clock.monotonic_s() + PULSE_S_MAX
        if not self._printer.life.is_connected() or not self._printer.submit(
            lambda session: self._send(session, deadline_s)
        ):
            self._ended(sent=False, code="drawer_unreachable")

    def pulsed(self, pulse: DrawerPulse) -> None:
        """What became of a pulse, this drawer's own or its printer's: counted, and the drawer's health from now on."""
        self.life.count("output" if pulse.sent else "errors")
        error = DeviceError(pulse.code, device=self.life.name) if pulse.code else None
        self.life.say(Health.WARN if error else Health.OK, error)
        self._checks.answer(self.life.status)

    def _send(self, session: PrinterSession, deadline_s: float) -> None:
        if self._clock.monotonic_s() > deadline_s:
            self._ended(sent=False, code="drawer_too_late")
            return
        try:
            sent = session.link.write_all(drawer_pulse(self._pin))
        except DeviceError:
            self._ended(sent=False, code="drawer_unreachable")
            raise
        self._ended(sent=sent, code="" if sent else "drawer_unreachable")

    def _ended(self, *, sent: bool, code: str) -> None:
        pulse = DrawerPulse(self.life.name, sent, code)
        self._emit(pulse)
        self.pulsed(pulse)
