"""Look-up and search over real files: cached rows, own events over them, own members among them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.member import Member, MemberStatus
from app.errors import StoreError
from app.ids import MemberId
from app.services.demo_members import DemoPlan, card_number, demo_members
from app.services.import_members import ImportedMember
from app.services.ports import Effect
from app.store import bulk, connect
from app.store.connect import Connection
from app.store.files import TillFiles
from app.store.folder import TILL_FILE, cache_file
from app.store.member_rows import member_id_of, rows_of
from tests.support import tills
from tests.support.facts import SALE, enrol, sell
from tests.support.tills import NOW_MS

MEMBERS = 400


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A till with members in its cache."""
    folder = tills.make(tmp_path_factory.mktemp("filled") / "till")
    opened = tills.opened(folder)
    ring = opened.ring
    opened.close()
    bulk.load_members(folder, ring, demo_members(DemoPlan(MEMBERS, NOW_MS, "s027")))
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    return tills.copied(filled, tmp_path / "till")


def cache_of(files: TillFiles, folder: Path) -> Connection:
    name = cache_file(files.identity.cache_no)
    return connect.connect(folder / name, files.ring.key(name), connect.CACHE)


def till_of(files: TillFiles, folder: Path) -> Connection:
    return connect.connect(folder / TILL_FILE, files.ring.key(TILL_FILE), connect.TILL)


def first(files: TillFiles) -> Member:
    found = files.members.by_card(card_number(0))
    assert found is not None
    assert found.account is not None
    return found


def names(files: TillFiles, typed: str, limit: int = 20) -> list[str | None]:
    return [hit.name for hit in files.members.find(typed, limit).hits]


def test_a_card_leads_to_its_member(files: TillFiles) -> None:
    member = first(files)
    assert (member.name, member.phone, member.initials) == ("张小凡", "+8613816582719", "ZXF")
    assert member.account is not None
    assert (member.account.balance, member.account.tier, member.own_points, member.own_events) == (16_860, "gold", 0, 0)
    assert files.members.by_id(member.member_id) == member
    assert files.members.count() == MEMBERS


def test_an_unknown_card_or_id_leads_nowhere(files: TillFiles) -> None:
    assert files.members.by_card("8800009999991") is None
    assert files.members.by_id(MemberId("nobody")) is None
    assert files.members.by_phone("+8613800000000") == ()


def test_a_phone_leads_to_all_who_have_it(files: TillFiles) -> None:
    enrol(files, "张大凡", "+8613816582719")
    assert [member.name for member in files.members.by_phone("+8613816582719")] == ["张大凡", "张小凡"]


@pytest.mark.parametrize(
    "typed",
    ["张小凡", "小凡", "凡", "ZXF", "zxf", "zx", "2719", "82719", "13816582719", "+86 138-1658-2719", "zxf2719",
     "zxf 2719", "zxf 2", "zxf 27", "zxf271", "zx 2719", "8800000000005"],
)  # fmt: skip
def test_the_member_of_the_picture_is_found_by(files: TillFiles, typed: str) -> None:
    found = files.members.find(typed, 200)
    assert "张小凡" in [hit.name for hit in found.hits]
    assert found.total >= len(found.hits)


@pytest.mark.parametrize("typed", ["", "  ", "719", "8", "zxf 3", "zxf 2718", "不存在的名字", "qqqq", "8800000000004"])
def test_what_fits_nobody_finds_nobody(files: TillFiles, typed: str) -> None:
    assert files.members.find(typed, 20).hits == ()


def test_a_short_start_with_a_digit_shows_all_of_the_start(files: TillFiles) -> None:
    assert names(files, "zx 2", 200) == names(files, "zx", 200)


def test_hits_come_by_their_last_visit(files: TillFiles) -> None:
    hits = files.members.find("zxf", 20).hits
    visits = [hit.account.last_visit_ms or 0 for hit in hits if hit.account]
    assert visits == sorted(visits, reverse=True)
    assert hits[0].name == "张晓芳"


def test_many_hits_are_cut_and_counted(files: TillFiles) -> None:
    db_total = 250
    found = files.members.find("张", 3)
    assert len(found.hits) == 3
    assert 3 < found.total <= db_total


def test_more_hits_than_are_counted_say_so(files: TillFiles, folder: Path) -> None:
    members = [
        ImportedMember(2, f"X{n}", "诸葛亮", "", "", "", "", 0, (), "2026-01-01", "s", "active") for n in range(250)
    ]
    bulk.load_members(folder, files.ring, members)
    found = files.members.find("诸葛", 5)
    assert (len(found.hits), found.total, found.more) == (5, 200, True)


def test_a_name_that_fits_twice_is_one_hit(files: TillFiles, folder: Path) -> None:
    twice = ImportedMember(2, "X1", "燚燚燚", "", "", "", "", 0, (), "2026-01-01", "s", "active")
    bulk.load_members(folder, files.ring, [twice])
    assert names(files, "燚燚燚") == ["燚燚燚"]
    assert files.members.find("燚", 20).total == 1


