"""The cash drawer behind a receipt printer: one explicit pulse, now or never.

A drawer that springs open minutes later, because a printer came back or something tried again, is an open till with
nobody at it. So a pulse lives five seconds, is never sent twice, and is never part of a receipt's bytes. This is the
pulse a person asks for; a cash sale's own is sent by the printer as it takes up the receipt (EscPosPrinter.pulse_for).
"""

from __future__ import annotations

from app.clock import Clock
from app.errors import DeviceError
from devices.events import DrawerPulse, Emit, Health
from devices.printer.device import EscPosPrinter, PrinterSession
from devices.printer.escpos import PULSE_S_MAX, drawer_pulse


class CashDrawer:
    """`open_drawer` from any thread; a DrawerPulse event always says what became of it."""

    def __init__(self, name: str, printer: EscPosPrinter, *, pin: int, emit: Emit, clock: Clock) -> None:
        self._name = name
        self._printer = printer
        self._pin = pin
        self._emit = emit
        self._clock = clock

    def open_drawer(self) -> None:
        """Ask for one pulse. Never blocks; call it before the receipt's `poke` so that it does not wait for paper."""
        if self._printer.life.status.health in (Health.OFFLINE, Health.ERROR):
            self._emit(DrawerPulse(self._name, sent=False, code="drawer_unreachable"))
            return
        deadline_s = self._clock.monotonic_s() + PULSE_S_MAX
        if not self._printer.submit(lambda session: self._send(session, deadline_s)):
            self._emit(DrawerPulse(self._name, sent=False, code="drawer_unreachable"))

    def _send(self, session: PrinterSession, deadline_s: float) -> None:
        if self._clock.monotonic_s() > deadline_s:
            self._emit(DrawerPulse(self._name, sent=False, code="drawer_too_late"))
            return
        try:
            sent = session.link.write_all(drawer_pulse(self._pin))
        except DeviceError:
            self._emit(DrawerPulse(self._name, sent=False, code="drawer_unreachable"))
            raise
        self._emit(DrawerPulse(self._name, sent=sent, code="" if sent else "drawer_unreachable"))
