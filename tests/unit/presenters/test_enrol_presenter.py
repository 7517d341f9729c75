"""Enrolment: fields, consents, cards, scans meanwhile, refusals that lose nothing."""

from __future__ import annotations

import pytest

from app.domain.consent import Purpose
from app.errors import StoreError
from tests.support.demo_people import card_number
from tests.support.stage import Stage
from ui.presenters.enrol import EnrolPresenter
from ui.presenters.keys import Key, Screen


@pytest.fixture
def stage() -> Stage:
    stage = Stage().sign_on()
    stage.shell.key(Key.F3)
    return stage


@pytest.fixture
def enrol(stage: Stage) -> EnrolPresenter:
    return stage.till.enrol


def fill(enrol: EnrolPresenter) -> None:
    enrol.phone_typed("13612348804")
    enrol.name_typed("陈小宁")
    enrol.answer(Purpose.SERVICE, True)


def test_the_steps_follow_what_is_filled_in(enrol: EnrolPresenter) -> None:
    assert enrol.state.step == 0
    enrol.phone_typed("13612348804")
    assert enrol.state.check is not None
    assert (enrol.state.check.masked, enrol.state.step) == ("136****8804", 1)
    enrol.name_typed("陈小宁")
    assert (enrol.state.masked_name, enrol.state.step, enrol.state.ready) == ("陈*宁", 2, False)
    enrol.answer(Purpose.SERVICE, True)
    assert enrol.state.ready
    assert len(enrol.state.unanswered) == 3


def test_finishing_enrols_shows_the_card_and_gives_the_member_to_the_receipt(
    stage: Stage, enrol: EnrolPresenter
) -> None:
    fill(enrol)
    stage.shell.key(Key.F10)
    assert enrol.state.enrolled is not None
    assert enrol.state.step == 3
    assert stage.cart.state.cart.customer is not None
    assert stage.cart.state.cart.customer.view.name == "陈*宁"
    assert stage.devices.prints_asked == 1
    stage.shell.key(Key.ENTER)
    assert stage.shell.state.screen is Screen.COUNTER
    assert not enrol.state.open


def test_an_answer_can_be_changed_and_none_is_chosen_beforehand(enrol: EnrolPresenter) -> None:
    assert all(enrol.state.answer(purpose) is None for purpose in Purpose)
    enrol.answer(Purpose.MARKETING, True)
    enrol.answer(Purpose.MARKETING, False)
    assert enrol.state.answer(Purpose.MARKETING) is False
    assert len(enrol.state.answers) == 1


def test_without_consent_to_the_service_nobody_is_enrolled_and_the_form_stays(
    stage: Stage, enrol: EnrolPresenter
) -> None:
    fill(enrol)
    enrol.answer(Purpose.SERVICE, False)
    enrol.finish()
    assert enrol.state.notice is not None
    assert (enrol.state.open, enrol.state.name) == (True, "陈小宁")
    assert stage.fake.truth.own_members == []


def test_a_phone_that_is_none_is_refused_at_its_field(enrol: EnrolPresenter) -> None:
    enrol.phone_typed("1361234880")
    assert enrol.state.notice is None
    enrol.check_phone()
    assert enrol.state.notice is not None
    assert enrol.state.phone == "1361234880"
    enrol.phone_typed("1361234880")
    enrol.phone_typed("13612348804")
    assert enrol.state.notice is None
    enrol.check_phone()


def test_answers_for_an_older_phone_are_dropped(stage: Stage, enrol: EnrolPresenter) -> None:
    stage.tasks.hold = True
    enrol.phone_typed("13612348804")
    enrol.phone_typed("1361234")
    enrol.check_phone()
    enrol.phone_typed("136")
    stage.tasks.run_all()
    assert enrol.state.check is None
    assert enrol.state.notice is None


def test_a_known_phone_offers_its_member(stage: Stage, enrol: EnrolPresenter) -> None:
    enrol.open_known()
    enrol.phone_typed("13800002719")
    assert enrol.state.check is not None
    assert len(enrol.state.check.duplicates) == 1
    enrol.open_known()
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.cart.state.cart.customer is not None
    assert stage.cart.state.cart.customer.view.name == "张*凡"


def test_an_unknown_card_becomes_the_new_members_card(stage: Stage, enrol: EnrolPresenter) -> None:
    number = card_number("9900001234")
    stage.scan(number)
    assert enrol.state.card == number
    fill(enrol)
    enrol.finish()
    assert enrol.state.enrolled is not None
    assert enrol.state.enrolled.card == number


