"""A business day over real encrypted files: found among other days, summed once; the store's row beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.day import DayFigures, DaySpan, TillDay
from app.domain.events import Basis, Fact, sale_fact, sale_return_fact, seal, undo_fact
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.spending import ReturnedLine, SaleReturn
from app.ids import EventId, MemberId, uuid7
from app.services.ports import AuditEntry
from app.store import day_rows
from app.store.files import TillFiles
from tests.support.facts import SALE, SHIFT, enrol, open_shift
from tests.support.tills import NOW_MS

ZONE = ZoneInfo("Asia/Shanghai")
DAY_MS = 86_400_000


def span(on: str) -> DaySpan:
    start = int(datetime.fromisoformat(f"{on}T04:00:00+08:00").timestamp()) * 1000
    return DaySpan(on, start, start + DAY_MS, ZONE)


TODAY = span("2026-09-21")


def sell(files: TillFiles, on: str, hour: int, **more: object) -> Sale:
    at_ms = int(datetime.fromisoformat(f"{on}T{hour:02d}:30:00+08:00").timestamp()) * 1000
    with files.book.begin() as write:
        number = write.next_number("receipt")
        made = replace(
            SALE, event_id=EventId(uuid7(NOW_MS)), receipt_no=f"S027-1-{number:06d}", at_ms=at_ms, business_on=on
        )
        made = replace(made, **more)  # type: ignore[arg-type]
        write.add_sale(made)
        write.append(seal(sale_fact(made, Basis("test:1")), write.head()))
        write.commit()
    return made


def give_back(files: TillFiles, of: EventId, on: str, *, undo: bool = False) -> None:
    back = SaleReturn(
        event_id=EventId(uuid7(NOW_MS)), of=of, receipt_no="S027-1-000099", at_ms=NOW_MS, business_on=on,
        shift_id=SHIFT.shift_id, staff_id=SHIFT.staff_id, lines=(ReturnedLine(0, 1),),
        tenders=(Tender(TenderKind.CASH, 4_000),), refund_minor=4_000, earned_reversed=3, points_restored=0, undo=undo,
    )  # fmt: skip
    with files.book.begin() as write:
        fact: Fact = undo_fact(back, "cashier") if undo else sale_return_fact(back, Basis("test:1"))
        write.append(seal(fact, write.head()))
        write.add_return(back)
        write.commit()


def audit(files: TillFiles, at_ms: int, *kinds: str) -> None:
    with files.book.begin() as write:
        for kind in kinds:
            write.add_audit(AuditEntry(at_ms, kind, SHIFT.staff_id, {}))
        write.commit()


def test_a_till_without_sales_has_an_empty_day(files: TillFiles) -> None:
    assert files.book.day(TODAY) == DayFigures()
    assert files.book.till_day(TODAY) == TillDay()


@pytest.mark.parametrize("on", ["2026-09-19", "2026-09-20", "2026-09-21", "2026-09-22"])
def test_each_day_is_found_among_the_others(files: TillFiles, on: str) -> None:
    open_shift(files)
    counts = {"2026-09-19": 3, "2026-09-20": 1, "2026-09-22": 2}
    for day, count in counts.items():
        for _ in range(count):
            sell(files, day, 10)
    assert files.book.day(span(on)).sales == counts.get(on, 0)


def test_the_day_is_summed_with_returns_off_and_undone_sales_out(files: TillFiles) -> None:
    open_shift(files)
    old = sell(files, "2026-09-20", 20)
    give_back(files, old.event_id, "2026-09-21")  # before the day's first sale
    sell(files, "2026-09-21", 10)
    nobody = sell(files, "2026-09-21", 11, member_id=None, card=None)
    undone = sell(files, "2026-09-21", 11)
    give_back(files, undone.event_id, "2026-09-21", undo=True)
    give_back(files, nobody.event_id, "2026-09-21")
    enrol(files, "张三", "+8613800001234", at_ms=TODAY.from_ms + 5)
    sell(files, "2026-09-22", 10)
    figures = files.book.day(TODAY)
    assert (figures.sales, figures.members, figures.returns, figures.enrolments) == (2, 1, 2, 1)
    assert (figures.gross_minor, figures.net_minor) == (21_960, 19_800 - 8_000)
    assert (figures.points_issued, figures.points_redeemed) == (198, 0)
    assert {hour: minor for hour, minor in enumerate(figures.by_hour) if minor} == {10: 9_900, 11: 9_900}


def test_only_what_head_office_does_not_have_can_be_asked_for(files: TillFiles) -> None:
    open_shift(files)
    sell(files, "2026-09-21", 10)
    acked = files.book.head().seq
    sell(files, "2026-09-21", 11)
    with files.book.connection as db:
        db.execute("UPDATE meta SET acked_through = ?", (acked,))
    assert files.book.day(TODAY, waiting_only=True).sales == 1
    assert files.book.day(TODAY).sales == 2


def test_what_only_this_till_knows(files: TillFiles) -> None:
    open_shift(files)
    own = enrol(files, "张三", "+8613800001234", at_ms=TODAY.from_ms + 5)
    for _ in range(3):
        sell(files, "2026-09-21", 12)
    sell(files, "2026-09-21", 13, member_id=MemberId(own.member_id))
    sell(files, "2026-09-21", 13, member_id=None, card=None)
    audit(files, TODAY.from_ms - 1, "override", "no_sale")
    audit(files, TODAY.from_ms, "override", "sale", "no_sale", "override")
    day = files.book.till_day(TODAY)
    assert (day.member_minor, day.other_minor, day.member_sales, day.other_sales) == (39_600, 9_900, 4, 1)
    assert (day.new_minor, day.often, dict(day.board)) == (9_900, 1, {SHIFT.staff_id: 1})
    assert (day.approvals, day.drawer_opened, day.undone) == (2, 1, 0)


ROW = {
    "sales": 9, "returns": 1, "gross_minor": 5, "net_minor": 4, "members": 3, "enrolments": 2, "points_issued": 8,
    "points_redeemed": 7, "points_expired": 6, "by_hour": [1] * 24,
}  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "known"),
    [(ROW, True), ({**ROW, "by_hour": [1]}, False), ({**ROW, "sales": "many"}, False), (None, False)],
)
def test_head_offices_row_is_the_stores_day_or_nothing(
    files: TillFiles, raw: dict[str, object] | None, known: bool
) -> None:
    db = files.book.connection
    db.execute("CREATE TABLE other (kind, id, raw)")
    if raw is not None:
        db.execute("INSERT INTO other VALUES ('day_figures', '2026-09-21', ?)", (json.dumps(raw),))
    found = day_rows.store_day(db, "2026-09-21")
    assert (found is not None) is known
    if found is not None:
        assert (found.sales, found.by_hour) == (9, (1,) * 24)


def test_without_a_cache_the_stores_day_is_not_known(files: TillFiles) -> None:
    assert files.members.store_day("2026-09-21") is None


def test_what_the_till_knew_at_a_sale_is_kept_with_it(files: TillFiles) -> None:
    open_shift(files)
    made = sell(files, "2026-09-21", 10)
    assert files.book.basis(made.event_id) == Basis("test:1")
    assert files.book.basis(EventId("01920000-0000-7000-8000-00000000beef")) is None
