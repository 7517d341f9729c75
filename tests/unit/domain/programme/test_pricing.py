"""Money of a receipt: discounts one after another, spread so that the parts add up."""

from __future__ import annotations

import pytest

from app.domain.programme.schema import DocumentError
from tests.support.scenarios import because, document, line, play, sale

DAY = "2025-01-23"
TEN = {"id": "ten", "kind": "discount_percent", "percent": "10", "valid_days": 30}
HOLDER = {"m": {"coupons": ["ten"]}}


def test_a_line_discount_comes_off_the_line() -> None:
    (result,) = play(document(), sale("s", DAY, line(1000, qty=2, discount_minor=500)))
    assert (result["payable_minor"], result["earned"]) == (1500, 15)


def test_order_discounts_apply_one_after_another_on_what_is_left() -> None:
    discounts = [{"percent": "10"}, {"minor": 500}, {"percent": "50", "categories": ["food"]}]
    goods = [line(6000, category="food"), line(4000)]
    (result,) = play(document(), sale("s", DAY, *goods, order_discounts=discounts))
    # 10 %: 5400 + 3600; 500 by value: 300 + 200; half of the food: 5100 → 2550
    assert result["payable_minor"] == 2550 + 3400


def test_a_percentage_is_rounded_half_up_to_a_minor_unit() -> None:
    (result,) = play(document(), sale("s", DAY, line(5), order_discounts=[{"percent": "10"}]))
    assert result["payable_minor"] == 4


def test_a_discount_never_exceeds_the_money_on_its_lines() -> None:
    (result,) = play(
        document(),
        sale("s", DAY, line(300, category="x"), line(100), order_discounts=[{"minor": 999, "categories": ["x"]}]),
    )
    assert result["payable_minor"] == 100


def test_the_rest_of_a_discount_goes_to_the_largest_fraction_ties_to_the_earliest_line() -> None:
    goods = [line(100), line(100), line(100)]
    (result,) = play(document(earn={"per_minor": 1}), sale("s", DAY, *goods, order_discounts=[{"minor": 100}]))
    assert because(result) == [("base", 0, 66), ("base", 1, 67), ("base", 2, 67)]


def test_a_basket_discount_spreads_over_excluded_goods_too() -> None:
    programme = document(earn={"exclude_categories": ["tobacco"], "exclude_skus": ["BAG"]})
    goods = [line(5000), line(4000, category="tobacco"), line(1000, sku="BAG")]
    (result,) = play(programme, sale("s", DAY, *goods, order_discounts=[{"minor": 1000}]))
    assert (result["payable_minor"], result["earned"]) == (9000, 45)


def test_a_coupon_comes_after_order_discounts_and_lowers_what_earns() -> None:
    (result,) = play(
        document(coupon_types=[TEN]),
        sale("s", DAY, line(10000), order_discounts=[{"minor": 1000}], coupons=["ten"]),
        **HOLDER,
    )
    assert (result["payable_minor"], result["earned"]) == (8100, 81)


def test_a_percent_coupon_is_limited_by_max_minor() -> None:
    programme = document(coupon_types=[{**TEN, "max_minor": 300}])
    (result,) = play(programme, sale("s", DAY, line(10000), coupons=["ten"]), **HOLDER)
    assert result["payable_minor"] == 9700


def test_a_coupon_for_a_category_looks_at_its_lines_only() -> None:
    programme = document(coupon_types=[{**TEN, "when": {"categories": ["food"]}}])
    (result,) = play(programme, sale("s", DAY, line(1000, category="food"), line(5000), coupons=["ten"]), **HOLDER)
    assert result["payable_minor"] == 5900


def test_a_coupon_minimum_looks_at_money_after_order_discounts_and_before_any_coupon() -> None:
    ten = {**TEN, "combine": True, "when": {"min_spend_minor": 9000}}
    programme = document(coupon_types=[ten])
    kept, refused = play(
        programme,
        sale("s1", DAY, line(9000), coupons=["ten", "ten"]),
        sale("s2", DAY, line(9000), order_discounts=[{"minor": 1}], coupons=["ten"]),
        m={"coupons": ["ten", "ten", "ten"]},
    )
    assert kept["payable_minor"] == 7290
    assert refused["refused"] == "coupon_conditions"


def test_free_units_are_taken_in_receipt_order_and_split_a_line_s_money_over_its_units() -> None:
    gift = {"id": "free", "kind": "free_units", "sku": "A", "units": 3, "valid_days": 9}
    goods = [line(500, sku="A", qty=2), line(900, sku="B"), line(1001, sku="A", qty=3, discount_minor=1)]
    (result,) = play(document(coupon_types=[gift]), sale("s", DAY, *goods, coupons=["free"]), m={"coupons": ["free"]})
    # 3002 over three units: 1001, 1001, 1000; the first is free
    assert result["payable_minor"] == 900 + 2001


def test_two_free_unit_rewards_take_different_units() -> None:
    programme = document(rewards=[{"id": "one", "points": 1, "kind": "free_units", "sku": "A", "units_per_reward": 1}])
    uses = [{"id": "one"}, {"id": "one", "times": 2}]
    (result,) = play(
        programme,
        sale("s", DAY, line(300, sku="A"), line(700, sku="A", qty=3), rewards=uses),
        m={"lots": [{"points": 9, "earned_on": DAY}]},
    )
    assert (result["payable_minor"], result["redeemed"]) == (700, 3)


def test_rewards_repeat_on_what_is_left() -> None:
    programme = document(
        rewards=[
            {
                "id": "percent",
                "points": 5,
                "kind": "discount_percent",
                "percent": "10",
                "when": {"categories": ["food"]},
            },
            {"id": "off", "points": 2, "kind": "discount_minor", "value_minor": 100},
        ]
    )
    uses = [{"id": "percent", "times": 2}, {"id": "off"}]
    (result,) = play(
        programme,
        sale("s", DAY, line(1000, category="food"), line(1000), rewards=uses),
        m={"lots": [{"points": 20, "earned_on": DAY}]},
    )
    assert (result["payable_minor"], result["redeemed"], result["balance"]) == (1710, 12, 8 + 17)


@pytest.mark.parametrize(
    ("tenders", "path"),
    [
        ([{"kind": "card", "minor": 400}], "steps[0].tenders"),
        ([{"kind": "card", "minor": 1400}], "steps[0].tenders"),
        ([{"kind": "card"}, {"kind": "cash"}], "steps[0].tenders"),
        ([{"kind": "points", "points": 1}, {"kind": "points", "points": 1}], "steps[0].tenders"),
    ],
)
def test_tenders_that_do_not_add_up_are_a_broken_file(tenders: list[dict[str, object]], path: str) -> None:
    with pytest.raises(DocumentError) as caught:
        play(document(), sale("s", DAY, line(1000), tenders=tenders))
    assert [one.path for one in caught.value.mistakes] == [path]


def test_a_sale_without_tenders_is_paid_in_cash() -> None:
    step = sale("s", DAY, line(1000))
    del step["tenders"]
    (result,) = play(document(), step)
    assert result["earned"] == 10
