"""Enrolment, lock, receipt, status, help and recovery with real keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.consent import Purpose
from app.domain.money import on_screen
from app.domain.receipt import JobState
from app.errors import StoreError
from app.services.status import HeldPoints
from app.services.till import Till as TillPorts
from tests.gui.screens.conftest import Open, Till
from ui.presenters.head_office import HeadOfficeState, Link
from ui.presenters.keys import Screen
from ui.views.enrol import EnrolView
from ui.views.status import StatusView


@pytest.fixture
def till(open_till: Open) -> Till:
    return open_till().sign_on()


def enrol_view(till: Till) -> EnrolView:
    view = till.work.screens.currentWidget()
    assert isinstance(view, EnrolView)
    return view


def test_a_member_is_enrolled_with_the_keyboard_alone(till: Till) -> None:
    till.press(Qt.Key.Key_F3, "13612348804", Qt.Key.Key_Return)
    view = enrol_view(till)
    assert QApplication.focusWidget() is view.name.edit
    assert view.name.edit.inputMethodQuery(Qt.InputMethodQuery.ImEnabled) is True
    till.compose("陈小宁")
    till.press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is view.consents[Purpose.SERVICE].agree
    assert view.phone.text() == "136****8804"
    assert view.name.text() == "陈*宁"
    till.press(Qt.Key.Key_Space, Qt.Key.Key_F10)
    state = till.stage.till.enrol.state
    assert state.enrolled is not None
    assert view.side.qr.isVisible()
    assert view.phone.text() == "136****8804"
    till.press(Qt.Key.Key_Escape)
    assert till.stage.cart.state.cart.customer is not None
    assert till.work.counter.member.head.name.text() == "陈*宁"


def test_the_phone_field_takes_no_input_method_and_shows_what_is_wrong(till: Till) -> None:
    till.press(Qt.Key.Key_F3, "12345", Qt.Key.Key_Return)
    view = enrol_view(till)
    assert view.phone.edit.inputMethodQuery(Qt.InputMethodQuery.ImEnabled) is False
    assert view.notice.isVisible()
    assert till.stage.till.enrol.state.phone == "12345"


def test_a_known_phone_offers_to_take_its_member(till: Till) -> None:
    till.press(Qt.Key.Key_F3, "13800002719")
    view = enrol_view(till)
    assert view.known.isVisible()
    view.known.buttons[0].click()
    assert till.stage.shell.state.screen is Screen.COUNTER
    assert till.work.counter.member.head.name.text() == "张*凡"


def test_agree_and_decline_are_the_same_size_and_none_is_chosen(till: Till) -> None:
    till.press(Qt.Key.Key_F3)
    till.settle()
    for row in enrol_view(till).consents.values():
        assert row.agree.size() == row.decline.size()
        assert not row.agree.chosen
        assert not row.decline.chosen


def test_f9_locks_with_the_basket_kept_and_the_pin_brings_it_back(till: Till) -> None:
    till.stage.basket_of_the_pictures()
    till.press(Qt.Key.Key_F9)
    assert till.window.sign_on.isVisible()
    assert "8 pcs, ¥270.20" in till.window.sign_on.kept.title.text()
    assert "张" not in till.window.sign_on.kept.accessibleName()
    till.press("246810", Qt.Key.Key_Return)
    assert till.stage.shell.state.screen is Screen.COUNTER
    assert till.work.counter.basket.model.rowCount() == 6


def test_the_counter_takes_keys_again_after_f9_and_the_pin(till: Till) -> None:
    hint = till.work.scan.edit.placeholderText()
    till.press(Qt.Key.Key_F9)
    till.press("246810", Qt.Key.Key_Return)
    assert till.work.scan.edit.placeholderText() == hint
    till.press("*")
    assert till.work.scan.text() == ""
    assert till.work.counter.amount.isVisible()


def test_a_locked_till_shows_nothing_of_the_member(till: Till) -> None:
    till.stage.basket_of_the_pictures()
    till.press(Qt.Key.Key_F9)
    till.settle()
    assert not till.work.isVisible()


def test_f5_shows_the_paper_and_prints_a_marked_copy(till: Till) -> None:
    till.stage.basket_of_the_pictures().sell()
    till.press(Qt.Key.Key_F5)
    view = till.work.screens.currentWidget()
    assert view is not None
    assert "花间生活馆" in view.paper.accessibleDescription()  # type: ignore[attr-defined]
    till.press(Qt.Key.Key_F5)
    assert [job.copy_no for job in till.stage.fake.truth.jobs] == [0, 1]
    till.press(Qt.Key.Key_Escape)
    assert till.stage.shell.state.screen is Screen.COUNTER


def test_a_doubtful_paper_asks_with_two_buttons(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0)).sell()
    done = till.stage.cart.state.done
    assert done is not None
    till.stage.print_ends(done.job_id, JobState.UNKNOWN)
    banner = till.work.counter.paper
    assert banner.isVisible()
    assert till.work.top.badge.isVisible()
    shown = banner.title.text()
    assert all(part in shown for part in (done.receipt_no, f"¥{on_screen(done.payable_minor)}")), shown
    assert [button.key for button in banner.buttons] == ["/", "F5"]
    till.press("/")
    assert not banner.isVisible()
    assert till.work.scan.text() == ""


def test_the_status_asks_about_the_same_paper_without_the_counter_s_keys(till: Till) -> None:
    till.stage.scan(till.stage.barcode(0)).sell()
    done = till.stage.cart.state.done
    assert done is not None
    till.stage.print_ends(done.job_id, JobState.UNKNOWN)
    till.press(Qt.Key.Key_F12)
    view = till.work.screens.currentWidget()
    assert isinstance(view, StatusView)
    assert done.receipt_no in view.paper.title.text()
    assert [button.key for button in view.paper.buttons] == ["", ""]
    view.paper.buttons[0].click()
    assert not view.paper.isVisible()


def test_f12_lists_what_waits_without_full_names(till: Till) -> None:
    till.stage.basket_of_the_pictures().sell()
    till.press(Qt.Key.Key_F12)
    view = till.work.screens.currentWidget()
    assert view is not None
    rows = [[cell.text for cell in row] for row in view.table.model.rows]  # type: ignore[attr-defined]
    assert rows[0][1:4] == ["Sale", "张*凡", "+324"]
    assert rows[-1][1] == "Shift opened"
    till.press(Qt.Key.Key_Escape)
    assert till.stage.shell.state.screen is Screen.COUNTER


def test_f1_lists_the_keys(till: Till) -> None:
    till.press(Qt.Key.Key_F1)
    assert till.stage.shell.state.screen is Screen.HELP
    till.press(Qt.Key.Key_Escape)


def test_the_badge_is_quiet_blue_while_events_wait_and_opens_the_status(till: Till) -> None:
    badge = till.work.top.badge
    assert badge.isVisible()
    assert badge.text() == "1 pending upload"
    badge.click()
    assert till.stage.shell.state.screen is Screen.STATUS


def test_the_badge_follows_the_link_to_head_office_and_is_gone_when_it_is_healthy(till: Till) -> None:
    badge = till.work.top.badge
    till.stage.shell.sync_status(HeadOfficeState(Link.OFFLINE, problem="unreachable"))
    assert badge.text() == "Offline · 1 pending upload"
    till.stage.shell.sync_status(HeadOfficeState(Link.SYNCING, 5, 67))
    assert badge.text() == "Syncing 5/67"
    till.stage.shell.sync_status(HeadOfficeState(Link.ATTENTION, problem="fork"))
    assert badge.text() == "Needs attention"
    till.stage.shell.sync_status(HeadOfficeState(Link.HEALTHY))
    assert not badge.isVisible()


def test_r_on_the_status_screen_asks_head_office_now(till: Till) -> None:
    till.press(Qt.Key.Key_F12)
    status = till.work.screens.currentWidget()
    assert isinstance(status, StatusView)
    till.press("r")
    assert till.stage.head_office.asked == 0
    assert not status.now.isVisible()
    till.stage.shell.sync_status(HeadOfficeState(Link.OFFLINE, problem="unreachable", success_ms=1_790_000_000_000))
    assert status.now.isVisible()
    assert status.note.text().startswith("Offline; the counter works as usual")
    assert "last answer" in status.note.text()
    status.setFocus()
    till.press("r")
    status.now.click()
    assert till.stage.head_office.asked == 2


def test_the_status_screen_shows_how_far_a_load_is_and_nothing_of_it_otherwise(till: Till) -> None:
    till.press(Qt.Key.Key_F12)
    status = till.work.screens.currentWidget()
    assert isinstance(status, StatusView)
    assert not status.bar.isVisible()
    assert not status.pace.isVisible()
    loading = HeadOfficeState(Link.SYNCING, 5, 67, rows_done=430, rows_whole=1_000, rate_per_s=20, left_s=29)
    till.stage.shell.sync_status(loading)
    assert status.bar.isVisible()
    assert status.bar.accessibleName() == "43 %"
    assert status.pace.text() == "430 of 1,000 rows · 20 a second · about 29 s left"
    till.stage.shell.sync_status(HeadOfficeState(Link.HEALTHY))
    assert not status.bar.isVisible()
    assert not status.pace.isVisible()


def test_a_trouble_of_the_link_comes_first_on_the_status_screen(till: Till) -> None:
    till.press(Qt.Key.Key_F12)
    status = till.work.screens.currentWidget()
    assert isinstance(status, StatusView)
    calm = status.sentence.text()
    till.stage.shell.sync_status(HeadOfficeState(Link.ATTENTION, problem="not_head_office"))
    assert status.sentence.text() == "A person is wanted; everything is saved here"
    assert "perhaps a sign-in page" in status.note.text()
    till.stage.shell.sync_status(HeadOfficeState(Link.HEALTHY))
    assert status.sentence.text() == calm


def test_points_held_at_head_office_are_said_on_the_status_screen_with_what_to_do(till: Till) -> None:
    stage = till.stage
    stage.fake.head_office.online = True
    stage.basket_of_the_pictures()
    stage.shell.open_redeem()
    stage.till.redeem.choose(2_000)
    stage.till.redeem.confirm()
    stage.shell.open_status()
    view = till.work.screens.currentWidget()
    assert isinstance(view, StatusView)
    [held] = view.held.banners
    assert held.title.text().startswith("Head office holds 2,000 points of 张*凡 for the open receipt since ")
    assert "F4" in held.note.text()
    view.held.show_holds((HeldPoints(stage.fake.clock.now_ms(), "", 300, asked=True),), stage.fake.till.place)
    [asked] = view.held.banners
    assert asked.title.text().startswith("Head office was asked at ")
    assert "300 points of a member" in asked.title.text()
    assert "come back by themselves" in asked.note.text()
    stage.till.status.back()
    stage.sell()
    stage.shell.open_status()
    assert view.held.banners == []
    assert not view.held.isVisible()


def test_a_till_that_cannot_start_says_why_and_tries_again(open_till: Open) -> None:
    till = open_till()

    def broken() -> TillPorts:
        raise StoreError("till_in_use")

    till.stage.shell.start(broken)
    recovery = till.window.recovery
    assert recovery is not None
    assert "(T-01)" in recovery.words.text()
    assert "Traceback" not in recovery.words.text()
    asked: list[bool] = []
    till.window.again.connect(lambda: asked.append(True))
    till.press(Qt.Key.Key_Return)
    assert asked == [True]


def test_looks_are_asked_for_on_the_sign_on_screen(open_till: Open) -> None:
    till = open_till()
    asked: list[str] = []
    till.window.look_asked.connect(asked.append)
    for button in till.window.sign_on.looks.values():
        button.click()
    assert asked == ["language", "theme", "scale", "volume"]


def test_people_can_be_touched_and_the_keypad_types_the_pin(open_till: Open) -> None:
    till = open_till()
    sign_on = till.window.sign_on
    sign_on._tiles[3].click()
    for key in ("1", "2", "delete", "clear", *"246810"):
        sign_on.pad.key(key).click()
    sign_on.enter.click()
    assert till.stage.shell.state.staff_name == "林晓"


def test_a_phone_still_being_typed_is_masked_once_the_card_is_there(till: Till) -> None:
    till.press(Qt.Key.Key_F3, "13612348804")
    enrol = till.stage.till.enrol
    enrol.name_typed("陈小宁")
    enrol.answer(Purpose.SERVICE, True)
    view = enrol_view(till)
    assert view.phone.text() == "13612348804"
    till.press(Qt.Key.Key_F10)
    assert view.phone.text() == "136****8804"
