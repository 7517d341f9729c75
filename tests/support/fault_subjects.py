"""The devices of the fault table: each can be plugged in, pulled, plugged in elsewhere, and asked to do its work."""

from __future__ import annotations

import errno
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from app.clock import SystemClock
from app.domain.card import CardScheme, CodeKind
from app.domain.receipt import JobState
from app.errors import DeviceError
from app.messages import ALL
from devices.device import Device
from devices.events import DataEvent, DeviceEvent, OutputComplete, StatusUpdate
from devices.printer.device import EscPosPrinter, PrinterSetup
from devices.printer.profiles import profile
from devices.scanner.hid_scanner import HidScanner
from devices.scanner.scanner import ScannerSetup
from devices.scanner.serial_scanner import SerialScanner
from devices.simulated.printer import SimulatedPrinter
from devices.simulated.scanner import PtyScanner, TcpScanner
from devices.transport.address import HID_SCANNERS, opener, parse
from devices.transport.hid import open_hid
from devices.transport.port import Transport, unreachable
from devices.transport.serial import Identity, PortInfo, open_serial
from devices.transport.usblp import open_usblp
from devices.worker import Pace
from tests.support.gate import WAIT_S, Gate
from tests.support.hid_plugs import Plugs, report
from tests.support.print_bench import Jobs, a_job
from tests.support.pty_printer import PtyPrinter, elsewhere

PACE = Pace(backoff_first_s=0.01, backoff_max_s=0.02, call_s_max=120.0)
IDENTITY = Identity(0x05E0, 0x1701, "A1")
CODE = "6901234567892"
GARBAGE = b"\xff\xfe\x80\x00garbage\r"


class Subject(ABC):
    """One device under test and what it has said, as the table writes it (`offline D-02`)."""

    name: ClassVar[str]
    writes: ClassVar[bool] = False
    keeps_port: ClassVar[bool] = False
    """A call that hangs keeps the port: it can only be opened again when that call ends."""
    away: ClassVar[str]
    """What it says while it is not there."""

    def __init__(self) -> None:
        self.events: queue.Queue[DeviceEvent] = queue.Queue()
        self.said: list[str] = []
        self.gate = Gate(self._open)
        self.device: Device[Any] = self._device()

    @abstractmethod
    def _device(self) -> Device[Any]: ...
    @abstractmethod
    def _open(self) -> Transport: ...
    @abstractmethod
    def plug(self) -> None:
        """Plug it in, under a name it never had."""

    @abstractmethod
    def unplug(self) -> None: ...
    @abstractmethod
    def garbage(self) -> str:
        """Send bytes that mean nothing; what the table says of it."""

    @abstractmethod
    def work(self) -> None:
        """Have it do its work, to the end."""

    @abstractmethod
    def begin_work(self) -> None:
        """Have it begin its work."""

    def heard(self, found: Callable[[DeviceEvent], bool]) -> DeviceEvent:
        """The next event that is wanted; health on the way is kept."""
        while True:
            event = self.events.get(timeout=WAIT_S)
            if isinstance(event, StatusUpdate):
                ref = ALL[event.code].ref if event.code else ""
                self.said.append(f"{event.health.value} {ref}".strip())
            if found(event):
                return event

    def until(self, said: str) -> None:
        """Wait for these words."""
        while not self.said or self.said[-1] != said:
            self.heard(lambda event: isinstance(event, StatusUpdate))

    def close(self) -> None:
        """Everything down."""
        self.gate.door.set()
        self.device.stop()
        self.unplug()


class _ScannerSubject(Subject):
    def _device(self) -> Device[Any]:
        return SerialScanner(ScannerSetup("scanner", CardScheme(), self.events.put, SystemClock(), PACE), self.gate)

    def begin_work(self) -> None:
        self.send(f"{CODE}\r".encode())

    def work(self) -> None:
        self.begin_work()
        self._scan(CodeKind.PRODUCT)

    def garbage(self) -> str:
        self.send(GARBAGE)
        self._scan(CodeKind.UNKNOWN)
        return "an unknown code is said"

    def _scan(self, kind: CodeKind) -> None:
        self.heard(lambda event: isinstance(event, DataEvent) and event.kind is kind)

    @abstractmethod
    def send(self, data: bytes) -> None: ...


class SerialSubject(_ScannerSubject):
    """A serial scanner on a pseudo terminal, found by its identity."""

    name = "scanner, serial or USB serial"
    keeps_port = True
    away = "offline D-04"
    _name = ""

    def __init__(self) -> None:
        self._ports: list[PortInfo] = []
        super().__init__()
        self.plug()

    def _open(self) -> Transport:
        return open_serial("scanner", IDENTITY, lister=lambda: self._ports)

    def plug(self) -> None:
        self._pty = elsewhere(PtyScanner, self._name)
        self._name = self._pty.name
        self._ports.append(PortInfo(self._pty.name, IDENTITY.vid, IDENTITY.pid, IDENTITY.serial_no))

    def unplug(self) -> None:
        self._ports.clear()
        self._pty.unplug()

    def send(self, data: bytes) -> None:
        self._pty.send(data)


