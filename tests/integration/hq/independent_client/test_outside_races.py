"""Many at once: twenty tills push while one follows the feed, a hundred holds want most of a hundred points."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from tests.integration.hq.independent_client.counter import Customer, Served, command, enrolled, outcomes, sell
from tests.integration.hq.independent_client.outsider import Outsider, checksum, take, uuid7

TILLS, ROUNDS, SALES = 20, 3, 4
Held = dict[str, dict[tuple[str, str], dict[str, Any]]]


def follow(office: Served, till: Outsider, held: Held, cursors: dict[str, int]) -> bool:
    """Pull what moved, each page checked; whether nothing had. A tired till is followed by another identity."""
    since = ",".join(f"{name}.{seq}" for name, seq in cursors.items())
    heads = till.call("GET", f"/heads?since={since}")["heads"]
    for name in sorted(one["id"] for one in heads if not one["id"].startswith("till:")):
        last = False
        while not last:
            page = till.pull(name, cursors.get(name, 0), 50)
            assert page.status == 200, page.value
            rows = held.setdefault(name, {})
            cursors[name], last = take(rows, page.value, cursors.get(name, 0)), page["last"]
        assert (len(rows), checksum(list(rows.values()))) == (page["live_rows"], page["checksum"]), name
    return not [one for one in heads if not one["id"].startswith("till:")]


def pushing(till: Outsider, customers: list[Customer]) -> set[str]:
    """A few batches, some of them twice; what became of the events."""
    found: set[str] = set()
    for _ in range(ROUNDS):
        for _ in range(SALES):
            sell(till, secrets.choice(customers), (1 + secrets.randbelow(50)) * 100)
        found |= set(outcomes(till.push_new(SALES)))
        again = till.push(len(till.events) - SALES + 1)["results"]
        assert {one["outcome"] for one in again} == {"duplicate"}
    return found


def test_twenty_tills_push_while_one_follows_without_a_gap(office: Served) -> None:
    tills = [office.till() for _ in range(TILLS)]
    customers = [enrolled(tills[0]) for _ in range(5)]
    tills[0].push_new(5)
    held: Held = {}
    cursors: dict[str, int] = {}
    with ThreadPoolExecutor(TILLS) as pool:
        working = [pool.submit(pushing, till, customers) for till in tills]
        while not all(one.done() for one in working):
            follow(office, office.till(), held, cursors)
        assert {frozenset(one.result()) for one in working} == {frozenset({"applied"})}
    while not follow(office, office.till(), held, cursors):
        pass
    sold: Counter[str] = Counter()
    for till in tills:
        for event in (json.loads(one["raw"]) for one in till.events):
            if event["type"] == "sale":
                sold[event["member_id"]] += event["body"]["result"]["earned"]
    fields = [json.loads(row["raw"]) for rows in held.values() for row in rows.values()]
    balances = {one["member_id"]: one["balance"] for one in fields if one["kind"] == "account"}
    assert {customer.member_id: balances[customer.member_id] for customer in customers} == dict(sold)
    lines = [one for one in fields if one["kind"] == "sale_line" and one.get("member_id") in sold]
    assert len(lines) == TILLS * ROUNDS * SALES
    assert command("verify", "--data", office.folder) == (0, "Everything holds\n")


def test_of_a_hundred_holds_for_sixty_of_a_hundred_points_one_wins(office: Served) -> None:
    tills = [office.till() for _ in range(5)]
    customer = enrolled(tills[0])
    sell(tills[0], customer, 10_000)
    tills[0].push_new(2)
    for till in tills:
        till.call("GET", "/heads")

    def ask(number: int) -> tuple[int, str, int]:
        till = replace(tills[number % len(tills)], http=office.client())
        body = {"hold_id": uuid7(), "account_id": customer.points, "points": 60}
        answer = till.call("POST", "/holds", body)
        return answer.status, answer.problem, answer["available"]

    with ThreadPoolExecutor(25) as pool:
        answers = Counter(pool.map(ask, range(100)))
    assert answers == {(200, "", 40): 1, (409, "insufficient", 40): 99}


def test_one_hold_asked_for_and_given_up_at_once_ends_closed(office: Served) -> None:
    till = office.till()
    customer, one = enrolled(till), uuid7()
    sell(till, customer, 10_000)
    till.push_new(2)

    def ask(number: int) -> str:
        other = replace(till, http=office.client())
        body = {"hold_id": one, "account_id": customer.points, "points": 60}
        answer = other.call("DELETE", f"/holds/{one}") if number % 2 else other.call("POST", "/holds", body)
        return answer.problem or str(answer.status)

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(ask, range(32))) <= {"200", "hold_closed"}
    assert till.everything()["account"][customer.points]["available"] == 100


def test_one_event_raced_by_several_tills_counts_once(office: Served) -> None:
    tills = [office.till() for _ in range(4)]
    customer = enrolled(tills[0])
    tills[0].push_new(1)
    raced = [office.till() for _ in range(4)]
    sell(raced[0], customer, 7_700)
    for till in raced[1:]:
        till.write_raw(raced[0].events[0]["raw"])

    def send(number: int) -> str:
        till = replace(raced[number % len(raced)], http=office.client())
        return str(till.push(1)["results"][0]["outcome"])

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(send, range(16))) == {"applied": 1, "duplicate": 15}
    assert tills[0].everything()["account"][customer.points]["balance"] == 77


def test_the_first_sales_of_a_day_from_several_tills_are_all_counted(office: Served) -> None:
    tills = [office.till() for _ in range(8)]
    day = f"2026-{1 + secrets.randbelow(12):02}-{1 + secrets.randbelow(28):02}"
    for till in tills:
        sell(till, None, 1_000, business_on=day)
    with ThreadPoolExecutor(len(tills)) as pool:
        assert set(pool.map(lambda till: outcomes(till.push(1)["results"])[0], tills)) == {"applied"}
    figures = tills[0].everything()["day_figures"][day]
    assert (figures["sales"], figures["net_minor"], figures["by_hour"].count(0)) == (8, 8_000, 23)


def test_a_sale_never_waits_for_a_member_who_has_come(office: Served) -> None:
    here, there = office.till(), office.till()
    pairs = 12
    customers = [enrolled(here) for _ in range(pairs)]
    for customer in customers:
        sell(there, customer, 1_000)

    def send(till: Outsider) -> None:
        for seq in range(1, pairs + 1):
            assert till.push(seq, seq).status == 200

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, (here, there)))
    assert {one["was"] for one in there.push(1)["results"]} == {"applied"}
