"""Holds, returns and receipts over real encrypted files."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.events import Basis, hold_released_fact, sale_return_fact, seal, undo_fact
from app.domain.sale import Tender, TenderKind
from app.domain.spending import Hold, HoldState, ReturnedLine, SaleReturn
from app.errors import Refusal, StoreError
from app.ids import AccountId, EventId, MemberId, uuid7
from app.services.sync_ports import EventResult, FeedRow, RowVersion
from app.store.event_key import event_n
from app.store.files import TillFiles
from app.store.results import settle
from tests.support.facts import SALE, SHIFT, open_shift, sell
from tests.support.tills import NOW_MS

HOLD = Hold("01920000-0000-7000-8000-0000000000aa", AccountId("a-1"), 500, NOW_MS, member_id=MemberId("m-1"))


def back_of(sale_id: EventId, *, undo: bool = False) -> SaleReturn:
    return SaleReturn(
        event_id=EventId(uuid7(NOW_MS)),
        of=sale_id,
        receipt_no="S027-1-000009",
        at_ms=NOW_MS,
        business_on="2026-09-21",
        shift_id=SHIFT.shift_id,
        staff_id=SHIFT.staff_id,
        lines=(ReturnedLine(0, 1), ReturnedLine(1, 1)),
        tenders=(Tender(TenderKind.CASH, 100), Tender(TenderKind.STORED_VALUE, 5, account_id="a-2")),
        refund_minor=105,
        earned_reversed=3,
        points_restored=7,
        undo=undo,
        member_id=None if undo else MemberId("m-1"),
        card="8810000000004" if undo else None,
    )


def test_a_hold_ends_once_and_survives_a_restart(open_files: Callable[[], TillFiles]) -> None:
    files = open_files()
    with files.book.begin() as write:
        write.add_hold(HOLD)
        write.commit()
    assert files.book.open_holds() == (HOLD,)
    files.close()
    again = open_files()
    with again.book.begin() as write:
        write.move_hold(HOLD.hold_id, HoldState.HELD)
        write.commit()
    assert again.book.open_holds() == (replace(HOLD, state=HoldState.HELD),)
    with again.book.begin() as write:
        write.move_hold(HOLD.hold_id, HoldState.RELEASED)
        write.append(seal(hold_released_fact(EventId(uuid7(NOW_MS)), NOW_MS, HOLD.hold_id), write.head()))
        write.commit()
    assert again.book.open_holds() == ()


@pytest.mark.parametrize("to", [HoldState.USED, HoldState.ASKED])
def test_a_hold_that_was_never_held_is_not_used(files: TillFiles, to: HoldState) -> None:
    with files.book.begin() as write:
        write.add_hold(replace(HOLD, member_id=None))
        with pytest.raises(Refusal, match="hold_gone"):
            write.move_hold(HOLD.hold_id, to)
        write.commit()
    assert files.book.open_holds() == (replace(HOLD, member_id=None),)


def test_a_hold_id_is_never_used_again(files: TillFiles) -> None:
    def twice() -> None:
        with files.book.begin() as write:
            write.add_hold(HOLD)
            write.add_hold(HOLD)

    with pytest.raises(StoreError):
        twice()
    assert files.book.open_holds() == ()


def test_returns_of_a_sale_come_back_as_they_were_written(files: TillFiles) -> None:
    sale = sell(files)
    backs = [back_of(sale.event_id), back_of(sale.event_id, undo=True)]
    for back in backs:
        with files.book.begin() as write:
            fact = undo_fact(back, "cashier") if back.undo else sale_return_fact(back, Basis("test:1"))
            write.append(seal(fact, write.head()))
            write.add_return(back)
            write.commit()
    assert files.book.returns_of(sale.event_id) == tuple(backs)
    assert files.book.returns_of(EventId("another")) == ()


def test_a_sale_taken_back_is_in_no_figure_of_its_shift(files: TillFiles) -> None:
    open_shift(files)
    kept, undone = sell(files), sell(files)
    back = back_of(undone.event_id, undo=True)
    with files.book.begin() as write:
        write.append(seal(undo_fact(back, "cashier"), write.head()))
        write.add_return(back)
        write.commit()
    figures = files.book.shift_figures(SHIFT.shift_id)
    assert (figures.sales, figures.gross_minor) == (1, kept.result.payable_minor)


def test_a_receipt_number_is_found_among_many_and_across_identities(files: TillFiles) -> None:
    sales = [sell(files, with_job=False) for _ in range(40)]
    for sale in (sales[0], sales[17], sales[-1]):
        found = files.book.sale_by_receipt(sale.receipt_no)
        assert found is not None
        assert found.event_id == sale.event_id
    for unknown in ("S027-1-000041", "S027-1-000000", "S027-9-000003", "nonsense", "", "S027-1-" + "9" * 40):
        assert files.book.sale_by_receipt(unknown) is None


def test_without_sales_no_receipt_is_found(files: TillFiles) -> None:
    assert files.book.sale_by_receipt("S027-1-000001") is None


def test_a_sale_by_points_keeps_its_hold(files: TillFiles) -> None:
    tender = Tender(TenderKind.POINTS, 500, 500, account_id="a-1", hold_id=HOLD.hold_id)
    sale = sell(files, replace(SALE, tenders=(tender, Tender(TenderKind.CASH, 9_400))))
    read = files.book.sale(sale.event_id)
    assert read is not None
    assert read.tenders[0] == tender


def line(event_id: str, number: int, **other: object) -> FeedRow:
    fields = {
        "receipt_no": "S027-2-000007", "at_ms": NOW_MS, "till_id": "t2", "staff_id": "s", "qty": 2, "returned_qty": 1,
        "charged_minor": 9_980, "points_minor": 0, "refunded_minor": 0, "because": [{"rule": "base", "points": 99}],
        **other,
    }  # fmt: skip
    raw = json.dumps({"kind": "sale_line", "id": f"{event_id}:{number}", "ver": 1, **fields})
    return FeedRow("sale_line", f"{event_id}:{number}", 1, number + 1, raw)


@pytest.mark.parametrize(
    ("numbers", "other", "count"),
    [((0, 1), {}, 2), ((1,), {}, 0), ((0,), {"qty": 0}, 0), ((0,), {"qty": "x"}, 0), ((999,), {}, 0), ((), {}, 0)],
)
def test_lines_of_another_till_are_read_whole_or_not_at_all(
    files: TillFiles, numbers: tuple[int, ...], other: dict[str, object], count: int
) -> None:
    db = files.members.connection
    for number in numbers:
        row = line("e-1", number, **other)
        db.execute(
            "INSERT INTO other (bucket, kind, id, incarnation_no, ver, row_seq, raw) VALUES (1, ?, ?, 1, 1, ?, ?)",
            (row.kind, row.id, row.row_seq, row.raw),
        )
    found = files.members.store_sale(EventId("e-1"))
    assert len(found) == count
    if found:
        assert (found[0].receipt_no, found[0].because, found[0].returned_qty) == ("S027-2-000007", (("base", 99),), 1)


@pytest.mark.parametrize(
    ("said", "returned"),
    [
        (None, 3),
        ((1, "applied", 1), 1),
        ((1, "applied", 2), 3),
        ((1, "applied", None), 1),
        ((1, "parked", 1), 3),
        ((2, "applied", 1), 3),
    ],
    ids=["not said yet", "in the row", "in a later row", "nothing was left", "parked", "of another incarnation"],
)
def test_what_came_back_here_is_added_until_the_row_contains_it(
    files: TillFiles, said: tuple[int, str, int | None] | None, returned: int
) -> None:
    db, of = files.members.connection, EventId("e-1")
    row = line(of, 0, qty=9)
    db.execute(
        "INSERT INTO other (bucket, kind, id, incarnation_no, ver, row_seq, raw) VALUES (1, ?, ?, 1, 1, ?, ?)",
        (row.kind, row.id, row.row_seq, row.raw),
    )
    back = replace(back_of(of), lines=(ReturnedLine(0, 2), ReturnedLine(1, 1)))
    with files.book.begin() as write:
        write.append(seal(sale_return_fact(back, Basis("test:1")), write.head()))
        write.add_return(back)
        write.commit()
    if said is not None:
        incarnation_no, outcome, ver = said
        rows = (RowVersion("sale_line", row.id, ver),) if ver else ()
        till, seq = files.book.connection, files.book.head().seq
        settle(till, event_n(files.identity.epoch, seq), EventResult(seq, outcome, rows), incarnation_no)
    assert files.members.store_sale(of)[0].returned_qty == returned
