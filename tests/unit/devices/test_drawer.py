"""The cash drawer behind a receipt printer: one pulse, in time or never, and only for cash."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.clock import ManualClock, SystemClock
from app.domain.receipt import Cut, Receipt, to_json
from app.errors import DeviceError
from devices.drawer import CashDrawer
from devices.events import DeviceEvent, DrawerPulse, OutputComplete
from devices.printer.device import PrinterSession, asks_for_drawer
from devices.printer.link import Link
from devices.transport.memory import MemoryTransport
from devices.worker import Lease
from tests.support.print_bench import CASH, DONE, PLAIN, Bench, Jobs, a_job, ready, states


def test_a_cash_sale_opens_the_drawer_once_before_its_receipt() -> None:
    jobs, line = Jobs(), ready(DONE)
    bench = Bench(jobs, line, pin=2)
    jobs.put(a_job(model=CASH, queued_ms=SystemClock().now_ms()))
    bench.printer.start()
    assert bench.wait(DrawerPulse) == DrawerPulse("printer", sent=True)
    bench.wait(OutputComplete)
    assert line.written.count(b"\x1bp\x00") == 1
    assert line.written.index(b"\x1bp\x00") < line.written.index(b"receipt")
    bench.printer.stop()


def test_paper_out_does_not_keep_the_drawer_of_a_cash_sale_shut() -> None:
    jobs, line = Jobs(), ready(status=b"\x72")
    bench = Bench(jobs, line, pin=5)
    jobs.put(a_job(model=CASH, queued_ms=SystemClock().now_ms()))
    bench.printer.start()
    assert bench.wait(DrawerPulse) == DrawerPulse("printer", sent=True)
    assert b"\x1bp\x01" in line.written
    assert states(jobs) == []
    CashDrawer("drawer", bench.printer, pin=5, emit=bench.events.put, clock=bench.clock).open_drawer()
    assert bench.wait(DrawerPulse) == DrawerPulse("drawer", sent=True)
    bench.printer.stop()


@pytest.mark.parametrize("old_ms", [5_001, 1])
def test_a_receipt_printed_late_or_by_the_next_program_does_not_open_the_drawer(old_ms: int) -> None:
    """One millisecond: it was queued before this program began, which may have ended after the pulse."""
    line = ready(DONE)
    bench = Bench(Jobs(a_job(model=CASH, queued_ms=SystemClock().now_ms() - old_ms)), line, pin=2)
    bench.printer.start()
    assert bench.wait(DrawerPulse) == DrawerPulse("printer", sent=False, code="drawer_too_late")
    bench.wait(OutputComplete)
    assert b"\x1bp" not in line.written
    bench.printer.stop()


@pytest.mark.parametrize("copy", [0, 1])
def test_a_copy_and_a_till_without_a_drawer_send_no_pulse(copy: int) -> None:
    jobs, line = Jobs(), ready(DONE)
    bench = Bench(jobs, line, pin=2 if copy else None)
    jobs.put(replace(a_job(model=CASH, queued_ms=SystemClock().now_ms()), copy_no=copy))
    bench.run()
    assert b"\x1bp" not in line.written


def test_only_a_receipt_that_took_cash_asks_for_the_drawer() -> None:
    assert asks_for_drawer(a_job(model=CASH))
    assert not asks_for_drawer(a_job(model=to_json(Receipt((Cut(),)))))
    assert not asks_for_drawer(a_job(model="not a model"))


class Pulsed:
    """A drawer over a connection of a test, its clock set by hand."""

    def __init__(self, line: MemoryTransport) -> None:
        self.clock = ManualClock(0)
        self.events: list[DeviceEvent] = []
        self.printer = Bench(Jobs()).printer
        self.drawer = CashDrawer("drawer", self.printer, pin=2, emit=self.events.append, clock=self.clock)
        link = Link(line, PLAIN, clock=self.clock, on_status=lambda _: None)
        self.session = PrinterSession(link, self.printer, Lease(threading.Condition(), 1.0))

    @property
    def pulses(self) -> list[DeviceEvent]:
        return [event for event in self.events if isinstance(event, DrawerPulse)]


def test_a_pulse_older_than_five_seconds_is_not_sent() -> None:
    line = MemoryTransport()
    bench = Pulsed(line)
    bench.clock.advance_s(5.1)
    bench.drawer._send(bench.session, deadline_s=5.0)
    assert bench.pulses == [DrawerPulse("drawer", sent=False, code="drawer_too_late")]
    assert line.written == b""


def test_a_pulse_into_a_lost_line_is_said_and_not_repeated() -> None:
    class Broken(MemoryTransport):
        def write(self, data: bytes, timeout_s: float) -> int:
            raise DeviceError("device_lost", device="printer")

    bench = Pulsed(Broken())
    with pytest.raises(DeviceError):
        bench.drawer._send(bench.session, deadline_s=5.0)
    assert bench.pulses == [DrawerPulse("drawer", sent=False, code="drawer_unreachable")]


def test_a_drawer_whose_printer_has_no_room_for_a_call_is_refused() -> None:
    bench = Pulsed(MemoryTransport())
    bench.printer.life.connected()
    while bench.printer.submit(lambda _session: None):
        continue
    bench.drawer.open_drawer()
    assert bench.pulses == [DrawerPulse("drawer", sent=False, code="drawer_unreachable")]
