"""The till's files under synchronisation: push, results, pages, repair, generations, and crashes between the steps."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from app.domain.chain import HASH_ZERO, event_hash
from app.domain.member import Member
from app.services.ports import Effect
from app.services.sync_ports import SeenHeadOffice
from app.store import connect, feed_rows, keys
from app.store.connect import Connection
from app.store.files import TillFiles, switch_cache
from app.store.folder import TILL_FILE, cache_file
from app.store.syncing import TillSync
from tests.support import feed, tills
from tests.support.facts import SALE, enrol, open_shift, sell
from tests.support.feed import ACCOUNT, CARD, MEMBER, REGION, account, card, gone, member, page, result, row

SEEN = SeenHeadOffice(1, "i1", "l1")
OWN = f"till:{tills.SETUP.till_id}"
MANY = 256 * 1024
NOBODY = replace(SALE, member_id=None, card=None)


@pytest.fixture
def till(folder: Path) -> Iterator[Connection]:
    """till.db for a test's own questions."""
    db = connect.connect(folder / TILL_FILE, keys.load(folder, os.environ).key(TILL_FILE), connect.TILL)
    yield db
    db.close()


@pytest.fixture
def sync(files: TillFiles, open_sync: Callable[[], TillSync]) -> TillSync:
    """A till that has met head office and shows its first generation, with one member of 100 points."""
    open_shift(files)
    made = open_sync()
    made.start_incarnation(SEEN)
    assert made.apply_page(page(member(), card(), account(100)))
    made.switch_generation()
    switch_cache(files)
    return made


def shown(files: TillFiles) -> tuple[int, int]:
    """What a cashier sees of the member: head office's balance, and own points still to come on top."""
    found = files.members.by_card(CARD)
    assert isinstance(found, Member)
    assert found.account is not None
    return found.account.balance, found.own_points


def earn(files: TillFiles, points: int) -> None:
    sell(files, effects=(Effect(ACCOUNT, None, points),))


# ---- push


def test_a_batch_is_marked_as_sent_before_it_is_handed_out(files: TillFiles, sync: TillSync, till: Connection) -> None:
    for _ in range(3):
        sell(files, NOBODY)
    batch = sync.prepare(1, 2, MANY)
    assert [event.seq for event in batch.events] == [1, 2]
    assert batch.prev_hash == HASH_ZERO
    assert till.execute("SELECT sent_through FROM meta").fetchone() == (2,)
    following = sync.prepare(3, 500, MANY)
    assert following.prev_hash == batch.events[1].hash
    assert event_hash(following.prev_hash, following.events[0].raw) == following.events[0].hash


def test_a_batch_keeps_to_its_bytes_and_one_event_always_fits(files: TillFiles, sync: TillSync) -> None:
    for _ in range(3):
        sell(files, NOBODY)
    assert len(sync.prepare(1, 500, 1).events) == 1
    size = len(json.dumps(sync.prepare(1, 1, MANY).events[0].raw)) + 128
    assert len(sync.prepare(1, 500, 2 * size + 10).events) == 2


def test_personal_data_travels_beside_its_event(files: TillFiles, sync: TillSync) -> None:
    enrol(files, "李四", "+8613800009999")
    (event,) = sync.prepare(1, 1, MANY).events
    assert "李四" not in event.raw
    assert json.loads(event.attachments[0].pii)["name"] == "李四"


def test_after_a_restart_the_mark_and_the_results_are_known(
    files: TillFiles, sync: TillSync, open_sync: Callable[[], TillSync]
) -> None:
    for _ in range(3):
        sell(files, NOBODY)
    sync.prepare(1, 2, MANY)
    sync.store_results((result(1, None),), 1, 1)
    found = open_sync().load()
    assert (found.last_seq, found.sent, found.resulted, found.seen, found.building) == (3, 2, 1, SEEN, False)
    assert found.cursors == {REGION: 3}
    assert sync.outbox().events == 2


# ---- rule 7: what the cashier sees


def test_an_own_event_leaves_the_overlay_when_the_cached_row_contains_it(files: TillFiles, sync: TillSync) -> None:
    earn(files, 40)
    assert shown(files) == (100, 40)
    sync.store_results((result(1, 2),), 1, 1)
    assert shown(files) == (100, 40)
    assert sync.apply_page(page(account(140, 2, 4), after=3, live=(member(), card(), account(140, 2, 4))))
    assert shown(files) == (140, 0)


