"""Holds: one-shot, all or nothing, never more than there is, and closed for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.head_office import HeadOffice, demo_programme
from tests.support.wire_client import BASIS, Answered, NewMember, WireTill, enrol_member, new_id, sell


def rich(hq: HeadOffice, points: int) -> tuple[WireTill, NewMember]:
    """A till and a member with so many points."""
    till = hq.till()
    member = enrol_member(till)
    sell(till, points * 100, member)
    assert till.push().status == 200
    return till, member


def hold(till: WireTill, member: NewMember, points: int, hold_id: str | None = None) -> Answered:
    body = {"hold_id": hold_id or new_id(), "account_id": member.account_id, "points": points}
    return till.call("POST", "holds", body)


def redeem(till: WireTill, member: NewMember, points: int, hold_id: str | None) -> None:
    body = {"shift_id": "s", "account_id": member.account_id, "points": points, "staff_id": "1"}
    if hold_id is not None:
        body["hold_id"] = hold_id
    basis = {"programme": "demo:1", "tags": [], "segments": [], "counters": {}}
    till.write("points_redeem", body, member_id=member.member_id, basis=basis)


def test_a_hundred_tries_for_sixty_of_a_hundred_points_get_sixty(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    assert hold(till, member, 40).value["available"] == 60
    tills = [hq.till() for _ in range(5)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda number: hold(tills[number % 5], member, 1), range(100)))
    assert sorted(one.status for one in answers) == [200] * 60 + [409] * 40
    assert {one.problem for one in answers if one.status == 409} == {"insufficient"}
    assert till.rows("account")[member.account_id]["available"] == 0
    assert hq.faults() == []


def test_a_hundred_holds_of_sixty_race_for_a_hundred_points_and_one_wins(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: hold(till, member, 60), range(100)))
    assert [one.status for one in answers].count(200) == 1
    assert {one.value["available"] for one in answers if one.status == 409} == {40}


def test_the_same_hold_again_is_the_same_answer(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    hold_id = new_id()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: hold(till, member, 30, hold_id), range(8)))
    assert [(one.status, one.value["held"]) for one in answers] == [(200, 30)] * 8
    assert hold(till, member, 31, hold_id).problem == "hold_reused"
    assert hold(hq.till(), member, 30, hold_id).problem == "forbidden"


def test_a_released_hold_says_the_same_each_time_and_stays_closed(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    hold_id = new_id()
    hold(till, member, 30, hold_id)
    assert hq.till().call("DELETE", f"holds/{hold_id}").problem == "forbidden"
    assert [till.call("DELETE", f"holds/{hold_id}").value["released"] for _ in range(3)] == [30] * 3
    assert hold(till, member, 30, hold_id).problem == "hold_closed"
    assert hold(till, member, 100).status == 200


def test_deleting_an_id_never_seen_closes_it_for_good(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    hold_id = new_id()
    assert till.call("DELETE", f"holds/{hold_id}").value["released"] == 0
    assert hold(till, member, 1, hold_id).problem == "hold_closed"
    assert till.call("DELETE", "holds/nonsense").problem == "not_found"


def test_an_event_uses_its_hold_and_frees_the_rest(hq: HeadOffice) -> None:
    till, member = rich(hq, 300)
    hold_id = new_id()
    hold(till, member, 200, hold_id)
    redeem(till, member, 100, hold_id)
    answered = till.push(3)
    assert answered.value["results"][0]["balance"] == {member.account_id: 200}
    assert "code" not in answered.value["results"][0]
    account = till.rows("account")[member.account_id]
    assert (account["balance"], account["available"]) == (200, 200)
    assert till.call("DELETE", f"holds/{hold_id}").value["released"] == 0
    assert hold(till, member, 200, hold_id).problem == "hold_closed"
    assert hq.faults() == []


def test_a_hold_that_is_not_there_posts_all_the_same_and_is_counted(hq: HeadOffice) -> None:
    till, member = rich(hq, 300)
    redeem(till, member, 100, new_id())
    redeem(till, member, 500, None)
    results = till.push(3).value["results"]
    assert [(one["outcome"], one["code"]) for one in results] == [("applied", "hold_missing"), ("applied", "overdraft")]
    account = till.rows("account")[member.account_id]
    assert (account["balance"], account["debt"], account["available"]) == (-300, 300, 0)
    sell(till, 50_000, member)
    till.push(5)
    account = till.rows("account")[member.account_id]
    assert (account["balance"], account["debt"]) == (200, 0)
    assert hq.faults() == []


def test_holds_released_by_event_close_their_ids(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    other = hq.till()
    mine, unseen, theirs = new_id(), new_id(), new_id()
    hold(till, member, 10, mine)
    hold(other, member, 20, theirs)
    for one in (mine, unseen, theirs):
        till.write("hold_released", {"hold_id": one})
    results = till.push(3).value["results"]
    assert [one.get("code") for one in results] == [None, None, "hold_missing"]
    assert hold(till, member, 1, unseen).problem == "hold_closed"
    assert till.rows("account")[member.account_id]["available"] == 80
    assert other.call("DELETE", f"holds/{theirs}").value["released"] == 20
    assert hq.faults() == []


def test_a_hold_asks_for_exactly_one_thing_that_exists(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    assert till.call("POST", "holds", {"hold_id": new_id(), "points": 1}).problem == "malformed"
    assert hold(till, NewMember("x", new_id(), "x"), 1).problem == "not_found"
    assert hold(till, member, 0).problem == "malformed"
    assert hold(till, member, 101).value["available"] == 100


@pytest.mark.parametrize(("days", "left"), [(364, 100), (366, 0)])
def test_points_that_expired_since_the_last_event_are_not_held(hq: HeadOffice, days: int, left: int) -> None:
    expiring = {**demo_programme(), "version": 2, "expiry": {"kind": "after", "days": 365}}
    name = hq.publish(expiring)
    till = hq.till()
    member = enrol_member(till)
    then_ms = hq.office.clock.now_ms() - days * 24 * 3600 * 1000
    sell(till, 10_000, member, basis={**BASIS, "programme": name}, at_ms=then_ms)
    assert till.push().status == 200
    answer = hold(till, member, 1)
    assert answer.value.get("available") == max(0, left - 1)
    assert answer.problem == ("" if left else "insufficient")
