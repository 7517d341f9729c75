"""What the devices are doing in the pictures; used by tools/screens_stage.py only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.support.stage import CARDS, Stage
from ui.presenters.devices import Checked, CheckLevel, DeviceCard, DeviceKind, Health
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


STAGES: Mapping[str, Callable[[Stage], None]] = {"devices": devices, "devices-scan": scanned}
