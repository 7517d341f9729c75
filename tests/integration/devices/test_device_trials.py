"""Devices set up while the till runs: tried on a connection of their own, kept at once, or everything as before."""

from __future__ import annotations

import pytest

from app.config import PrinterConfig, ScannerConfig
from app.domain.receipt import JobState
from app.errors import ConfigError, DeviceError
from app.services.ports import PrintJob
from devices.printer.device import EscPosPrinter
from devices.simulated.paper import TextRow
from devices.simulated.printer import Faults, SimulatedPrinter
from devices.simulated.scanner import PtyScanner
from tests.support.shop import CARD, Shop
from ui.presenters.device_trial import Completion, Sent, Sheet, Trial
from ui.presenters.devices import CheckLevel, DeviceKind, Health


def trial(shop: Shop, **wanted: object) -> Trial:
    """What is known of the device on trial, once it has these values."""
    while True:
        now = shop.devices.trial()
        assert now is not None, "nothing is on trial"
        if all(getattr(now, name) == value for name, value in wanted.items()):
            return now
        shop.screen.wait("devices")


def queued(shop: Shop) -> None:
    shop.jobs.row = PrintJob(7, None, "sale", JobState.QUEUED, b"\x1b@\x1c&x\n", "{}", 0, 0)


def test_a_printer_is_tried_prints_its_sheets_and_says_how_it_answers(shop: Shop) -> None:
    shop.until("printer", health=Health.OK)
    shop.devices.begin_trial(DeviceKind.PRINTER, f"tcp://127.0.0.1:{shop.printer.port}")
    assert [card.health for card in shop.devices.cards() if card.name == "printer"] == [Health.NONE]
    trial(shop, health=Health.OK)
    shop.devices.try_sheet(Sheet.RULER, 0)
    trial(shop, sent=Sent.DONE, sheet=Sheet.RULER)
    assert shop.printer.wait_for(lambda seen: "48 ---" in seen.paper.text)
    shop.devices.try_sheet(Sheet.CHINESE, 42)
    trial(shop, sent=Sent.DONE, sheet=Sheet.CHINESE)
    assert shop.printer.wait_for(lambda seen: "A 你好，会员积分 ￥12.50。" in seen.paper.text)
    shop.devices.try_probe()
    assert trial(shop, sent=Sent.DONE, sheet=None).completion is Completion.ID
    shop.devices.end_trial()
    assert shop.devices.trial() is None
    shop.until("printer", health=Health.OK)


def test_receipts_of_the_counter_wait_while_a_printer_is_tried_and_then_come_out(shop: Shop) -> None:
    shop.until("printer", health=Health.OK)
    shop.devices.begin_trial(DeviceKind.PRINTER, f"tcp://127.0.0.1:{shop.printer.port}")
    trial(shop, health=Health.OK)
    queued(shop)
    shop.devices.print_waiting()
    assert shop.jobs.row is not None
    assert shop.jobs.row.state is JobState.QUEUED
    shop.devices.end_trial()
    assert shop.screen.wait("job") == (7, JobState.CONFIRMED)


def test_what_a_device_counted_and_its_last_check_outlive_the_trial_of_another(shop: Shop) -> None:
    shop.until("printer", health=Health.OK)
    shop.devices.check("printer", CheckLevel.EXTERNAL)
    while (before := shop.card("printer")).checked is None:
        shop.screen.wait("devices")
    queued(shop)
    shop.devices.print_waiting()
    assert shop.screen.wait("job") == (7, JobState.CONFIRMED)
    shop.devices.begin_trial(DeviceKind.PRINTER, f"tcp://127.0.0.1:{shop.printer.port}")
    shop.devices.end_trial()
    shop.until("printer", health=Health.OK)
    after = shop.card("printer")
    assert (after.done, after.checked) == (before.done + 1, before.checked)
    shop.devices.use(shop.config(PrinterConfig(shop.printer_config.address, "escpos-58"), shop.scanner_config))
    shop.until("printer", health=Health.OK)
    other = shop.card("printer")
    assert (other.done, other.checked) == (0, None)


