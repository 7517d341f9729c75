"""The devices of one till, put together from its set-up: what the screens and the headless till see of them."""

from __future__ import annotations

from dataclasses import dataclass

from app.clock import Clock
from app.config import TillConfig
from app.domain.card import CardScheme
from app.domain.receipt import Align, Cut, JobState, Receipt, Rule, Text
from app.domain.scan import Scan
from app.failpoints import Failpoints
from app.services.ports import PrintJob, PrintJobs
from app.workers import Worker
from devices.display.device import PoleDisplay
from devices.drawer import CashDrawer
from devices.events import CheckLevel as DeviceCheckLevel
from devices.events import DataEvent, DeviceEvent, DrawerPulse, Health, HealthChecked, OutputComplete
from devices.printer.device import EscPosPrinter, PrinterSetup
from devices.printer.escpos import EscPosRenderer
from devices.printer.glyphs import Glyphs
from devices.printer.profiles import profile
from devices.registry import Managed, Registry
from devices.scanner.hid_scanner import HidScanner
from devices.scanner.scanner import ScannerSetup
from devices.scanner.serial_scanner import SerialScanner
from devices.scanner.wedge import Timing, WedgeScanner
from devices.transport.address import hid_opener, opener, parse
from ui.presenters.devices import Checked, CheckLevel, DeviceCard, DeviceKind, Listener, ScanSeen, Stage, Wedge
from ui.presenters.devices import Health as CardHealth

PRINTER, DRAWER, SCANNER, WEDGE, DISPLAY = "printer", "drawer", "scanner", "wedge", "display"
TEST_PAGE = Receipt((Text("Guitai 柜台", Align.CENTRE, double=True), Rule(), Text("0123456789 ￥12.50，。"), Cut()))
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


