"""The pole displays of the fault table, beside the scanners and printers of fault_subjects."""

from __future__ import annotations

from typing import Any

from app.domain.receipt import Receipt, Text
from devices.device import Device
from devices.display.device import PoleDisplay
from devices.simulated.display import SimulatedDisplay
from devices.transport.address import opener, parse
from devices.transport.port import Transport
from devices.transport.serial import PortInfo, open_serial
from tests.support.fault_subjects import GARBAGE, IDENTITY, PACE, Subject
from tests.support.gate import WAIT_S
from tests.support.pty_printer import PtyPrinter, elsewhere


class _DisplaySubject(Subject):
    writes = True

    def __init__(self) -> None:
        self._count = 0
        super().__init__()
        self.plug()

    def _device(self) -> Device[Any]:
        return PoleDisplay("display", self.gate, emit=self.events.put, pace=PACE)

    def begin_work(self) -> None:
        self._count += 1
        assert isinstance(self.device, PoleDisplay)
        self.device.show(Receipt((Text("合计"), Text(str(self._count)))))

    def work(self) -> None:
        self.begin_work()
        wanted = ("合计", str(self._count))
        assert self._display.wait_for(lambda display: display.pole.lines == wanted, WAIT_S)

    def plug(self) -> None:
        self._display = SimulatedDisplay(port=self._port).start()

    def garbage(self) -> str:
        self._display.say(GARBAGE)
        self.work()
        return "the next text is shown"

    _port = 0


class SerialDisplaySubject(_DisplaySubject):
    """The simulated pole display behind a pseudo terminal, found by its identity."""

    name = "pole display, serial or USB serial"
    keeps_port = True
    away = "offline D-04"
    _name = ""

    def __init__(self) -> None:
        self._ports: list[PortInfo] = []
        super().__init__()

    def _open(self) -> Transport:
        return open_serial("display", IDENTITY, lister=lambda: self._ports)

    def plug(self) -> None:
        super().plug()
        self._line = elsewhere(lambda: PtyPrinter(self._display), self._name)
        self._name = self._line.name
        self._ports.append(PortInfo(self._line.name, IDENTITY.vid, IDENTITY.pid, IDENTITY.serial_no))

    def unplug(self) -> None:
        self._ports.clear()
        self._line.unplug()
        self._display.stop()


class TcpDisplaySubject(_DisplaySubject):
    """The simulated pole display at its address."""

    name = "pole display, TCP"
    away = "offline D-03"

    def _open(self) -> Transport:
        return opener("display", parse(f"tcp://127.0.0.1:{self._port}"))()

    def plug(self) -> None:
        super().plug()
        self._port = self._display.port

    def unplug(self) -> None:
        self._display.stop()


DISPLAYS: tuple[type[Subject], ...] = (SerialDisplaySubject, TcpDisplaySubject)
