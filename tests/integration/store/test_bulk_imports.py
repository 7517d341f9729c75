"""Members and products into a till: a first load, later ones, and what an interruption leaves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.product import Product
from app.errors import StoreError
from app.ids import MemberId
from app.services.demo_members import STAMP_CARD, DemoPlan, card_number, demo_members
from app.services.import_members import ImportedMember
from app.store import bulk, connect, keys
from app.store.connect import Connection
from app.store.folder import TILL_FILE, cache_file
from app.store.keys import KeyRing
from tests.support import tills
from tests.support.tills import MASK, NOW_MS

PLAN = DemoPlan(60, NOW_MS, "s027")
BESIDE = sum(
    len(one.beside.coupons) + len(one.beside.stamps) + (one.beside.stored_minor > 0) for one in demo_members(PLAN)
)


@pytest.fixture
def ring(folder: Path) -> KeyRing:
    return keys.load(folder, os.environ)


def cache(folder: Path, generation: int = 2) -> Connection:
    name = cache_file(generation)
    return connect.connect(folder / name, keys.load(folder, os.environ).key(name), connect.CACHE)


def rows(folder: Path, statement: str, generation: int = 2) -> list[tuple[object, ...]]:
    db = cache(folder, generation)
    try:
        return db.execute(statement).fetchall()
    finally:
        db.close()


def test_the_first_load_builds_a_new_generation_and_switches_to_it(folder: Path, ring: KeyRing) -> None:
    seen: list[int] = []
    done = bulk.load_members(folder, ring, demo_members(PLAN), seen.append)
    assert done == bulk.Loaded(60, 0, 0, 2)
    assert seen[-1] == 60
    names = {path.name for path in folder.glob("cache-*")}
    assert names == {"cache-2.db"}
    assert set(keys.load(folder, os.environ).wrapped) == {TILL_FILE, "cache-2.db"}
    opened = tills.opened(folder)
    assert opened.members.count() == 60
    assert opened.members.by_card(card_number(59)) is not None
    opened.close()


def test_the_new_generation_has_every_index_and_sound_counts(folder: Path, ring: KeyRing) -> None:
    bulk.load_members(folder, ring, demo_members(PLAN))
    indexes = {row[0] for row in rows(folder, "SELECT name FROM sqlite_schema WHERE type = 'index'")}
    assert {"ix_member_id", "ix_member_phone_back", "ix_card_number", "ix_account_member_id"} <= indexes
    assert rows(folder, "PRAGMA integrity_check") == [("ok",)]
    assert rows(folder, "SELECT sum(members), sum(live_rows) FROM bucket") == [(60, 180 + BESIDE)]
    sequences = rows(
        folder,
        "SELECT bucket, row_seq FROM member UNION ALL SELECT bucket, row_seq FROM card"
        " UNION ALL SELECT bucket, row_seq FROM account UNION ALL SELECT bucket, row_seq FROM other",
    )
    assert len(set(sequences)) == len(sequences) == 180 + BESIDE
    wrong = (
        "SELECT count(*) FROM member JOIN bucket ON bucket.no = member.bucket WHERE bucket.id NOT LIKE 'region:sh:%'"
    )
    assert rows(folder, wrong) == [(0,)]


def test_the_same_file_again_changes_nothing(folder: Path, ring: KeyRing) -> None:
    bulk.load_members(folder, ring, demo_members(PLAN))
    before = rows(folder, "SELECT id, ver, raw FROM member UNION ALL SELECT id, ver, raw FROM account ORDER BY 1")
    done = bulk.load_members(folder, keys.load(folder, os.environ), demo_members(PLAN))
    assert done == bulk.Loaded(0, 0, 60, 2)
    again = rows(folder, "SELECT id, ver, raw FROM member UNION ALL SELECT id, ver, raw FROM account ORDER BY 1")
    assert again == before


def test_a_later_file_adds_and_changes_row_by_row(folder: Path, ring: KeyRing) -> None:
    people = list(demo_members(PLAN))
    bulk.load_members(folder, ring, people[:50])
    people[0] = replace(people[0], name="张小帆", phone="+8613800000001")
    people[1] = replace(people[1], points=5)
    people[2] = replace(people[2], card="")
    done = bulk.load_members(folder, keys.load(folder, os.environ), people)
    assert done == bulk.Loaded(10, 2, 48, 2)
    opened = tills.opened(folder)
    changed = opened.members.by_card(card_number(0))
    assert changed is not None
    assert (changed.name, changed.ver, changed.phone) == ("张小帆", 2, "+8613800000001")
    assert changed.account is not None
    assert changed.account.ver == 1
    assert [hit.name for hit in opened.members.find("小帆", 5).hits] == ["张小帆"]
    assert "张小凡" not in [hit.name for hit in opened.members.find("zxf", 200).hits]
    other = opened.members.by_card(card_number(1))
    assert other is not None
    assert other.account is not None
    assert (other.ver, other.account.ver, other.account.balance) == (1, 2, 5)
    assert opened.members.count() == 60
    opened.close()
    assert rows(folder, "SELECT sum(members), sum(live_rows) FROM bucket") == [(60, 180 + BESIDE)]


@pytest.mark.parametrize("first", [60, 1], ids=["a first load", "a later load"])
def test_what_a_member_holds_beside_points_comes_in_once(first: int, folder: Path, ring: KeyRing) -> None:
    people = list(demo_members(PLAN))
    for some in (people[:first], people, people):
        bulk.load_members(folder, keys.load(folder, os.environ), some)
    opened = tills.opened(folder)
    for person in people:
        member = opened.members.by_card(person.card)
        assert member is not None
        held = opened.members.holdings(MemberId(str(member.member_id)), (STAMP_CARD,))
        coupons = {(one.type, one.issued_on, one.expires_on, one.used) for one in held.coupons}
        assert coupons == {(one.type, one.issued_on, one.expires_on, False) for one in person.beside.coupons}
        assert len(held.coupons) == len(person.beside.coupons)
        assert [one.count for one in held.stamps] == [dict(person.beside.stamps).get(STAMP_CARD, 0)]
        assert held.stored_value.balance_minor == person.beside.stored_minor
    opened.close()


def test_a_card_that_moves_to_another_member_follows(folder: Path, ring: KeyRing) -> None:
    people = list(demo_members(PLAN))
    bulk.load_members(folder, ring, people)
    bulk.load_members(folder, keys.load(folder, os.environ), [replace(people[1], card=people[0].card)])
    opened = tills.opened(folder)
    found = opened.members.by_card(people[0].card)
    assert found is not None
    assert found.name == people[1].name
    opened.close()


def failing(people: list[ImportedMember]) -> Iterator[ImportedMember]:
    yield from people
    raise StoreError("disk_full")


def test_an_interrupted_first_load_leaves_the_old_state_and_can_be_repeated(folder: Path, ring: KeyRing) -> None:
    people = list(demo_members(PLAN))
    with pytest.raises(StoreError, match="disk_full"):
        bulk.load_members(folder, ring, failing(people))
    opened = tills.opened(folder)
    assert (opened.identity.cache_no, opened.members.count()) == (1, 0)
    opened.close()
    assert bulk.load_members(folder, keys.load(folder, os.environ), people).added == 60
    assert {path.name for path in folder.glob("cache-*")} == {"cache-2.db"}


def test_an_interrupted_later_load_leaves_the_old_state(folder: Path, ring: KeyRing) -> None:
    people = list(demo_members(PLAN))
    bulk.load_members(folder, ring, people[:10])
    before = rows(folder, "SELECT id, raw FROM member ORDER BY id")
    with pytest.raises(StoreError, match="disk_full"):
        bulk.load_members(folder, keys.load(folder, os.environ), failing(people))
    assert rows(folder, "SELECT id, raw FROM member ORDER BY id") == before


def test_a_lost_cache_is_built_anew(folder: Path, ring: KeyRing) -> None:
    bulk.load_members(folder, ring, demo_members(PLAN))
    (folder / "cache-2.db").unlink()
    done = bulk.load_members(folder, keys.load(folder, os.environ), demo_members(PLAN))
    assert (done.added, done.generation) == (60, 3)


def test_progress_is_told_while_upserting(folder: Path, ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    bulk.load_members(folder, ring, demo_members(PLAN))
    monkeypatch.setattr(bulk, "PROGRESS_ROWS", 20)
    seen: list[int] = []
    bulk.load_members(folder, keys.load(folder, os.environ), demo_members(PLAN), seen.append)
    assert seen == [20, 40, 60, 60]


def test_products_are_added_changed_and_left_alone(folder: Path, ring: KeyRing) -> None:
    cheaper = replace(MASK, unit_minor=3990, barcodes=("6901234567892", "6900000000007"))
    new = Product("g2", "棉柔巾", "paper", 2990, brand="B", active=False)
    seen: list[int] = []
    assert bulk.load_products(folder, ring, [cheaper, new], seen.append) == bulk.Loaded(1, 1, 0, 1)
    assert bulk.load_products(folder, ring, [cheaper, new]) == bulk.Loaded(0, 0, 2, 1)
    assert seen == [2]
    opened = tills.opened(folder)
    assert opened.essentials.product("6900000000007") == cheaper
    assert opened.essentials.product("mask5") == cheaper
    assert opened.essentials.product("g2") is None
    opened.close()


def test_many_products_go_in_short_transactions(folder: Path, ring: KeyRing) -> None:
    products = [Product(f"p{n}", "x", "c", n) for n in range(120)]
    seen: list[int] = []
    bulk.load_products(folder, ring, products, seen.append)
    assert seen == [50, 100, 120]


def test_a_product_row_is_that_of_the_wire(folder: Path, ring: KeyRing) -> None:
    db = connect.connect(folder / TILL_FILE, ring.key(TILL_FILE), connect.TILL)
    raw = db.execute("SELECT raw FROM product").fetchone()[0]
    db.close()
    assert json.loads(raw) == {
        "kind": "product",
        "id": "mask5",
        "ver": 1,
        "name": MASK.name,
        "category": "skin",
        "unit_minor": 4990,
        "tax_percent": "13",
        "barcodes": ["6901234567892"],
        "active": True,
    }