def test_a_number_from_the_till_can_be_taken_after_all(stage: Stage, enrol: EnrolPresenter) -> None:
    stage.scan(card_number("9900001234"))
    enrol.electronic_card()
    assert enrol.state.card is None


def test_a_known_card_opens_nobody_by_itself(stage: Stage, enrol: EnrolPresenter) -> None:
    fill(enrol)
    stage.scan(stage.card())
    assert enrol.state.notice is not None
    assert "张*凡" in enrol.state.notice.text
    assert enrol.state.name == "陈小宁"
    assert stage.cart.state.cart.customer is None


def test_goods_go_onto_the_receipt_behind_the_form(stage: Stage, enrol: EnrolPresenter) -> None:
    fill(enrol)
    stage.scan(stage.barcode(0))
    assert enrol.state.notice is not None
    assert "Added to the receipt" in enrol.state.notice.text
    assert stage.cart.state.cart.basket.units == 1
    assert enrol.state.phone == "13612348804"


def test_a_refused_scan_is_said_in_the_form(stage: Stage, enrol: EnrolPresenter) -> None:
    stage.scan("134567890123456789")
    assert enrol.state.notice is not None
    assert enrol.state.refused == 1


def test_scans_answered_after_the_form_closed_go_to_the_receipt(stage: Stage, enrol: EnrolPresenter) -> None:
    stage.tasks.hold = True
    stage.scan(stage.barcode(0), stage.card(), card_number("9900001234"))
    enrol.back()
    stage.tasks.run_all()
    assert stage.cart.state.cart.basket.units == 1
    assert stage.cart.state.cart.customer is not None
    assert stage.cart.state.cart.customer.card == card_number("9900001234")


def test_a_card_scanned_when_the_card_is_ready_goes_to_the_receipt(stage: Stage, enrol: EnrolPresenter) -> None:
    fill(enrol)
    enrol.finish()
    stage.scan(stage.card())
    assert stage.cart.state.cart.customer is not None
    assert stage.cart.state.cart.customer.view.name == "张*凡"


def test_while_it_is_saved_the_form_stays(stage: Stage, enrol: EnrolPresenter) -> None:
    fill(enrol)
    stage.tasks.hold = True
    enrol.finish()
    enrol.finish()
    enrol.back()
    assert enrol.state.open
    stage.tasks.run_all()
    assert len(stage.fake.truth.own_members) == 1


def test_a_full_disk_keeps_the_form(stage: Stage, enrol: EnrolPresenter) -> None:
    fill(enrol)
    stage.fake.book.refuse_with = StoreError("disk_full")
    enrol.finish()
    assert enrol.state.notice is not None
    assert (enrol.state.saving, enrol.state.name) == (False, "陈小宁")


def test_the_seconds_run_until_the_card_is_there(stage: Stage, enrol: EnrolPresenter) -> None:
    stage.fake.clock.advance_s(12)
    stage.shell.tick()
    assert enrol.state.elapsed_s == 12
    fill(enrol)
    enrol.finish()
    stage.fake.clock.advance_s(5)
    enrol.tick()
    assert enrol.state.elapsed_s == 12


def test_a_closed_form_finishes_nothing(enrol: EnrolPresenter) -> None:
    enrol.back()
    enrol.finish()
    assert not enrol.state.open


def test_escape_asks_twice_before_a_form_with_something_in_it_is_discarded(stage: Stage, enrol: EnrolPresenter) -> None:
    fill(enrol)
    stage.shell.key(Key.ESC)
    assert (enrol.state.open, enrol.state.name) == (True, "陈小宁")
    assert enrol.state.notice is not None
    enrol.name_typed("陈小宁宁")
    assert enrol.state.notice is None
    stage.shell.key(Key.ESC)
    assert enrol.state.open
    stage.shell.key(Key.F1)
    stage.shell.key(Key.ESC)
    assert enrol.state.notice is None
    stage.shell.key(Key.ESC)
    stage.shell.key(Key.ESC)
    assert not enrol.state.open


def test_an_empty_form_and_a_finished_one_close_at_once(stage: Stage, enrol: EnrolPresenter) -> None:
    stage.shell.key(Key.ESC)
    assert not enrol.state.open
    stage.shell.open_enrol()
    fill(enrol)
    enrol.finish()
    stage.shell.key(Key.ESC)
    assert not enrol.state.open
