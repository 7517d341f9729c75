"""The book: sales, events, audit, shifts and numbers written and read back; a transaction is whole or absent."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.chain import HASH_ZERO, Link, event_hash
from app.domain.events import Basis, sale_fact, seal, shift_open_fact
from app.domain.receipt import JobState
from app.domain.sale import Basket, Line, SaleResult, Tender, TenderKind
from app.domain.shift import Shift, ShiftFigures
from app.domain.staff import Attempts
from app.errors import Refusal, StoreError
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId, uuid7
from app.services.ports import AuditEntry, Effect, Moved, NewJob
from app.store import connect, verify
from app.store.files import TillFiles
from app.store.folder import TILL_FILE
from tests.support.facts import SALE, SHIFT, enrol, open_shift, sell
from tests.support.tills import NOW_MS


def test_a_new_till_has_an_empty_chain(files: TillFiles) -> None:
    assert files.book.head() == Link(1, 0, HASH_ZERO)
    assert files.book.open_shift() is None
    assert files.book.last_sale(SHIFT.shift_id) is None
    assert files.book.sale(SALE.event_id) is None
    assert files.book.last_job(SALE.event_id) is None
    assert files.book.oldest_pending_ms() is None
    assert files.book.shift_figures(SHIFT.shift_id) == ShiftFigures(0, 0, 0, 0)


def test_a_sale_comes_back_as_it_was_stored(files: TillFiles) -> None:
    made = sell(files)
    assert files.book.sale(made.event_id) == made


LINES = st.builds(
    Line,
    unit_minor=st.integers(0, 10**7),
    qty=st.integers(1, 99),
    sku=st.none() | st.just("g1"),
    name=st.none() | st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    discount_minor=st.integers(0, 10**6),
    tax_minor=st.integers(0, 10**6),
)
TENDERS = st.builds(
    Tender, kind=st.sampled_from(TenderKind), minor=st.integers(0, 10**8), points=st.none() | st.just(5)
)


def test_the_points_an_event_moved_are_told_by_account_or_card(files: TillFiles) -> None:
    account, card = (
        Effect(AccountId("0190aaaa-0000-7000-8000-000000000001"), None, 5),
        Effect(None, "8800000025093", -7),
    )
    assert [files.book.points_moved(sell(files, effects=(one,)).event_id) for one in (account, card)] == [account, card]
    coupon = replace(account, points=-1, of=Moved.OTHER)
    assert files.book.points_moved(sell(files, effects=(coupon,)).event_id) is None
    assert files.book.points_moved(EventId("0190aaaa-0000-7000-8000-00000000ffff")) is None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(LINES, min_size=1, max_size=4), st.lists(TENDERS, max_size=4), st.integers(0, 10**6))
def test_any_sale_comes_back_as_it_was_stored(
    files: TillFiles, lines: list[Line], tenders: list[Tender], earned: int
) -> None:
    sale = replace(
        SALE,
        basket=Basket(tuple(lines)),
        tenders=tuple(tenders),
        result=SaleResult(1, earned),
        member_id=None,
        found_by=None,
    )
    made = sell(files, sale)
    assert files.book.sale(made.event_id) == made


def test_a_tender_without_its_amount_is_not_stored(files: TillFiles) -> None:
    with pytest.raises(ValueError, match="amount"):
        sell(files, replace(SALE, tenders=(Tender(TenderKind.CASH),)))
    assert files.book.head().seq == 0


def test_tenders_are_summed_by_kind(files: TillFiles, folder: Path) -> None:
    sell(files)
    assert column(files, folder, "SELECT cash_minor, card_minor, qr_minor, gross_minor FROM sale") == [
        (4900, 5000, 0, 10_000)
    ]


def column(files: TillFiles, folder: Path, statement: str) -> list[tuple[object, ...]]:
    db = connect.connect(folder / TILL_FILE, files.ring.key(TILL_FILE), connect.TILL)
    try:
        return db.execute(statement).fetchall()
    finally:
        db.close()


def test_leaving_without_commit_takes_everything_back(files: TillFiles) -> None:
    with files.book.begin() as write:
        number = write.take_number("card")
        write.add_sale(SALE)
        write.append(seal(sale_fact(SALE, Basis("test:1")), write.head()), (Effect(None, "8810000000004", 5),))
        write.add_audit(AuditEntry(NOW_MS, "sale", None, {}))
        write.add_job(NewJob(SALE.event_id, "sale", b"", "{}"))
    assert files.book.head().seq == 0
    assert files.book.sale(SALE.event_id) is None
    assert files.jobs.next_job() is None
    assert files.members.own_points_of_card("8810000000004") == 0
    with files.book.begin() as write:
        assert write.take_number("card") == number


def take_a_number_and_fail(files: TillFiles) -> None:
    with files.book.begin() as write:
        write.next_number("receipt")
        raise ZeroDivisionError


def test_an_error_inside_takes_everything_back(files: TillFiles) -> None:
    with pytest.raises(ZeroDivisionError):
        take_a_number_and_fail(files)
    with files.book.begin() as write:
        assert write.next_number("receipt") == 1


@pytest.mark.parametrize("spoil", ["seq", "epoch", "hash"])
def test_an_event_that_does_not_follow_is_not_written(files: TillFiles, spoil: str) -> None:
    sell(files)
    good = seal(shift_open_fact(EventId(uuid7(NOW_MS)), SHIFT), files.book.head())
    bad = {
        "seq": replace(good, seq=good.seq + 1),
        "epoch": replace(good, epoch=2),
        "hash": replace(good, hash=event_hash(HASH_ZERO, good.raw)),
    }[spoil]
    with pytest.raises(StoreError, match="chain_moved"), files.book.begin() as write:
        write.append(bad)
    assert files.book.head().seq == 1


def test_several_events_in_one_transaction_follow_each_other(files: TillFiles) -> None:
    with files.book.begin() as write:
        for _ in range(3):
            write.append(seal(shift_open_fact(EventId(uuid7(NOW_MS)), SHIFT), write.head()))
        write.commit()
    assert files.book.head().seq == 3


def test_a_sale_without_its_event_is_never_stored(files: TillFiles) -> None:
    with files.book.begin() as write:
        write.add_sale(SALE)
        with pytest.raises(ValueError, match="without its event"):
            write.commit()
        other = seal(shift_open_fact(EventId(uuid7(NOW_MS)), SHIFT), write.head())
        with pytest.raises(ValueError, match="comes next"):
            write.append(other)
    assert files.book.head().seq == 0


def test_the_same_event_is_not_written_twice(files: TillFiles) -> None:
    made = sell(files)
    again = seal(sale_fact(made, Basis("test:1")), files.book.head())
    with pytest.raises(StoreError, match="store_io"), files.book.begin() as write:
        write.append(again)


def test_shift_figures_count_this_shift_alone(files: TillFiles) -> None:
    first = SHIFT
    open_shift(files, first)
    sell(files)
    sell(files, replace(SALE, member_id=None))
    enrol(files, "王五", "+8613800138000", at_ms=NOW_MS + 5)
    second = Shift(ShiftId("shift-2"), 2, StaffId("staff-2"), NOW_MS + 10)
    open_shift(files, second)
    sell(files, replace(SALE, shift_id=second.shift_id))
    assert files.book.shift_figures(first.shift_id) == ShiftFigures(2, 1, 1, 19_800)
    assert files.book.shift_figures(second.shift_id) == ShiftFigures(1, 1, 0, 9900)
    assert files.book.open_shift() == second
    assert files.book.open_shift_of(first.staff_id) == first
    assert files.book.open_shift_of(StaffId("nobody")) is None


def test_a_closed_shift_counts_up_to_its_end(files: TillFiles, folder: Path) -> None:
    open_shift(files)
    enrol(files, "王五", "+8613800138000", at_ms=NOW_MS + 5)
    db = connect.connect(folder / TILL_FILE, files.ring.key(TILL_FILE), connect.TILL)
    db.execute("UPDATE shift SET closed_ms = ?", (NOW_MS + 1,))
    db.close()
    assert files.book.shift_figures(SHIFT.shift_id).enrolments == 0
    assert files.book.open_shift() is None


def test_the_last_sale_comes_with_its_newest_job(files: TillFiles) -> None:
    open_shift(files)
    sell(files)
    made = sell(files)
    with files.book.begin() as write:
        job_id = write.add_job(NewJob(made.event_id, "sale", b"again", "{}", copy_no=1))
        write.commit()
    files.jobs.mark(job_id, JobState.SPOOLED)
    last = files.book.last_sale(SHIFT.shift_id)
    assert last is not None
    assert (last.event_id, last.payable_minor, last.earned) == (made.event_id, 9900, 99)
    assert (last.job_id, last.job_state) == (job_id, JobState.SPOOLED)


def test_a_sale_without_a_job_has_none(files: TillFiles) -> None:
    open_shift(files)
    sell(files, replace(SALE, member_id=None), with_job=False)
    last = files.book.last_sale(SHIFT.shift_id)
    assert last is not None
    assert (last.job_id, last.job_state, last.member_id) == (None, None, None)


def test_pending_events_are_those_after_the_acknowledged_ones(files: TillFiles, folder: Path) -> None:
    sell(files, effects=(Effect(AccountId("a1"), None, 99),))
    sell(files, replace(SALE, at_ms=NOW_MS + 7, member_id=None))
    enrol(files, "王五", "+8613800138000", at_ms=NOW_MS + 9)
    assert files.book.pending_count() == 3
    assert [(one.seq, one.type, one.points) for one in files.book.pending(2)] == [
        (3, "enrolment", None),
        (2, "sale", None),
    ]
    assert files.book.oldest_pending_ms() == NOW_MS
    db = connect.connect(folder / TILL_FILE, files.ring.key(TILL_FILE), connect.TILL)
    db.execute("UPDATE meta SET acked_through = 1")
    db.close()
    assert files.book.pending_count() == 2
    assert [one.seq for one in files.book.pending(9)] == [3, 2]
    assert files.book.oldest_pending_ms() == NOW_MS + 7


def test_a_pending_sale_shows_member_and_points(files: TillFiles) -> None:
    sell(files, effects=(Effect(AccountId("a1"), None, 99),))
    (one,) = files.book.pending(5)
    assert (one.member_id, one.card, one.points) == ("m-1", None, 99)


def test_numbers_come_from_the_block_until_it_ends(files: TillFiles) -> None:
    seen = []
    with files.book.begin() as write:
        seen.extend(write.take_number("member") for _ in range(1000))
        with pytest.raises(Refusal, match="numbers_used_up"):
            write.take_number("member")
        with pytest.raises(Refusal, match="numbers_used_up"):
            write.take_number("nothing")
        write.commit()
    assert seen[0] == "000000001000"
    assert seen[-1] == "000000001999"
    assert len(set(seen)) == 1000


def test_failed_tries_are_kept(files: TillFiles) -> None:
    person = StaffId("p")
    assert files.book.attempts(person) == Attempts()
    for failed in (1, 2):
        with files.book.begin() as write:
            write.set_attempts(person, Attempts(failed, NOW_MS))
            write.commit()
    assert files.book.attempts(person) == Attempts(2, NOW_MS)


def test_personal_data_of_an_erased_member_is_not_stored_again(files: TillFiles, folder: Path) -> None:
    db = connect.connect(folder / TILL_FILE, files.ring.key(TILL_FILE), connect.TILL)
    db.execute("INSERT INTO erased VALUES ('m-gone', 1)")
    db.close()
    enrol(files, "王五", "+8613800138000", member_id="m-gone")
    assert column(files, folder, "SELECT count(*) FROM pii") == [(0,)]
    gone = files.members.by_id(MemberId("m-gone"))
    assert gone is not None
    assert (gone.name, gone.phone) == (None, None)


def test_another_writer_is_waited_for_and_then_said(files: TillFiles, folder: Path) -> None:
    other = connect.connect(folder / TILL_FILE, files.ring.key(TILL_FILE), connect.TILL)
    other.execute("BEGIN IMMEDIATE")
    files.book.connection.execute("PRAGMA busy_timeout = 1")
    with pytest.raises(StoreError, match="store_busy"), files.book.begin():
        pass
    with pytest.raises(StoreError, match="store_busy"):
        files.jobs.mark(1, JobState.CONFIRMED)
    other.execute("ROLLBACK")
    other.close()


def test_room_on_the_disk_is_told(files: TillFiles) -> None:
    assert files.book.disk_free_bytes() > 0


def test_both_chains_verify_and_name_their_first_broken_link(files: TillFiles, folder: Path) -> None:
    for _ in range(3):
        sell(files)
    path = folder / TILL_FILE
    db = connect.connect(path, files.ring.key(TILL_FILE), connect.TILL)
    head = files.book.head()
    assert verify.events(db, path) == {1: head}
    audit = verify.audit(db, path)
    assert isinstance(audit, Link)
    assert audit.seq == 3
    db.execute("UPDATE event SET raw = replace(raw, '9900', '9901') WHERE n & 1 = 0")
    db.execute("DELETE FROM audit WHERE seq = 2")
    assert verify.events(db, path)[1] == verify.BrokenLink(2, "hash")
    assert verify.audit(db, path) == verify.BrokenLink(2, "gap")
    db.close()


def test_the_audit_holds_who_what_and_counts(files: TillFiles, folder: Path) -> None:
    with files.book.begin() as write:
        write.add_audit(AuditEntry(NOW_MS, "sign_on", StaffId("p"), {"tries": 1}))
        write.add_audit(AuditEntry(NOW_MS, "denied", None, {}))
        write.commit()
    first, second = (json.loads(str(row[0])) for row in column(files, folder, "SELECT raw FROM audit ORDER BY seq"))
    assert first == {"seq": 1, "at_ms": NOW_MS, "kind": "sign_on", "staff_id": "p", "facts": {"tries": 1}}
    assert "staff_id" not in second


def test_a_damaged_page_met_by_any_read_is_said(folder: Path, files: TillFiles) -> None:
    db = files.book.connection
    db.execute("PRAGMA query_only = OFF")
    db.execute("DROP TABLE counter")  # stands for a table that cannot be read: the driver's error is ours everywhere
    with pytest.raises(StoreError, match="store_io"):
        files.jobs.next_job()
    with pytest.raises(StoreError, match="store_io"), files.book.begin() as write:
        write.next_number("receipt")
