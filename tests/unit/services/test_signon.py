"""Signing on: the right PIN opens a shift, wrong ones are counted durably and make one wait."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.staff import Attempts, Role
from app.errors import Refusal, StoreError
from app.ids import StaffId
from app.services import signon
from tests.support.demo_people import DEMO_PIN
from tests.support.fakes import FakeTill, fake_till

LIN = StaffId("0190aaaa-0000-7000-8000-000000000271")


def wrong(fake: FakeTill) -> Refusal:
    with pytest.raises(Refusal) as caught:
        signon.sign_on(fake.till, LIN, "000000")
    return caught.value


def test_everybody_active_may_be_chosen_in_order_of_number() -> None:
    fake = fake_till()
    fake.essentials.people = (*fake.essentials.people[:-1], replace(fake.essentials.people[-1], active=False))
    assert [choice.staff_no for choice in signon.choices(fake.till)] == ["0112", "0268", "0271", "0290"]
    assert signon.choices(fake.till)[2] == signon.StaffChoice(LIN, "0271", "林晓", Role.CASHIER)


def test_the_right_pin_opens_a_shift_with_its_event_and_audit() -> None:
    fake = fake_till()
    session = fake.sign_on()
    assert (session.staff_name, session.shift.z_no, session.shift.opened_ms) == ("林晓", 1, fake.clock.now_ms())
    event = json.loads(fake.truth.events[0].raw)
    assert (event["type"], event["body"]["shift_id"]) == ("shift_open", session.shift.shift_id)
    assert [entry.kind for entry in fake.truth.audit] == ["sign_on"]


def test_signing_on_again_keeps_the_shift() -> None:
    fake = fake_till()
    first, again = fake.sign_on(), fake.sign_on()
    assert again.shift == first.shift
    assert len(fake.truth.events) == 1


def test_two_people_have_two_shifts_and_each_keeps_theirs() -> None:
    fake = fake_till()
    lin, zhou, lin_again = fake.sign_on("0271"), fake.sign_on("0268"), fake.sign_on("0271")
    assert (lin.shift.z_no, zhou.shift.z_no) == (1, 2)
    assert lin_again.shift == lin.shift


def test_wrong_pins_say_how_many_are_left_then_make_one_wait() -> None:
    fake = fake_till()
    said = [wrong(fake) for _ in range(5)]
    assert [error.facts for error in said[:4]] == [{"left": 4}, {"left": 3}, {"left": 2}, {"left": 1}]
    assert (said[4].code, said[4].facts) == ("pin_wait", {"seconds": 5})
    assert [entry.kind for entry in fake.truth.audit] == ["sign_on_denied"] * 5


def test_during_a_wait_even_the_right_pin_is_not_looked_at() -> None:
    fake = fake_till()
    for _ in range(5):
        wrong(fake)
    fake.clock.advance_s(3)
    with pytest.raises(Refusal, match="pin_wait") as caught:
        fake.sign_on()
    assert caught.value.facts == {"seconds": 2}
    assert fake.book.attempts(LIN).failed == 5
    fake.clock.advance_s(2)
    assert fake.sign_on().staff_no == "0271"
    assert fake.book.attempts(LIN) == Attempts()


def test_the_tenth_wrong_pin_locks_for_half_an_hour() -> None:
    fake = fake_till()
    with fake.book.begin() as write:
        write.set_attempts(LIN, Attempts(9, fake.clock.now_ms() - 80_000))
        write.commit()
    assert (wrong(fake).code, wrong(fake).code) == ("pin_locked", "pin_locked")
    assert wrong(fake).facts == {"minutes": 30}
    fake.clock.advance_s(30 * 60)
    assert fake.sign_on().staff_no == "0271"


def test_a_try_counts_before_the_pin_is_looked_at() -> None:
    fake = fake_till()

    class Dies:
        def verify(self, pin_hash: str, pin: str) -> bool:
            raise KeyboardInterrupt

        def hash(self, pin: str) -> str:
            return pin

    with pytest.raises(KeyboardInterrupt):
        signon.sign_on(replace(fake.till, pins=Dies()), LIN, DEMO_PIN)
    assert fake.book.attempts(LIN).failed == 1


def test_somebody_unknown_may_not_sign_on() -> None:
    with pytest.raises(Refusal, match="staff_unknown"):
        signon.sign_on(fake_till().till, StaffId("nobody"), DEMO_PIN)


def test_a_full_disk_opens_no_shift() -> None:
    fake = fake_till()
    fake.book.refuse_with = StoreError("disk_full")
    with pytest.raises(StoreError, match="disk_full"):
        fake.sign_on()
    assert fake.truth.events == []
    assert fake.truth.shifts == []
