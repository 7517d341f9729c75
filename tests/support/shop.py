"""A counter of devices for tests: a simulated printer, a scanner on a pseudo terminal, the till's devices on them."""

from __future__ import annotations

import queue
from dataclasses import replace

from app.clock import SystemClock
from app.config import DisplayConfig, Look, PrinterConfig, ScannerConfig, TillConfig
from app.domain.card import CardScheme, luhn_digit
from app.domain.receipt import JobState
from app.failpoints import NO_FAILPOINTS
from app.services.ports import PrintJob
from app.wiring.device_set import Surroundings
from app.wiring.till_devices import TillDevices
from app.workers import Worker
from devices.simulated.printer import SimulatedPrinter
from devices.simulated.scanner import PtyScanner
from ui.presenters.devices import DeviceCard

CARD = "880271000123" + luhn_digit("880271000123")
LOOK = Look(language="zh_CN", theme="light", scale_percent=0, sound_percent=60)


class Screen:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.said: queue.Queue[tuple[str, object]] = queue.Queue()

    def scanned(self, code: str) -> None:
        self.said.put(("scanned", code))

    def job_changed(self, job_id: int, state: JobState) -> None:
        self.said.put(("job", (job_id, state)))

    def devices_changed(self) -> None:
        self.said.put(("devices", None))

    def wait(self, kind: str) -> object:
        while (event := self.said.get(timeout=15))[0] != kind:
            continue
        return event[1]


class Jobs:
    """An outbox with at most one waiting job."""

    def __init__(self) -> None:
        self.row: PrintJob | None = None

    def next_job(self) -> PrintJob | None:
        return self.row if self.row is not None and self.row.state is JobState.QUEUED else None

    def mark(self, job_id: int, state: JobState, detail: str = "") -> None:
        if self.row is not None and self.row.job_id == job_id:
            self.row = replace(self.row, state=state, detail=detail)

    def job(self, job_id: int) -> PrintJob | None:
        return self.row if self.row is not None and self.row.job_id == job_id else None

    def recover(self) -> int:
        return 0

    def unknown(self) -> tuple[PrintJob, ...]:
        return ()


class Shop:
    """A printer, a scanner, a store thread, and the till's devices on them."""

    def __init__(self) -> None:
        self.printer = SimulatedPrinter().start()
        self.scanner = PtyScanner()
        self.store = Worker("store")
        self.jobs = Jobs()
        self.screen = Screen()
        self.printer_config = PrinterConfig(f"tcp://127.0.0.1:{self.printer.port}", "escpos-80")
        self.scanner_config = ScannerConfig(f"serial:{self.scanner.name}", wedge=True)
        self.devices = self.make(self.printer_config, self.scanner_config)

    def config(
        self,
        printer: PrinterConfig,
        scanner: ScannerConfig,
        *,
        kick: bool = True,
        display: str = "",
    ) -> TillConfig:
        """A set-up of these."""
        return TillConfig(LOOK, "zh_CN", printer, scanner, drawer_kick=kick, display=DisplayConfig(display))

    def make(
        self, printer: PrinterConfig, scanner: ScannerConfig, *, kick: bool = True, display: str = ""
    ) -> TillDevices:
        around = Surroundings(CardScheme(), self.jobs, self.store, SystemClock(), NO_FAILPOINTS)
        return TillDevices(self.config(printer, scanner, kick=kick, display=display), around)

    def until_trial_lost(self) -> None:
        """The device on trial is away."""
        while (now := self.devices.trial()) is not None and now.here:
            self.screen.wait("devices")

    def card(self, name: str) -> DeviceCard:
        return next(card for card in self.devices.cards() if card.name == name)

    def until(self, name: str, **wanted: object) -> DeviceCard:
        """The card once it has these values; looked at whenever the screen is told to."""
        while True:
            card = self.card(name)
            if all(getattr(card, field) == value for field, value in wanted.items()):
                return card
            self.screen.wait("devices")

    def close(self) -> None:
        self.devices.close()
        self.store.close()
        self.printer.stop()
        self.scanner.unplug()
