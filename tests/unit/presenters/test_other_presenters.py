"""Receipt preview, status, help, look, toasts: the smaller presenters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.receipt import JobState
from app.errors import StoreError
from tests.support.stage import CARDS, Stage
from ui.presenters.devices import Health
from ui.presenters.keys import Key, Screen
from ui.presenters.look import SCALES_PERCENT, VOLUMES, Look, LookPresenter
from ui.presenters.toasts import ToastPresenter


@pytest.fixture
def stage() -> Stage:
    stage = Stage().sign_on()
    return stage.basket_of_the_pictures().sell()


def test_f5_shows_the_last_receipt_and_again_prints_a_marked_copy(stage: Stage) -> None:
    stage.shell.key(Key.F5)
    receipt = stage.till.receipt
    assert stage.shell.state.screen is Screen.RECEIPT
    assert receipt.state.receipt is not None
    assert receipt.state.link.startswith("https://hui.example/r/S027-2-")
    asked = stage.devices.prints_asked
    stage.shell.key(Key.F5)
    assert (receipt.state.copies, receipt.state.job_state) == (1, JobState.QUEUED)
    assert stage.devices.prints_asked == asked + 1
    assert "reprint" in stage.shell.toasts.state.text
    stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.COUNTER


def test_without_a_sale_there_is_nothing_to_preview() -> None:
    stage = Stage().sign_on()
    stage.shell.key(Key.F5)
    assert stage.shell.state.screen is Screen.COUNTER
    stage.till.receipt.reprint()
    assert (stage.till.receipt.state.copies, stage.till.receipt.state.link) == (0, "")


def test_the_preview_follows_its_paper_and_no_other(stage: Stage) -> None:
    stage.shell.key(Key.F5)
    job_id = stage.till.receipt.state.job_id
    assert job_id is not None
    stage.print_ends(job_id, JobState.SPOOLED)
    assert stage.till.receipt.state.job_state is JobState.SPOOLED
    stage.shell.job_changed(job_id + 50, JobState.SENT)
    assert stage.till.receipt.state.job_state is JobState.SPOOLED


def test_a_preview_closed_before_it_was_read_shows_nothing(stage: Stage) -> None:
    stage.tasks.hold = True
    stage.shell.key(Key.F5)
    stage.shell.key(Key.ESC)
    stage.tasks.run_all()
    assert stage.till.receipt.state.receipt is None


def test_a_copy_asked_for_twice_at_once_is_printed_once(stage: Stage) -> None:
    stage.shell.key(Key.F5)
    stage.tasks.hold = True
    stage.shell.key(Key.F5)
    stage.shell.key(Key.ENTER)
    stage.tasks.run_all()
    assert stage.till.receipt.state.copies == 1


def test_a_copy_that_was_queued_when_the_preview_closed_is_still_said(stage: Stage) -> None:
    stage.shell.key(Key.F5)
    asked = stage.devices.prints_asked
    stage.tasks.hold = True
    stage.shell.key(Key.F5)
    stage.shell.key(Key.ESC)
    stage.tasks.run_all()
    assert "reprint" in stage.shell.toasts.state.text
    assert stage.devices.prints_asked == asked + 1


def test_a_copy_that_cannot_be_queued_says_why(stage: Stage) -> None:
    stage.shell.key(Key.F5)
    stage.fake.book.refuse_with = StoreError("disk_full")
    stage.shell.key(Key.F5)
    assert stage.till.receipt.state.notice is not None
    assert not stage.till.receipt.state.busy


def test_f12_shows_what_waits_and_the_devices(stage: Stage) -> None:
    stage.shell.key(Key.F12)
    state = stage.till.status.state
    assert state.till is not None
    assert state.till.pending == 2
    assert state.devices == CARDS
    stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.COUNTER


def test_news_of_a_device_reaches_the_open_status_and_the_badge(stage: Stage) -> None:
    stage.shell.devices_changed()
    assert not stage.till.status.state.open
    stage.shell.key(Key.F12)
    stage.devices.now_cards = (replace(CARDS[0], health=Health.OFFLINE), *CARDS[1:])
    stage.shell.devices_changed()
    assert stage.till.status.state.devices[0].health is Health.OFFLINE
    assert stage.shell.state.attention


@pytest.mark.parametrize(
    ("health", "code", "attention"),
    [
        (Health.ERROR, "printer_paper_out", True),
        (Health.ERROR, "printer_cover_open", True),
        (Health.WARN, "printer_paper_low", False),
    ],
)
def test_paper_that_is_out_asks_for_a_person_at_once_and_paper_near_its_end_does_not(
    stage: Stage, health: Health, code: str, attention: bool
) -> None:
    stage.devices.now_cards = (replace(CARDS[0], health=health, code=code), *CARDS[1:])
    stage.shell.devices_changed()
    assert stage.shell.state.attention is attention


def test_a_doubtful_paper_can_be_settled_from_the_status(stage: Stage) -> None:
    done = stage.cart.state.done
    assert done is not None
    stage.print_ends(done.job_id, JobState.UNKNOWN)
    stage.shell.key(Key.F12)
    state = stage.till.status.state
    assert state.till is not None
    assert [paper.job_id for paper in state.till.unknown_papers] == [done.job_id]
    stage.till.status.settle(done.job_id, came_out=True)
    assert stage.till.status.state.till is not None
    assert stage.till.status.state.till.unknown_papers == ()
    assert not stage.shell.state.attention


def test_figures_that_cannot_be_read_are_said(stage: Stage) -> None:
    def broken() -> int:
        raise StoreError("store_busy")

    stage.fake.book.pending_count = broken  # type: ignore[method-assign]
    stage.shell.key(Key.F12)
    assert stage.till.status.state.notice is not None


def test_figures_read_after_the_screen_closed_are_dropped(stage: Stage) -> None:
    stage.tasks.hold = True
    stage.shell.key(Key.F12)
    stage.shell.key(Key.ESC)
    stage.tasks.run_all()
    assert stage.till.status.state.till is None


def test_f1_shows_the_keys(stage: Stage) -> None:
    stage.shell.key(Key.F1)
    assert stage.shell.state.screen is Screen.HELP
    assert stage.till.help.state.open
    stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.COUNTER


def test_every_toast_counts_so_that_the_same_words_show_twice() -> None:
    toasts = ToastPresenter()
    toasts.show("Done")
    toasts.show("Done")
    assert toasts.state.number == 2


def test_looks_go_round() -> None:
    seen: list[Look] = []
    look = LookPresenter(Look(), seen.append)
    look.next_language()
    look.next_language()
    for _ in range(3):
        look.next_theme()
    for _ in SCALES_PERCENT:
        look.next_scale()
    for _ in VOLUMES:
        look.next_volume()
    assert look.state == Look()
    assert [item.theme for item in seen[2:5]] == ["dark", "contrast", "light"]
    assert max(item.scale_percent for item in seen) == 200
