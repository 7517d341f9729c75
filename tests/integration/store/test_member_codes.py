"""Week keys and used codes in till.db, and members by their number: over real files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain import member_code
from app.errors import StoreError
from app.ids import MemberId
from app.services.sync_ports import FeedRow, SeenHeadOffice
from app.store.files import TillFiles, switch_cache
from app.store.lookup import BY_NUMBER
from app.store.syncing import TillSync
from tests.support import tills
from tests.support.facts import enrol
from tests.support.feed import CARD, account, card, gone, member, page, row

KEY = member_code.week_key(bytes(32), 2_900)
MEMBER = MemberId("01920000-0000-7000-8000-0000000000aa")
SEEN = SeenHeadOffice(1, "first", "life-1")


def key_row(ver: int = 1, **changed: object) -> FeedRow:
    fields = {"week_no": KEY.week_no, "from_ms": KEY.from_ms, "until_ms": KEY.until_ms, "key": KEY.key.hex()}
    return row("code_key", str(KEY.week_no), ver, ver, **{**fields, **changed})


def taken(files: TillFiles, step: int, forget_before: int = 0, member: MemberId = MEMBER) -> bool:
    with files.book.begin() as write:
        fresh = write.take_step(member, step, forget_before)
        write.commit()
    return fresh


def test_a_member_is_found_by_its_number_through_an_index(files: TillFiles, sync: TillSync) -> None:
    sync.apply_page(page(member(), card(), account(100)))
    sync.switch_generation()
    switch_cache(files)
    found = files.members.by_number("900000000001")
    assert found is not None
    assert (found.member_id, found.card) == (MEMBER, CARD)
    assert files.members.by_number("900000000002") is None
    plan = files.members.connection.execute(f"EXPLAIN QUERY PLAN {BY_NUMBER}", ("900000000001",)).fetchall()
    assert "ix_member_number" in str(plan)


def test_an_own_member_is_found_by_its_number(files: TillFiles) -> None:
    own = enrol(files, "王小明", "+8613912345678")
    found = files.members.by_number(own.member_no)
    assert found is not None
    assert found.member_id == own.member_id


def test_a_step_is_taken_once_and_survives_the_process(files: TillFiles, folder: Path) -> None:
    assert taken(files, 7)
    assert not taken(files, 7)
    assert taken(files, 8)
    assert taken(files, 7, member=MemberId("another"))
    files.close()
    again = tills.opened(folder)
    assert not taken(again, 7)
    again.close()


def test_a_step_that_was_not_committed_is_free(files: TillFiles) -> None:
    with files.book.begin() as write:
        assert write.take_step(MEMBER, 7, 0)
    assert taken(files, 7)


def test_steps_no_key_makes_any_more_are_forgotten(files: TillFiles) -> None:
    for step in (5, 6, 7):
        taken(files, step)
    taken(files, 8, forget_before=7)
    assert files.book.connection.execute("SELECT step FROM code_step ORDER BY step").fetchall() == [(7,), (8,)]


@pytest.fixture
def sync(open_sync: Callable[[], TillSync]) -> TillSync:
    """A till that has just met head office."""
    made = open_sync()
    made.start_incarnation(SEEN)
    return made


def test_week_keys_come_and_go_with_the_feed(files: TillFiles, sync: TillSync) -> None:
    assert files.essentials.week_keys() == ()
    sync.apply_page(page(key_row(), bucket="chain"))
    assert files.essentials.week_keys() == (KEY,)
    sync.apply_page(page(gone("code_key", str(KEY.week_no), 2, 2), bucket="chain", after=1, live=()))
    assert files.essentials.week_keys() == ()


@pytest.mark.parametrize("changed", [{"key": "ff"}, {"key": "xy" * 32}, {"week_no": "one"}])
def test_a_key_that_cannot_be_read_is_left_out_and_stops_nothing(
    files: TillFiles, sync: TillSync, changed: dict[str, object]
) -> None:
    sync.apply_page(page(key_row(), bucket="chain"))
    assert sync.apply_page(page(key_row(2, **changed), bucket="chain", after=1))
    assert files.essentials.week_keys() == ()


def test_a_table_of_keys_that_cannot_be_read_is_said(files: TillFiles) -> None:
    files.book.connection.execute("DROP TABLE code_key")
    with pytest.raises(StoreError, match="store_io"):
        files.essentials.week_keys()