def test_what_is_kept_is_in_use_at_once(shop: Shop) -> None:
    other = SimulatedPrinter().start()
    try:
        shop.until("printer", health=Health.OK)
        address = f"tcp://127.0.0.1:{other.port}"
        shop.devices.begin_trial(DeviceKind.PRINTER, address)
        trial(shop, health=Health.OK)
        shop.devices.use(shop.config(PrinterConfig(address, "escpos-58", "dots"), shop.scanner_config, kick=False))
        assert shop.devices.trial() is None
        shop.until("printer", health=Health.OK, address=address)
        assert "drawer" not in [card.name for card in shop.devices.cards()]
        queued(shop)
        shop.devices.print_waiting()
        assert shop.screen.wait("job") == (7, JobState.CONFIRMED)
        assert [row.text for row in other.paper.items if isinstance(row, TextRow)] == ["x"]
    finally:
        shop.devices.close()
        other.stop()


def test_a_printer_taken_out_of_the_set_up_is_let_go_of_and_jobs_end(shop: Shop) -> None:
    shop.until("printer", health=Health.OK)
    shop.devices.use(shop.config(PrinterConfig("", "escpos-80"), shop.scanner_config))
    assert [card.name for card in shop.devices.cards() if card.health is not Health.NONE] == ["scanner", "wedge"]
    queued(shop)
    shop.devices.print_waiting()
    assert shop.screen.wait("job") == (7, JobState.CANCELLED)


def test_devices_the_new_set_up_does_not_change_go_on(shop: Shop) -> None:
    printer = shop.devices.registry.get("printer")
    shop.devices.use(shop.config(shop.printer_config, ScannerConfig("", wedge=False), display="tcp://127.0.0.1:1"))
    assert shop.devices.registry.get("printer") is printer
    assert [card.name for card in shop.devices.cards()] == ["printer", "scanner", "drawer", "display"]
    assert not shop.devices.wedge().key("8", "8", 0).swallow


def test_a_printer_that_hangs_or_answers_nothing_is_said_so(shop: Shop) -> None:
    shop.devices.begin_trial(DeviceKind.PRINTER, f"tcp://127.0.0.1:{shop.printer.port}")
    trial(shop, health=Health.OK)
    shop.printer.set_faults(Faults(mute=True))
    shop.devices.try_probe()
    assert trial(shop, sent=Sent.DONE).completion is Completion.NONE


@pytest.mark.parametrize("trouble", [Faults(paper_out_after=0), Faults(cover_open=True)])
def test_a_printer_that_stands_still_is_sent_nothing_and_nothing_is_concluded_of_it(
    shop: Shop, trouble: Faults
) -> None:
    shop.printer.set_faults(trouble)
    shop.devices.begin_trial(DeviceKind.PRINTER, f"tcp://127.0.0.1:{shop.printer.port}")
    trial(shop, health=Health.WARN, stopped=True)
    shop.devices.try_sheet(Sheet.RULER, 0)
    trial(shop, sent=Sent.HELD, sheet=Sheet.RULER)
    shop.devices.try_probe()
    assert trial(shop, sent=Sent.HELD, sheet=None).completion is None
    shop.printer.load_paper()
    shop.devices.try_probe()
    assert trial(shop, sent=Sent.DONE, stopped=False).completion is Completion.ID
    assert "32 ---" not in shop.printer.paper.text


def test_a_printer_on_trial_with_its_cover_open_is_there_and_says_so(shop: Shop) -> None:
    shop.printer.set_faults(Faults(cover_open=True))
    shop.until("printer", code="printer_cover_open")
    shop.devices.begin_trial(DeviceKind.PRINTER, f"tcp://127.0.0.1:{shop.printer.port}")
    now = trial(shop, code="printer_cover_open")
    assert (now.health, now.here) == (Health.WARN, True)


def test_a_printer_unplugged_while_it_prints_is_said_and_nothing_comes_out_later(shop: Shop) -> None:
    shop.devices.begin_trial(DeviceKind.PRINTER, f"tcp://127.0.0.1:{shop.printer.port}")
    trial(shop, health=Health.OK)
    port = shop.printer.port
    shop.printer.stop()
    shop.until_trial_lost()
    shop.devices.try_sheet(Sheet.RULER, 0)
    assert trial(shop, sheet=Sheet.RULER).sent is Sent.HELD
    shop.printer = SimulatedPrinter(port=port).start()
    trial(shop, health=Health.OK)
    shop.devices.try_probe()
    trial(shop, completion=Completion.ID)
    assert "32 ---" not in shop.printer.paper.text


