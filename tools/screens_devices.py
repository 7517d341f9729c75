"""What the devices are doing in the pictures; used by tools/screens_stage.py only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.domain.card import CodeKind
from tests.support.stage import CARDS, Stage
from ui.presenters.device_setup_state import Page
from ui.presenters.device_trial import Completion, FoundDevice, Sent
from ui.presenters.devices import Checked, CheckLevel, DeviceCard, DeviceKind, Health, ScanSeen
from ui.presenters.devices import Stage as DeviceStage


def devices(stage: Stage) -> None:
    """The printer runs low on paper and was asked; the others work."""
    stage.sign_on()
    now_ms = stage.fake.clock.now_ms()
    low = Checked(CheckLevel.EXTERNAL, Health.WARN, "printer_paper_low", at_ms=now_ms - 120_000)
    stage.devices.now_cards = (
        replace(CARDS[0], health=Health.WARN, code="printer_paper_low", failed=1, reconnects=1, checked=low),
        CARDS[1],
        DeviceCard("drawer", DeviceKind.DRAWER, Health.OK, done=31, testable=True, hours=6, stage=DeviceStage.ENABLED),
        DeviceCard("wedge", DeviceKind.SCANNER, Health.OK, testable=True, hours=6, stage=DeviceStage.ENABLED),
    )
    stage.till.status.look("printer")


def scanned(stage: Stage) -> None:
    """A test scan that arrived."""
    devices(stage)
    stage.till.devices.choose(1)
    stage.till.devices.test()
    stage.devices.answer("scanner", Checked(CheckLevel.INTERACTIVE, Health.OK, at_ms=stage.fake.clock.now_ms()))
    stage.shell.devices_changed()


PLUGGED_IN = (
    FoundDevice("usb_printer", "usblp:04b8:0202", "TM-T88VI", "/dev/usb/lp0"),
    FoundDevice("serial", "usb:1a86:7523#1-2", "USB Serial", "/dev/ttyUSB0"),
    FoundDevice("hid", "hid:05e0:1701:S123", "DS2208"),
)


def find(stage: Stage) -> None:
    """A printer is wanted; two things that are plugged in may be one."""
    devices(stage)
    stage.devices.plugged_in = PLUGGED_IN
    stage.till.devices.set_up()


def _printer(stage: Stage, page: Page) -> None:
    """The printer's set-up, answered as far as that page."""
    find(stage)
    setup = stage.till.setup
    setup.answer(1)
    for answer in (1, 2):
        setup.do()
        stage.devices.becomes(sent=Sent.DONE)
        stage.shell.devices_changed()
        if setup.state.page is page:
            return
        setup.answer(answer)
    setup.do()
    stage.devices.becomes(sent=Sent.DONE, completion=Completion.PAPER)
    stage.shell.devices_changed()
    if setup.state.page is not page:
        setup.next()
        setup.answer(1)


def samples(stage: Stage) -> None:
    """Two of three samples."""
    devices(stage)
    stage.devices.plugged_in = PLUGGED_IN
    stage.till.devices.choose(1)
    stage.till.devices.set_up()
    stage.till.setup.answer(1)
    seen = ScanSeen("serial", CodeKind.MEMBER_CARD, "88…93", 13, "C0", "cr")
    stage.devices.becomes(scans=(seen, seen))
    stage.shell.devices_changed()


STAGES: Mapping[str, Callable[[Stage], None]] = {
    "devices": devices,
    "devices-scan": scanned,
    "setup-find": find,
    "setup-samples": samples,
    "setup-ruler": lambda stage: _printer(stage, Page.RULER),
    "setup-chinese": lambda stage: _printer(stage, Page.CHINESE),
    "setup-answers": lambda stage: _printer(stage, Page.COMPLETION),
    "setup-keep": lambda stage: _printer(stage, Page.KEEP),
}
