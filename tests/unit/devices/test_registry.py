"""All devices of a till: started together, asked without waiting, let go of in a bounded time whatever hangs."""

from __future__ import annotations

import queue
import threading
import time

import pytest

from app.clock import ManualClock, SystemClock
from app.domain.card import CardScheme
from app.errors import DeviceError
from devices.drawer import CashDrawer
from devices.events import CheckLevel, DeviceEvent, DrawerPulse, ErrorEvent, Health, HealthChecked, StatusUpdate
from devices.lifecycle import Lifecycle, Stage, Statistics
from devices.registry import Registry
from devices.scanner.scanner import ScannerSetup
from devices.scanner.serial_scanner import SerialScanner
from devices.scanner.wedge import WedgeScanner
from devices.transport.memory import MemoryTransport
from tests.support.print_bench import Bench, Jobs, ready


def scanner(name: str, events: queue.Queue[DeviceEvent], line: MemoryTransport) -> SerialScanner:
    return SerialScanner(ScannerSetup(name, CardScheme(), events.put, SystemClock()), lambda: line)


def heard(events: queue.Queue[DeviceEvent], wanted: DeviceEvent) -> None:
    while events.get(timeout=10) != wanted:
        continue


def test_devices_are_started_reported_and_stopped_together() -> None:
    events: queue.Queue[DeviceEvent] = queue.Queue()
    lines = [MemoryTransport(), MemoryTransport()]
    devices = Registry(scanner(name, events, line) for name, line in zip(("left", "right"), lines, strict=True))
    assert [(one.name, one.stage) for one in devices.reports()] == [("left", Stage.CLOSED), ("right", Stage.CLOSED)]
    devices.stop_all()
    devices.start_all()
    heard(events, StatusUpdate("right", Health.OK))
    assert [one.stage for one in devices.reports()] == [Stage.ENABLED] * 2
    devices.check_health("right", CheckLevel.INTERNAL)
    heard(events, HealthChecked("right", CheckLevel.INTERNAL, Health.OK))
    devices.check_health("nobody", CheckLevel.INTERNAL)
    devices.stop_all()
    assert [line.closed for line in lines] == [True, True]
    assert {one.stage for one in devices.reports()} == {Stage.CLOSED}
    assert devices.get("nobody") is None


def test_letting_go_of_ten_hanging_devices_is_bounded() -> None:
    door, opening = threading.Event(), threading.Semaphore(0)

    def hang() -> MemoryTransport:
        opening.release()
        door.wait()
        return MemoryTransport()

    events: queue.Queue[DeviceEvent] = queue.Queue()
    setups = [ScannerSetup(f"scanner{number}", CardScheme(), events.put, SystemClock()) for number in range(10)]
    devices = Registry(SerialScanner(setup, hang) for setup in setups)
    devices.start_all()
    for _ in range(10):
        assert opening.acquire(timeout=10)
    begun_s = time.monotonic()
    devices.stop_all(timeout_s=0.2)
    took_s = time.monotonic() - begun_s
    door.set()
    assert took_s < 10 * 0.2  # one limit for all of them, not one each


def test_a_wedge_is_a_device_without_a_thread() -> None:
    events: queue.Queue[DeviceEvent] = queue.Queue()
    wedge: WedgeScanner[str] = WedgeScanner("wedge", CardScheme(), emit=events.put, clock=ManualClock(0))
    devices = Registry([wedge])
    devices.start_all()
    heard(events, StatusUpdate("wedge", Health.OK))
    devices.check_health("wedge", CheckLevel.EXTERNAL)
    heard(events, HealthChecked("wedge", CheckLevel.EXTERNAL, Health.OK))
    devices.check_health("wedge", CheckLevel.INTERACTIVE)
    for at_ms, char in enumerate("6901234567892\r"):
        wedge.key(char, char, at_ms)
    heard(events, HealthChecked("wedge", CheckLevel.INTERACTIVE, Health.OK))
    assert wedge.life.statistics.data == 1
    devices.stop_all()
    assert wedge.life.stage is Stage.CLOSED


def test_a_drawer_is_checked_by_a_pulse_somebody_watches() -> None:
    line = ready()
    bench = Bench(Jobs(), line, pin=2)
    drawer = CashDrawer("drawer", bench.printer, pin=2, emit=bench.events.put, clock=SystemClock())
    devices = Registry([bench.printer, drawer])
    devices.start_all()
    bench.wait(StatusUpdate, lambda event: event == StatusUpdate("printer", Health.OK))
    devices.check_health("drawer", CheckLevel.INTERACTIVE)
    assert bench.wait(HealthChecked) == HealthChecked("drawer", CheckLevel.INTERACTIVE, Health.OK)
    assert b"\x1bp\x00" in line.written
    devices.stop_all()
    devices.check_health("drawer", CheckLevel.EXTERNAL)
    assert bench.wait(HealthChecked) == HealthChecked("drawer", CheckLevel.EXTERNAL, Health.OK)


def test_a_pulse_that_did_not_go_out_is_the_drawers_health_until_one_does() -> None:
    bench = Bench(Jobs())
    drawer = CashDrawer("drawer", bench.printer, pin=2, emit=bench.events.put, clock=SystemClock())
    drawer.start()
    drawer.check_health(CheckLevel.INTERACTIVE)
    checked = bench.wait(HealthChecked)
    assert checked == HealthChecked(
        "drawer", CheckLevel.INTERACTIVE, Health.OFFLINE, "drawer_unreachable", {"device": "drawer"}
    )
    drawer.pulsed(DrawerPulse("printer", sent=True))
    assert drawer.life.status == StatusUpdate("drawer", Health.OK)
    assert drawer.life.statistics == Statistics(output=1, errors=1)


def test_failures_are_said_each_time_and_the_health_once() -> None:
    events: list[DeviceEvent] = []
    life = Lifecycle("x", events.append)
    for _ in range(2):
        life.failed(DeviceError("device_lost", device="x"))
        life.say(Health.OFFLINE, DeviceError("device_lost", device="x"))
    error, status = (
        ErrorEvent("x", "device_lost", {"device": "x"}),
        StatusUpdate("x", Health.OFFLINE, "device_lost", {"device": "x"}),
    )
    assert events == [error, status, error]


def test_hours_count_only_while_there_is_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("devices.lifecycle.time.monotonic", lambda: now[0])
    life = Lifecycle("x", lambda _event: None)
    life.disconnected()
    life.connected()
    now[0] = 3_600.0
    life.disconnected()
    now[0] = 9_000.0
    life.connected()
    now[0] = 12_700.0
    assert life.statistics == Statistics(reconnects=1, connected_s=7_300)
    assert life.statistics.hours == 2


def test_a_device_can_be_taken_out_and_another_put_in() -> None:
    events: queue.Queue[DeviceEvent] = queue.Queue()
    old, new = (scanner("left", events, MemoryTransport()) for _ in range(2))
    devices = Registry([old])
    assert devices.take("left") is old
    assert devices.take("left") is None
    devices.put(new)
    assert (devices.get("left"), list(devices)) == (new, [new])
