"""Faults of the simulated scanner, as the till's real scanner takes them."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from app.clock import SystemClock
from app.domain.card import CardScheme, CodeKind
from devices.events import DataEvent, DeviceEvent, Health, StatusUpdate
from devices.scanner.scanner import ScannerSetup
from devices.scanner.serial_scanner import SerialScanner
from devices.simulated.scanner import TcpScanner
from devices.simulated.scanner_faults import FAULTS, play
from devices.transport.address import opener, parse
from devices.worker import Pace

CODE = "6901234567892"


class Line:
    """A simulated scanner on TCP and the till's end of it."""

    def __init__(self) -> None:
        self.source = TcpScanner()
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        pace = Pace(backoff_first_s=0.01, backoff_max_s=0.02, call_s_max=60.0)
        setup = ScannerSetup("scanner", CardScheme(), self.events.put, SystemClock(), pace)
        self.scanner = SerialScanner(setup, opener("scanner", parse(f"tcp://127.0.0.1:{self.source.port}")))
        self.scanner.start()
        self.health(Health.OK)

    def health(self, wanted: Health) -> None:
        while True:
            event = self.events.get(timeout=10)
            if isinstance(event, StatusUpdate) and event.health is wanted:
                return

    def kind(self) -> CodeKind:
        while not isinstance(event := self.events.get(timeout=10), DataEvent):
            continue
        return event.kind


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.scanner.stop()
    made.source.stop()


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (CODE, [CodeKind.PRODUCT]),
        (f"!split {CODE}", [CodeKind.PRODUCT]),
        (f"!double {CODE}", [CodeKind.PRODUCT] * 2),
        (f"!open {CODE}", [CodeKind.PRODUCT]),
        ("!garbage", [CodeKind.UNKNOWN]),
        ("!endless", [CodeKind.UNKNOWN]),
        ("!what", [CodeKind.UNKNOWN]),
    ],
)
def test_a_fault_on_the_line_loses_no_scan_and_makes_none_up(line: Line, words: str, kinds: list[CodeKind]) -> None:
    play(line.source, words)
    assert [line.kind() for _ in kinds] == kinds
    play(line.source, "96385074")
    assert line.kind() is CodeKind.PRODUCT


@pytest.mark.parametrize("words", ["!unplug", f"!half {CODE}"])
def test_a_plug_pulled_on_the_line_is_noticed_and_survived(line: Line, words: str) -> None:
    play(line.source, words)
    line.health(Health.OFFLINE)
    line.health(Health.OK)
    play(line.source, CODE)
    assert line.kind() is CodeKind.PRODUCT


def test_every_fault_is_tried_here() -> None:
    assert set(FAULTS) == {"!split", "!double", "!open", "!garbage", "!endless", "!unplug", "!half"}
