"""Demo members and products: the same for the same seed, plausible, with valid numbers."""

from __future__ import annotations

import pytest

from app.domain.card import CardScheme, ean_holds, luhn_holds
from app.services.demo_members import FEATURED, MEMBERS_MAX, DemoPlan, card_number, demo_members
from app.services.demo_products import PICTURED, PRODUCTS, demo_products

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
