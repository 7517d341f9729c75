"""Whatever a scanner or a person sends: an answer or a refusal with words, never anything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.consent import Consent, Purpose
from app.errors import Refusal
from app.i18n import ENGLISH
from app.messages import words
from app.services import checkout, enrolment, members
from tests.support.fakes import fake_till

FAKE = fake_till()
CODES = st.text(max_size=80) | st.text("0123456789", min_size=1, max_size=30) | st.from_regex(r"\]C[01][0-9]{8,20}")
PHONES = st.text(max_size=24) | st.from_regex(r"\+?[0-9 \-]{0,24}", fullmatch=True)
SERVICE = (Consent(Purpose.SERVICE, True),)


def refusal_of(call: Callable[[], object]) -> Refusal | None:
    try:
        call()
    except Refusal as refusal:
        return refusal
    return None


def answered(call: Callable[[], object]) -> None:
    refusal = refusal_of(call)
    assert refusal is None or words(refusal, ENGLISH)


@given(CODES)
def test_any_code_is_identified_or_refused(code: str) -> None:
    answered(lambda: members.identify(FAKE.till, code))


@given(st.text(max_size=80))
def test_any_text_can_be_searched_for(text: str) -> None:
    assert members.find(FAKE.till, text).total >= 0


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with suppress(Refusal):
        assert checkout.parse_amount(text) >= 0


@given(PHONES)
def test_any_text_is_a_phone_number_or_refused(text: str) -> None:
    with suppress(Refusal):
        assert enrolment.check_phone(FAKE.till, text).phone.startswith("+")


@given(st.text(max_size=60), st.text(max_size=12), st.none() | CODES)
def test_any_form_is_enrolled_or_refused(name: str, birthday_on: str, card: str | None) -> None:
    fake = fake_till()
    session = fake.sign_on()
    form = enrolment.Form("13912345678", name, SERVICE, card, birthday_on or None)
    answered(lambda: enrolment.enrol(fake.till, session, form))
    assert len(fake.truth.own_members) == len(fake.truth.events) - 1


@pytest.mark.parametrize("text", ["１３９１２３４５６７８", "139-1234-5678", "0086 139 1234 5678", "(139) 12345678"])
def test_a_phone_may_be_typed_as_people_do(text: str) -> None:
    assert enrolment.check_phone(FAKE.till, text).phone == "+8613912345678"