def test_own_points_lie_over_the_cached_balance(files: TillFiles) -> None:
    account_id = first(files).account.account_id  # type: ignore[union-attr]
    sell(files, effects=(Effect(account_id, None, 99),))
    sell(files, effects=(Effect(account_id, None, -9),))
    member = first(files)
    assert member.account is not None
    assert (member.account.balance, member.own_points, member.own_events) == (16_860, 90, 2)
    assert files.members.find("张小凡", 1).hits[0].own_points == 90


def test_points_of_a_card_count_for_the_member_it_turns_out_to_be(files: TillFiles) -> None:
    sell(files, effects=(Effect(None, card_number(0), 7),))
    assert first(files).own_points == 7
    assert files.members.own_points_of_card(card_number(0)) == 7


def test_points_of_an_unknown_card_are_summed(files: TillFiles) -> None:
    for points in (7, 5):
        sell(files, effects=(Effect(None, "8819999999993", points),))
    assert files.members.own_points_of_card("8819999999993") == 12
    assert files.members.own_points_of_card("8819999999985") == 0


@pytest.mark.parametrize(
    ("incarnation_no", "ver", "shown"),
    [(0, 1, 0), (0, 0, 0), (0, 2, 40), (1, 1, 40)],
    ids=["the cached version holds it", "it touched no row here", "a later version will", "of another incarnation"],
)
def test_an_event_leaves_the_overlay_when_the_cached_row_holds_it(
    files: TillFiles, folder: Path, incarnation_no: int, ver: int, shown: int
) -> None:
    account_id = first(files).account.account_id  # type: ignore[union-attr]
    sell(files, effects=(Effect(account_id, None, 40),))
    db = till_of(files, folder)
    db.execute("UPDATE effect SET settled_incarnation_no = ?, settled_ver = ?", (incarnation_no, ver))
    db.close()
    assert first(files).own_points == shown


def test_points_of_a_card_count_until_its_account_is_cached_or_nothing_is_to_come(
    files: TillFiles, folder: Path
) -> None:
    sell(files, effects=(Effect(None, "8819999999993", 7),))
    db = till_of(files, folder)
    db.execute("UPDATE effect SET settled_incarnation_no = 1, settled_ver = 3")
    assert files.members.own_points_of_card("8819999999993") == 7
    db.execute("UPDATE effect SET settled_incarnation_no = 1, settled_ver = 0")
    db.close()
    assert files.members.own_points_of_card("8819999999993") == 0


def another_region(files: TillFiles, folder: Path, *, ver: int, incarnation_no: int, name: str) -> None:
    """The first member's row a second time, in another region's bucket, as a move leaves it for a while."""
    db = cache_of(files, folder)
    raw = json.loads(db.execute("SELECT raw FROM member WHERE id = ?", (first(files).member_id,)).fetchone()[0])
    text = json.dumps({**raw, "ver": ver, "name": name}, ensure_ascii=False)
    db.execute(
        "INSERT INTO member (bucket, id, incarnation_no, ver, row_seq, raw) VALUES (999, ?, ?, ?, 1, ?)",
        (raw["id"], incarnation_no, ver, text),
    )
    db.close()


@pytest.mark.parametrize(("ver", "incarnation_no", "name"), [(2, 0, "新名字"), (0, 1, "新名字"), (0, 0, "张小凡")])
def test_the_live_row_of_the_highest_version_wins(
    files: TillFiles, folder: Path, ver: int, incarnation_no: int, name: str
) -> None:
    another_region(files, folder, ver=ver, incarnation_no=incarnation_no, name="新名字")
    assert first(files).name == name
    assert files.members.find("13816582719", 5).hits[0].name == name
    assert files.members.find("13816582719", 5).total == 1


def test_a_deleted_row_is_not_shown(files: TillFiles, folder: Path) -> None:
    member = first(files)
    db = cache_of(files, folder)
    db.execute("UPDATE member SET raw = NULL, h = NULL, ver = ver + 1 WHERE id = ?", (member.member_id,))
    db.close()
    assert files.members.by_card(card_number(0)) is None
    assert files.members.by_id(member.member_id) is None
    assert "张小凡" not in names(files, "张小凡")


def test_a_member_without_account_has_no_balance(files: TillFiles, folder: Path) -> None:
    db = cache_of(files, folder)
    db.execute("DELETE FROM account WHERE member_id = ?", (first(files).member_id,))
    db.close()
    sell(files, effects=(Effect(None, card_number(0), 7),))
    member = files.members.by_card(card_number(0))
    assert member is not None
    assert (member.account, member.own_points) == (None, 7)


