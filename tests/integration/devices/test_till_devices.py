"""The devices of a till as its screens see them: from its set-up, over a real pty and a simulated printer."""

from __future__ import annotations

from app.clock import SystemClock
from app.config import PrinterConfig, ScannerConfig
from app.domain.card import CodeKind
from app.domain.receipt import Cut, JobState, Receipt, Text, to_json
from app.services.ports import PrintJob
from app.wiring.device_set import ThreadedJobs, masked
from devices.simulated.paper import Pulse
from devices.simulated.printer import Faults
from tests.support.shop import CARD, Shop
from ui.presenters.devices import Checked, CheckLevel, DeviceKind, Health, ScanSeen, Stage


def test_a_scan_reaches_the_screen_and_only_its_ends_are_kept(shop: Shop) -> None:
    shop.until("scanner", health=Health.OK)
    shop.scanner.scan(CARD)
    assert shop.screen.wait("scanned") == CARD
    card = shop.card("scanner")
    assert (card.kind, card.done, card.last) == (DeviceKind.SCANNER, 1, f"88…{CARD[-2:]}")
    assert card.scan == ScanSeen("serial", CodeKind.MEMBER_CARD, card.last, len(CARD), ended="cr")
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
    assert (card.health, card.testable) == (Health.ERROR, True)
    shop.printer.load_paper()
    shop.until("printer", health=Health.OK)
    shop.printer.set_faults(Faults(paper_out_after=0))
    assert shop.until("printer", code="printer_paper_out").health is Health.ERROR


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
    assert not bare.wedge().key("8", "8", 0).swallow
    assert not bare.wedge().flush().swallow
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
    for place, char in enumerate(f"{CARD}\r"):
        wedge.key(char, char, place * 8)
    assert early.cards()[-1].last == masked(CARD)


def test_a_short_code_shows_nothing_of_itself() -> None:
    assert masked("1234567") == "…"


def test_a_test_scan_is_awaited_from_the_moment_it_is_asked_for(shop: Shop) -> None:
    shop.until("scanner", health=Health.OK)
    shop.devices.check("scanner", CheckLevel.INTERACTIVE)
    shop.scanner.scan(CARD)
    shop.until("scanner", checked=Checked(CheckLevel.INTERACTIVE, Health.OK))
    assert shop.card("scanner").done == 1
