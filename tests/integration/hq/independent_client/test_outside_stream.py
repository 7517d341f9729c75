"""wire.md, "push": gaps, overlaps, duplicates, forks, broken hashes; nothing is stored unless it is acknowledged."""

from __future__ import annotations

import pytest

from tests.integration.hq.independent_client.counter import Served, enrolled, outcomes, sell
from tests.integration.hq.independent_client.outsider import Outsider, canonical, chain_hash, uuid7


@pytest.fixture
def till(office: Served) -> Outsider:
    made = office.till()
    for _ in range(3):
        made.write("hold_released", {"hold_id": uuid7()})
    return made


def test_a_batch_is_taken_once_however_often_it_comes(till: Outsider) -> None:
    first = till.push(1, 2)
    assert outcomes(first["results"]) == ["applied", "applied"]
    assert (first["acked_through"], first["acked_hash"]) == (2, till.hash_at(2))
    again = till.push(1)
    assert outcomes(again["results"]) == ["duplicate", "duplicate", "applied"]
    assert [one.get("was") for one in again["results"]] == ["applied", "applied", None]
    part = till.push(1, 1)
    assert (part["acked_through"], part["acked_hash"]) == (1, till.hash_at(1)), "what this request verified"
    assert till.call("GET", "/heads")["acked_through"] == 3, "the stream's head"
    asked = [till.push(4), till.push(2, 1)]
    assert [(one["acked_through"], one["acked_hash"], one["results"]) for one in asked] == [
        (3, till.hash_at(3), []), (1, till.hash_at(1), [])
    ]  # fmt: skip


def test_what_does_not_follow_is_refused_in_order(till: Outsider) -> None:
    batch = till.batch(1)
    batch["events"][1] = {**batch["events"][1], "hash": "0" * 64}
    broken = till.call("POST", "/push", batch)
    assert (broken.status, broken.problem, broken["seq"]) == (422, "hash", 2)
    ahead = till.push(2)
    assert (ahead.status, ahead.problem, ahead["expected_seq"]) == (409, "gap", 1)
    raw = till.events[1]["raw"]
    other = {**till.batch(2, 2), "prev_hash": "1" * 64, "events": [{"raw": raw, "hash": chain_hash("1" * 64, raw)}]}
    assert till.call("POST", "/push", other).problem == "gap", "before the fork is asked about"
    beyond = till.call("POST", "/push", {**other, "events": [{"raw": raw, "hash": "2" * 64}]})
    assert beyond.problem == "hash", "before the gap is asked about"
    assert till.call("GET", "/heads")["acked_through"] == 0
    assert till.push(1)["acked_through"] == 3


def test_a_request_for_somebody_else_is_refused(till: Outsider) -> None:
    strange: list[tuple[dict[str, object], str]] = [
        ({"till_id": uuid7()}, "malformed"), ({"epoch": 2}, "reenrol"), ({"incarnation": "other"}, "incarnation"),
        ({"base_seq": 0}, "malformed"), ({"prev_hash": "0" * 63}, "malformed"), ({"events": {}}, "malformed"),
    ]  # fmt: skip
    for other, name in strange:
        assert till.call("POST", "/push", {**till.batch(1), **other}).problem == name, other
    for name in ("till_id", "epoch", "incarnation", "base_seq", "prev_hash", "events"):
        batch = {key: value for key, value in till.batch(1).items() if key != name}
        assert till.call("POST", "/push", batch).problem == "malformed", name
    assert till.push(1, future=[{"a": True}])["acked_through"] == 3, "an unknown member is ignored"


def test_five_hundred_events_are_a_batch_and_one_more_is_not(office: Served) -> None:
    till = office.till()
    for _ in range(501):
        till.write("hold_released", {"hold_id": uuid7()})
    answer = till.push(1)
    assert (answer.status, answer["events_max"], answer["bytes_max"]) == (413, 500, 256 << 10)
    assert till.push(1, 500)["acked_through"] == 500
    assert till.push(501)["acked_through"] == 501


def test_two_devices_under_one_identity_close_it(office: Served) -> None:
    till = office.till()
    customer = enrolled(till)
    sell(till, customer, 5_000)
    assert till.push(1).status == 200
    mine = list(till.events)
    till.events = mine[:1]
    sell(till, customer, 7_000)
    sell(till, customer, 8_000)
    forked = till.push(1)
    assert (forked.status, forked.problem) == (409, "fork")
    assert (forked["seq"], forked["expected_hash"]) == (2, mine[1]["hash"])
    after = [till.push(1), till.call("GET", "/heads"), till.pull("chain"), till.call("DELETE", f"/holds/{uuid7()}")]
    assert {(one.status, one.problem, one["reason"]) for one in after} == {(409, "reenrol", "fork")}
    # a new code, a new identity; the same facts under new seqs are known already, the others are new
    code = office.code("s027", "--till", till.till_id)
    old, kept = till.till_id, till.events
    assert till.enrol(code).status == 200
    assert (till.till_id, till.epoch) == (old, 2)
    for event in (*mine, *kept[1:]):
        till.write_raw(canonical({**_value(event["raw"]), "seq": len(till.events) + 1}), event.get("attachments"))
    told = till.push(1)["results"]
    assert outcomes(told) == ["duplicate", "duplicate", "applied", "applied"]
    account = till.everything()["account"][customer.points]
    assert account["balance"] == 50 + 70 + 80


def _value(raw: str) -> dict[str, object]:
    import json

    value: dict[str, object] = json.loads(raw)
    return value


def test_one_event_from_two_tills_counts_once_and_another_content_is_filed(office: Served) -> None:
    one, other = office.till(), office.till()
    customer = enrolled(one)
    sell(one, customer, 4_000)
    one.push_new(2)
    raw = one.events[1]["raw"]
    other.write_raw(canonical({**_value(raw), "seq": 1}))
    other.write_raw(canonical({**_value(raw), "seq": 2, "at_ms": 1}))
    same, differs = other.push_new(2)
    assert (same["outcome"], same["was"], same.get("code")) == ("duplicate", "applied", None)
    assert (differs["outcome"], differs["was"], differs["code"]) == ("duplicate", "applied", "differs")
    assert {row["kind"] for row in same["rows"]} == {"account", "sale_line", "day_figures"}
    assert other.everything()["account"][customer.points]["balance"] == 40
