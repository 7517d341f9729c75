"""The devices of one till, put together from its set-up: what the screens and the headless till see of them.

A set-up that changes while the till runs: the devices it changes are let go of and made again, the others go on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from app.config import TillConfig
from app.domain.receipt import JobState, Receipt
from app.domain.scan import Scan
from app.errors import DeviceError
from app.wiring import device_set
from app.wiring.device_set import DISPLAY, DRAWER, NAMES, PRINTER, SCANNER, WEDGE, Surroundings, seen
from app.wiring.device_trial import DeviceTrial
from app.wiring.wedge_slot import WedgeSlot
from devices.display.device import PoleDisplay
from devices.drawer import CashDrawer
from devices.events import CheckLevel as DeviceCheckLevel
from devices.events import DataEvent, DeviceEvent, DrawerPulse, Health, HealthChecked, OutputComplete, StatusUpdate
from devices.lifecycle import Stage as DeviceStage
from devices.lifecycle import Statistics
from devices.printer.device import EscPosPrinter
from devices.registry import STOP_ALL_S_MAX, Managed, Registry
from devices.scanner.wedge import WedgeScanner
from ui.presenters.device_trial import Sheet, Trial
from ui.presenters.devices import Checked, CheckLevel, DeviceCard, DeviceKind, Listener, ScanSeen, Stage, Wedge
from ui.presenters.devices import Health as CardHealth

NO_PRINTER = "no printer"
PAUSE_S_MAX = 5.0


class TillDevices:
    """ui.presenters.devices.Devices over the real devices. Any thread.

    Nothing waits for a device but `use`, `begin_trial` and `end_trial`, which one thread calls.
    """

    def __init__(self, config: TillConfig, around: Surroundings) -> None:
        """ConfigError `device_address`, `printer_profile`."""
        self._config = config
        self._around = around
        self._listener: Listener | None = None
        self._last: dict[str, ScanSeen] = {}
        self._checked: dict[str, Checked] = {}
        self._before: dict[str, Statistics] = {}
        """What a device had counted when it last came to rest: it is another object afterwards."""
        self._slot = WedgeSlot()
        self._trial: DeviceTrial | None = None
        self._gate = threading.Lock()
        self._closed = False
        self.registry = Registry(())
        self._make()

    def start(self, listener: Listener) -> None:
        """Open them; news goes to `listener`. Without a printer what waits for one is closed."""
        self._listener = listener
        self.registry.start_all()
        if not self._config.printer.address:
            self.print_waiting()

    def close(self) -> None:
        """Let go of all of them; a receipt cut off in the middle is asked about at the next start."""
        with self._gate:
            self._closed = True
            trial, self._trial = self._trial, None
        if trial is not None:
            trial.stop()
        self.registry.stop_all()

    def wedge(self) -> Wedge:
        """Where the keys of a scanner that types belong, whether there is one or not."""
        return self._slot

    def print_waiting(self) -> None:
        """There is a new print job in till.db. Without a printer it is closed at once: it must not come out days later,
        when somebody sets one up."""
        printer = self.registry.get(PRINTER)
        if isinstance(printer, EscPosPrinter):
            printer.poke()
        elif not self._config.printer.address:
            self._around.store.submit(self._cancel)

    def _cancel(self) -> None:
        jobs = self._around.jobs
        while (job := jobs.next_job()) is not None:
            jobs.mark(job.job_id, JobState.CANCELLED, NO_PRINTER)
            if self._listener is not None:
                self._listener.job_changed(job.job_id, JobState.CANCELLED)

    def open_drawer(self) -> None:
        """One pulse, asked for by a person."""
        drawer = self.registry.get(DRAWER)
        if isinstance(drawer, CashDrawer):
            drawer.open_drawer()

    def show_customer(self, receipt: Receipt) -> None:
        """Its first two blocks on the pole display, where there is one."""
        display = self.registry.get(DISPLAY)
        if isinstance(display, PoleDisplay):
            display.show(receipt)

    def check(self, name: str, level: CheckLevel) -> None:
        """Ask the device how it is; its card has the answer after `devices_changed`."""
        self.registry.check_health(name, DeviceCheckLevel(level.value))

    # ---- set up while the till runs

    def use(self, config: TillConfig) -> None:
        """From now on the devices of this set-up; a trial is over. Waits for what changes: not on the UI thread.

        DeviceError `device_busy`: a receipt is being printed, nothing was changed. ConfigError of the devices' making.
        """
        changed = [name for name in NAMES if _other(name, self._config, config)]
        self._rest(changed)
        for name in changed:  # another device, or none
            for known in (self._last, self._checked, self._before):
                known.pop(name, None)
        self._config = config
        self.end_trial()

    def begin_trial(self, kind: DeviceKind, address: str) -> None:
        """Try a device before it is kept; that of the same kind rests meanwhile. Not on the UI thread.

        DeviceError `device_busy`: a receipt is being printed. ConfigError `device_address`. Then all is as before.
        """
        trial = DeviceTrial(kind, address, self._around, self._news)
        if self._trial is not None:
            self.end_trial()
        self._rest((PRINTER, DRAWER) if kind is DeviceKind.PRINTER else (SCANNER,) if address else (WEDGE,))
        with self._gate:
            if self._closed:
                return
            self._trial = trial
            trial.start()
        if trial.wedge is not None:
            self._slot.machine = trial.wedge

    def trial(self) -> Trial | None:
        """What is known of the device on trial."""
        trial = self._trial
        return trial.now() if trial is not None else None

    def try_sheet(self, sheet: Sheet, columns: int) -> None:
        """Print a test sheet on the printer on trial."""
        if self._trial is not None:
            self._trial.print(sheet, columns)

    def try_probe(self) -> None:
        """Ask the printer on trial how it says that something is on paper."""
        if self._trial is not None:
            self._trial.probe()

    def try_again(self) -> None:
        """Forget the samples of the scanner on trial."""
        if self._trial is not None:
            self._trial.again()

    def end_trial(self) -> None:
        """Let go of the device on trial; those of the set-up work again. Not on the UI thread."""
        with self._gate:
            trial, self._trial = self._trial, None
        if trial is not None:
            if trial.wedge is not None and self._slot.machine is trial.wedge:
                self._slot.machine = None
            trial.stop()
        self._make()
        self._news()
        self.print_waiting()

    def _rest(self, names: Iterable[str]) -> None:
        """Let go of these. DeviceError `device_busy` while the printer among them prints; then none was let go of."""
        resting = list(names)
        printer = self.registry.get(PRINTER) if PRINTER in resting else None
        if isinstance(printer, EscPosPrinter) and not printer.pause(PAUSE_S_MAX):
            raise DeviceError("device_busy", device=PRINTER)
        for name in resting:
            device = self.registry.take(name)
            if name == WEDGE:
                self._slot.machine = None
            if device is not None and device.life.stage is not DeviceStage.CLOSED:
                device.stop(STOP_ALL_S_MAX)
            if device is not None:
                self._before[name] = self._counted(name, device)

    def _counted(self, name: str, device: Managed) -> Statistics:
        return self._before.get(name, Statistics()) + device.life.statistics

    def _make(self) -> None:
        """Make what the set-up has and is not there; opened where the till's devices are."""
        for name in NAMES:
            if device_set.stands_on(name, self._config) is None or self.registry.get(name) is not None:
                continue
            printer = self.registry.get(PRINTER)
            device = device_set.make(name, self._config, self._around, self._heard, printer)
            with self._gate:
                if self._closed:
                    return
                self.registry.put(device)
                if self._listener is not None:
                    device.start()
            if isinstance(device, WedgeScanner):
                self._slot.machine = device

    def _news(self) -> None:
        if self._listener is not None:
            self._listener.devices_changed()

    # ---- what the screens see

    def cards(self) -> tuple[DeviceCard, ...]:
        """One card per kind of device, set up or not."""
        config = self._config
        cards = [
            self._card(PRINTER, DeviceKind.PRINTER, config.printer.address),
            self._card(SCANNER, DeviceKind.SCANNER, config.scanner.address),
        ]
        for name, kind in ((DRAWER, DeviceKind.DRAWER), (WEDGE, DeviceKind.SCANNER), (DISPLAY, DeviceKind.DISPLAY)):
            if self.registry.get(name) is not None:
                cards.append(self._card(name, kind, config.display.address if name == DISPLAY else ""))
        return tuple(cards)

    def _card(self, name: str, kind: DeviceKind, address: str = "") -> DeviceCard:
        device = self.registry.get(name)
        if device is None:
            return DeviceCard(name, kind, CardHealth.NONE)
        status, counts, seen = device.life.status, self._counted(name, device), self._last.get(name)
        return DeviceCard(
            name,
            kind,
            CardHealth(status.health.value),
            address=address,
            code=status.code,
            done=counts.output + counts.data,
            failed=counts.errors,
            last=seen.masked if seen else "",
            testable=name == DRAWER or device.life.is_connected() or status.health in (Health.OK, Health.WARN),
            reconnects=counts.reconnects,
            abandoned=counts.abandoned,
            hours=counts.hours,
            checked=self._checked.get(name),
            stage=Stage(device.life.stage.name.lower()),
            facts=status.facts,
            scan=seen,
        )

    def _heard(self, event: DeviceEvent) -> None:
        listener = self._listener
        if isinstance(event, DataEvent):
            self._last[event.device] = seen(event)
        elif isinstance(event, DrawerPulse | StatusUpdate) and event.device == PRINTER:
            self._drawer_hears(event)
        elif isinstance(event, HealthChecked):
            level, health = CheckLevel(event.level.value), CardHealth(event.health.value)
            now_ms = self._around.clock.now_ms()
            self._checked[event.device] = Checked(level, health, event.code, event.facts, now_ms)
        if listener is not None:
            _tell(listener, event)

    def _drawer_hears(self, event: DrawerPulse | StatusUpdate) -> None:
        drawer = self.registry.get(DRAWER)
        if isinstance(drawer, CashDrawer):
            if isinstance(event, DrawerPulse):
                drawer.pulsed(event)
            else:
                drawer.follow()


def _tell(listener: Listener, event: DeviceEvent) -> None:
    if isinstance(event, DataEvent):
        listener.scanned(Scan(event.text, event.symbology).code)
    elif isinstance(event, OutputComplete):
        listener.job_changed(event.job_id, event.state)
    else:
        listener.devices_changed()


def _other(name: str, before: TillConfig, after: TillConfig) -> bool:
    return device_set.stands_on(name, before) != device_set.stands_on(name, after)