def test_a_blocked_card_blocks_and_is_not_the_one_shown(files: TillFiles, folder: Path) -> None:
    db = cache_of(files, folder)
    member = first(files)
    raw = json.loads(db.execute("SELECT raw FROM card WHERE number = ?", (card_number(0),)).fetchone()[0])
    lost = json.dumps({**raw, "id": "old", "number": "8800000000999", "status": "blocked", "ver": 9})
    db.execute(
        "INSERT INTO card (bucket, id, incarnation_no, ver, row_seq, raw, number, member_id)"
        " VALUES (1, 'old', 0, 9, 1, ?, '8800000000999', ?)",
        (lost, member.member_id),
    )
    db.close()
    by_lost = files.members.by_card("8800000000999")
    assert by_lost is not None
    assert by_lost.status is MemberStatus.BLOCKED
    by_id = files.members.by_id(member.member_id)
    assert by_id is not None
    assert (by_id.status, by_id.card) == (MemberStatus.ACTIVE, card_number(0))


def test_an_own_member_is_found_every_way_at_once(files: TillFiles) -> None:
    own = enrol(files, "诸葛孔明", "+8613911112222")
    sell(files, replace(SALE, member_id=own.member_id), (Effect(own.account_id, None, 15),))
    found = files.members.by_card(own.card or "")
    assert found is not None
    assert (found.name, found.phone, found.birthday_on, found.ver) == ("诸葛孔明", "+8613911112222", "1990-05-06", 0)
    assert found.account is not None
    assert (found.account.balance, found.own_points, found.own_events) == (0, 15, 2)
    assert files.members.by_id(own.member_id) == found
    assert files.members.by_phone("+8613911112222") == (found,)
    for typed in ("孔明", "zgkm", "zg", "2222", "zgkm2222", "zgkm 22", "13911112222", own.card or ""):
        assert found in files.members.find(typed, 5).hits, typed
    for typed in ("孔子", "zgl", "2223", "zgkm2223", "zgkm 33", "zgx"):
        assert found not in files.members.find(typed, 200).hits, typed


def test_an_own_member_the_cache_knows_is_shown_once(files: TillFiles, folder: Path) -> None:
    known = ImportedMember(2, "X1", "诸葛孔明", "+8613911112222", "", "", "", 5, (), "2026-01-01", "s", "active")
    enrol(files, "诸葛孔明", "+8613911112222", member_id=member_id_of("X1"))
    bulk.load_members(folder, files.ring, [known])
    assert rows_of(known, "sh").member[0] == member_id_of("X1")
    hits = files.members.find("孔明", 5).hits
    assert [(hit.ver, hit.member_no) for hit in hits] == [(1, "X1")]


def test_a_read_sees_both_files_at_one_moment(files: TillFiles, folder: Path) -> None:
    """The cache first: a result that reaches both files between two reads is never counted twice."""
    account_id = first(files).account.account_id  # type: ignore[union-attr]
    sell(files, effects=(Effect(account_id, None, 40),))
    db = files.members.connection
    db.execute("BEGIN")
    before = db.execute("SELECT raw FROM account WHERE id = ?", (account_id,)).fetchone()[0]
    cache = cache_of(files, folder)
    settled = json.dumps({**json.loads(before), "ver": 2, "balance": 16_900}, ensure_ascii=False)
    till = till_of(files, folder)
    till.execute("UPDATE effect SET settled_incarnation_no = 0, settled_ver = 2")
    cache.execute("UPDATE account SET raw = ?, ver = 2 WHERE id = ?", (settled, account_id))
    still = db.execute("SELECT sum(points) FROM till.effect WHERE settled_ver IS NULL OR settled_ver > 1").fetchone()[0]
    assert json.loads(before)["balance"] + still == 16_900
    db.execute("COMMIT")
    member = first(files)
    assert member.account is not None
    assert (member.account.balance, member.own_points) == (16_900, 0)
    till.close()
    cache.close()


def test_a_cache_that_cannot_be_read_says_so(files: TillFiles) -> None:
    files.members.connection.execute("DROP TABLE name_token")
    with pytest.raises(StoreError, match="store_io"):
        files.members.find("张", 5)


def test_points_since_a_moment_are_those_not_settled(files: TillFiles, folder: Path) -> None:
    for at_ms, points in ((NOW_MS, 5), (NOW_MS + 10, 7), (NOW_MS + 20, -2)):
        sell(files, replace(SALE, at_ms=at_ms), (Effect(None, "8819999999993", points),))
    since = [files.members.own_points_since("8819999999993", NOW_MS + later) for later in (0, 10, 20, 30)]
    assert since == [10, 5, -2, 0]
    assert files.members.own_points_since("nobody", NOW_MS) == 0
    db = till_of(files, folder)
    db.execute("UPDATE effect SET settled_ver = 1, settled_incarnation_no = 1 WHERE points = 7")
    db.close()
    assert files.members.own_points_since("8819999999993", NOW_MS) == 3
