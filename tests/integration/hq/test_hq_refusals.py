"""What head office refuses before any call of its own: forged, late, foreign, oversized, malformed."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.hq.office import Limits
from sync.protocol import bodies
from sync.protocol.signing import content_digest
from tests.support.head_office import HeadOffice
from tests.support.wire_client import Answered, WireTill, enrol_member, new_id, sell

ALWAYS = {"incarnation_no", "incarnation", "life", "server_ms", "proto_min", "proto_max", "next_after_ms"}
TILLS = {"acked_through", "acked_hash", "till_seq"}


def said(answered: Answered) -> tuple[int, str]:
    return answered.status, answered.problem


def test_every_answer_carries_the_version_and_a_known_till_its_own(hq: HeadOffice) -> None:
    till = hq.till()
    for answered in (till.call("GET", "heads"), till.push(), till.call("GET", "pull?bucket=store:elsewhere")):
        assert answered.value.keys() >= ALWAYS | TILLS
        assert answered.headers["cache-control"] == "no-store"
        assert answered.headers["vary"] == "Accept-Encoding"
    stranger = till.call("GET", "heads", key=Ed25519PrivateKey.generate())
    assert stranger.value.keys() >= ALWAYS
    assert not stranger.value.keys() & TILLS


def test_a_signature_must_be_there_and_true(hq: HeadOffice) -> None:
    till = hq.till()
    other = hq.till()
    assert said(till.call("GET", "heads", key=other.key)) == (401, "signature")
    for name in ("Signature", "Signature-Input", "Content-Digest"):
        assert said(till.call("GET", "heads", drop=[name])) == (401, "signature")
    assert said(till.call("GET", "heads", headers={"Signature": "sig1=:AAAA:"})) == (401, "signature")
    assert said(till.call("GET", "heads", seen="1;a;b", headers={"Guitai-Seen": "1;a;c"})) == (401, "signature")
    assert said(till.call("GET", "heads", seen="1;a;b", drop=["Guitai-Seen"])) == (401, "signature")
    assert said(till.call("GET", "heads", headers={"Guitai-Seen": "1;a;b"})) == (401, "signature")


def test_a_till_nobody_enrolled_is_unknown(hq: HeadOffice) -> None:
    stranger = WireTill(hq.address, hq.http, till_id=new_id())
    assert said(stranger.call("GET", "heads")) == (401, "unknown_till")


def test_a_clock_wrong_by_hours_is_told_head_offices_time(hq: HeadOffice) -> None:
    till = hq.till()
    now_s = time.time_ns() // 10**9
    for created_s in (now_s - 7_200, now_s + 7_200):
        answered = till.call("GET", "heads", created_s=created_s)
        assert said(answered) == (401, "created")
        assert abs(answered.value["server_ms"] // 1000 - now_s) < 60
    assert till.call("GET", "heads", created_s=now_s - 800).status == 200


def test_a_body_that_is_not_the_signed_one_is_a_digest(hq: HeadOffice) -> None:
    till = hq.till()
    sell(till, 100)
    body = json.dumps(till.batch()).encode()
    digest = content_digest(body + b" ")
    forged = till.call("POST", "push", raw=body, headers={"Content-Digest": digest})
    assert said(forged) == (401, "signature")
    signed = till.call("POST", "push", raw=body)
    assert signed.status == 200


def bad_bodies(till: WireTill) -> list[tuple[Any, str]]:
    batch = till.batch()
    event = till.events[0]
    return [
        ({**batch, "events": [{**event, "hash": 7}]}, "/events/0/hash"),
        ({**batch, "events": [{"hash": event["hash"]}]}, "/events/0"),
        ({**batch, "base_seq": 0}, "/base_seq"),
        ({**batch, "base_seq": True}, "/base_seq"),
        ({**batch, "prev_hash": "AB" * 32}, "/prev_hash"),
        ({**batch, "till_id": new_id()}, "/till_id"),
        ({**batch, "events": None}, "/events"),
        ([], ""),
    ]


def test_a_wrong_shape_is_pointed_at(hq: HeadOffice) -> None:
    till = hq.till()
    sell(till, 100)
    for body, pointer in bad_bodies(till):
        answered = till.call("POST", "push", body)
        assert (*said(answered), answered.value["pointer"]) == (400, "malformed", pointer)
    for raw in (
        b"{",
        b"\xff",
        b'{"epoch":1.0}',
        b'{"epoch":1e0}',
        b'{"a":1,"a":1}',
        b"[" * 20 + b"]" * 20,
        b'"\\ud800"',
    ):
        assert said(till.call("POST", "push", raw=raw)) == (400, "malformed")
    assert said(till.call("POST", "members/find", {"card": "a\u0000b"})) == (400, "malformed")
    assert said(hq.stranger().enrol(hq.code(), hardware="\u0000")) == (400, "malformed")
    raw = json.dumps(till.batch()).replace('"epoch": 1', '"epoch": 1.0').encode()
    assert said(till.call("POST", "push", raw=raw)) == (400, "malformed")
    assert till.push().status == 200


def test_bombs_and_large_bodies_stop_at_the_limit(hq: HeadOffice) -> None:
    till = hq.till()
    bomb = bodies.compressed(b" " * 200_000_000)
    answered = till.call("POST", "push", raw=bomb, headers={"Content-Encoding": "zstd"})
    assert (*said(answered), answered.value["bytes_max"], answered.value["events_max"]) == (
        413,
        "too_large",
        262_144,
        500,
    )
    noise = random.Random(3).randbytes(1_000_000)
    assert said(till.call("POST", "push", raw=noise)) == (413, "too_large")
    assert said(till.call("POST", "holds", raw=b" " * 100_000)) == (413, "too_large")
    many = {**till.batch(1, 0), "events": [{"raw": "", "hash": "0" * 64}] * 501}
    assert said(till.call("POST", "push", many)) == (413, "too_large")


def test_only_one_frame_of_zstd_is_an_encoding(hq: HeadOffice) -> None:
    till = hq.till()
    sell(till, 100)
    body = json.dumps(till.batch()).encode()
    for raw, encoding in (
        (body, "gzip"), (bodies.compressed(body) * 2, "zstd"), (bodies.compressed(body)[:-2], "zstd"), (body, "zstd"),
    ):  # fmt: skip
        answered = till.call("POST", "push", raw=raw, headers={"Content-Encoding": encoding})
        assert (*said(answered), answered.headers["accept-encoding"]) == (415, "encoding", "zstd")
    assert till.call("POST", "push", till.batch(), zstd=True).status == 200


def test_an_answer_is_compressed_for_whoever_takes_it(hq: HeadOffice) -> None:
    till = hq.till()
    plain = till.call("GET", "heads", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert till.call("GET", "heads", headers={"Accept-Encoding": "zstd;q=0"}).headers.get("content-encoding") is None
    small = till.call("GET", "heads", headers={"Accept-Encoding": "gzip, zstd"})
    assert small.headers["content-encoding"] == "zstd"
    assert small.value["buckets"] == plain.value["buckets"]


def test_paths_and_methods_that_are_not_there(hq: HeadOffice) -> None:
    till = hq.till()
    assert said(till.call("GET", "nothing")) == (404, "not_found")
    refused = till.call("GET", "push")
    assert (*said(refused), refused.headers["allow"]) == (405, "method", "POST")
    assert refused.value.keys() >= ALWAYS


def test_another_tills_buckets_are_forbidden(hq: HeadOffice) -> None:
    till, other = hq.till(), hq.till("w001")
    for bucket in (f"till:{other.till_id}", "store:w001", "region:west:00", "region:r1:64", "nonsense"):
        assert said(till.call("GET", f"pull?bucket={bucket}")) == (403, "forbidden")
        assert said(till.call("GET", f"verify?bucket={bucket}")) == (403, "forbidden")
    for more in ("after=-1", "limit=0", "limit=5001", "bucket=chain", "after=1.0"):
        assert said(till.call("GET", f"pull?bucket=chain&{more}")) == (400, "malformed")
    for query in ("", "after=1"):
        assert said(till.call("GET", f"pull?{query}")) == (400, "malformed")
    for query in ("wait=26", "wait=x", "since=chain", "since=chain.x", "since=chain.1,chain.2"):
        assert said(till.call("GET", f"heads?{query}")) == (400, "malformed")


def test_an_old_till_may_push_but_must_be_updated_to_pull(hq: HeadOffice) -> None:
    till = hq.till()
    sell(till, 100)
    old = {"Guitai-Proto": "99"}
    assert till.call("POST", "push", till.batch(), headers=old).status == 200
    answered = till.call("GET", "pull?bucket=chain", headers=old)
    assert (*said(answered), answered.headers["upgrade"]) == (426, "proto", "guitai/1")


def test_a_revoked_till_is_told_to_enrol_again_by_every_call(hq: HeadOffice) -> None:
    from sync.hq.work.identities import revoke

    till = hq.till()
    member = enrol_member(till)
    till.push()
    hq.write(lambda connection: revoke(hq.office.book(connection), till.till_id))
    for answered in (till.push(), till.call("GET", "heads"), till.call("POST", "members/find", {"card": member.card})):
        assert (*said(answered), answered.value["reason"]) == (409, "reenrol", "revoked")


@pytest.fixture
def strict_hq(tmp_path: Any) -> Any:
    office = HeadOffice(tmp_path, f"sqlite:///{tmp_path / 'strict.db'}", limits=Limits(requests_burst=3))
    yield office
    office.close()


def test_too_many_requests_are_told_when_to_come_back(strict_hq: HeadOffice) -> None:
    till = strict_hq.till()
    answers = [till.call("GET", "heads") for _ in range(30)]
    slow = [one for one in answers if one.status == 429]
    assert slow
    assert slow[0].problem == "rate"
    assert int(slow[0].headers["retry-after"]) >= 1
    assert slow[0].value["next_after_ms"] >= 1_000
    assert slow[0].value.keys() >= TILLS


def test_failed_enrolments_are_limited_per_address(strict_hq: HeadOffice) -> None:
    stranger = strict_hq.stranger()
    answers = [stranger.enrol("0000-0000-0000") for _ in range(12)]
    assert [said(one) for one in answers[:10]] == [(403, "enrol_code")] * 10
    assert said(answers[11]) == (429, "rate")
    assert not answers[0].value.keys() & TILLS


def test_the_schema_is_openapi_and_unsigned(hq: HeadOffice) -> None:
    document = hq.http.get(f"{hq.address}/schema").json()
    assert document["openapi"].startswith("3.1")
    assert {"/v1/push", "/v1/heads", "/v1/pull", "/v1/holds", "/v1/holds/{id}", "/v1/enrol"} <= document["paths"].keys()
