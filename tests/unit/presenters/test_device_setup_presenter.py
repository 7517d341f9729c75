"""Setting up a device: found or typed, tried, answered, kept; left early, nothing has changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.card import CodeKind
from app.errors import ConfigError, DeviceError, GuitaiError
from tests.support.stage import CARDS, Stage
from ui.presenters.device_setup import DeviceSetupPresenter, as_address
from ui.presenters.device_setup_state import Page, SetupState, What
from ui.presenters.device_trial import Completion, FoundDevice, Sent, Sheet, Trial
from ui.presenters.devices import DeviceKind, Health, ScanSeen
from ui.presenters.keys import Key, Screen

USB = FoundDevice("usb_printer", "usblp:04b8:0202", "TM-T88", "/dev/usb/lp0")
SERIAL = FoundDevice("serial", "usb:05e0:1701", "Scanner", "/dev/ttyACM0")
HID = FoundDevice("hid", "hid:05e0:1701")
SEEN = ScanSeen("serial", CodeKind.MEMBER_CARD, "88…93", 13, "C0", "cr")
LEARNED = {"scanner.wedge_gap_ms": 16, "scanner.wedge_hold_ms": 20, "scanner.wedge_flush_ms": 100}


@pytest.fixture
def stage() -> Stage:
    stage = Stage().sign_on()
    stage.devices.plugged_in = (USB, SERIAL, HID)
    stage.shell.key(Key.F12)
    stage.till.status.look("printer")
    stage.till.devices.char("s")
    return stage


def setup(stage: Stage) -> DeviceSetupPresenter:
    return stage.till.setup


def news(stage: Stage, **changes: object) -> None:
    stage.devices.becomes(**changes)
    stage.shell.devices_changed()


def printed(stage: Stage) -> None:
    setup(stage).char("p")
    news(stage, sent=Sent.DONE)


def at_samples(stage: Stage, what: What = What.SCANNER) -> None:
    setup(stage).choose(what)
    if what is What.TYPING:
        stage.shell.key(Key.F10)
    else:
        setup(stage).answer(1)


def test_s_on_the_page_of_the_devices_looks_for_devices_of_the_chosen_kind(stage: Stage) -> None:
    state = setup(stage).state
    assert (stage.shell.state.screen, state.what, state.page) == (Screen.SETUP, What.PRINTER, Page.FIND)
    assert state.offered == (USB, SERIAL)
    setup(stage).choose(What.SCANNER)
    assert setup(stage).state.offered == (SERIAL, HID)
    stage.shell.key(Key.ESC)
    assert (stage.shell.state.screen, stage.till.devices.state.chosen) == (Screen.DEVICES, 1)


@pytest.mark.parametrize(
    ("name", "what"), [("scanner", What.SCANNER), ("wedge", What.TYPING), ("drawer", What.PRINTER), ("", What.PRINTER)]
)
def test_what_is_set_up_follows_the_chosen_device(stage: Stage, name: str, what: What) -> None:
    stage.shell.key(Key.ESC)
    stage.devices.now_cards = (*CARDS, replace(CARDS[1], name="wedge")) if name else ()
    stage.till.devices.open(name)
    stage.till.devices.set_up()
    assert setup(stage).state.what is what


def test_arrows_change_the_kind_until_one_is_tried(stage: Stage) -> None:
    stage.shell.key(Key.UP)
    assert setup(stage).state.what is What.PRINTER
    stage.shell.key(Key.DOWN)
    assert setup(stage).state.what is What.SCANNER
    at_samples(stage)
    stage.shell.key(Key.DOWN)
    assert setup(stage).state.what is What.SCANNER


def test_a_printer_is_set_up_from_the_first_question_to_the_last(stage: Stage) -> None:
    setup(stage).answer(1)
    assert stage.devices.on_trial == Trial(DeviceKind.PRINTER, USB.address, Health.OK)
    assert setup(stage).state.page is Page.RULER
    printed(stage)
    setup(stage).answer(3)
    assert setup(stage).state.page is Page.CHINESE
    printed(stage)
    assert stage.devices.sheets == [(Sheet.RULER, 0), (Sheet.CHINESE, 48)]
    setup(stage).answer(1)
    stage.shell.key(Key.F10)
    assert setup(stage).state.page is Page.COMPLETION
    setup(stage).char("P")
    news(stage, sent=Sent.DONE, completion=Completion.ID)
    stage.shell.key(Key.F10)
    setup(stage).answer(2)
    assert setup(stage).state.page is Page.KEEP
    stage.shell.key(Key.ENTER)
    assert stage.devices.kept == {
        "printer.address": USB.address,
        "printer.profile": "epson-80",
        "printer.chinese": "text",
        "drawer.kick": False,
    }
    assert stage.shell.state.screen is Screen.DEVICES
    assert "in use" in stage.shell.toasts.state.text
    assert stage.devices.trials_ended == 0
    assert setup(stage).state == SetupState()


def test_nothing_can_be_answered_before_the_sheet_is_out(stage: Stage) -> None:
    setup(stage).answer(1)
    setup(stage).answer(1)
    assert setup(stage).state.page is Page.RULER
    setup(stage).char("p")
    setup(stage).char("p")
    assert stage.devices.sheets == [(Sheet.RULER, 0)]
    news(stage, sent=Sent.FAILED)
    setup(stage).answer(1)
    assert setup(stage).state.page is Page.RULER
    printed(stage)
    setup(stage).answer(9)
    assert setup(stage).state.page is Page.RULER
    setup(stage).answer(1)
    setup(stage).answer(1)
    assert setup(stage).state.page is Page.CHINESE


def test_nothing_can_be_answered_while_the_printer_stands_still(stage: Stage) -> None:
    setup(stage).answer(1)
    printed(stage)
    news(stage, health=Health.WARN, code="printer_paper_out", stopped=True)
    setup(stage).answer(1)
    assert (setup(stage).state.page, setup(stage).state.printed) == (Page.RULER, False)
    news(stage, health=Health.OK, code="", stopped=False)
    setup(stage).answer(1)
    assert (setup(stage).state.page, setup(stage).state.printed) == (Page.CHINESE, False)


def test_no_line_and_no_chinese_are_answered_with_what_to_do(stage: Stage) -> None:
    setup(stage).answer(1)
    printed(stage)
    setup(stage).answer(4)
    assert setup(stage).state.notice is not None
    setup(stage).answer(1)
    printed(stage)
    setup(stage).answer(4)
    assert setup(stage).state.notice is None
    setup(stage).answer(3)
    assert setup(stage).state.notice is not None
    setup(stage).answer(2)
    assert setup(stage).state.answers.chinese == "dots"


def test_steps_can_be_gone_back_and_the_first_lets_go_of_the_device(stage: Stage) -> None:
    stage.shell.key(Key.LEFT)
    setup(stage).answer(1)
    printed(stage)
    setup(stage).answer(2)
    stage.shell.key(Key.LEFT)
    assert (setup(stage).state.page, setup(stage).state.answers.columns) == (Page.RULER, 42)
    stage.shell.key(Key.LEFT)
    assert (setup(stage).state.page, setup(stage).state.trial, setup(stage).state.busy) == (Page.FIND, None, False)
    assert stage.devices.trials_ended == 1


@pytest.mark.parametrize("key", [Key.ESC, Key.F9, Key.F1])
def test_left_early_the_devices_are_as_they_were(stage: Stage, key: Key) -> None:
    setup(stage).answer(1)
    stage.shell.key(key)
    assert stage.shell.state.screen is not Screen.SETUP
    assert (stage.devices.trials_ended, stage.devices.kept) == (1, {})
    assert not setup(stage).state.open


def test_a_device_that_opens_after_the_screen_was_left_is_let_go_of(stage: Stage) -> None:
    stage.tasks.hold = True
    setup(stage).answer(1)
    assert setup(stage).state.busy
    setup(stage).answer(2)
    stage.shell.key(Key.LEFT)
    stage.shell.key(Key.F10)
    setup(stage).choose(What.SCANNER)
    stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.SETUP
    stage.shell.key(Key.F9)
    stage.tasks.run_all()
    assert stage.devices.on_trial is None
    assert stage.devices.trials_ended == 2


def test_what_is_kept_after_the_screen_was_left_is_kept_quietly(stage: Stage) -> None:
    at_samples(stage)
    news(stage, scans=(SEEN,) * 3)
    stage.shell.key(Key.F10)
    stage.tasks.hold = True
    stage.shell.key(Key.F10)
    stage.shell.key(Key.F9)
    stage.tasks.run_all()
    assert stage.devices.kept == {"scanner.address": SERIAL.address}
    assert stage.shell.state.screen is Screen.SIGN_ON


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" 192.168.1.50 ", "tcp://192.168.1.50:9100"),
        ("printer.shop:9101", "tcp://printer.shop:9101"),
        ("localhost", "tcp://localhost:9100"),
        ("127.0.0.1:123456", "tcp://127.0.0.1:123456"),
        ("serial:/dev/ttyUSB0", "serial:/dev/ttyUSB0"),
    ],
)
def test_an_address_is_typed_as_people_write_it(typed: str, address: str) -> None:
    assert as_address(typed) == address


def test_a_typed_address_is_tried_and_a_wrong_one_said(stage: Stage) -> None:
    stage.shell.key(Key.F10)
    assert setup(stage).state.page is Page.FIND
    setup(stage).answer(3)
    assert setup(stage).state.page is Page.FIND
    setup(stage).typed("nowhere")
    stage.devices.refuse_with = ConfigError("device_address", address="nowhere")
    stage.shell.key(Key.F10)
    assert (setup(stage).state.page, setup(stage).state.busy) == (Page.FIND, False)
    assert setup(stage).state.notice is not None
    stage.devices.refuse_with = None
    setup(stage).typed("10.0.0.9")
    assert setup(stage).state.notice is None
    stage.shell.key(Key.ENTER)
    assert stage.devices.on_trial is not None
    assert stage.devices.on_trial.address == "tcp://10.0.0.9:9100"


def test_a_refusal_after_the_screen_was_left_is_said_to_nobody(stage: Stage) -> None:
    stage.tasks.hold = True
    setup(stage).answer(1)
    stage.shell.key(Key.F9)
    stage.devices.refuse_with = DeviceError("device_busy")
    stage.tasks.run_all()
    assert setup(stage).state == SetupState()


def test_a_search_that_fails_is_said_and_can_be_repeated(stage: Stage) -> None:
    stage.devices.refuse_with = GuitaiError("program_fault")
    setup(stage).char("s")
    assert setup(stage).state.notice is not None
    stage.devices.refuse_with, stage.devices.plugged_in = None, ()
    setup(stage).char("s")
    assert setup(stage).state.found == ()
    stage.tasks.hold = True
    setup(stage).search()
    setup(stage).search()
    assert len(stage.tasks.waiting) == 1
    stage.tasks.run_all()
    assert not setup(stage).state.searching


def test_what_was_found_after_the_screen_was_left_is_dropped(stage: Stage) -> None:
    stage.tasks.hold = True
    setup(stage).search()
    stage.shell.key(Key.F9)
    stage.tasks.run_all()
    assert setup(stage).state == SetupState()
    setup(stage).search()
    assert not stage.tasks.waiting


def test_a_search_that_fails_after_the_screen_was_left_is_said_to_nobody(stage: Stage) -> None:
    stage.tasks.hold = True
    setup(stage).search()
    stage.shell.key(Key.F9)
    stage.devices.refuse_with = GuitaiError("program_fault")
    stage.tasks.run_all()
    assert setup(stage).state == SetupState()


def test_three_equal_scans_set_up_a_scanner(stage: Stage) -> None:
    at_samples(stage)
    news(stage, scans=(SEEN,))
    assert stage.sounds.heard[-1] == "ok"
    news(stage, scans=(SEEN, SEEN, SEEN), alike=False)
    assert stage.sounds.heard[-1] == "refused"
    stage.shell.key(Key.F10)
    assert setup(stage).state.page is Page.SAMPLES
    setup(stage).char("a")
    assert setup(stage).state.trial is not None
    assert setup(stage).state.trial.scans == ()
    news(stage, scans=(SEEN, SEEN, SEEN), alike=True)
    stage.shell.key(Key.F10)
    stage.shell.key(Key.F10)
    assert stage.devices.kept == {"scanner.address": SERIAL.address}


def test_the_gaps_of_a_scanner_that_types_are_learned_and_kept(stage: Stage) -> None:
    at_samples(stage, What.TYPING)
    assert stage.devices.on_trial == Trial(DeviceKind.SCANNER, "", Health.OK)
    news(stage, scans=(SEEN, SEEN, SEEN))
    stage.shell.key(Key.F10)
    assert setup(stage).state.page is Page.SAMPLES
    news(stage, settings=LEARNED)
    stage.shell.key(Key.F10)
    stage.shell.key(Key.F10)
    assert stage.devices.kept == {"scanner.wedge": True, **LEARNED}


def test_what_cannot_be_kept_is_said_and_the_trial_goes_on(stage: Stage) -> None:
    at_samples(stage)
    news(stage, scans=(SEEN,) * 3)
    stage.shell.key(Key.F10)
    stage.devices.refuse_with = ConfigError("device_overruled", variable="GUITAI_SCANNER_ADDRESS")
    stage.shell.key(Key.F10)
    state = setup(stage).state
    assert (state.page, state.busy, state.notice is not None) == (Page.KEEP, False, True)
    assert stage.devices.on_trial is not None


def test_a_device_unplugged_while_it_is_tried_is_said_and_comes_back(stage: Stage) -> None:
    setup(stage).answer(1)
    news(stage, health=Health.OFFLINE, code="device_missing")
    assert setup(stage).state.trial is not None
    assert not setup(stage).state.trial.here
    news(stage, health=Health.OK, code="")
    printed(stage)
    setup(stage).answer(1)
    assert setup(stage).state.page is Page.CHINESE


def test_a_scan_of_another_scanner_sells_nothing_and_is_said(stage: Stage) -> None:
    stage.scan(stage.card())
    assert stage.shell.state.screen is Screen.SETUP
    assert setup(stage).state.notice is not None
    assert stage.cart.state.cart.customer is None


@pytest.mark.parametrize(
    ("what", "kept"),
    [
        (What.PRINTER, {"printer.address": ""}),
        (What.SCANNER, {"scanner.address": ""}),
        (What.TYPING, {"scanner.wedge": False}),
    ],
)
def test_a_till_can_have_no_such_device(stage: Stage, what: What, kept: dict[str, str | bool]) -> None:
    setup(stage).choose(what)
    assert setup(stage).char("0")
    assert (setup(stage).state.page, setup(stage).state.pages) == (Page.KEEP, (Page.FIND, Page.KEEP))
    stage.shell.key(Key.LEFT)
    assert (setup(stage).state.page, setup(stage).state.without) == (Page.FIND, False)
    setup(stage).remove()
    setup(stage).remove()
    stage.shell.key(Key.F10)
    assert stage.devices.kept == kept
    assert stage.shell.state.screen is Screen.DEVICES


def test_keys_without_a_meaning_on_a_step_do_nothing(stage: Stage) -> None:
    before = setup(stage).state
    assert not setup(stage).char("q")
    assert setup(stage).char("p")
    assert setup(stage).char("a")
    assert setup(stage).changes() == {}
    assert setup(stage).state == before
    at_samples(stage)
    setup(stage).char("s")
    setup(stage).char("1")
    setup(stage).char("p")
    assert setup(stage).state.page is Page.SAMPLES


def test_only_two_answers_are_there_for_the_drawer(stage: Stage) -> None:
    setup(stage).answer(1)
    printed(stage)
    setup(stage).answer(1)
    printed(stage)
    setup(stage).answer(1)
    setup(stage).do()
    news(stage, sent=Sent.DONE, completion=Completion.NONE)
    setup(stage).next()
    setup(stage).answer(3)
    assert setup(stage).state.page is Page.DRAWER
    setup(stage).answer(1)
    assert setup(stage).changes()["printer.profile"] == "one-way-58"
    assert setup(stage).changes()["drawer.kick"] is True