class TcpSubject(_ScannerSubject):
    """A scanner at a network address; plugged in elsewhere it has the same address, or it is another device."""

    name = "scanner, TCP"
    away = "offline D-03"

    def __init__(self) -> None:
        self._port = 0
        super().__init__()
        self.plug()

    def _open(self) -> Transport:
        return opener("scanner", parse(f"tcp://127.0.0.1:{self._port}"))()

    def plug(self) -> None:
        self._source = TcpScanner(port=self._port)
        self._port = self._source.port

    def unplug(self) -> None:
        self._source.stop()

    def send(self, data: bytes) -> None:
        self._source.send(data)


class HidSubject(_ScannerSubject):
    """A HID-POS scanner: the till's own code from hidapi's calls on; no USB is behind them."""

    name = "scanner, HID"
    away = "offline D-04"

    def __init__(self) -> None:
        self._plugs = Plugs()
        self._count = 0
        super().__init__()
        self.plug()

    def _device(self) -> Device[Any]:
        return HidScanner(ScannerSetup("scanner", CardScheme(), self.events.put, SystemClock(), PACE), self.gate)

    def _open(self) -> Transport:
        return open_hid("scanner", Identity(0x0DB5, 0x0139, "S1"), HID_SCANNERS, self._plugs)

    def plug(self) -> None:
        self._count += 1
        self._path = f"/dev/hidraw{self._count}".encode()
        self._plugs.plug(self._path)

    def unplug(self) -> None:
        self._plugs.unplug(self._path)

    def send(self, data: bytes) -> None:
        known = data.isascii()
        self._plugs.lines[self._path].put(report(data.rstrip(b"\r"), b"]E0") if known else bytes((2, 99)) + data)


class _PrinterSubject(Subject):
    writes = True

    def __init__(self) -> None:
        self.jobs = Jobs()
        super().__init__()
        self.plug()

    def _device(self) -> Device[Any]:
        setup = PrinterSetup("printer", profile("escpos-80"), self.gate, pace=PACE)
        return EscPosPrinter(setup, self.jobs, emit=self.events.put, clock=SystemClock())

    def begin_work(self) -> None:
        with self.jobs.lock:
            job = a_job(len(self.jobs.rows) + 1)
            self.jobs.rows[job.job_id] = job
        assert isinstance(self.device, EscPosPrinter)
        self.device.poke()

    def work(self) -> None:
        self.begin_work()
        self.heard(lambda event: isinstance(event, OutputComplete) and event.state is JobState.CONFIRMED)


class TcpPrinterSubject(_PrinterSubject):
    """The simulated printer at its address."""

    name = "printer, TCP"
    away = "offline D-03"
    _port = 0

    def _open(self) -> Transport:
        return opener("printer", parse(f"tcp://127.0.0.1:{self._port}"))()

    def plug(self) -> None:
        self._printer = SimulatedPrinter(port=self._port).start()
        self._port = self._printer.port

    def unplug(self) -> None:
        self._printer.stop()

    def garbage(self) -> str:
        self._printer.say(GARBAGE)
        self.work()
        return "the next receipt is confirmed"


class SerialPrinterSubject(_PrinterSubject):
    """The simulated printer behind a pseudo terminal, found by its identity."""

    name = "printer, serial or USB serial"
    keeps_port = True
    away = "offline D-04"
    _name = ""

    def __init__(self) -> None:
        self._ports: list[PortInfo] = []
        super().__init__()

    def _open(self) -> Transport:
        return open_serial("printer", IDENTITY, lister=lambda: self._ports)

    def plug(self) -> None:
        self._printer = SimulatedPrinter().start()
        self._line = elsewhere(lambda: PtyPrinter(self._printer), self._name)
        self._name = self._line.name
        self._ports.append(PortInfo(self._line.name, IDENTITY.vid, IDENTITY.pid, IDENTITY.serial_no))

    def unplug(self) -> None:
        self._ports.clear()
        self._line.unplug()
        self._printer.stop()

    def garbage(self) -> str:
        self._printer.say(GARBAGE)
        self.work()
        return "the next receipt is confirmed"


class UsbPrinterSubject(SerialPrinterSubject):
    """A node of the USB printer class: a pseudo terminal that, as the kernel's usblp, only one may have open."""

    name = "printer, USB printer class"

    def __init__(self) -> None:
        self._busy = threading.Lock()
        super().__init__()

    def _open(self) -> Transport:
        if not self._ports:
            return open_usblp("printer", IDENTITY, lister=list)
        if not self._busy.acquire(blocking=False):
            raise unreachable("printer", OSError(errno.EBUSY, "one process at a time"))
        try:
            return OnlyOne(open_usblp("printer", IDENTITY, lister=lambda: self._ports), self._busy)
        except DeviceError:
            self._busy.release()
            raise


class OnlyOne:
    """A connection that lets the next one in when it is closed."""

    two_way = True
    replies_outlive = True

    def __init__(self, inner: Transport, busy: threading.Lock) -> None:
        self._inner, self._busy = inner, busy
        self.write, self.read = inner.write, inner.read

    def close(self) -> None:
        self._inner.close()
        self._busy.release()


SUBJECTS: tuple[type[Subject], ...] = (
    SerialSubject,
    TcpSubject,
    HidSubject,
    SerialPrinterSubject,
    UsbPrinterSubject,
    TcpPrinterSubject,
)
