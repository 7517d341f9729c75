"""A receipt of the store's other till comes back here, from head office's rows of its lines."""

from __future__ import annotations

import json
from dataclasses import replace

from app.domain.numbering import ReceiptFacts, receipt_address
from app.domain.sale import TenderKind
from app.ids import EventId, MemberId
from app.services import returns, settings
from app.services.ports import StoreLine
from app.services.returns import Found
from tests.support.fakes import FakeTill, fake_till

CASH = TenderKind.CASH
DAY_MS = 24 * 3600 * 1000
OTHER = EventId("0190dddd-0000-7000-8000-000000000001")


def store_lines(fake: FakeTill, *, returned: int = 0) -> tuple[StoreLine, ...]:
    member_id = MemberId(fake.members.cached[0].member_id)
    return (
        StoreLine("S027-1-000007", fake.clock.now_ms() - DAY_MS, "t1", 2, returned, 9_980, 1_000, (("base", 90),),
                  member_id, "M-1001", "面膜", "skin"),
        StoreLine("S027-1-000007", fake.clock.now_ms() - DAY_MS, "t1", 1, 0, 3_900, 0, (("base", 39),), member_id),
    )  # fmt: skip


def other_found(fake: FakeTill) -> Found:
    key = settings.read(fake.till).receipt_key
    return returns.find(fake.till, receipt_address("hui.example", key, ReceiptFacts("S027-1-000007", OTHER, 13_880, 1)))


def test_a_receipt_of_the_stores_other_till_is_returned_from_its_rows() -> None:
    fake = fake_till()
    session = fake.sign_on()
    fake.members.store_sales[OTHER] = store_lines(fake)
    found = other_found(fake)
    assert (found.own, found.bought.till_id, found.day_no) == (False, "t1", 2)
    shown = returns.preview(fake.till, found, {0: 1})
    assert (shown.refund_minor, shown.restored, shown.reversed) == (4_490, 500, 45)
    assert [(one.kind, one.minor) for one in shown.tenders] == [(CASH, 4_490)]
    returns.confirm(fake.till, session, found, {0: 1})
    assert json.loads(fake.truth.events[-1].raw)["body"]["of"] == OTHER
    assert other_found(fake).bought.purchase.lines[0].returned == 1


def test_what_head_office_knows_to_be_back_counts_once() -> None:
    fake = fake_till()
    session = fake.sign_on()
    fake.members.store_sales[OTHER] = store_lines(fake, returned=1)
    assert other_found(fake).bought.purchase.lines[0].returned == 1
    returns.confirm(fake.till, session, other_found(fake), {0: 1})
    assert other_found(fake).bought.purchase.lines[0].returned == 1
    fake.members.store_sales[OTHER] = store_lines(fake, returned=2)
    assert other_found(fake).bought.purchase.lines[0].returned == 2


def test_rows_without_points_give_none_back() -> None:
    fake = fake_till()
    programme = fake.essentials.programme
    assert programme is not None
    fake.essentials.programme = replace(programme, redeem=None)
    fake.members.store_sales[OTHER] = store_lines(fake)
    assert returns.preview(fake.till, other_found(fake), {0: 2}).restored == 0
