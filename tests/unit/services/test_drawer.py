"""A drawer opened without a sale asks for the right and leaves its mark."""

from __future__ import annotations

import pytest

from app.domain.staff import Capability
from app.errors import Refusal
from app.services import approvals, drawer
from tests.support.demo_people import DEMO_PIN
from tests.support.fakes import fake_till

CASHIER, SUPERVISOR = "0271", "0103"


def test_a_supervisor_opens_the_drawer_alone_and_it_is_audited() -> None:
    fake = fake_till()
    session = fake.sign_on(SUPERVISOR)
    drawer.note_no_sale(fake.till, session)
    noted = [(entry.kind, entry.staff_id, entry.facts) for entry in fake.truth.audit if entry.kind == "no_sale"]
    assert noted == [("no_sale", session.staff_id, {"reason": "check"})]


def test_a_cashier_opens_it_with_the_agreement_of_a_second_person_only() -> None:
    fake = fake_till()
    session = fake.sign_on(CASHIER)
    with pytest.raises(Refusal) as refused:
        drawer.note_no_sale(fake.till, session)
    assert refused.value.code == "approval_needed"
    assert not [entry for entry in fake.truth.audit if entry.kind == "no_sale"]
    by = approvals.approvers(fake.till, session, Capability.NO_SALE)[0].staff_id
    agreed = approvals.approve(fake.till, session, Capability.NO_SALE, drawer.TRIED, by=by, pin=DEMO_PIN)
    drawer.note_no_sale(fake.till, session, agreed)
    assert fake.truth.audit[-1].facts == {"reason": "check", "by": by}
