"""wire.md, "holds": all of it or nothing, the same answer to the same id, closed for good once it is deleted."""

from __future__ import annotations

import pytest

from tests.integration.hq.independent_client.counter import (
    BASIS,
    SHIFT,
    STAFF,
    Customer,
    Served,
    enrolled,
    outcomes,
    sell,
)
from tests.integration.hq.independent_client.outsider import Answer, Outsider, uuid7


@pytest.fixture
def till(office: Served) -> Outsider:
    return office.till()


@pytest.fixture
def customer(till: Outsider) -> Customer:
    """With a hundred points."""
    made = enrolled(till)
    sell(till, made, 10_000)
    assert outcomes(till.push_new(2)) == ["applied", "applied"]
    return made


def hold(till: Outsider, customer: Customer, points: int, hold_id: str) -> Answer:
    return till.call("POST", "/holds", {"hold_id": hold_id, "account_id": customer.points, "points": points})


def test_a_hold_is_all_or_nothing_and_answers_the_same(till: Outsider, customer: Customer) -> None:
    one = uuid7()
    for _ in range(2):
        answer = hold(till, customer, 60, one)
        assert (answer["held"], answer["available"]) == (60, 40)
    assert hold(till, customer, 61, one).problem == "hold_reused"
    for points in (41, 10**12 + 1, 2**53 - 1):
        short = hold(till, customer, points, uuid7())
        assert (short.status, short.problem, short["available"]) == (409, "insufficient", 40), points
    for points in (0, -1, 2**53):
        assert hold(till, customer, points, uuid7()).problem == "malformed", points
    other = {"hold_id": uuid7(), "points": 1}
    for body in (other, {**other, "account_id": uuid7(), "coupon_id": uuid7()}, {**other, "hold_id": "x"},
                 {"hold_id": uuid7(), "coupon_id": uuid7(), "points": 2}):  # fmt: skip
        assert till.call("POST", "/holds", body).problem == "malformed", body
    assert till.call("POST", "/holds", {**other, "account_id": uuid7()}).problem == "not_found"
    account = till.everything()["account"][customer.points]
    assert (account["balance"], account["available"]) == (100, 40)


def test_a_deleted_hold_stays_deleted(till: Outsider, customer: Customer, office: Served) -> None:
    one, unseen, stranger = uuid7(), uuid7(), office.till()
    hold(till, customer, 60, one)
    assert stranger.call("DELETE", f"/holds/{one}").problem == "forbidden"
    assert [till.call("DELETE", f"/holds/{one}")["released"] for _ in range(3)] == [60, 60, 60]
    assert [till.call("DELETE", f"/holds/{unseen}")["released"] for _ in range(2)] == [0, 0]
    for id_ in (one, unseen):
        assert hold(till, customer, 60, id_).problem == "hold_closed"
    assert till.call("DELETE", "/holds/nothing").problem == "not_found"
    assert hold(till, customer, 100, uuid7())["held"] == 100


def test_a_spent_hold_gives_the_rest_back(till: Outsider, customer: Customer) -> None:
    one, two = uuid7(), uuid7()
    hold(till, customer, 60, one)
    hold(till, customer, 30, two)
    body = {"account_id": customer.points, "points": 40, "hold_id": one, "staff_id": STAFF, "shift_id": SHIFT}
    till.write("points_redeem", body, member_id=customer.member_id, basis=BASIS)
    till.write("hold_released", {"hold_id": two})
    assert outcomes(till.push_new(2)) == ["applied", "applied"]
    assert till.call("DELETE", f"/holds/{one}")["released"] == 0
    assert hold(till, customer, 60, one).problem == hold(till, customer, 30, two).problem == "hold_closed"
    account = till.everything()["account"][customer.points]
    assert (account["balance"], account["available"], account["debt"]) == (60, 60, 0)


def test_holds_die_with_their_identity(till: Outsider, customer: Customer, office: Served) -> None:
    one = uuid7()
    hold(till, customer, 100, one)
    assert till.enrol(office.code("s027", "--till", till.till_id)).status == 200
    assert till.call("DELETE", f"/holds/{one}")["released"] == 0
    assert hold(till, customer, 100, one).problem == "hold_closed"
    assert hold(till, customer, 100, uuid7())["held"] == 100
