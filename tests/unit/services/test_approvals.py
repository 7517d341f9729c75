"""A second person agrees with their own PIN: for one action, for a minute, never to their own doing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.staff import Approval, Capability, Role
from app.errors import Refusal
from app.ids import StaffId
from app.services import approvals
from app.services.till import Session
from tests.support.demo_people import DEMO_PIN
from tests.support.fakes import FakeTill, fake_till


def person(fake: FakeTill, staff_no: str) -> StaffId:
    return next(one.staff_id for one in fake.essentials.people if one.staff_no == staff_no)


def approve(fake: FakeTill, session: Session, staff_no: str = "0112", pin: str = DEMO_PIN) -> Approval:
    return approvals.approve(fake.till, session, Capability.ADJUST, "goodwill", by=person(fake, staff_no), pin=pin)


def refused(fake: FakeTill, session: Session, approval: Approval | None) -> str:
    with pytest.raises(Refusal) as caught:
        approvals.check(fake.till, session, approval, Capability.ADJUST)
    return caught.value.code


def test_those_with_the_capability_may_be_asked_but_not_the_one_who_asks() -> None:
    fake = fake_till()
    cashier, supervisor = fake.sign_on(), fake.sign_on("0112")
    asked = approvals.approvers(fake.till, cashier, Capability.ADJUST)
    assert {one.role for one in asked} == {Role.SUPERVISOR, Role.MANAGER}
    others = approvals.approvers(fake.till, supervisor, Capability.ADJUST)
    assert supervisor.staff_id not in {one.staff_id for one in others}


def test_a_capability_of_their_own_row_counts_and_unknown_names_mean_nothing() -> None:
    fake = fake_till()
    (first, *rest) = fake.essentials.people
    fake.essentials.people = (replace(first, role=Role.CASHIER, capabilities=frozenset({"cash", "fly"})), *rest)
    assert fake.essentials.people[0].may == {Capability.CASH}


def test_an_approval_names_both_people_and_is_audited() -> None:
    fake = fake_till()
    session = fake.sign_on()
    approval = approve(fake, session)
    assert (approval.staff_id, approval.by_staff_id) == (session.staff_id, person(fake, "0112"))
    entry = fake.truth.audit[-1]
    assert (entry.kind, entry.staff_id) == ("override", session.staff_id)
    assert entry.facts == {"by": approval.by_staff_id, "capability": "adjust", "reason": "goodwill"}
    approvals.check(fake.till, session, approval, Capability.ADJUST)


def test_a_wrong_pin_is_counted_for_the_one_who_should_approve() -> None:
    fake = fake_till()
    session = fake.sign_on()
    with pytest.raises(Refusal, match="pin_wrong"):
        approve(fake, session, pin="000000")
    assert fake.book.attempts(person(fake, "0112")).failed == 1
    assert fake.truth.audit[-1].kind == "override_denied"
    approve(fake, session)
    assert fake.book.attempts(person(fake, "0112")).failed == 0


def test_nobody_approves_their_own_doing() -> None:
    fake = fake_till()
    session = fake.sign_on("0112")
    with pytest.raises(Refusal, match="approval_self"):
        approve(fake, session)
    assert refused(fake, session, replace(approve(fake, session, "0103"), by_staff_id=session.staff_id)) == (
        "approval_self"
    )
    other = approve(fake, session, "0103")
    assert refused(fake, session, replace(other, staff_id=other.by_staff_id)) == "approval_self"


def test_a_colleague_without_the_capability_may_not_and_that_is_audited() -> None:
    fake = fake_till()
    session = fake.sign_on()
    with pytest.raises(Refusal, match="approval_not_allowed"):
        approve(fake, session, "0268")
    assert fake.truth.audit[-1].kind == "override_denied"


def test_an_approval_is_for_one_person_one_action_and_one_minute() -> None:
    fake = fake_till()
    session = fake.sign_on()
    approval = approve(fake, session)
    assert refused(fake, session, None) == "approval_needed"
    assert refused(fake, fake.sign_on("0268"), approval) == "approval_needed"
    assert refused(fake, session, replace(approval, capability=Capability.CASH)) == "approval_needed"
    fake.clock.advance_s(60)
    approvals.check(fake.till, session, approval, Capability.ADJUST)
    fake.clock.advance_s(1)
    assert refused(fake, session, approval) == "approval_old"


def test_somebody_who_left_meanwhile_approves_nothing() -> None:
    fake = fake_till()
    session = fake.sign_on()
    approval = approve(fake, session)
    fake.essentials.people = tuple(one for one in fake.essentials.people if one.staff_no != "0112")
    assert refused(fake, session, approval) == "approval_not_allowed"