def test_rows_before_results_show_nothing_twice_afterwards(files: TillFiles, sync: TillSync) -> None:
    earn(files, 40)
    earn(files, 7)
    sync.store_results((result(1, 2),), 1, 1)
    sync.apply_page(page(account(140, 2, 4), after=3, live=(member(), card(), account(140, 2, 4))))
    assert shown(files) == (140, 7)


def test_a_parked_event_stays_until_its_result_arrives_in_the_till_s_bucket(files: TillFiles, sync: TillSync) -> None:
    earn(files, 40)
    sync.store_results((result(1, None, "parked", code="card_unknown"),), 1, 1)
    assert shown(files) == (100, 40)
    event_id = json.loads(sync.prepare(1, 1, MANY).events[0].raw)["event_id"]
    later = row("event_result", event_id, 1, 1, epoch=1, seq=1, outcome="written_off", rows=[])
    assert sync.apply_page(page(later, bucket=OWN))
    assert shown(files) == (100, 0)
    assert sync.load().cursors[OWN] == 1


def test_a_duplicate_counts_by_how_the_event_stands(files: TillFiles, sync: TillSync) -> None:
    earn(files, 40)
    earn(files, 7)
    sync.store_results((result(1, None, "duplicate", was="parked"), result(2, 1, "duplicate", was="applied")), 2, 1)
    assert shown(files) == (100, 40)


def test_an_adjusted_event_shows_head_office_s_figure_until_the_row_has_it(files: TillFiles, sync: TillSync) -> None:
    earn(files, 3)
    earn(files, 40)
    earn(files, 7)
    adjusted = result(2, 2, "adjusted", code="recomputed", balance={ACCOUNT: 130})
    sync.store_results((result(1, None, "parked", code="internal"), adjusted), 2, 1)
    assert sum(shown(files)) == 130 + 3 + 7
    sync.apply_page(page(account(130, 2, 4), after=3, live=(member(), card(), account(130, 2, 4))))
    assert shown(files) == (130, 3 + 7)


def test_points_of_a_card_follow_the_account_it_was_resolved_to(files: TillFiles, sync: TillSync) -> None:
    sell(files, effects=(Effect(None, CARD, 5),))
    assert shown(files) == (100, 5)
    sync.store_results((result(1, 2),), 1, 1)
    sync.apply_page(page(account(105, 2, 4), after=3, live=(member(), card(), account(105, 2, 4))))
    assert shown(files) == (105, 0)


def test_a_new_incarnation_s_results_change_nothing_in_the_generation_that_is_shown(
    files: TillFiles, sync: TillSync
) -> None:
    earn(files, 40)
    sync.store_results((result(1, 2),), 1, 1)
    sync.apply_page(page(account(140, 2, 4), after=3, live=(member(), card(), account(140, 2, 4))))
    sync.start_incarnation(SeenHeadOffice(2, "i2", "l2"))
    assert shown(files) == (140, 0)
    state = sync.load()
    assert (state.resulted, state.sent, state.building, state.cursors) == (0, 1, True, {})
    sync.store_results((result(1, 9),), 1, 2)
    assert shown(files) == (140, 0)
    old = account(100, 8, 3)
    assert sync.apply_page(page(member(), card(), old, no=2))
    assert shown(files) == (140, 0)
    sync.switch_generation()
    switch_cache(files)
    assert shown(files) == (100, 40)
    assert sync.apply_page(page(account(140, 9, 4), after=3, live=(member(), card(), account(140, 9, 4)), no=2))
    assert shown(files) == (140, 0)


# ---- pages


def test_only_a_higher_version_replaces_a_row(files: TillFiles, sync: TillSync) -> None:
    sync.apply_page(page(account(500, 3, 4), after=3, live=(member(), card(), account(500, 3, 4))))
    older = page(account(200, 2, 5), after=4, live=(member(), card(), account(500, 3, 4)))
    assert sync.apply_page(older)
    assert shown(files) == (500, 0)


def test_a_tombstone_takes_a_row_from_look_up_and_search(files: TillFiles, sync: TillSync) -> None:
    assert files.members.find("张小", 5).total == 1
    assert sync.apply_page(page(gone("member", MEMBER, 2, 4), after=3, live=(card(), account(100))))
    assert files.members.by_card(CARD) is None
    assert files.members.find("张小", 5).total == 0
    assert files.members.count() == 0


