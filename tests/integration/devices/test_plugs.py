"""A day at the counter with every device pulled and plugged in again under another name, and no call of one on the
thread of the screen."""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from app.clock import SystemClock
from app.config import CONFIG_FILE
from app.failpoints import NO_FAILPOINTS
from app.i18n import load
from app.resources import resources
from app.wiring import device_set
from app.wiring.devices import make_devices
from app.wiring.headless import HeadlessTill, News, Outside
from app.wiring.till import open_till, read_config
from app.workers import Worker
from devices.discovery import serial_ports
from devices.simulated.paper import Pulse
from devices.simulated.printer import SimulatedPrinter
from devices.simulated.scanner import PtyScanner
from devices.transport.address import Address, Opener, opener
from tests.support import tills
from tests.support.gate import Gate
from tests.support.pty_printer import PtyPrinter, elsewhere
from ui.presenters.devices import CheckLevel, Health

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")
SETTINGS = """[printer]
address = "usb:04b8:0202:P1"
profile = "escpos-80"
[scanner]
address = "usb:05e0:1701:A1"
wedge = false
"""


class Sockets:
    """The USB sockets of a till: what is plugged in has a port, another one each time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ports: dict[str, ListPortInfo] = {}
        self.names: dict[str, list[str]] = {}
        monkeypatch.setattr(list_ports, "comports", lambda: list(self._ports.values()))
        self.paper = SimulatedPrinter().start()
        self.plug_scanner()
        self.plug_printer()

    def plug_scanner(self) -> None:
        self.scanner = elsewhere(PtyScanner, self._last("scanner"))
        self._plug("scanner", self.scanner.name, (0x05E0, 0x1701, "A1"))

    def plug_printer(self) -> None:
        self._line = elsewhere(lambda: PtyPrinter(self.paper), self._last("printer"))
        self._plug("printer", self._line.name, (0x04B8, 0x0202, "P1"))

    def unplug_scanner(self) -> None:
        del self._ports["scanner"]
        self.scanner.unplug()

    def unplug_printer(self) -> None:
        del self._ports["printer"]
        self._line.unplug()

    def close(self) -> None:
        self.unplug_scanner()
        self.unplug_printer()
        self.paper.stop()

    def _plug(self, device: str, name: str, identity: tuple[int, int, str]) -> None:
        port = ListPortInfo(name)
        port.vid, port.pid, port.serial_number = identity
        self._ports[device] = port
        self.names.setdefault(device, []).append(name)

    def _last(self, device: str) -> str:
        return self.names.get(device, [""])[-1]


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sockets]:
    made = Sockets(monkeypatch)
    yield made
    made.close()


class Told(News):
    """News of the devices, and a bell for whoever waits for their health."""

    def __init__(self) -> None:
        super().__init__()
        self.bell = threading.Event()

    def devices_changed(self) -> None:
        self.bell.set()


class Counter:
    """A till with its files, its devices and a script, in this process."""

    def __init__(self, folder: Path) -> None:
        tills.make(folder)
        (folder / CONFIG_FILE).write_text(SETTINGS, encoding="utf-8")
        self.store = Worker("store")
        self.devices, jobs = make_devices(read_config(folder, {}), self.store, SystemClock(), NO_FAILPOINTS)
        self._opened = self.store.submit(lambda: open_till(folder, os.environ)).result()
        self.store.submit(lambda: jobs.opened(self._opened.till.jobs)).result()
        self.news = Told()
        self.said: list[dict[str, Any]] = []
        self.devices.start(self.news)

    def run(self, lines: Iterator[str]) -> int:
        write = lambda line: self.said.append(json.loads(line))  # noqa: E731
        outside = Outside(self.store, self.devices, self.news, load(resources() / "locale", "en"), write)
        return HeadlessTill(self._opened.till, outside).run(lines)

    def until(self, name: str, health: Health) -> None:
        while next(card for card in self.devices.cards() if card.name == name).health is not health:
            assert self.news.bell.wait(20)
            self.news.bell.clear()

    def close(self) -> None:
        self.devices.close()
        self.store.submit(self._opened.close).result()
        self.store.close()


@pytest.fixture
def counter(tmp_path: Path, sockets: Sockets) -> Iterator[Counter]:
    made = Counter(tmp_path / "till")
    yield made
    made.close()


def test_selling_goes_on_while_every_device_is_pulled_and_plugged_in_elsewhere(
    counter: Counter, sockets: Sockets
) -> None:
    def day() -> Iterator[str]:
        yield json.dumps({"do": "sign_on", "staff_no": "1001", "pin": tills.PIN})
        for _ in range(2):
            counter.until("scanner", Health.OK)
            sockets.scanner.scan("6901234567892")
            yield '{"do": "wait_scan"}'
            sockets.scanner.send(b"69012")
            sockets.unplug_scanner()
            counter.until("scanner", Health.OFFLINE)
            yield '{"do": "amount", "amount": "10.00"}'
            sockets.plug_scanner()
            counter.until("scanner", Health.OK)
            sockets.scanner.scan("6901234567892")
            yield '{"do": "wait_scan"}'
            counter.until("printer", Health.OK)
            sockets.unplug_printer()
            counter.until("printer", Health.OFFLINE)
            yield '{"do": "pay"}'
            sockets.plug_printer()
            yield '{"do": "wait_printed"}'

    assert counter.run(day()) == 0
    receipts = [answer["receipt_no"] for answer in counter.said if answer["do"] == "pay"]
    assert [answer["state"] for answer in counter.said if answer["do"] == "wait_printed"] == ["confirmed"] * 2
    assert [sockets.paper.paper.text.count(number) for number in receipts] == [1, 1]
    assert sockets.paper.paper.items.count(Pulse(2)) <= 2
    for names in sockets.names.values():
        assert all(before != after for before, after in itertools.pairwise(names))
    reconnects = {card.name: card.reconnects for card in counter.devices.cards()}
    assert (reconnects["scanner"], reconnects["printer"]) == (2, 2)


def test_what_is_plugged_in_is_offered_by_what_it_is(sockets: Sockets) -> None:
    assert {found.address for found in serial_ports()} == {"usb:05e0:1701:A1", "usb:04b8:0202:P1"}
    assert {found.port for found in serial_ports()} == {*sockets.names["scanner"], *sockets.names["printer"]}


def test_no_device_is_ever_called_on_the_screens_thread_and_hanging_ones_keep_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates: dict[str, Gate] = {}

    def gated(name: str, address: Address) -> Opener:
        gates[name] = Gate(opener(name, address))
        gates[name].arm("open")
        return gates[name]

    monkeypatch.setattr(device_set, "opener", gated)
    counter = Counter(tmp_path / "till")
    for gate in gates.values():
        assert gate.entered.wait(20)
    counter.devices.print_waiting()
    counter.devices.open_drawer()
    for card in counter.devices.cards():
        for level in CheckLevel:
            counter.devices.check(card.name, level)
    counter.close()
    for gate in gates.values():
        gate.door.set()
    assert {name: gate.threads for name, gate in gates.items()} == {"printer": {"printer"}, "scanner": {"scanner"}}
