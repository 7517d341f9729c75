"""Demo members and products: the same for the same seed, plausible, with valid numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.card import CardScheme, ean_holds, luhn_holds
from app.domain.programme.parse import parse
from app.domain.programme.schema import read_toml
from app.resources import resources
from app.services.demo_members import (
    COUPON_DAYS,
    FEATURED,
    MEMBERS_MAX,
    STAMP_CARD,
    STAMPS_GOAL,
    DemoPlan,
    card_number,
    demo_members,
)
from app.services.demo_products import PICTURED, PRODUCTS, demo_products
from app.services.import_members import NOTHING_BESIDE

PLAN = DemoPlan(2_000, 1_790_000_000_000, "s027", store_ids=("s027", "s001"))


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(demo_members(PLAN)) == list(demo_members(PLAN))


def test_the_people_of_the_pictures_come_first() -> None:
    assert [one.name for one in demo_members(DemoPlan(9, PLAN.now_ms, "s1"))][: len(FEATURED)] == [
        name for name, *_ in FEATURED
    ]


def test_every_member_has_a_card_and_lots_that_add_up() -> None:
    scheme = CardScheme()
    for member in demo_members(PLAN):
        assert scheme.owns(member.card)
        assert luhn_holds(member.card)
        assert sum(lot.amount for lot in member.lots) == member.points
        assert 2 <= len(member.name) <= 3
        assert member.phone.startswith("+861")
        assert len(member.phone) == 14


def test_some_members_hold_what_the_demo_programme_knows() -> None:
    programme = parse(read_toml((resources() / "programmes" / "demo.toml").read_text(encoding="utf-8")))
    assert {one.id: one.valid_days for one in programme.coupon_types} == COUPON_DAYS
    assert [(one.id, one.goal) for one in programme.stamps] == [(STAMP_CARD, STAMPS_GOAL)]
    assert {one.category for one in demo_products()} >= set().union(*(one.when.categories for one in programme.stamps))
    held = [one.beside for one in demo_members(PLAN)]
    assert PLAN.count * 0.08 < sum(one != NOTHING_BESIDE for one in held) < PLAN.count * 0.16
    for given in (one.coupons for one in held), (one.stamps for one in held), (one.stored_minor for one in held):
        assert PLAN.count * 0.015 < sum(bool(one) for one in given) < PLAN.count * 0.12
    today = datetime.fromtimestamp(PLAN.now_ms / 1000, UTC).date().isoformat()
    for one in held:
        assert all(coupon.issued_on <= today < coupon.expires_on for coupon in one.coupons)
        assert all(0 < count < STAMPS_GOAL for _, count in one.stamps)


def test_numbers_are_unique() -> None:
    people = list(demo_members(PLAN))
    assert len({one.member_no for one in people}) == len({one.card for one in people}) == PLAN.count


def test_there_are_no_more_members_than_card_numbers() -> None:
    with pytest.raises(ValueError, match="card numbers"):
        next(demo_members(DemoPlan(MEMBERS_MAX + 1, 0, "s")))


def test_card_numbers_are_told_by_their_place() -> None:
    assert [one.card for one in demo_members(DemoPlan(3, PLAN.now_ms, "s"))] == [card_number(n) for n in range(3)]


def test_products_have_unique_skus_names_and_valid_barcodes() -> None:
    found = demo_products()
    assert len(found) == len({one.sku for one in found}) == len({one.name for one in found}) == PRODUCTS
    assert all(ean_holds(one.barcodes[0]) for one in found)
    assert [one.name for one in found[: len(PICTURED)]] == [name for name, _, _ in PICTURED]


def test_the_documents_make_a_dynamic_code_of_the_first_member() -> None:
    first = next(demo_members(DemoPlan(1, PLAN.now_ms, "s1")))
    said = (Path(__file__).parents[3] / "docs" / "devices.md").read_text(encoding="utf-8")
    assert f"guitai hq member-code {first.member_no} --data demo-chain/hq # what the phone of {first.name}" in said