def test_a_renamed_member_is_found_by_the_new_name_alone(files: TillFiles, sync: TillSync) -> None:
    renamed = member(2, 4, "王大锤")
    assert sync.apply_page(page(renamed, after=3, live=(renamed, card(), account(100))))
    assert files.members.find("王大", 5).total == 1
    assert files.members.find("小凡", 5).total == 0


def test_taking_a_row_never_reads_a_whole_table(sync: TillSync, folder: Path) -> None:
    """A first load of a hundred thousand members took ten minutes and more while one statement did."""
    path = folder / cache_file(sync.cache_no())
    cache = connect.connect(path, keys.load(folder, os.environ).key(path.name), connect.CACHE)
    try:
        statements = [*feed_rows.HELD.values(), *feed_rows.UPDATE.values(), *feed_rows.REINDEX.values()]
        statements.append(feed_rows.DROP_TOKEN)
        plans = [cache.execute(f"EXPLAIN QUERY PLAN {one}", ("[]",) * one.count("?")).fetchall() for one in statements]
    finally:
        cache.close()
    steps = {step[3] for plan in plans for step in plan} - {"SCAN json_each VIRTUAL TABLE INDEX 1:"}
    assert len(plans) == 13
    assert all(step.startswith(("SEARCH", "LIST SUBQUERY", "CREATE BLOOM FILTER")) for step in steps), steps


def test_a_checksum_that_does_not_hold_is_said_and_repaired(files: TillFiles, sync: TillSync) -> None:
    stray = member(1, 9, "不该在", "01920000-0000-7000-8000-0000000000dd")
    assert not sync.apply_page(page(stray, after=3, live=(member(), card(), account(100))))
    truth = (member(), card(), account(70, 1, 3))
    assert sync.apply_page(page(*truth[:2], live=truth, last=False, replace=True))
    assert sync.apply_page(page(truth[2], after=2, live=truth, replace=True))
    assert shown(files) == (70, 0)
    assert files.members.find("不该", 5).total == 0
    assert files.members.count() == 1


def test_a_text_that_was_altered_on_the_way_shows_in_the_checksum(files: TillFiles, sync: TillSync) -> None:
    assert sync.apply_page(page(account(80, 2), live=(member(), card(), account(80, 2))))
    true = account(100, 3)
    bent = msgspec.structs.replace(true, raw=str(true.raw).replace("100", "900"))
    assert not sync.apply_page(page(bent, live=(member(), card(), true)))
    tills = row("settings", "receipt", 1, 1, values={"host": "a"})
    assert not sync.apply_page(
        page(msgspec.structs.replace(tills, raw=str(tills.raw).replace('"a"', '"b"')), bucket="till:t1", live=(tills,))
    )


def test_essentials_are_durable_in_till_db_before_the_cursor_moves(
    files: TillFiles, sync: TillSync, till: Connection, folder: Path
) -> None:
    staff = row(
        "staff", "st-9", 1, 1, staff_no="9009", name="新人", role="cashier", capabilities=[], pin_hash="x", active=True
    )
    product = row(
        "product", "tea", 1, 2, name="茶", category="tea", unit_minor=900, tax_percent="13", barcodes=["6900000000012"],
        active=True,
    )  # fmt: skip
    assert sync.apply_page(page(staff, product, bucket="store:s027"))
    assert "新人" in [one.name for one in files.essentials.staff()]
    found = files.essentials.product("6900000000012")
    assert found is not None
    assert sync.apply_page(page(gone("product", "tea", 2, 3), after=2, bucket="store:s027", live=(staff,)))
    assert files.essentials.product("6900000000012") is None


def test_a_crash_between_essentials_and_cursor_is_repaired_by_the_same_page_again(
    sync: TillSync, open_sync: Callable[[], TillSync], till: Connection
) -> None:
    block = row("number_block", "b-1", 1, 1, series="member", first="000000005000", last="000000005999", closed=False)
    assert sync.apply_page(page(block, bucket=OWN))
    till.execute("UPDATE number_block SET next = '000000005003' WHERE block_id = 'b-1'")
    till.execute("UPDATE sync SET till_cursor = 0")
    again = open_sync()
    assert again.load().cursors.get(OWN, 0) == 0
    assert again.apply_page(page(block, bucket=OWN))
    assert till.execute("SELECT next FROM number_block WHERE block_id = 'b-1'").fetchone() == ("000000005003",)


