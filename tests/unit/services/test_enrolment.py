"""Enrolling: numbers, consents, personal data beside the event, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from app.domain.consent import Consent, Purpose
from app.domain.receipt import Barcode, QrCode
from app.errors import Refusal
from app.failpoints import Failpoint, Failpoints
from app.services import enrolment, members
from app.services.enrolment import Form
from app.services.members import CustomerFound
from tests.support.demo_people import card_number
from tests.support.fakes import FakeTill, fake_till

SERVICE = (Consent(Purpose.SERVICE, True),)
FORM = Form("139 1234 5678", " 王小明 ", SERVICE)


def enrolled(fake: FakeTill, form: Form = FORM) -> enrolment.Enrolled:
    return enrolment.enrol(fake.till, fake.sign_on(), form).value


def refusal(**changes: object) -> str:
    fake = fake_till()
    session = fake.sign_on()
    with pytest.raises(Refusal) as caught:
        enrolment.enrol(fake.till, session, replace(FORM, **changes))  # type: ignore[arg-type]
    assert fake.truth.own_members == []
    return caught.value.code


def test_a_new_member_has_numbers_and_a_card_that_works_at_once() -> None:
    fake = fake_till()
    new = enrolled(fake)
    assert (new.member_no, new.card) == ("200000000001", "8800770000011")
    assert (new.customer.view.name, new.customer.view.phone, new.customer.view.points) == ("王*明", "139****5678", 0)
    found = members.identify(fake.till, new.card)
    assert isinstance(found, CustomerFound)
    assert (found.unknown_card, found.customer.view.enrolled_here) == (False, True)
    assert {QrCode(new.card), Barcode(new.card)} <= set(new.receipt.blocks)
    assert fake.truth.jobs[-1].job_id == new.job_id
    assert [entry.kind for entry in fake.truth.audit] == ["sign_on", "enrolment"]


def test_who_joins_after_midnight_joins_on_the_business_day_that_still_runs() -> None:
    fake = fake_till()
    fake.clock.set_ms(int(datetime(2026, 12, 7, 2, 30, tzinfo=fake.till.place.zone).timestamp() * 1000))
    enrolled(fake)
    (event,) = [one for one in fake.truth.events if '"type":"enrolment"' in one.raw]
    assert json.loads(event.raw)["body"]["enrolled_on"] == "2026-12-06"


def test_personal_data_stays_out_of_the_event_and_consents_are_all_answered() -> None:
    fake = fake_till()
    enrolled(fake, replace(FORM, birthday_on="1999-02-28", consents=(*SERVICE, Consent(Purpose.MARKETING, True))))
    event = fake.truth.events[-1]
    assert json.loads(event.attachments[0].pii) == {
        "birthday_on": "1999-02-28",
        "name": "王小明",
        "phone": "+8613912345678",
    }
    body = json.loads(event.raw)["body"]
    assert {one["purpose"]: one["given"] for one in body["consents"]} == {
        "service": True,
        "marketing": True,
        "profiling": False,
        "sharing": False,
    }
    assert "13912345678" not in event.raw


def test_two_salts_are_never_the_same() -> None:
    fake = fake_till()
    enrolled(fake)
    enrolled(fake)
    salts = {event.attachments[0].salt for event in fake.truth.events if event.attachments}
    assert len(salts) == 2


def test_a_phone_already_known_is_shown_and_stops_nothing() -> None:
    fake = fake_till()
    check = enrolment.check_phone(fake.till, "13800002719")
    assert (check.phone, check.masked) == ("+8613800002719", "138****2719")
    assert [one.view.name for one in check.duplicates] == ["张*凡"]
    assert enrolled(fake, replace(FORM, phone="13800002719")).customer.view.phone == "138****2719"


def test_a_number_from_abroad_needs_its_country_code() -> None:
    assert enrolment.check_phone(fake_till().till, "+852 5123 4567").phone == "+85251234567"


@pytest.mark.parametrize("phone", ["", "1391234567", "abc", "110", "+1", "12345678901234567890"])
def test_what_is_no_phone_number_is_refused(phone: str) -> None:
    assert refusal(phone=phone) == "phone_form"


def test_a_payment_card_is_kept_in_no_field() -> None:
    assert refusal(phone="4111 1111 1111 1111") == "payment_card_number"
    assert refusal(name="张三 4111111111111111") == "payment_card_number"
    assert refusal(card="4111111111111111") == "payment_card_number"


def test_names_and_birthdays_have_a_form() -> None:
    assert refusal(name="") == "name_form"
    assert refusal(birthday_on="1999-02-30") == "birthday_form"
    assert refusal(birthday_on="2026-12-07") == "birthday_form"
    assert refusal(birthday_on="1899-12-31") == "birthday_form"


@pytest.mark.parametrize("consents", [(), (Consent(Purpose.SERVICE, False),), (Consent(Purpose.MARKETING, True),)])
def test_without_consent_to_the_service_there_is_no_membership(consents: tuple[Consent, ...]) -> None:
    assert refusal(consents=consents) == "consent_service"


def test_a_card_the_customer_brings_is_taken() -> None:
    fake = fake_till()
    number = card_number("0000008888")
    assert enrolled(fake, replace(FORM, card=number)).card == number
    assert len(fake.truth.free_numbers["card"]) == 20


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("8800000025093", "card_taken"),
        ("8800000025094", "check_digit"),
        ("123", "card_form"),
        ("abcdefgh", "card_form"),
        ("7700000025093", "card_form"),
        ("134567890123456789", "payment_code"),
    ],
)
def test_a_card_that_cannot_be_taken_is_refused(card: str, code: str) -> None:
    assert refusal(card=card) == code


def test_a_lent_number_somebody_already_has_is_passed_over() -> None:
    fake = fake_till()
    taken = fake.truth.free_numbers["card"][0]
    fake.members.cached = (replace(fake.members.cached[0], card=taken),)
    assert enrolled(fake).card == fake_till().truth.free_numbers["card"][1]


def test_a_used_up_block_is_said_and_takes_nothing() -> None:
    fake = fake_till()
    fake.truth.free_numbers["card"] = []
    session = fake.sign_on()
    with pytest.raises(Refusal, match="numbers_used_up"):
        enrolment.enrol(fake.till, session, FORM)
    assert fake.truth.own_members == []
    assert len(fake.truth.free_numbers["member"]) == 20


def test_every_failpoint_of_an_enrolment_is_passed_in_order() -> None:
    reached: list[Failpoint] = []

    class Stops(Failpoints):
        def hit(self, place: Failpoint) -> None:
            reached.append(place)

    fake = fake_till()
    enrolment.enrol(replace(fake.till, failpoints=Stops({})), fake.sign_on(), FORM)
    assert reached == [
        Failpoint.ENROLMENT_BEFORE_BEGIN,
        Failpoint.ENROLMENT_AFTER_NUMBER,
        Failpoint.ENROLMENT_AFTER_ATTACHMENT,
        Failpoint.ENROLMENT_AFTER_EVENT,
        Failpoint.ENROLMENT_BEFORE_COMMIT,
        Failpoint.ENROLMENT_AFTER_COMMIT,
    ]
