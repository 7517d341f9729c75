"""Fine print 4 and enrolment from outside: who may start a new incarnation, and what a code is good for."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.hq.independent_client.counter import Served, enrolled, outcomes, sell, served
from tests.integration.hq.independent_client.outsider import Answer, Bent, Outsider, uuid7


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """A head office for one test: these change it for everybody."""
    database = None
    if request.param == "postgresql":
        database = request.getfixturevalue("postgresql")().replace("+psycopg", "")
    with served(tmp_path / "hq", database) as running:
        yield running


def look(till: Outsider, seen: str) -> Answer:
    return till.call("GET", "/heads", bent=Bent(seen=seen))


def test_only_what_head_office_cannot_have_said_starts_an_incarnation(own: Served) -> None:
    till = own.till()
    customer, hold = enrolled(till), uuid7()
    sell(till, customer, 10_000)
    till.push_new(2)
    till.call("POST", "/holds", {"hold_id": hold, "account_id": customer.points, "points": 60})
    no, name, life = till.seen.split(";")
    for seen in ("", "x", "1", f"{no};{name}", f"0;{name};{life}", f"{no};{name};{life};went_back;",
                 f"-1;{name};{life}",
                 f"{no};{name};{'l' * 65}", f"{1_000_002};{name};{life}", f"{no};{name};{life};x"):  # fmt: skip
        assert look(till, seen).problem == "malformed", seen
    old = till.seen
    assert look(till, old).status == 200
    started = look(till, f"{no};{name};unknown-life")
    assert (started.status, started.problem, started["incarnation_no"]) == (409, "incarnation", 2)
    fresh = till.seen
    assert [look(till, one).problem for one in (old, f"{old};went_back", f"{no};other;{life}")] == ["incarnation"] * 3
    assert look(till, fresh)["incarnation_no"] == 2, "an older number is only told"
    stale = till.call("POST", "/push", {**till.batch(1), "incarnation": name})
    assert (stale.status, stale.problem, stale["incarnation_no"]) == (409, "incarnation", 2)
    assert till.call("DELETE", f"/holds/{hold}")["released"] == 0, "open holds are void"
    assert till.everything()["account"][customer.points]["available"] == 100
    assert outcomes(till.push(1)["results"]) == ["duplicate", "duplicate"]
    assert look(till, f"{fresh};went_back")["incarnation_no"] == 3
    assert till.seen.split(";")[0] == "3"
    busy = look(till, f"{till.seen};went_back")
    assert (busy.status, busy.problem, int(busy.headers["retry-after"]) > 0) == (503, "busy", True)
    ahead = look(till, f"7;{till.seen.split(';')[1]};whatever")
    assert (ahead.problem, ahead["incarnation_no"]) == ("incarnation", 8)


def test_a_code_serves_one_key_and_revives_nothing(own: Served) -> None:
    code = own.code()
    till, other = own.stranger(), own.stranger()
    body = {"code": code, "public_key": till.public_key, "hardware": "x", "proto": 1}
    for bad in ({"public_key": "z"}, {"hardware": "h" * 129}, {"proto": 0}, {"proto": 1.0}, {"former": None}):
        content = _json({**body, **bad})
        assert till.send("POST", "/v1/enrol", content, till.unsigned(content)).problem == "malformed", bad
    shown = f" {code.lower().replace('-', '')[:6]}-{code.replace('-', '')[6:]} ".replace("0", "o").replace("1", "l")
    first = till.enrol(shown)
    assert (first.status, first["epoch"], first["store_id"], first["region_id"]) == (200, 1, "s027", "r1")
    assert len(bytes.fromhex(first["escrow_public_key"])) == len(bytes.fromhex(first["pin_pepper"])) == 32
    assert till.enrol(code)["till_id"] == first["till_id"]
    assert other.enrol(code).problem == "enrol_code"
    again = own.code("s027", "--till", till.till_id)
    assert other.enrol(again)["epoch"] == 2
    assert till.enrol(code).problem == "enrol_code", "its identity is not current"
    closed = till.call("GET", "/heads")
    assert (closed.status, closed.problem, closed["reason"]) == (409, "reenrol", "replaced")
    assert other.call("GET", "/heads").status == 200


def test_enrolling_elsewhere_retires_the_identity_it_proves(own: Served) -> None:
    till = own.till()
    former = {"till_id": till.till_id, "epoch": 1}
    old_key, old_id = till.key, till.till_id
    thief, moved = own.stranger(), own.stranger()
    wrong = base64.b64encode(bytes(64)).decode()
    assert thief.enrol(own.code(), former={**former, "proof": wrong}).status == 200
    assert till.call("GET", "/heads").status == 200, "a wrong proof retires nothing"
    proof = base64.b64encode(old_key.sign(f"{old_id}/1/{moved.public_key}".encode())).decode()
    assert moved.enrol(own.code("s900"), former={**former, "proof": proof}).status == 200
    assert till.call("GET", "/heads").problem == "reenrol"


def test_guessing_codes_is_slowed_down_by_address(own: Served) -> None:
    stranger = own.stranger()
    answers = [stranger.enrol(f"0000-0000-{number:04}") for number in range(14)]
    assert [one.problem for one in answers[:10]] == ["enrol_code"] * 10
    assert (answers[-1].status, answers[-1].problem, int(answers[-1].headers["retry-after"]) > 0) == (429, "rate", True)


def _json(value: object) -> bytes:
    import json

    return json.dumps(value).encode()