def test_an_erasure_deletes_personal_data_first_and_for_good(
    files: TillFiles, sync: TillSync, till: Connection
) -> None:
    own = enrol(files, "李四", "+8613800009999", member_id="01920000-0000-7000-8000-0000000000ee")
    assert sync.apply_page(page(row("erasure", own.member_id, 1, 1, on="2026-01-05"), bucket="chain"))
    assert till.execute("SELECT count(*) FROM pii").fetchone() == (0,)
    assert till.execute("SELECT count(*) FROM own_member").fetchone() == (0,)
    assert files.members.find("李四", 5).total == 0
    assert sync.prepare(1, 1, MANY).events[0].attachments == ()
    assert sync.chain_holds()


def test_buckets_that_left_take_their_rows_along(files: TillFiles, sync: TillSync) -> None:
    sync.drop_buckets((REGION,))
    assert files.members.by_card(CARD) is None
    assert REGION not in sync.load().cursors
    assert files.members.count() == 0


# ---- generations


@pytest.mark.parametrize("named", [False, True], ids=["before till.db named it", "after"])
def test_a_crash_while_a_generation_is_made_leaves_the_shown_one(
    files: TillFiles, sync: TillSync, open_sync: Callable[[], TillSync], folder: Path, named: bool
) -> None:
    before = sync.cache_no()
    if named:
        sync.start_incarnation(SeenHeadOffice(2, "i2", "l2"))
    else:
        keys.load(folder, os.environ).with_new_key(cache_file(before + 1))
        (folder / cache_file(before + 1)).write_bytes(b"half")
    again = open_sync()
    assert shown(files) == (100, 0)
    assert again.load().building is named
    again.start_incarnation(SeenHeadOffice(3, "i3", "l3"))
    assert again.load().building
    assert shown(files) == (100, 0)


def test_old_generations_are_removed_with_their_keys(sync: TillSync, folder: Path) -> None:
    sync.start_incarnation(SeenHeadOffice(2, "i2", "l2"))
    sync.switch_generation()
    number = sync.cache_no()
    assert [path.name for path in folder.glob("cache-*.db")] == [cache_file(number)]
    assert list(keys.load(folder, os.environ).wrapped) == [cache_file(number), TILL_FILE]


def test_a_lost_cache_is_built_again_with_its_results_standing(
    files: TillFiles, sync: TillSync, open_sync: Callable[[], TillSync], folder: Path
) -> None:
    earn(files, 40)
    sync.store_results((result(1, 2),), 1, 1)
    path = folder / cache_file(sync.cache_no())
    sync.close()
    path.unlink()
    again = open_sync()
    state = again.load()
    assert (state.building, state.cursors, state.resulted) == (True, {}, 1)
    assert again.apply_page(page(member(), card(), account(140, 2, 4)))
    again.switch_generation()
    switch_cache(files)
    assert shown(files) == (140, 0)


# ---- identity


def test_what_was_seen_of_head_office_is_kept_and_the_mark_only_rises(sync: TillSync) -> None:
    sync.store_version(SeenHeadOffice(1, "i1", "l7", went_back=True), 9)
    sync.store_version(SeenHeadOffice(1, "i1", "l8", went_back=True), 3)
    state = sync.load()
    assert (state.seen, state.sent) == (SeenHeadOffice(1, "i1", "l8", went_back=True), 9)
    assert state.cursors == {REGION: 3}


def test_a_closed_identity_stays_closed(sync: TillSync, open_sync: Callable[[], TillSync]) -> None:
    sync.close_identity("fork")
    assert open_sync().load().closed == "fork"


def test_a_chain_that_was_tampered_with_does_not_hold(files: TillFiles, sync: TillSync, till: Connection) -> None:
    sell(files, NOBODY)
    sell(files, NOBODY)
    assert sync.chain_holds()
    till.execute("UPDATE event SET raw = replace(raw, '9900', '9901') WHERE n = (SELECT min(n) FROM event)")
    assert not sync.chain_holds()


def test_a_result_of_an_event_this_till_never_wrote_changes_nothing(sync: TillSync, till: Connection) -> None:
    sync.store_results((result(77, 2),), 0, 1)
    assert till.execute("SELECT count(*) FROM event_result").fetchone() == (0,)
    assert feed.checksum() == "0" * 16
