"""Points and coupons by hand: a reason, a second person, one fact; never below zero."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.domain.programme.document import CouponType, Discount, DiscountKind, When
from app.domain.receipt import Columns, from_json
from app.domain.staff import Approval, Capability
from app.errors import Refusal
from app.ids import MemberId
from app.services import adjustments, approvals
from app.services.till import Session
from tests.support.demo_people import DEMO_PIN
from tests.support.fakes import FakeTill, fake_till


def approved(fake: FakeTill, session: Session, capability: Capability = Capability.ADJUST) -> Approval:
    by = next(one.staff_id for one in fake.essentials.people if one.staff_no == "0103")
    return approvals.approve(fake.till, session, capability, "missed_points", by=by, pin=DEMO_PIN)


def member(fake: FakeTill) -> MemberId:
    return fake.members.cached[0].member_id


def body(fake: FakeTill) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(fake.truth.events[-1].raw)
    return found


def refused(fake: FakeTill, points: int) -> Refusal:
    session = fake.sign_on()
    approval = approved(fake, session)
    with pytest.raises(Refusal) as caught:
        adjustments.adjust(fake.till, session, member(fake), points, approval)
    assert fake.truth.effects == []
    return caught.value


def test_points_are_posted_with_both_people_and_shown_at_once() -> None:
    fake = fake_till()
    session = fake.sign_on()
    approval = approved(fake, session)
    before, after = adjustments.preview(fake.till, member(fake), 120)
    done = adjustments.adjust(fake.till, session, member(fake), 120, approval).value
    assert (done.before, done.after) == (before, after)
    assert (after or 0) - (before or 0) == 120
    raw = body(fake)
    assert (raw["type"], raw["member_id"]) == ("adjustment", member(fake))
    assert (raw["body"]["amount"], raw["body"]["reason"]) == (120, "missed_points")
    assert raw["body"]["approval"]["by_staff_id"] == approval.by_staff_id
    assert adjustments.preview(fake.till, member(fake), 1)[0] == after
    assert fake.truth.audit[-1].kind == "adjustment"
    printed = {one.left: one.right for one in from_json(fake.truth.jobs[-1].model).blocks if isinstance(one, Columns)}
    assert (printed["Points posted by hand"], printed["Reason"]) == ("+120", "Points were missed")


def test_points_are_scaled_as_the_programme_counts_them() -> None:
    fake = fake_till()
    assert fake.essentials.programme is not None
    fake.essentials.programme = replace(fake.essentials.programme, points_scale=1)
    session = fake.sign_on()
    adjustments.adjust(fake.till, session, member(fake), -3, approved(fake, session))
    assert body(fake)["body"]["amount"] == -30


def test_what_makes_no_sense_is_refused() -> None:
    assert refused(fake_till(), 0).code == "adjust_zero"
    assert refused(fake_till(), adjustments.POINTS_MAX + 1).code == "adjust_range"
    assert refused(fake_till(), -999_999).code == "insufficient_points"


def test_without_a_second_person_nothing_is_posted() -> None:
    fake = fake_till()
    session = fake.sign_on("0112")
    mine = Approval(session.staff_id, session.staff_id, "goodwill", Capability.ADJUST, fake.clock.now_ms())
    with pytest.raises(Refusal, match="approval_self"):
        adjustments.adjust(fake.till, session, member(fake), 5, mine)


def test_an_account_that_is_not_known_here_is_not_guessed() -> None:
    fake = fake_till()
    fake.members.cached = (replace(fake.members.cached[0], account=None), *fake.members.cached[1:])
    assert refused(fake, 5).code == "adjust_unknown"


def test_a_coupon_of_the_programme_is_given_by_hand() -> None:
    fake = fake_till()
    assert fake.essentials.programme is not None
    ten = CouponType("ten", Discount(DiscountKind.MINOR, value_minor=1_000), When(), 30)
    fake.essentials.programme = replace(fake.essentials.programme, coupon_types=(ten,))
    assert adjustments.coupon_types(fake.till) == ("ten",)
    session = fake.sign_on()
    approval = approved(fake, session, Capability.COUPON)
    adjustments.give_coupon(fake.till, session, member(fake), "ten", approval)
    raw = body(fake)
    assert (raw["type"], raw["body"]["type"], raw["body"]["issued_on"]) == ("coupon_issue", "ten", "2026-12-06")
    assert fake.truth.audit[-1].kind == "coupon_issue"
    with pytest.raises(Refusal, match="coupon_type_unknown"):
        adjustments.give_coupon(fake.till, session, member(fake), "gone", approval)