def test_while_a_receipt_is_being_printed_its_printer_is_not_taken_away(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.until("printer", health=Health.OK)
    monkeypatch.setattr(EscPosPrinter, "pause", lambda _self, _timeout_s: False)
    for attempt in (
        lambda: shop.devices.begin_trial(DeviceKind.PRINTER, "tcp://127.0.0.1:1"),
        lambda: shop.devices.use(shop.config(PrinterConfig("", "escpos-80"), shop.scanner_config)),
    ):
        with pytest.raises(DeviceError) as refused:
            attempt()
        assert refused.value.code == "device_busy"
    assert shop.devices.trial() is None
    assert shop.card("printer").health is Health.OK


def test_an_address_that_is_none_leaves_everything_as_it_was(shop: Shop) -> None:
    shop.until("scanner", health=Health.OK)
    with pytest.raises(ConfigError):
        shop.devices.begin_trial(DeviceKind.SCANNER, "nowhere")
    shop.scanner.scan(CARD)
    assert shop.screen.wait("scanned") == CARD


def test_three_scans_of_a_scanner_on_trial_reach_the_set_up_and_no_counter(shop: Shop) -> None:
    with PtyScanner() as other:
        shop.until("scanner", health=Health.OK)
        shop.devices.begin_trial(DeviceKind.SCANNER, f"serial:{other.name}")
        trial(shop, health=Health.OK)
        other.scan("6901234567892", end="\r")
        trial(shop, alike=True)
        for _ in range(2):
            other.scan(CARD, end="\r")
        while len(trial(shop).scans) < 3:
            shop.screen.wait("devices")
        assert not trial(shop).sampled
        shop.devices.try_again()
        assert trial(shop).scans == ()
        for _ in range(3):
            other.scan(CARD, end="\r")
        while not trial(shop).sampled:
            shop.screen.wait("devices")
        assert {(scan.masked, scan.ended) for scan in trial(shop).scans} == {(f"88…{CARD[-2:]}", "cr")}
        shop.devices.try_sheet(Sheet.RULER, 0)
        shop.devices.begin_trial(DeviceKind.SCANNER, "")
        shop.devices.end_trial()
    shop.until("scanner", health=Health.OK)
    shop.scanner.scan(CARD)
    assert shop.screen.wait("scanned") == CARD


def test_the_gaps_of_a_scanner_that_types_are_learned_and_its_keys_swallowed_meanwhile(shop: Shop) -> None:
    shop.devices.begin_trial(DeviceKind.SCANNER, "")
    assert "wedge" not in [card.name for card in shop.devices.cards()]
    wedge, at_ms = shop.devices.wedge(), 0
    for number in range(4):
        for char in f"{CARD}\r":
            assert wedge.key(char, char, at_ms).swallow is (number < 3)
            at_ms += 8
        wedge.flush()
        at_ms += 1_000
    now = trial(shop)
    assert now.sampled
    assert now.settings == {"scanner.wedge_gap_ms": 16, "scanner.wedge_hold_ms": 16, "scanner.wedge_flush_ms": 100}
    assert {scan.ended for scan in now.scans} == {"enter"}
    shop.devices.try_again()
    assert trial(shop).settings is None
    shop.devices.end_trial()
    for char in f"{CARD}\r":
        assert wedge.key(char, char, at_ms).swallow
        at_ms += 8
    assert shop.screen.wait("scanned") == CARD


def test_a_till_that_closes_lets_go_of_the_device_on_trial_and_opens_no_other(shop: Shop) -> None:
    shop.devices.begin_trial(DeviceKind.PRINTER, f"tcp://127.0.0.1:{shop.printer.port}")
    trial(shop, health=Health.OK)
    shop.devices.close()
    assert shop.devices.trial() is None
    shop.devices.begin_trial(DeviceKind.PRINTER, f"tcp://127.0.0.1:{shop.printer.port}")
    shop.devices.end_trial()
    assert shop.devices.registry.get("printer") is None
    for ask in (shop.devices.try_probe, shop.devices.try_again, lambda: shop.devices.try_sheet(Sheet.RULER, 0)):
        ask()
    assert shop.devices.trial() is None
