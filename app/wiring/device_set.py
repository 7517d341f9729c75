"""One device of a till made from its set-up: what each name means, and what of the set-up it stands on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.clock import Clock
from app.config import PrinterConfig, TillConfig
from app.domain.card import CardScheme
from app.domain.receipt import Align, Cut, JobState, Receipt, Rule, Text
from app.failpoints import Failpoints
from app.services.ports import PrintJob, PrintJobs
from app.workers import Worker
from devices.display.device import PoleDisplay
from devices.drawer import CashDrawer
from devices.events import DataEvent, Emit
from devices.printer.device import EscPosPrinter, PrinterSetup
from devices.printer.escpos import EscPosRenderer
from devices.printer.glyphs import Glyphs, find_fonts, folders
from devices.printer.profiles import Profile, profile
from devices.registry import Managed
from devices.scanner.hid_scanner import HidScanner
from devices.scanner.scanner import ScannerSetup
from devices.scanner.serial_scanner import SerialScanner
from devices.scanner.wedge import Timing, WedgeScanner
from devices.transport.address import hid_opener, opener, parse
from ui.presenters.devices import ScanSeen

PRINTER, DRAWER, SCANNER, WEDGE, DISPLAY = "printer", "drawer", "scanner", "wedge", "display"
NAMES = (PRINTER, SCANNER, DRAWER, WEDGE, DISPLAY)
"""In the order they are made: a drawer works behind its printer."""
TEST_PAGE = Receipt((Text("Guitai 柜台", Align.CENTRE, double=True), Rule(), Text("0123456789 ￥12.50，。"), Cut()))
DOTS = "dots"
MASK_CHARS_MIN = 8


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the devices need of the till. `store` is the store thread, where every call of `jobs` belongs.

    The devices are closed before the store thread is: a printer may still wait for it.
    """

    cards: CardScheme
    jobs: PrintJobs
    store: Worker
    clock: Clock
    failpoints: Failpoints


class ThreadedJobs:
    """The print outbox as the printer's thread sees it: each call runs on the store thread and is waited for."""

    def __init__(self, jobs: PrintJobs, store: Worker) -> None:
        self._jobs = jobs
        self._store = store

    def next_job(self) -> PrintJob | None:
        return self._store.submit(self._jobs.next_job).result()

    def mark(self, job_id: int, state: JobState, detail: str = "") -> None:
        self._store.submit(lambda: self._jobs.mark(job_id, state, detail)).result()

    def job(self, job_id: int) -> PrintJob | None:
        return self._store.submit(lambda: self._jobs.job(job_id)).result()

    def recover(self) -> int:
        return self._store.submit(self._jobs.recover).result()

    def unknown(self) -> tuple[PrintJob, ...]:
        return self._store.submit(self._jobs.unknown).result()


def profile_of(config: PrinterConfig) -> Profile:
    """The printer type of the set-up. ConfigError `printer_profile`."""
    return replace(profile(config.profile), gb_font=config.chinese != DOTS)


def stands_on(name: str, config: TillConfig) -> tuple[object, ...] | None:
    """What of the set-up this device is made of; None where it is not set up."""
    ours = config.scanner
    if name == PRINTER:
        return (config.printer, config.drawer_kick) if config.printer.address else None
    if name == DRAWER:
        return (config.printer,) if config.printer.address and config.drawer_kick else None
    if name == SCANNER:
        return (ours.address,) if ours.address else None
    if name == WEDGE:
        return (ours.wedge_hold_ms, ours.wedge_flush_ms, ours.wedge_gap_ms) if ours.wedge else None
    return (config.display.address,) if config.display.address else None


def make(name: str, config: TillConfig, around: Surroundings, heard: Emit, printer: Managed | None) -> Managed:
    """The device of that name, which `config` sets up; `printer` is the drawer's. Nothing is opened yet.

    ConfigError `device_address`, `printer_profile`.
    """
    if name == PRINTER:
        return _printer(config, around, heard)
    if name == DRAWER and isinstance(printer, EscPosPrinter):
        pin = profile(config.printer.profile).drawer_pin
        return CashDrawer(DRAWER, printer, pin=pin, emit=heard, clock=around.clock)
    if name == SCANNER:
        return scanner(config.scanner.address, around, heard)
    if name == WEDGE:
        ours = config.scanner
        timing = Timing(ours.wedge_hold_ms, ours.wedge_flush_ms, ours.wedge_gap_ms)
        return WedgeScanner[object](WEDGE, around.cards, emit=heard, clock=around.clock, timing=timing)
    return PoleDisplay(DISPLAY, opener(DISPLAY, parse(config.display.address)), emit=heard)


def _printer(config: TillConfig, around: Surroundings, heard: Emit) -> EscPosPrinter:
    kind = profile_of(config.printer)

    def test_page() -> bytes:
        fonts = () if kind.gb_font else find_fonts(folders())
        return EscPosRenderer(kind, Glyphs(fonts)).render(TEST_PAGE)

    setup = PrinterSetup(
        PRINTER,
        kind,
        opener(PRINTER, parse(config.printer.address)),
        failpoints=around.failpoints,
        drawer_pin=kind.drawer_pin if config.drawer_kick else None,
        test_page=test_page,
    )
    return EscPosPrinter(setup, ThreadedJobs(around.jobs, around.store), emit=heard, clock=around.clock)


def scanner(address: str, around: Surroundings, heard: Emit) -> SerialScanner | HidScanner:
    """The scanner at an address. ConfigError `device_address`."""
    where = parse(address)
    setup = ScannerSetup(SCANNER, around.cards, heard, around.clock)
    if where.hid:
        return HidScanner(setup, hid_opener(SCANNER, where))
    return SerialScanner(setup, opener(SCANNER, where))


def seen(event: DataEvent) -> ScanSeen:
    """What a screen may know of a scan."""
    return ScanSeen(event.source.value, event.kind, masked(event.text), len(event.text), event.symbology, event.ended)


def masked(code: str) -> str:
    """The two ends of a code; nothing of a short one."""
    return f"{code[:2]}…{code[-2:]}" if len(code) >= MASK_CHARS_MIN else "…"
