"""The UI process of a till: one window per data folder, opened before the files, closed after them."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

from app import logs
from app.clock import Clock, SystemClock
from app.config import TillConfig
from app.domain.receipt import Receipt
from app.errors import GuitaiError, StoreError
from app.failpoints import Failpoints
from app.resources import resources
from app.services.till import Till
from app.store.folder import FolderLock
from app.version import VERSION
from app.wiring.display import check_display
from app.wiring.till import OpenTill, open_till, read_config
from app.workers import Worker
from ui.presenters.device_trial import FoundDevice
from ui.presenters.devices import CheckLevel, DeviceCard, DeviceKind, Listener, Wedge

if TYPE_CHECKING:
    from app.wiring.late_jobs import LateJobs
    from app.wiring.one_window import WindowListener
    from app.wiring.till_devices import TillDevices
    from app.wiring.window_sync import WindowSync
    from ui.presenters.device_trial import Sheet, Trial

LOOK_FILE = "look.json"
LOG_FILE = "till.log"
WARM_AFTER_S = 2.0


class UiTill:
    """What the UI process opens and closes around the window."""

    def __init__(self, folder: Path, config: TillConfig, clock: Clock) -> None:
        self.folder = folder
        self.store = Worker("store")
        self._config = config
        self._devices: tuple[TillDevices, LateJobs] | None = None
        self._lock: FolderLock | None = None
        self._opened: OpenTill | None = None
        self.sync: WindowSync | None = None
        self.failed: GuitaiError | None = None
        """Why the files are not open, after the last try."""
        self._warming: Timer | None = None
        self._clock = clock

    def lock(self) -> None:
        """Take the folder for this process. StoreError of FolderLock."""
        if self._lock is None:
            self._lock = FolderLock(self.folder)

    def open(self) -> Till:
        """Open the files. Store thread; again after an error that a person has put right."""
        try:
            self.lock()
            if self._opened is None:
                self._opened = open_till(self.folder, os.environ, clock=self._clock)
                self._follow(self._opened)
        except GuitaiError as error:
            self.failed = error
            raise
        self.failed = None
        return self._linked(self._opened.till)

    def _make_sync(self, opened: OpenTill) -> WindowSync | None:
        """The link to head office of an enrolled till. Lazy: a till alone needs none of it."""
        from app.wiring.window_sync import make_sync

        return make_sync(opened, self.store)

    def _linked(self, till: Till) -> Till:
        """The till with its head office, once it is enrolled."""
        if self.sync is None:
            return till
        from app.wiring.head_office import LinkedHeadOffice

        return replace(till, head_office=LinkedHeadOffice(self.sync.link, self.sync.news))

    def _follow(self, opened: OpenTill) -> None:
        """What waited for the files to be open."""
        self.sync = self._make_sync(opened)
        if self._devices is not None:
            self._devices[1].opened(opened.till.jobs)
        # Not now, its imports would keep the first scan waiting; not later, the first sale should not.
        self._warming = Timer(WARM_AFTER_S, opened.renderer.warm)
        self._warming.daemon = True
        self._warming.start()

    def make_devices(self) -> None:
        """Make the devices of the set-up; nothing is opened yet. Store thread. ConfigError of make_devices."""
        if self._devices is None:
            from app.wiring.devices import make_devices  # lazy: the sign-on is painted without their drivers

            self._devices = make_devices(self._config, self.store, self._clock, Failpoints(os.environ))
            if self._opened is not None:
                self._devices[1].opened(self._opened.till.jobs)

    @property
    def devices(self) -> TillDevices | None:
        """None until they were made."""
        return self._devices[0] if self._devices is not None else None

    def use(self, config: TillConfig) -> None:
        """Another set-up of the devices, from now on. Not on the UI thread. See TillDevices.use."""
        if self._devices is not None:
            self._devices[0].use(config)
        if self._opened is not None:
            self._opened.renderer.use(config.printer)
        self._config = config

    def close(self) -> None:
        """Close the files on their thread, end it, let the folder go. An opening that is not over is waited for."""
        self.store.submit(self._let_go).result()
        self.store.close()
        if self._lock is not None:
            self._lock.release()

    def _let_go(self) -> None:
        """Store thread, as `open`: neither sees the other half done."""
        if self._warming is not None:
            self._warming.cancel()
            self._warming.join()
        if self.sync is not None:
            self.sync.link.stop()
        if self._opened is not None:
            self._opened.close()


def run(folder: Path, *, language: str | None = None, theme: str | None = None) -> int:
    """The till's window until it is closed; the exit code.

    A second start shows the first window and ends with StoreError `till_in_use`. Everything else that is wrong with
    the files is said on the recovery screen; when it still is wrong at the end, that error is raised. ConfigError
    `display_missing`, `display_silent` before any window.
    """
    config = read_config(folder if folder.is_dir() else None, os.environ)
    till = UiTill(folder, config, SystemClock())
    try:
        till.lock()
    except StoreError as error:
        if error.code == "till_in_use":
            from app.wiring.one_window import raise_first  # lazy: the first start does without multiprocessing

            raise_first(folder)
            till.close()
            raise
    try:
        check_display(os.environ)
        code = _show(till, config, language, theme)
    finally:
        till.close()
    if till.failed is not None:
        raise till.failed
    return code


def _show(till: UiTill, config: TillConfig, language: str | None, theme: str | None) -> int:
    from app.wiring.window_sync import WindowHeadOffice
    from ui.application import Start
    from ui.application import run as run_ui

    folder = till.folder
    if not _preferred(folder, config, language, theme):
        # The recovery screen still speaks and looks; what is chosen there is kept nowhere.
        folder = _elsewhere(folder)
        _preferred(folder, config, language, theme)
    handlers = logs.to_file(folder / LOG_FILE)
    devices = WindowDevices(till, folder)
    start = Start(
        open_till=till.open,
        load=till.make_devices,
        worker=till.store,
        devices=devices,
        clock=SystemClock(),
        resources=resources(),
        preferences=folder / LOOK_FILE,
        version=VERSION,
        head_office=WindowHeadOffice(lambda: till.sync),
        customer_screen=config.display.screen,
        customer_language=config.receipt_language,
    )
    try:
        return run_ui(start)
    finally:
        devices.silence()
        for handler in handlers:
            handler.close()
        if folder != till.folder:
            shutil.rmtree(folder, ignore_errors=True)


def _preferred(folder: Path, config: TillConfig, language: str | None, theme: str | None) -> bool:
    """False when the folder cannot be written: a look never stops a till."""
    try:
        prefer(folder / LOOK_FILE, config, language=language, theme=theme)
    except OSError as error:
        logs.event("ui", "look not kept", errno=error.errno or 0)
        return False
    return True


def _elsewhere(folder: Path) -> Path:
    """A folder of this process alone, or still `folder` when the whole machine is full."""
    try:
        return Path(tempfile.mkdtemp(prefix="guitai-"))
    except OSError:
        return folder


def prefer(path: Path, config: TillConfig, *, language: str | None, theme: str | None) -> None:
    """Start from the set-up's look, then from what was last chosen at this till; an option of the command wins.

    Written whole or not at all, for its owner only. OSError when the folder cannot be written.
    """
    look: dict[str, str | int] = {
        "language": config.look.language,
        "theme": config.look.theme,
        "volume": config.look.sound_percent,
    }
    if config.look.scale_percent:
        look["scale_percent"] = config.look.scale_percent
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        look |= kept if isinstance(kept, dict) else {}
    except (OSError, ValueError):
        pass  # nothing was chosen yet
    look |= {name: value for name, value in (("language", language), ("theme", theme)) if value is not None}
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(look), encoding="utf-8")
    draft.replace(path)


class WindowDevices:
    """The till's devices once they are made, and the ear for a second start, which opens and closes with them."""

    def __init__(self, till: UiTill, folder: Path) -> None:
        self._till = till
        self._folder = folder
        self._second: WindowListener | None = None

    def start(self, listener: Listener) -> None:
        """Open them; news goes to `listener`."""
        from app.wiring.one_window import WindowListener  # lazy: not before the window is painted

        self._second = WindowListener(self._folder, listener.raise_window)
        if self._till.devices is not None:
            self._till.devices.start(listener)

    def cards(self) -> tuple[DeviceCard, ...]:
        """See Devices."""
        return self._till.devices.cards() if self._till.devices is not None else ()

    def check(self, name: str, level: CheckLevel) -> None:
        """See Devices."""
        if self._till.devices is not None:
            self._till.devices.check(name, level)

    def print_waiting(self) -> None:
        """See Devices."""
        if self._till.devices is not None:
            self._till.devices.print_waiting()

    def show_customer(self, receipt: Receipt) -> None:
        """See Devices."""
        if self._till.devices is not None:
            self._till.devices.show_customer(receipt)

    def wedge(self) -> Wedge | None:
        """See Devices."""
        return self._till.devices.wedge() if self._till.devices is not None else None

    def search(self) -> tuple[FoundDevice, ...]:
        """See Devices."""
        from app.wiring import device_setup  # lazy: with the devices

        return device_setup.search()

    def begin_trial(self, kind: DeviceKind, address: str) -> None:
        """See Devices."""
        if self._till.devices is not None:
            self._till.devices.begin_trial(kind, address)

    def trial(self) -> Trial | None:
        """See Devices."""
        return self._till.devices.trial() if self._till.devices is not None else None

    def try_sheet(self, sheet: Sheet, columns: int) -> None:
        """See Devices."""
        if self._till.devices is not None:
            self._till.devices.try_sheet(sheet, columns)

    def try_probe(self) -> None:
        """See Devices."""
        if self._till.devices is not None:
            self._till.devices.try_probe()

    def try_again(self) -> None:
        """See Devices."""
        if self._till.devices is not None:
            self._till.devices.try_again()

    def end_trial(self) -> None:
        """See Devices."""
        if self._till.devices is not None:
            self._till.devices.end_trial()

    def keep(self, changes: Mapping[str, str | int | bool]) -> None:
        """See Devices."""
        from app.wiring import device_setup  # lazy: with the devices

        device_setup.keep(self._folder, changes, os.environ)
        self._till.use(read_config(self._folder, os.environ))

    def close(self) -> None:
        """Let go of all of them."""
        if self._till.devices is not None:
            self._till.devices.close()
        self.silence()

    def silence(self) -> None:
        """Hear no second start any more; once."""
        second, self._second = self._second, None
        if second is not None:
            second.close()
