"""HID-POS scanners: the report bytes of a maker's manual, codes in several reports, devices that come and go."""

from __future__ import annotations

import queue
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import SystemClock
from app.domain.card import CODE_CHARS_MAX, CardScheme, CodeKind
from app.errors import ConfigError, DeviceError
from devices.discovery import Wire, hid_scanners
from devices.events import DataEvent, DeviceEvent, Health, Source, StatusUpdate
from devices.scanner.hid_report import REPORT_BYTES, REST_S_MAX, HidScan, ReportReader
from devices.scanner.hid_scanner import HidScanner
from devices.scanner.router import route_hid
from devices.scanner.scanner import ScannerSetup
from devices.transport.address import HID_SCANNERS, hid_opener, opener, parse
from devices.transport.hid import hidapi, list_hid, open_hid
from devices.transport.serial import Identity
from devices.worker import Pace
from tests.support.hid_plugs import Plugs, report

BOARDING = b"M1GATHERGOOD/MICHAEL YABCDEF LHRDURAK 3542 052Y003D23  "
"""The example of Access-IS's manuals (LSR110, ATR110): 60 bytes in two reports."""
WHO = Identity(0x0DB5, 0x0139, "S1")


def test_a_report_of_a_makers_manual_is_read_to_its_letter() -> None:
    data = (BOARDING + b"ABCDEF")[:60]
    first, second = report(data[:56], goes_on=True), report(data[56:])
    assert (len(first), first[:5], first[61], first[63]) == (64, b"\x02\x38]Q0", ord("s"), 1)
    reader = ReportReader()
    assert reader.feed(first, 0.0) is None
    assert reader.feed(second, 0.01) == HidScan(data, "Q0")


def test_the_rest_that_does_not_come_makes_the_code_a_broken_one() -> None:
    reader = ReportReader()
    reader.feed(report(b"6901", b"]E0", goes_on=True), 10.0)
    assert reader.idle(10.0 + REST_S_MAX / 2) is None
    assert reader.idle(10.0 + REST_S_MAX) == HidScan(b"6901", "E0", broken=True)
    assert reader.idle(99.0) is None
    assert reader.feed(report(b"6901234567892", b"]E0"), 99.0) == HidScan(b"6901234567892", "E0")


def test_a_length_beyond_the_report_is_broken() -> None:
    assert ReportReader().feed(bytes((2, 57)) + b"]Q1" + b"8" * 59, 0.0) == HidScan(b"8" * 56, "", broken=True)


