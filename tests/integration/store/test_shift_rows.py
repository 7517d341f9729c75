"""What a shift comes to over real encrypted files: sales, returns, cash moves and top-ups of its own, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.events import Basis, Fact, sale_return_fact, seal, undo_fact
from app.domain.hand_facts import cash_move_fact
from app.domain.sale import Tender, TenderKind
from app.domain.shift import CashKind, CashMove, ShiftTotals
from app.domain.spending import ReturnedLine, SaleReturn
from app.domain.staff import Approval, Capability
from app.errors import Refusal
from app.ids import EventId, ShiftId, StaffId, uuid7
from app.store.files import TillFiles
from tests.support.facts import SALE, SHIFT, enrol, open_shift, sell
from tests.support.tills import NOW_MS

OTHER = replace(SHIFT, shift_id=ShiftId("01920000-0000-7000-8000-0000000000cc"), z_no=2, staff_id=StaffId("staff-2"))
APPROVAL = Approval(SHIFT.staff_id, StaffId("staff-9"), "change", Capability.CASH, NOW_MS)


def append(files: TillFiles, fact: Fact) -> None:
    with files.book.begin() as write:
        write.append(seal(fact, write.head()))
        write.commit()


def move(files: TillFiles, kind: CashKind, minor: int, shift_id: ShiftId = SHIFT.shift_id) -> CashMove:
    approval = None if kind is CashKind.NO_SALE else APPROVAL
    one = CashMove(EventId(uuid7(NOW_MS)), NOW_MS, shift_id, kind, minor, "change", SHIFT.staff_id, approval)
    append(files, cash_move_fact(one))
    return one


def give_back(files: TillFiles, of: EventId, *, undo: bool) -> None:
    back = SaleReturn(
        event_id=EventId(uuid7(NOW_MS)),
        of=of,
        receipt_no="S027-1-000009",
        at_ms=NOW_MS,
        business_on="2026-09-21",
        shift_id=SHIFT.shift_id,
        staff_id=SHIFT.staff_id,
        lines=(ReturnedLine(0, 1),),
        tenders=(Tender(TenderKind.CASH, 3_000), Tender(TenderKind.CARD, 1_000)),
        refund_minor=4_000,
        earned_reversed=3,
        points_restored=0,
        undo=undo,
    )
    with files.book.begin() as write:
        fact = undo_fact(back, "cashier") if undo else sale_return_fact(back, Basis("test:1"))
        write.append(seal(fact, write.head()))
        write.add_return(back)
        write.commit()


def top_up(files: TillFiles, source: str, minor: int) -> None:
    body = {
        "shift_id": SHIFT.shift_id, "account_id": "a-9", "minor": minor, "bonus_minor": 0, "source": source,
        "staff_id": "staff-1", "tenders": [{"kind": "cash", "minor": minor}],
    }  # fmt: skip
    append(files, Fact(EventId(uuid7(NOW_MS)), "stored_value_topup", NOW_MS, body))


def test_a_shift_nobody_knows_comes_to_nothing(files: TillFiles) -> None:
    assert files.book.shift_totals(SHIFT.shift_id) == ShiftTotals()


def test_everything_of_the_shift_is_summed_once_and_nothing_of_another(files: TillFiles) -> None:
    open_shift(files)
    open_shift(files, OTHER)
    sell(files)
    nobody = sell(files, replace(SALE, member_id=None, card=None))
    undone = sell(files)
    sell(files, replace(SALE, shift_id=OTHER.shift_id))
    give_back(files, undone.event_id, undo=True)
    give_back(files, nobody.event_id, undo=False)
    enrol(files, "张三", "+8613800001234")
    moves = (move(files, CashKind.PAY_IN, 500), move(files, CashKind.DROP, 200), move(files, CashKind.NO_SALE, 0))
    move(files, CashKind.PAY_IN, 7, OTHER.shift_id)
    top_up(files, "counter", 10_000)
    top_up(files, "change", 30)
    totals = files.book.shift_totals(SHIFT.shift_id)
    assert (totals.sales, totals.member_sales, totals.undone, totals.returns) == (2, 1, 1, 1)
    assert (totals.gross_minor, totals.net_minor, totals.discount_minor) == (21_960, 19_800, 2_160)
    assert (totals.points_issued, totals.points_redeemed, totals.enrolments) == (198, 0, 1)
    assert totals.sold == {TenderKind.CASH: 9_800, TenderKind.CARD: 10_000}
    assert totals.refunded == {TenderKind.CASH: 3_000, TenderKind.CARD: 1_000}
    assert totals.topped_up == {TenderKind.CASH: 10_030}
    assert totals.moves == moves
    assert {one.kind: one.minor for one in totals.expected(1_000)} == {
        TenderKind.CASH: 1_000 + 9_800 - 3_000 + 10_030 + 500 - 200,
        TenderKind.CARD: 9_000,
    }


def test_a_shift_closes_once_and_another_opens(files: TillFiles) -> None:
    open_shift(files)
    with files.book.begin() as write:
        write.close_shift(SHIFT.shift_id, NOW_MS)
        write.commit()
    assert files.book.open_shift_of(SHIFT.staff_id) is None
    with files.book.begin() as write, pytest.raises(Refusal, match="shift_closed"):
        write.close_shift(SHIFT.shift_id, NOW_MS)
    again = replace(SHIFT, shift_id=OTHER.shift_id, z_no=2)
    open_shift(files, again)
    assert files.book.open_shift_of(SHIFT.staff_id) == again
