"""A pole display at a counter that sells: what the customer reads, and its plug pulled in the middle of it."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from app.clock import SystemClock
from app.config import DisplayConfig, Look, PrinterConfig, ScannerConfig, TillConfig
from app.domain.card import CardScheme
from app.domain.receipt import JobState
from app.failpoints import NO_FAILPOINTS
from app.i18n import load
from app.resources import resources
from app.wiring.device_set import Surroundings
from app.wiring.till_devices import TillDevices
from app.workers import Worker
from devices.simulated.display import SimulatedDisplay
from tests.support.stage import Stage
from ui.presenters.devices import Checked, CheckLevel, DeviceKind, Health

LOOK = Look(language="zh_CN", theme="light", scale_percent=0, sound_percent=60)


class Heard:
    """A listener that waits for news of devices."""

    def __init__(self) -> None:
        self.news: queue.Queue[None] = queue.Queue()

    def scanned(self, code: str) -> None:
        raise AssertionError(code)

    def job_changed(self, job_id: int, state: JobState) -> None:
        raise AssertionError((job_id, state))

    def devices_changed(self) -> None:
        self.news.put(None)

    def raise_window(self) -> None:
        raise AssertionError("nobody started a second till")


class Counter:
    """The till of the pictures, in Chinese, with its pole display."""

    def __init__(self) -> None:
        self.pole = SimulatedDisplay().start()
        self.store = Worker("store")
        self.stage = Stage(load(resources() / "locale", "zh_CN"))
        self.heard = Heard()
        config = TillConfig(
            LOOK,
            "zh_CN",
            PrinterConfig("", "escpos-80"),
            ScannerConfig("", wedge=False),
            drawer_kick=False,
            display=DisplayConfig(f"tcp://127.0.0.1:{self.pole.port}"),
        )
        jobs = self.stage.fake.jobs
        self.devices = TillDevices(config, Surroundings(CardScheme(), jobs, self.store, SystemClock(), NO_FAILPOINTS))
        self.stage.devices.show_customer = self.devices.show_customer  # type: ignore[method-assign]
        self.devices.start(self.heard)

    def reads(self, upper: str, lower: str) -> bool:
        wanted = (upper.strip(), lower.strip())
        return self.pole.wait_for(lambda seen: tuple(line.strip() for line in seen.pole.lines) == wanted)

    def until(self, health: Health) -> None:
        while self.devices.cards()[-1].health is not health:
            self.heard.news.get(timeout=20)

    def close(self) -> None:
        self.devices.close()
        self.store.close()
        self.pole.stop()


@pytest.fixture
def counter() -> Iterator[Counter]:
    made = Counter()
    yield made
    made.close()


def test_the_customer_reads_goods_total_change_and_points_in_the_language_of_the_receipts(counter: Counter) -> None:
    stage = counter.stage.sign_on()
    assert counter.reads("花间生活馆", "欢迎光临")
    stage.scan(stage.card())
    assert counter.reads("欢迎光临", "积分          16,860")
    stage.scan(stage.barcode(0))
    assert counter.pole.wait_for(lambda seen: seen.pole.lines[1].startswith("合计"))
    stage.shell.open_pay()
    assert counter.pole.wait_for(lambda seen: "→" in seen.pole.lines[1])
    stage.till.pay.typed("500")
    stage.till.pay.finish()
    assert counter.pole.wait_for(lambda seen: seen.pole.lines[0].startswith("找零"))
    assert counter.pole.lines[1].startswith("积分")
    assert counter.pole.pole.unknown == []


def test_the_plug_is_pulled_while_selling_and_the_display_shows_the_sale_as_it_is_by_then(counter: Counter) -> None:
    stage = counter.stage.sign_on()
    counter.until(Health.OK)
    stage.scan(stage.barcode(0))
    port = counter.pole.port
    counter.pole.stop()
    counter.until(Health.OFFLINE)
    stage.scan(stage.barcode(1)).sell()
    assert stage.cart.state.done is not None
    counter.pole = SimulatedDisplay(port=port).start()
    counter.until(Health.OK)
    assert counter.pole.wait_for(lambda seen: seen.pole.lines[0].startswith("已收"))
    assert counter.devices.cards()[-1].reconnects == 1


def test_the_display_has_a_card_and_a_test_text(counter: Counter) -> None:
    counter.until(Health.OK)
    card = counter.devices.cards()[-1]
    assert (card.name, card.kind, card.testable) == ("display", DeviceKind.DISPLAY, True)
    counter.devices.check("display", CheckLevel.INTERACTIVE)
    assert counter.reads("Guitai 柜台", "0123456 ￥12.50，。")
    while counter.devices.cards()[-1].checked is None:
        counter.heard.news.get(timeout=20)
    assert counter.devices.cards()[-1].checked == Checked(CheckLevel.INTERACTIVE, Health.OK)
