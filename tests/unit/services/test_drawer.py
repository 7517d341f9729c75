"""A drawer opened without a sale leaves its mark."""

from __future__ import annotations

from app.services import drawer
from tests.support.fakes import fake_till


def test_opening_the_drawer_without_a_sale_is_audited() -> None:
    fake = fake_till()
    drawer.note_no_sale(fake.till)
    session = fake.sign_on()
    drawer.note_no_sale(fake.till)
    noted = [(entry.kind, entry.staff_id) for entry in fake.truth.audit if entry.kind == "no_sale"]
    assert noted == [("no_sale", None), ("no_sale", session.staff_id)]