class TillDevices:
    """ui.presenters.devices.Devices over the real devices. Any thread; no method waits for a device."""

    def __init__(self, config: TillConfig, around: Surroundings) -> None:
        self._config = config
        self._around = around
        self._listener: Listener | None = None
        self._last: dict[str, ScanSeen] = {}
        self._checked: dict[str, Checked] = {}
        self._printer = self._make_printer() if config.printer.address else None
        self._drawer = self._make_drawer(self._printer) if self._printer and config.drawer_kick else None
        self._scanner = self._make_scanner() if config.scanner.address else None
        self._wedge: WedgeScanner[object] | None = None
        if config.scanner.wedge:
            ours = config.scanner
            timing = Timing(ours.wedge_hold_ms, ours.wedge_flush_ms, ours.wedge_gap_ms)
            self._wedge = WedgeScanner(WEDGE, around.cards, emit=self._heard, clock=around.clock, timing=timing)
        self._display = self._make_display() if config.display.address else None
        there: tuple[Managed | None, ...] = (self._printer, self._scanner, self._drawer, self._wedge, self._display)
        self.registry = Registry(device for device in there if device is not None)

    def start(self, listener: Listener) -> None:
        """Open them; news goes to `listener`."""
        self._listener = listener
        self.registry.start_all()

    def close(self) -> None:
        """Let go of all of them; a receipt cut off in the middle is asked about at the next start."""
        self.registry.stop_all()

    def wedge(self) -> Wedge | None:
        """The machine of the configured wedge, None without one."""
        return self._wedge

    def print_waiting(self) -> None:
        """There is a new print job in till.db."""
        if self._printer is not None:
            self._printer.poke()

    def open_drawer(self) -> None:
        """One pulse, asked for by a person."""
        if self._drawer is not None:
            self._drawer.open_drawer()

    def show_customer(self, receipt: Receipt) -> None:
        """Its first two blocks on the pole display, where there is one."""
        if self._display is not None:
            self._display.show(receipt)

    def check(self, name: str, level: CheckLevel) -> None:
        """Ask the device how it is; its card has the answer after `devices_changed`."""
        self.registry.check_health(name, DeviceCheckLevel(level.value))

    def cards(self) -> tuple[DeviceCard, ...]:
        """One card per kind of device, set up or not."""
        config = self._config
        cards = [
            self._card(PRINTER, DeviceKind.PRINTER, config.printer.address),
            self._card(SCANNER, DeviceKind.SCANNER, config.scanner.address),
        ]
        if self._drawer is not None:
            cards.append(self._card(DRAWER, DeviceKind.DRAWER))
        if self._wedge is not None:
            cards.append(self._card(WEDGE, DeviceKind.SCANNER))
        if self._display is not None:
            cards.append(self._card(DISPLAY, DeviceKind.DISPLAY, config.display.address))
        return tuple(cards)

    def _card(self, name: str, kind: DeviceKind, address: str = "") -> DeviceCard:
        device = self.registry.get(name)
        if device is None:
            return DeviceCard(name, kind, CardHealth.NONE)
        status, counts, seen = device.life.status, device.life.statistics, self._last.get(name)
        return DeviceCard(
            name,
            kind,
            CardHealth(status.health.value),
            address=address,
            code=status.code,
            done=counts.output + counts.data,
            failed=counts.errors,
            last=seen.masked if seen else "",
            testable=name == DRAWER or status.health in (Health.OK, Health.WARN),
            reconnects=counts.reconnects,
            abandoned=counts.abandoned,
            hours=counts.hours,
            checked=self._checked.get(name),
            stage=Stage(device.life.stage.name.lower()),
            facts=status.facts,
            scan=seen,
        )

    def _make_printer(self) -> EscPosPrinter:
        config, around = self._config, self._around
        kind = profile(config.printer.profile)
        setup = PrinterSetup(
            PRINTER,
            kind,
            opener(PRINTER, parse(config.printer.address)),
            failpoints=around.failpoints,
            drawer_pin=kind.drawer_pin if config.drawer_kick else None,
            test_page=lambda: EscPosRenderer(kind, Glyphs(())).render(TEST_PAGE),
        )
        return EscPosPrinter(setup, ThreadedJobs(around.jobs, around.store), emit=self._heard, clock=around.clock)

    def _make_drawer(self, printer: EscPosPrinter) -> CashDrawer:
        pin = profile(self._config.printer.profile).drawer_pin
        return CashDrawer(DRAWER, printer, pin=pin, emit=self._heard, clock=self._around.clock)

    def _make_scanner(self) -> SerialScanner | HidScanner:
        address = parse(self._config.scanner.address)
        around = self._around
        setup = ScannerSetup(SCANNER, around.cards, self._heard, around.clock)
        if address.hid:
            return HidScanner(setup, hid_opener(SCANNER, address))
        return SerialScanner(setup, opener(SCANNER, address))

    def _make_display(self) -> PoleDisplay:
        return PoleDisplay(DISPLAY, opener(DISPLAY, parse(self._config.display.address)), emit=self._heard)

    def _heard(self, event: DeviceEvent) -> None:
        listener = self._listener
        if isinstance(event, DataEvent):
            self._last[event.device] = seen(event)
        elif isinstance(event, DrawerPulse) and event.device == PRINTER and self._drawer is not None:
            self._drawer.pulsed(event)
        elif isinstance(event, HealthChecked):
            level, health = CheckLevel(event.level.value), CardHealth(event.health.value)
            now_ms = self._around.clock.now_ms()
            self._checked[event.device] = Checked(level, health, event.code, event.facts, now_ms)
        if listener is not None:
            _tell(listener, event)


def _tell(listener: Listener, event: DeviceEvent) -> None:
    if isinstance(event, DataEvent):
        listener.scanned(Scan(event.text, event.symbology).code)
    elif isinstance(event, OutputComplete):
        listener.job_changed(event.job_id, event.state)
    else:
        listener.devices_changed()


def seen(event: DataEvent) -> ScanSeen:
    """What a screen may know of a scan."""
    return ScanSeen(event.source.value, event.kind, masked(event.text), len(event.text), event.symbology)


def masked(code: str) -> str:
    """The two ends of a code; nothing of a short one."""
    return f"{code[:2]}…{code[-2:]}" if len(code) >= MASK_CHARS_MIN else "…"
