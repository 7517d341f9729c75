"""The devices of a till as its screens see them: from its set-up, over a real pty and a simulated printer."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.clock import SystemClock
from app.config import DisplayConfig, Look, PrinterConfig, ScannerConfig, TillConfig
from app.domain.card import CardScheme, CodeKind, luhn_digit
from app.domain.receipt import Cut, JobState, Receipt, Text, to_json
from app.failpoints import NO_FAILPOINTS
from app.services.ports import PrintJob
from app.wiring.till_devices import Surroundings, ThreadedJobs, TillDevices, masked
from app.workers import Worker
from devices.simulated.paper import Pulse
from devices.simulated.printer import Faults, SimulatedPrinter
from devices.simulated.scanner import PtyScanner
from ui.presenters.devices import Checked, CheckLevel, DeviceCard, DeviceKind, Health, ScanSeen, Stage

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
        self.devices = self.make(
            PrinterConfig(f"tcp://127.0.0.1:{self.printer.port}", "escpos-80"),
            ScannerConfig(f"serial:{self.scanner.name}", wedge=True),
        )

    def make(
        self, printer: PrinterConfig, scanner: ScannerConfig, *, kick: bool = True, display: str = ""
    ) -> TillDevices:
        config = TillConfig(LOOK, "zh_CN", printer, scanner, drawer_kick=kick, display=DisplayConfig(display))
        around = Surroundings(CardScheme(), self.jobs, self.store, SystemClock(), NO_FAILPOINTS)
        return TillDevices(config, around)

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


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    made.devices.start(made.screen)
    yield made
    made.close()


def test_a_scan_reaches_the_screen_and_only_its_ends_are_kept(shop: Shop) -> None:
    shop.until("scanner", health=Health.OK)
    shop.scanner.scan(CARD)
    assert shop.screen.wait("scanned") == CARD
    card = shop.card("scanner")
    assert (card.kind, card.done, card.last) == (DeviceKind.SCANNER, 1, f"88…{CARD[-2:]}")
    assert card.scan == ScanSeen("serial", CodeKind.MEMBER_CARD, card.last, len(CARD))
    assert (card.stage, shop.card("drawer").stage) == (Stage.ENABLED, Stage.ENABLED)


def test_a_sale_prints_opens_the_drawer_and_the_screen_hears_how_it_ended(shop: Shop) -> None:
    shop.until("printer", health=Health.OK)
    model = to_json(Receipt((Text("x"), Cut()), kick_drawer=True))
    shop.jobs.row = PrintJob(
        7, None, "sale", JobState.QUEUED, b"\x1b@\x1c&x\n", model, 0, queued_ms=SystemClock().now_ms()
    )
    shop.devices.print_waiting()
    assert shop.screen.wait("job") == (7, JobState.CONFIRMED)
    assert shop.printer.paper.items[0] == Pulse(2)
    assert shop.card("printer").done == 1


def test_trouble_is_on_the_card_with_its_code(shop: Shop) -> None:
    shop.until("printer", health=Health.OK)
    shop.printer.set_faults(Faults(cover_open=True))
    card = shop.until("printer", code="printer_cover_open")
    assert (card.health, card.testable) == (Health.WARN, True)


def test_a_test_page_and_a_test_pulse_come_out(shop: Shop) -> None:
    shop.until("printer", health=Health.OK)
    shop.devices.check("printer", CheckLevel.INTERACTIVE)
    assert shop.printer.wait_for(lambda seen: "0123456789 ￥12.50，。" in seen.paper.text)
    shop.devices.check("drawer", CheckLevel.INTERACTIVE)
    assert shop.printer.wait_for(lambda seen: Pulse(2) in seen.paper.items)
    assert shop.card("drawer").health is Health.OK
    shop.devices.check("scanner", CheckLevel.INTERACTIVE)


def test_a_printer_is_asked_how_it_is_and_its_card_has_the_answer(shop: Shop) -> None:
    shop.until("printer", health=Health.OK)
    shop.devices.check("printer", CheckLevel.EXTERNAL)
    shop.until("printer", checked=Checked(CheckLevel.EXTERNAL, Health.OK))
    shop.printer.set_faults(Faults(mute=True))
    shop.devices.check("printer", CheckLevel.EXTERNAL)
    shop.until("printer", checked=Checked(CheckLevel.EXTERNAL, Health.WARN, "printer_no_answer"))


def test_a_drawer_that_did_not_open_says_why(shop: Shop) -> None:
    shop.devices.close()
    shop.devices = shop.make(PrinterConfig("tcp://127.0.0.1:1", "escpos-80"), ScannerConfig("", wedge=False))
    shop.devices.start(shop.screen)
    shop.until("printer", health=Health.OFFLINE, code="device_unreachable")
    shop.devices.open_drawer()
    assert shop.until("drawer", code="drawer_unreachable").health is Health.WARN


def test_a_hid_scanner_of_the_set_up_is_looked_for_by_what_it_is(shop: Shop) -> None:
    shop.devices.close()
    shop.devices = shop.make(PrinterConfig("", "escpos-80"), ScannerConfig("hid:0db5:0139:no-such", wedge=False))
    shop.devices.start(shop.screen)
    card = shop.until("scanner", code="device_missing")
    assert (card.health, card.address) == (Health.OFFLINE, "hid:0db5:0139:no-such")


def test_the_wedge_of_the_set_up_delivers_its_scans(shop: Shop) -> None:
    wedge = shop.devices.wedge()
    assert wedge is not None
    for place, char in enumerate(f"{CARD}\r"):
        assert wedge.key(char, char, place * 8).swallow
    assert shop.screen.wait("scanned") == CARD
    assert shop.card("wedge").last == f"88…{CARD[-2:]}"


def test_a_till_without_devices_says_so_and_takes_every_wish(shop: Shop) -> None:
    bare = shop.make(PrinterConfig("", "escpos-80"), ScannerConfig("", wedge=False), kick=False)
    bare.start(shop.screen)
    bare.print_waiting()
    bare.open_drawer()
    bare.show_customer(Receipt((Text("x"),)))
    bare.check("printer", CheckLevel.INTERACTIVE)
    assert [(card.name, card.health) for card in bare.cards()] == [
        ("printer", Health.NONE),
        ("scanner", Health.NONE),
    ]
    assert bare.wedge() is None
    bare.close()


def test_the_outbox_is_only_touched_on_the_store_thread(shop: Shop) -> None:
    jobs = ThreadedJobs(shop.jobs, shop.store)
    shop.jobs.row = PrintJob(7, None, "sale", JobState.SENT, b"", "{}", 0, 0)
    jobs.mark(7, JobState.UNKNOWN, "why")
    row = jobs.job(7)
    assert row is not None
    assert (row.state, row.detail, jobs.next_job(), jobs.recover(), jobs.unknown()) == (
        JobState.UNKNOWN,
        "why",
        None,
        0,
        (),
    )


def test_what_is_heard_before_a_screen_listens_is_dropped_quietly(shop: Shop) -> None:
    early = shop.make(PrinterConfig("", "escpos-80"), ScannerConfig("", wedge=True))
    wedge = early.wedge()
    assert wedge is not None
    for place, char in enumerate(f"{CARD}\r"):
        wedge.key(char, char, place * 8)
    assert early.cards()[-1].last == masked(CARD)


def test_a_short_code_shows_nothing_of_itself() -> None:
    assert masked("1234567") == "…"
