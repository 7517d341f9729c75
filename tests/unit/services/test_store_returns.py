"""A receipt of the store's other till comes back here, from head office's rows of its lines."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.numbering import ReceiptFacts, receipt_address
from app.domain.sale import Tender, TenderKind
from app.domain.store_line import StoreLine
from app.errors import Refusal
from app.ids import EventId, MemberId
from app.services import checkout, returns, settings
from app.services.checkout import Cart
from app.services.returns import Found
from app.services.till import Session
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


@pytest.fixture
def sold_here() -> tuple[FakeTill, Session, str]:
    fake = fake_till()
    session = fake.sign_on()
    cart = checkout.with_product(fake.till, Cart(), fake.essentials.products[0], 2)
    done = checkout.complete(fake.till, session, cart, (Tender(CASH),)).value
    return fake, session, done.event_id


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
    back = returns.confirm(fake.till, session, other_found(fake), {0: 1}).value
    assert other_found(fake).bought.purchase.lines[0].returned == 2  # one there and one here are two
    fake.members.in_rows.add(back.event_id)
    fake.members.store_sales[OTHER] = store_lines(fake, returned=2)
    assert other_found(fake).bought.purchase.lines[0].returned == 2


def test_goods_that_came_back_at_another_till_do_not_come_back_here(sold_here: tuple[FakeTill, Session, str]) -> None:
    fake, session, event_id = sold_here
    fake.members.store_sales[event_id] = store_lines(fake, returned=1)[:1]
    found = returns.find(fake.till, "S027-2-000001")
    assert found.bought.purchase.lines[0].returned == 1
    with pytest.raises(Refusal, match="already_returned"):
        returns.preview(fake.till, found, {0: 2})
    with pytest.raises(Refusal, match="undo_returned"):
        returns.undo(fake.till, session)
    fake.members.store_sales[event_id] = store_lines(fake, returned=1)  # not the lines of this sale
    assert returns.find(fake.till, "S027-2-000001").bought.purchase.lines[0].returned == 0


def test_rows_without_points_give_none_back() -> None:
    fake = fake_till()
    programme = fake.essentials.programme
    assert programme is not None
    fake.essentials.programme = replace(programme, redeem=None)
    fake.members.store_sales[OTHER] = store_lines(fake)
    assert returns.preview(fake.till, other_found(fake), {0: 2}).restored == 0


def test_a_receipt_whose_lines_went_away_meanwhile_is_not_returned() -> None:
    fake = fake_till()
    session = fake.sign_on()
    fake.members.store_sales[OTHER] = store_lines(fake)
    found = other_found(fake)
    fake.members.store_sales.clear()
    with pytest.raises(Refusal, match="receipt_not_here"):
        returns.confirm(fake.till, session, found, {0: 1})
