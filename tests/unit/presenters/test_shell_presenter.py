"""The till as a whole: start, lock, idle, scans over other screens, keys, badge."""

from __future__ import annotations

import pytest

from app.domain.receipt import JobState
from app.errors import ConfigError, StoreError
from app.services.till import Till, Topic
from tests.support.demo_people import DEMO_PIN
from tests.support.stage import Stage
from ui.presenters.base import View
from ui.presenters.customer_state import Moment
from ui.presenters.keys import Key, Screen
from ui.presenters.shell import IDLE_LOCK_S, ShellState


@pytest.fixture
def stage() -> Stage:
    return Stage()


class Recorder(View[ShellState]):
    """A view that remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[ShellState] = []

    def render(self, state: ShellState) -> None:
        self.seen.append(state)


def test_the_sign_on_screen_is_up_before_the_files_are_open(stage: Stage) -> None:
    view = Recorder()
    stage.shell.attach(view)
    stage.tasks.hold = True
    stage.start()
    assert (view.seen[-1].screen, view.seen[-1].starting) == (Screen.SIGN_ON, True)
    stage.tasks.run_all()
    assert not view.seen[-1].starting
    assert view.seen[-1].place is not None


def test_whoever_waits_for_the_files_is_told(stage: Stage) -> None:
    told: list[bool] = []
    stage.shell.on_open = lambda: told.append(True)
    stage.start()
    assert told == [True]


def test_a_failed_start_shows_recovery_and_can_be_tried_again(stage: Stage) -> None:
    def broken() -> Till:
        raise StoreError("till_in_use")

    stage.shell.start(broken)
    assert stage.shell.state.screen is Screen.RECOVERY
    assert not stage.shell.key(Key.F10)
    stage.scan("6901234500010")
    assert stage.shell.sign_on.state.notice is not None
    stage.start()
    assert stage.shell.state.screen is Screen.SIGN_ON
    assert stage.shell.state.fatal is None


def test_before_the_files_are_open_nothing_else_opens(stage: Stage) -> None:
    shell = stage.shell
    shell.open_pay()
    shell.open_enrol()
    shell.open_receipt()
    shell.open_status()
    shell.open_help()
    shell.lock()
    shell.job_changed(1, JobState.SENT)
    shell.devices_changed()
    shell.counter_changed()
    shell.topics_changed(frozenset({Topic.JOBS}))
    shell.tick()
    shell.show_counter()
    assert shell.state.screen is Screen.COUNTER
    assert stage.devices.prints_asked == 1
    with pytest.raises(RuntimeError):
        shell.session()


def test_news_of_a_print_before_anybody_signed_on_waits(stage: Stage) -> None:
    stage.start()
    stage.shell.job_changed(1, JobState.UNKNOWN)
    assert stage.cart.state.unknown_job is None


def test_five_idle_minutes_lock_and_keep_the_receipt(stage: Stage) -> None:
    stage.sign_on().basket_of_the_pictures()
    stage.fake.clock.advance_s(IDLE_LOCK_S - 1)
    stage.shell.tick()
    assert stage.shell.state.screen is Screen.COUNTER
    stage.shell.active()
    stage.fake.clock.advance_s(IDLE_LOCK_S)
    stage.shell.tick()
    assert stage.shell.state.screen is Screen.SIGN_ON
    assert stage.shell.sign_on.state.kept is not None
    stage.sign_on()
    assert stage.cart.state.cart.basket.units == 8
    assert stage.shell.state.screen is Screen.COUNTER


def test_the_clock_shown_changes_with_the_minute(stage: Stage) -> None:
    before = stage.shell.state.now_ms
    stage.fake.clock.advance_s(1)
    stage.shell.tick()
    assert stage.shell.state.now_ms == before
    stage.fake.clock.advance_s(60)
    stage.shell.tick()
    assert stage.shell.state.now_ms > before


@pytest.mark.parametrize("opener", ["open_pay", "open_enrol"])
def test_f9_keeps_an_open_form_and_comes_back_to_it(stage: Stage, opener: str) -> None:
    stage.sign_on().basket_of_the_pictures()
    getattr(stage.shell, opener)()
    screen = stage.shell.state.screen
    stage.shell.key(Key.F9)
    stage.shell.key(Key.F9)
    assert stage.shell.state.screen is Screen.SIGN_ON
    stage.sign_on()
    assert stage.shell.state.screen is screen


@pytest.mark.parametrize("second", ["0271", "0103"])
def test_typing_searches_and_means_keys_again_after_the_lock_whoever_signs_on(stage: Stage, second: str) -> None:
    counter = stage.sign_on().till.counter
    counter.find.typed("chen")
    stage.shell.lock()
    assert not counter.find.state.enabled
    stage.sign_on(second)
    assert counter.find.state.open
    assert stage.shell.key(Key.ESC)
    assert counter.find.state.text == ""
    assert counter.char("*")
    assert counter.amount.state.open


def test_a_form_that_comes_back_from_the_lock_keeps_typing_off_until_it_is_left(stage: Stage) -> None:
    stage.sign_on().basket_of_the_pictures()
    stage.shell.open_pay()
    stage.shell.lock()
    stage.sign_on()
    assert stage.till.customer.state.moment is Moment.TOTAL
    assert not stage.till.counter.find.state.enabled
    stage.shell.key(Key.ESC)
    assert stage.till.counter.find.state.enabled


def test_an_answer_that_comes_behind_the_lock_does_not_open_the_till(stage: Stage) -> None:
    stage.fake.head_office.online = True
    stage.sign_on().basket_of_the_pictures().shell.key(Key.F4)
    stage.tasks.hold = True
    stage.till.redeem.confirm()
    stage.shell.lock()
    stage.tasks.hold = False
    stage.tasks.run_all()
    assert stage.shell.state.screen is Screen.SIGN_ON
    assert stage.cart.state.cart.spend is not None
    stage.sign_on()
    assert stage.shell.state.screen is Screen.COUNTER


def test_locking_over_help_comes_back_to_what_was_under_it(stage: Stage) -> None:
    stage.sign_on()
    stage.shell.open_enrol()
    stage.shell.open_help()
    stage.shell.lock()
    assert stage.shell.sign_on.state.kept is None
    stage.sign_on()
    assert stage.shell.state.screen is Screen.ENROL


@pytest.mark.parametrize("opener", ["open_help", "open_status", "open_receipt"])
def test_a_scan_over_another_screen_closes_it_and_goes_to_the_receipt(stage: Stage, opener: str) -> None:
    stage.sign_on().scan(stage.barcode(0)).sell()
    getattr(stage.shell, opener)()
    stage.scan(stage.barcode(1))
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.cart.state.cart.basket.units == 1


def test_a_scan_over_help_over_payment_goes_to_the_payment(stage: Stage) -> None:
    stage.sign_on().scan(stage.barcode(0))
    stage.shell.open_pay()
    stage.shell.key(Key.F1)
    stage.scan(stage.card())
    assert stage.shell.state.screen is Screen.PAY
    assert stage.cart.state.cart.customer is not None


def test_keys_without_a_meaning_are_left_to_others(stage: Stage) -> None:
    stage.sign_on()
    assert not stage.shell.key(Key.LEFT)
    assert stage.shell.key(Key.F3)
    assert not stage.shell.key(Key.UP)
    assert stage.shell.key(Key.ESC)
    stage.shell.key(Key.F12)
    assert not stage.shell.key(Key.F10)


def test_any_key_but_escape_keeps_a_receipt_about_to_be_emptied(stage: Stage) -> None:
    stage.sign_on().scan(stage.barcode(0))
    stage.shell.key(Key.ESC)
    stage.shell.key(Key.F2)
    assert not stage.cart.state.clearing
    stage.shell.key(Key.ESC)
    stage.shell.key(Key.ESC)
    assert stage.cart.state.empty


def test_the_badge_counts_what_waits_for_head_office(stage: Stage) -> None:
    stage.sign_on()
    assert stage.shell.state.pending == 1
    stage.scan(stage.barcode(0)).sell()
    assert stage.shell.state.pending == 2


def test_f10_pays_and_finishes(stage: Stage) -> None:
    stage.sign_on().scan(stage.barcode(0))
    stage.shell.key(Key.F10)
    stage.shell.key(Key.F10)
    assert len(stage.fake.truth.sales) == 1


def test_sold_without_an_open_till_is_nothing(stage: Stage) -> None:
    other = Stage().sign_on()
    other.scan(other.barcode(0)).sell()
    done = other.cart.state.done
    assert done is not None
    stage.shell.sold(done)
    assert stage.shell.toasts.state.number == 0


def test_somebody_quicker_with_the_pin_than_the_till_is_signed_on_when_the_screens_are_there() -> None:
    stage, put_off = Stage(), []
    stage.shell.later = put_off.append
    stage.start()
    assert stage.shell.till is None
    for digit in DEMO_PIN:
        stage.shell.sign_on.digit(digit)
    assert stage.shell.key(Key.ENTER)
    assert stage.shell.state.screen is Screen.SIGN_ON
    put_off.pop()()
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.till.counter is not None


def test_devices_that_cannot_be_made_end_on_the_recovery_screen() -> None:
    stage = Stage()

    def load() -> None:
        raise ConfigError("device_address", address="nowhere")

    stage.shell.load = load
    stage.start()
    assert stage.shell.state.screen is Screen.RECOVERY
    assert stage.shell.state.fatal is not None
    assert stage.shell.state.fatal.code == "device_address"
    stage.shell.load = lambda: None
    stage.start()
    assert stage.till is not None
