"""A scenario file is read strictly, and a difference names its step, field, expected and got."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.programme.scenario import Difference, check
from app.domain.programme.schema import DocumentError
from tests.support.scenarios import document, give_back, line, look, pay_points, play, redeem, sale, scenario

DAY = "2025-01-23"


def mistakes(raw: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(DocumentError) as caught:
        check(raw)
    return [(one.path, one.code) for one in caught.value.mistakes]


def again(of: str, **more: Any) -> dict[str, Any]:
    return {"do": "again", "of": of, **more}


@pytest.mark.parametrize(
    ("step", "path", "code"),
    [
        ({"do": "dance"}, "steps[1].do", "expected_choice"),
        (again("x"), "steps[1].of", "not_in_document"),
        ({**redeem("x", DAY, 1), "points": 0}, "steps[1].points", "expected_whole"),
        ({**redeem("x", DAY, 1), "member": "z"}, "steps[1].member", "not_in_document"),
        ({**redeem("x", DAY, 1), "at": "2025-01-23T10:00:00"}, "steps[1].at", "expected_moment"),
        ({**redeem("x", DAY, 1), "at": "2025-02-30T10:00:00+08:00"}, "steps[1].at", "expected_moment"),
        ({**redeem("x", DAY, 1), "at": DAY}, "steps[1].at", "expected_moment"),
        ({**redeem("x", DAY, 1), "colour": 1}, "steps[1].colour", "key_unknown"),
        ({**redeem("x", DAY, 1), "expect": {"colour": 1}}, "steps[1].expect.colour", "key_unknown"),
        ({**redeem("x", DAY, 1), "expect": 3}, "steps[1].expect", "expected_table"),
        ({**redeem("x", DAY, 1), "expect": {"balance": 1}, "derived": ["debt"]}, "steps[1].derived", "not_in_document"),
        ({**redeem("x", DAY, 1), "note": ""}, "steps[1].note", "expected_text"),
        (redeem("s", DAY, 1), "steps[1].id", "id_twice"),
        (redeem("x", "2025-01-22", 1), "steps[1].at", "day_goes_back"),
        ({**give_back("r", "s", DAY, (0, 1)), "lines": []}, "steps[1].lines", "expected_list"),
        (give_back("r", "s", DAY, (0, 0)), "steps[1].lines[0].qty", "expected_whole"),
        ({**look(DAY), "member": 3}, "steps[1].member", "expected_text"),
        (
            {"do": "merge", "id": "g", "from": "z", "into": "m", "at": look(DAY)["at"]},
            "steps[1].from",
            "not_in_document",
        ),
        (sale("x", DAY), "steps[1].lines", "expected_list"),
        (sale("x", DAY, line(1, qty=0)), "steps[1].lines[0].qty", "expected_whole"),
        (sale("x", DAY, line(1, discount_minor=2)), "steps[1].lines[0].discount_minor", "expected_whole"),
        (sale("x", DAY, line(5, tax_minor=6)), "steps[1].lines[0].tax_minor", "expected_whole"),
        (sale("x", DAY, line(5, weight=6)), "steps[1].lines[0].weight", "key_unknown"),
        (sale("x", DAY, line(5), coupons="a"), "steps[1].coupons", "expected_list"),
        (sale("x", DAY, line(5), order_discounts=[{}]), "steps[1].order_discounts[0].minor", "one_of_two"),
        (
            sale("x", DAY, line(5), order_discounts=[{"percent": "x"}]),
            "steps[1].order_discounts[0].percent",
            "expected_decimal",
        ),
        (sale("x", DAY, line(5), rewards=[{"id": "r", "times": 0}]), "steps[1].rewards[0].times", "expected_whole"),
        (sale("x", DAY, line(5), tenders=[{"kind": "gold"}]), "steps[1].tenders[0].kind", "expected_choice"),
        (sale("x", DAY, line(5), tenders=[{"kind": "points"}]), "steps[1].tenders[0].points", "one_of_two"),
        (sale("x", DAY, line(5), tenders=[{**pay_points(1), "minor": 3}]), "steps[1].tenders[0].minor", "key_unknown"),
    ],
)
def test_a_broken_step_is_named_by_its_path(step: dict[str, Any], path: str, code: str) -> None:
    assert (path, code) in mistakes(scenario(document(), sale("s", DAY, line(1000)), step))


@pytest.mark.parametrize(
    ("member", "path", "code"),
    [
        ({"tier": "gold"}, "members.m.tier", "not_in_document"),
        ({"lots": [{"points": 1}]}, "members.m.lots[0].earned_on", "key_missing"),
        ({"coupons": ["none"]}, "members.m.coupons[0].type", "not_in_document"),
        ({"coupons": [3]}, "members.m.coupons[0]", "expected_table"),
        ({"coupons": "none"}, "members.m.coupons", "expected_list"),
        ({"coupons": [{"type": "off", "issued_on": "x"}]}, "members.m.coupons[0].issued_on", "expected_date"),
        ({"status": "merged"}, "members.m.status", "expected_choice"),
        ({"colour": 1}, "members.m.colour", "key_unknown"),
    ],
)
def test_a_broken_member_is_named_by_its_path(member: dict[str, Any], path: str, code: str) -> None:
    off = {"id": "off", "kind": "discount_minor", "value_minor": 100, "valid_days": 30}
    assert (path, code) in mistakes(scenario(document(coupon_types=[off]), look(DAY), m=member))


def test_mistakes_of_programme_members_and_steps_are_found_together() -> None:
    raw = scenario(
        document(version=0), {**look(DAY), "id": 3}, m={"tier": "gold", "lots": [{"points": -1}], "coupons": ["x"]}
    )
    assert mistakes(raw) == [
        ("programme.version", "expected_whole"),
        ("steps[0].id", "expected_text"),
        ("members.m.lots[0].points", "expected_whole"),
        ("members.m.lots[0].earned_on", "key_missing"),
    ]


@pytest.mark.parametrize("key", ["id", "programme", "steps"])
def test_a_part_that_is_missing_is_a_mistake(key: str) -> None:
    raw = scenario(document(), look(DAY))
    del raw[key]
    assert key in [path for path, _ in mistakes(raw)]


def test_a_file_without_members_has_only_anonymous_sales() -> None:
    step = sale("s", DAY, line(1000), expect={"payable_minor": 1000})
    del step["member"]
    raw = scenario(document(), step)
    del raw["members"]
    assert [one.differences for one in check(raw)] == [()]


@pytest.mark.parametrize(
    ("expect", "field", "got"),
    [
        ({"earned": 11}, "earned", 10),
        ({"earned": True}, "earned", 10),
        ({"points_restored": 0}, "points_restored", None),
        ({"lots": []}, "lots", [{"points": 10, "earned_on": DAY, "expires_on": None}]),
        ({"lots": [{"points": 10, "expires_on": DAY}]}, "lots", [{"points": 10, "earned_on": DAY, "expires_on": None}]),
        ({"stamps": {"x": 1}}, "stamps", {}),
        ({"tier": "gold"}, "tier", None),
    ],
)
def test_a_difference_says_what_was_expected_and_what_came(expect: dict[str, Any], field: str, got: object) -> None:
    (step,) = check(scenario(document(), sale("s", DAY, line(1000), expect=expect)))
    assert step.differences == (Difference("s", field, expect[field], got),)


def test_what_is_not_expected_is_not_compared_but_a_refusal_is() -> None:
    steps = check(scenario(document(), sale("s", DAY, line(1000)), redeem("x", DAY, 50), look(DAY)))
    assert [one.differences for one in steps] == [(), (Difference("x", "refused", None, "insufficient_points"),), ()]
    assert [(one.step, one.do) for one in steps] == [("s", "sale"), ("x", "redeem"), ("steps[2] look", "look")]


def test_null_expects_that_there_is_nothing() -> None:
    steps = check(scenario(document(), sale("s", DAY, line(1000), expect={"refused": None, "tier_until": None})))
    assert steps[0].differences == ()


def test_a_second_delivery_changes_nothing_and_answers_the_current_state() -> None:
    refused, *_ = play(document(), redeem("x", DAY, 5))
    assert refused["refused"] == "insufficient_points"
    results = play(
        document(),
        {**look(DAY), "id": "l"},
        sale("s", DAY, line(1000)),
        redeem("x", DAY, 99),
        give_back("r", "s", DAY, (0, 1)),
        again("s"),
        again("x"),
        again("r", at=f"{DAY}T23:00:00+08:00"),
        again("l"),
    )
    assert [one["balance"] for one in results] == [0, 10, 10, 0, 0, 0, 0, 0]
    assert "refused" not in results[5]


def test_an_anonymous_sale_delivered_again_says_nothing() -> None:
    step = sale("s", DAY, line(1000))
    del step["member"]
    assert play(document(), step, again("s"))[1] == {}