def test_a_code_without_end_is_broken() -> None:
    reader, ended = ReportReader(), None
    for _ in range(CODE_CHARS_MAX // 56 + 1):
        ended = reader.feed(report(b"8" * 56, goes_on=True), 0.0)
    assert ended is None
    ended = reader.feed(report(b"8"), 0.0)
    assert ended is not None
    assert (ended.broken, len(ended.data)) == (True, CODE_CHARS_MAX)


def test_other_reports_say_nothing_and_zeros_are_no_symbology() -> None:
    reader = ReportReader()
    assert reader.feed(b"\x01" + bytes(63), 0.0) is None
    assert reader.feed(b"\x02\x01", 0.0) is None
    assert reader.feed(report(b"1", b"\0\0\0"), 0.0) == HidScan(b"1", "")


@given(st.lists(st.binary(max_size=REPORT_BYTES), max_size=6))
def test_no_reports_whatever_break_the_reader(reports: list[bytes]) -> None:
    reader = ReportReader()
    for one in reports:
        scan = reader.feed(one, 0.0)
        if scan is not None:
            assert route_hid(scan, CardScheme()).kind in CodeKind


def test_a_broken_code_is_unknown_and_a_whole_one_what_it_is() -> None:
    assert route_hid(HidScan(b"6901234567892", "E0"), CardScheme()).kind is CodeKind.PRODUCT
    assert route_hid(HidScan(b"6901234567892", "E0", broken=True), CardScheme()).kind is CodeKind.UNKNOWN


class Ear:
    """A HID scanner of a till and what it said."""

    def __init__(self, plugs: Plugs) -> None:
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        pace = Pace(backoff_first_s=0.01, backoff_max_s=0.02, call_s_max=60.0)
        setup = ScannerSetup("scanner", CardScheme(), self.events.put, SystemClock(), pace)
        self.scanner = HidScanner(setup, lambda: open_hid("scanner", WHO, HID_SCANNERS, plugs))
        self.scanner.start()

    def heard(self, kind: type[DeviceEvent]) -> Any:
        while not isinstance(event := self.events.get(timeout=10), kind):
            continue
        return event


@pytest.fixture
def plugs() -> Plugs:
    return Plugs()


@pytest.fixture
def ear(plugs: Plugs) -> Iterator[Ear]:
    plugs.plug(b"/dev/hidraw0")
    made = Ear(plugs)
    assert made.heard(StatusUpdate).health is Health.OK
    yield made
    made.scanner.stop()


def test_a_scan_arrives_with_its_symbology_and_source(plugs: Plugs, ear: Ear) -> None:
    plugs.lines[b"/dev/hidraw0"].put(report(b"6901234567892", b"]E0"))
    event = ear.heard(DataEvent)
    assert (event.text, event.symbology, event.kind, event.source) == (
        "6901234567892",
        "E0",
        CodeKind.PRODUCT,
        Source.HID,
    )


def test_half_a_code_is_said_as_unknown_after_the_silence(plugs: Plugs, ear: Ear) -> None:
    plugs.lines[b"/dev/hidraw0"].put(report(b"6901234567892", b"]E0", goes_on=True))
    assert ear.heard(DataEvent).kind is CodeKind.UNKNOWN


def test_pulled_and_plugged_in_elsewhere_it_is_found_again(plugs: Plugs, ear: Ear) -> None:
    plugs.unplug(b"/dev/hidraw0")
    assert ear.heard(StatusUpdate).code == "device_lost"
    assert ear.heard(StatusUpdate).code == "device_missing"
    plugs.plug(b"/dev/hidraw7")
    assert ear.heard(StatusUpdate).health is Health.OK
    plugs.lines[b"/dev/hidraw7"].put(report(b"96385074", b"]E4"))
    assert ear.heard(DataEvent).text == "96385074"


def test_a_device_that_does_not_open_is_unreachable(plugs: Plugs) -> None:
    plugs.plug(b"x")
    plugs.refuses = True
    with pytest.raises(DeviceError) as refused:
        open_hid("scanner", WHO, HID_SCANNERS, plugs)
    assert refused.value.code == "device_unreachable"


def test_a_handle_closed_meanwhile_is_a_lost_device(plugs: Plugs) -> None:
    plugs.plug(b"x")
    transport = open_hid("scanner", WHO, HID_SCANNERS, plugs)
    assert (transport.write(b"x", 0.0), transport.read(0.001)) == (0, b"")
    transport.close()
    with pytest.raises(DeviceError):
        transport.read(0.0)


def test_only_scanners_are_offered_and_by_what_they_are(plugs: Plugs) -> None:
    plugs.plug(b"keyboard", usage_page=1)
    plugs.plug(b"scanner")
    [found] = hid_scanners(plugs)
    assert (found.wire, found.address, found.label, found.port) == (Wire.HID, "hid:0db5:0139:S1", "LSR110", "scanner")
    assert parse(found.address).identity == WHO


def test_an_address_of_a_hid_device_opens_scanners_only() -> None:
    assert parse("hid:0db5:0139").hid
    with pytest.raises(ConfigError):
        opener("printer", parse("hid:0db5:0139"))
    with pytest.raises(ConfigError):
        hid_opener("scanner", parse("usb:0db5:0139"))
    with pytest.raises(DeviceError) as missing:
        hid_opener("scanner", parse("hid:0db5:0139"))()
    assert missing.value.code == "device_missing"


def test_the_machines_own_hidapi_answers_or_says_that_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(one.vid for one in list_hid(HID_SCANNERS))
    for name in ("hid", "hidraw"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(DeviceError) as missing:
        hidapi()
    assert missing.value.code == "hid_missing"
