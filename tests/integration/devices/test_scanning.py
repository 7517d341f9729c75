"""A serial scanner with real bytes: pseudo terminals and TCP, pulled plugs, other names, garbage, bursts."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.clock import SystemClock
from app.domain.card import CardScheme, CodeKind, luhn_digit
from app.errors import DeviceError
from devices.events import CheckLevel, DataEvent, DeviceEvent, Health, HealthChecked, Source, StatusUpdate
from devices.lifecycle import Stage
from devices.scanner.framing import FRAME_BYTES_MAX
from devices.scanner.scanner import ScannerSetup
from devices.scanner.serial_scanner import SerialScanner
from devices.simulated.scanner import PtyScanner, TcpScanner
from devices.transport.address import Opener, opener, parse
from devices.transport.serial import Identity, PortInfo, open_serial
from devices.worker import Pace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")

CARD = "880271000123" + luhn_digit("880271000123")
FAST = Pace(backoff_first_s=0.01, backoff_max_s=0.05, call_s_max=60.0)


def setup_of(name: str, events: queue.Queue[DeviceEvent]) -> ScannerSetup:
    return ScannerSetup(name, CardScheme(), events.put, SystemClock(), FAST, test_scan_s_max=0.05)


class Ear:
    """A scanner of a till and what it said."""

    def __init__(self, make: Opener, name: str = "scanner") -> None:
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        self.scanner = SerialScanner(setup_of(name, self.events), make)
        self.scanner.start()

    def wait_data(self) -> DataEvent:
        while not isinstance(event := self.events.get(timeout=10), DataEvent):
            continue
        return event

    def wait_check(self) -> HealthChecked:
        while not isinstance(event := self.events.get(timeout=10), HealthChecked):
            continue
        return event

    def wait_health(self, health: Health) -> StatusUpdate:
        while True:
            event = self.events.get(timeout=10)
            if isinstance(event, StatusUpdate) and event.health is health:
                return event


@pytest.fixture
def plug() -> Iterator[PtyScanner]:
    with PtyScanner() as scanner:
        yield scanner


@pytest.fixture
def ear(plug: PtyScanner) -> Iterator[Ear]:
    till = Ear(opener("scanner", parse(f"serial:{plug.name}")))
    till.wait_health(Health.OK)
    yield till
    till.scanner.stop()


def test_a_scan_arrives_with_its_kind_and_source(plug: PtyScanner, ear: Ear) -> None:
    plug.scan(CARD)
    event = ear.wait_data()
    assert (event.text, event.kind, event.source) == (CARD, CodeKind.MEMBER_CARD, Source.SERIAL)
    assert event.at_ms > 0


def test_step_by_step_a_scanner_is_claimed_first_and_enabled_later(plug: PtyScanner) -> None:
    events: queue.Queue[DeviceEvent] = queue.Queue()
    opened = opener("scanner", parse(f"serial:{plug.name}"))
    scanner = SerialScanner(setup_of("scanner", events), opened)
    scanner.open()
    scanner.claim()
    assert events.get(timeout=10) == StatusUpdate("scanner", Health.OK)
    scanner.enable()
    plug.scan(CARD)
    event = events.get(timeout=10)
    assert isinstance(event, DataEvent)
    assert event.text == CARD
    scanner.stop()


def test_a_frame_in_pieces_is_one_scan(plug: PtyScanner, ear: Ear) -> None:
    for piece in (b"69012", b"345678", b"92", b"\r"):
        plug.send(piece)
    assert ear.wait_data().text == "6901234567892"


def test_two_scans_in_one_write_are_two(plug: PtyScanner, ear: Ear) -> None:
    plug.send(b"6901234567892\r\n6901234567893\r\n")
    assert [ear.wait_data().kind, ear.wait_data().kind] == [CodeKind.PRODUCT, CodeKind.WRONG_CHECK_DIGIT]


def test_a_scan_without_an_end_arrives_after_the_silence(plug: PtyScanner, ear: Ear) -> None:
    plug.scan("6901234567892", end="")
    assert ear.wait_data().text == "6901234567892"


def test_a_burst_of_every_kind_arrives_whole_and_in_order(plug: PtyScanner, ear: Ear) -> None:
    codes = [CARD, "6901234567892", "134567890123456789", "]E06901234567892", CARD[:-1] + "x"] * 40
    for code in codes:
        plug.scan(code)
    assert [ear.wait_data().text for _ in codes] == [code.removeprefix("]E0") for code in codes]


def test_garbage_and_over_long_frames_are_said_as_unknown_and_the_next_scan_is_clean(
    plug: PtyScanner, ear: Ear
) -> None:
    plug.send(b"\xff\xfe\x00\x80\r" + b"8" * (FRAME_BYTES_MAX + 9) + b"\r6901234567892\r")
    events = [ear.wait_data() for _ in range(3)]
    assert [event.kind for event in events] == [CodeKind.UNKNOWN, CodeKind.UNKNOWN, CodeKind.PRODUCT]


def test_scans_before_enable_are_counted_and_not_delivered(plug: PtyScanner, ear: Ear) -> None:
    ear.scanner.disable()
    plug.scan("1111111111111")
    while ear.scanner.life.statistics.errors == 0:
        os.sched_yield()
    ear.scanner.enable()
    plug.scan(CARD)
    assert ear.wait_data().text == CARD


def test_a_plug_pulled_in_the_middle_of_a_frame_loses_that_frame_only() -> None:
    first, second = PtyScanner(), PtyScanner()
    ports = [PortInfo(first.name, 0x05E0, 0x1701, "A1", "1-2")]
    till = Ear(lambda: open_serial("scanner", Identity(0x05E0, 0x1701), lister=lambda: ports))
    till.wait_health(Health.OK)
    first.scan("6901234567892")
    assert till.wait_data().text == "6901234567892"
    first.send(b"69012")
    ports.clear()
    first.unplug()
    assert till.wait_health(Health.OFFLINE).code in ("device_lost", "device_missing")
    ports.append(PortInfo(second.name, 0x05E0, 0x1701, "A1", "1-2"))
    till.wait_health(Health.OK)
    second.scan(CARD)
    assert till.wait_data().text == CARD
    till.scanner.stop()
    second.unplug()


def test_another_device_under_the_old_name_is_not_taken_for_the_scanner(plug: PtyScanner) -> None:
    ports = [PortInfo(plug.name, 0x1234, 0x5678)]
    till = Ear(lambda: open_serial("scanner", Identity(0x05E0, 0x1701), lister=lambda: ports))
    assert till.wait_health(Health.OFFLINE).code == "device_missing"
    till.scanner.stop()


def test_a_port_that_is_taken_or_gone_is_unreachable(plug: PtyScanner) -> None:
    port = open_serial("scanner", Identity(name=plug.name))
    with pytest.raises(DeviceError) as taken:
        open_serial("scanner", Identity(name=plug.name))
    port.close()
    with pytest.raises(DeviceError) as gone:
        open_serial("scanner", Identity(name="/dev/no-such-port"))
    with pytest.raises(DeviceError) as odd:
        open_serial("scanner", Identity(name=plug.name), baud=-1)
    assert [error.value.code for error in (taken, gone, odd)] == ["device_unreachable"] * 3


def test_a_tcp_scanner_is_read_and_found_again_after_it_dropped_the_line() -> None:
    source = TcpScanner()
    source.scan("6901234567892")
    till = Ear(opener("scanner", parse(f"tcp://127.0.0.1:{source.port}")))
    assert till.wait_data().text == "6901234567892"
    source.unplug()
    assert till.wait_health(Health.OFFLINE).code == "device_lost"
    till.wait_health(Health.OK)
    source.scan(CARD)
    assert till.wait_data().text == CARD
    assert till.scanner.life.statistics.reconnects == 1
    till.scanner.stop()
    assert till.scanner.life.stage is Stage.CLOSED
    source.stop()


def test_a_scanner_is_asked_how_it_is_and_the_next_scan_proves_it(plug: PtyScanner, ear: Ear) -> None:
    for level in (CheckLevel.INTERNAL, CheckLevel.EXTERNAL):
        ear.scanner.check_health(level)
        assert ear.wait_check() == HealthChecked("scanner", level, Health.OK)
    ear.scanner.check_health(CheckLevel.INTERACTIVE)
    assert ear.wait_check() == HealthChecked("scanner", CheckLevel.INTERACTIVE, Health.WARN, "scanner_silent")
    plug.scan("6901234567892")
    ear.wait_data()
    assert ear.events.empty()


def waiting_for_a_test_scan(plug: PtyScanner) -> tuple[SerialScanner, queue.Queue[DeviceEvent]]:
    """A scanner that was asked for a test scan and waits for it."""
    events: queue.Queue[DeviceEvent] = queue.Queue()
    setup = replace(setup_of("scanner", events), test_scan_s_max=60.0)
    till = SerialScanner(setup, opener("scanner", parse(f"serial:{plug.name}")))
    till.start()
    assert events.get(timeout=10) == StatusUpdate("scanner", Health.OK)
    asked = threading.Event()
    till.check_health(CheckLevel.INTERACTIVE)
    till._worker.submit(lambda _session: asked.set())
    assert asked.wait(10)
    return till, events


def test_a_test_scan_is_answered_by_the_scan(plug: PtyScanner) -> None:
    till, events = waiting_for_a_test_scan(plug)
    plug.scan("6901234567892")
    heard = {type(events.get(timeout=10)) for _ in range(2)}
    assert heard == {DataEvent, HealthChecked}
    till.stop()


def test_a_scanner_pulled_during_a_check_answers_that_it_is_gone(plug: PtyScanner) -> None:
    till, events = waiting_for_a_test_scan(plug)
    plug.unplug()
    while not isinstance(event := events.get(timeout=10), HealthChecked):
        continue
    assert (event.health, event.code) == (Health.OFFLINE, "device_lost")
    till.check_health(CheckLevel.EXTERNAL)
    while not isinstance(event := events.get(timeout=10), HealthChecked):
        continue
    assert (event.level, event.health) == (CheckLevel.EXTERNAL, Health.OFFLINE)
    till.stop()


def test_a_scanner_with_a_full_queue_says_that_it_is_busy(plug: PtyScanner) -> None:
    events: queue.Queue[DeviceEvent] = queue.Queue()
    till = SerialScanner(setup_of("scanner", events), opener("scanner", parse(f"serial:{plug.name}")))
    till.life.connected()
    till.life.say(Health.OK)
    while till._worker.submit(lambda _session: None):
        continue
    till.check_health(CheckLevel.EXTERNAL)
    assert [events.get(timeout=10) for _ in range(2)][1] == HealthChecked(
        "scanner", CheckLevel.EXTERNAL, Health.WARN, "device_busy"
    )
