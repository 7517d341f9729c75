"""The till's wire over real sockets: what counts as head office's answer, and that nothing else ever does."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.clock import ManualClock
from app.wiring.chaos import Chaos
from app.wiring.chaos_plan import Fault, Meets, always
from sync.protocol.problems import Problem
from sync.protocol.seen import Seen
from sync.protocol.signing import (
    Signable,
    content_digest,
    digest_holds,
    read_input,
    read_signature,
    signature_base,
    verifies,
)
from sync.till.transport import ANSWER_BYTES_MAX, Identity, Reply, Request, Wire, client
from sync.till.values import Body, Call, Heads, Loss, Page, Pushed, Refused, Send, Version
from tests.support.loopback import Asked, Loopback, Said, certificate, said_json
from tests.support.machine import OWN, SEEN, TILL, batch

NOW_MS = 1_790_000_000_000
VERSION = {
    "incarnation_no": 1, "incarnation": "i1", "life": "l1", "server_ms": NOW_MS, "proto_min": 1, "proto_max": 1,
    "next_after_ms": 0, "acked_through": 0, "acked_hash": "0" * 64, "till_seq": 0,
}  # fmt: skip
HEADS = Send(1, Call.HEADS, SEEN, since={OWN: 3, "region:r1:07": 9}, wait_s=25)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
Found = tuple[Version | None, Body] | Loss


def bent(more: bytes) -> Said:
    """Version fields, and a body that no decoder takes."""
    return Said(200, json.dumps(VERSION).encode()[:-1] + b"," + more + b"}", {"Content-Type": "application/json"})


def exchange(
    answer: Callable[[Asked], Said],
    send: Send = HEADS,
    *,
    clock: ManualClock | None = None,
    tls: ssl.SSLContext | None = None,
    trust: ssl.SSLContext | None = None,
) -> tuple[Found, list[Asked]]:
    async def whole(address: str) -> Found:
        async with client(address, trust or ssl.create_default_context()) as http:
            return await Wire(http, Identity(TILL, 1, KEY), clock or ManualClock(NOW_MS)).exchange(send)

    with Loopback(answer, tls) as server:
        return asyncio.run(whole(server.address)), server.asked


def ok(value: dict[str, object]) -> Callable[[Asked], Said]:
    return lambda _: said_json(200, {**VERSION, **value})


def test_a_request_is_signed_over_what_is_really_sent() -> None:
    _, (asked,) = exchange(ok({"results": []}), Send(1, Call.PUSH, SEEN, push=batch(1, 2)))
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert digest_holds(headers["content-digest"], asked.body)
    given = read_input(headers["signature-input"])
    signature = read_signature(headers["signature"])
    assert given is not None
    assert signature is not None
    assert (given.keyid, given.covers_seen, given.created_s) == (TILL, True, NOW_MS // 1000)
    signable = Signable("POST", "/v1/push", "", headers["content-digest"], headers["guitai-seen"])
    public = KEY.public_key().public_bytes_raw().hex()
    assert verifies(public, signature, signature_base(signable, given.parameters))
    body = json.loads(zstandard.ZstdDecompressor().decompress(asked.body))
    assert (body["till_id"], body["epoch"], body["incarnation"], body["base_seq"]) == (TILL, 1, "i1", 1)
    assert len(body["events"]) == 2


def test_heads_names_every_bucket_and_before_the_first_answer_nothing_is_seen() -> None:
    _, (asked,) = exchange(ok({"heads": []}))
    assert asked.target == f"/v1/heads?since=region:r1:07.9,{OWN}.3&wait=25"
    assert asked.headers["Content-Digest"] == content_digest(b"")
    assert asked.headers["Guitai-Seen"] == "1;i1;l1"
    _, (first,) = exchange(ok({"heads": []}), Send(1, Call.HEADS, None))
    assert "Guitai-Seen" not in first.headers
    assert first.target == "/v1/heads?wait=0"


def test_answers_become_values_compressed_or_not() -> None:
    head = {"id": "chain", "seq": 4, "live_rows": 1, "checksum": "0" * 16}
    found, _ = exchange(ok({"heads": [head], "buckets": ["chain"]}))
    assert isinstance(found, tuple)
    assert isinstance(found[1], Heads)
    assert (found[1].heads[0].seq, found[1].buckets) == (4, ("chain",))

    def squeezed(_: Asked) -> Said:
        rows = {"rows": [], "next": 4, "last": True, "seq": 4, "live_rows": 0, "checksum": "0" * 16}
        body = zstandard.ZstdCompressor().compress(json.dumps({**VERSION, **rows}).encode())
        return Said(200, body, {"Content-Type": "application/json", "Content-Encoding": "zstd"})

    page, _ = exchange(squeezed, Send(1, Call.PULL, SEEN, bucket="chain"))
    assert isinstance(page, tuple)
    assert isinstance(page[1], Page)
    pushed, _ = exchange(
        ok({"results": [{"seq": 1, "outcome": "applied", "rows": []}]}), Send(1, Call.PUSH, SEEN, push=batch(1, 1))
    )
    assert isinstance(pushed, tuple)
    assert isinstance(pushed[1], Pushed)


PORTAL = Said(200, b"<html>Please accept our terms</html>", {"Content-Type": "text/html"})


@pytest.mark.parametrize(
    "said",
    [
        PORTAL,
        Said(302, b"", {"Location": "http://portal.example/"}),
        Said(200, b"{", {"Content-Type": "application/json"}),
        Said(200, b"[1]", {"Content-Type": "application/json"}),
        said_json(200, {"heads": []}),
        said_json(200, {**VERSION, "heads": "none"}),
        said_json(200, {**VERSION, "incarnation_no": "1", "heads": []}),
        Said(200, b"[" * 100_000, {"Content-Type": "application/json"}),
        bent(b'"heads":[{"id":"\xff"}]'),
        bent(b'"heads":' + b"[" * 100_000 + b"]" * 100_000),
        Said(200, b"x", {"Content-Type": "application/json", "Content-Encoding": "br"}),
        Said(200, b"x" * (ANSWER_BYTES_MAX + 1), {"Content-Type": "application/json"}),
        Said(
            200,
            zstandard.ZstdCompressor().compress(bytes(ANSWER_BYTES_MAX + 1)),
            {"Content-Type": "application/json", "Content-Encoding": "zstd"},
        ),
    ],
    ids=[
        "a captive portal", "a redirect", "no JSON", "no object", "no version fields", "another shape",
        "a version field of another kind", "nested too deep", "no UTF-8", "a body nested too deep", "another encoding",
        "too large", "a bomb",
    ],
)  # fmt: skip
def test_whatever_is_not_head_office_s_answer_is_a_loss(said: Said) -> None:
    found, _ = exchange(lambda _: said)
    assert found is Loss.NOT_HEAD_OFFICE


def test_an_answer_cut_off_in_the_middle_never_came() -> None:
    whole = json.dumps({**VERSION, "heads": []}).encode()
    found, _ = exchange(lambda _: Said(200, whole, {"Content-Type": "application/json"}, cut=True))
    assert found is Loss.UNREACHABLE


def test_nobody_there_is_a_loss() -> None:
    with Loopback(lambda _: PORTAL) as server:
        address = server.address

    async def whole() -> Found:
        async with client(address, ssl.create_default_context()) as http:
            return await Wire(http, Identity(TILL, 1, KEY), ManualClock(NOW_MS)).exchange(HEADS)

    assert asyncio.run(whole()) is Loss.UNREACHABLE


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_without_head_office_s_form_is_a_refusal_nobody_signed(status: int) -> None:
    found, _ = exchange(lambda _: said_json(status, {"error": "oops"}, **{"Retry-After": "7"}))
    assert found == (None, Refused(None, status, retry_after_s=7))


def test_a_problem_names_itself_and_what_is_expected() -> None:
    problem = {**VERSION, "type": "/problems/gap", "title": "", "status": 409, "expected_seq": 4}
    found, _ = exchange(lambda _: said_json(409, problem))
    assert isinstance(found, tuple)
    assert found[0] is not None
    assert found[1] == Refused(Problem.GAP, 409, expected_seq=4)


def test_a_wrong_clock_is_corrected_by_head_office_s_and_the_request_sent_once_more() -> None:
    def answer(asked: Asked) -> Said:
        given = read_input(asked.headers["Signature-Input"])
        assert given is not None
        if abs(given.created_s - NOW_MS // 1000) > 900:
            return said_json(401, {**VERSION, "type": "/problems/created", "title": "", "status": 401})
        return said_json(200, {**VERSION, "heads": []})

    found, asked = exchange(answer, clock=ManualClock(NOW_MS - 10 * 3_600_000))
    assert isinstance(found, tuple)
    assert isinstance(found[1], Heads)
    assert len(asked) == 2


def test_a_clock_that_stays_wrong_is_asked_about_only_twice() -> None:
    problem = {**VERSION, "type": "/problems/created", "title": "", "status": 401}
    found, asked = exchange(lambda _: said_json(401, problem))
    assert isinstance(found, tuple)
    assert found[1] == Refused(Problem.CREATED, 401)
    assert len(asked) == 2


def test_somebody_else_s_certificate_gets_no_request(tmp_path: Path) -> None:
    own, own_pem = certificate(tmp_path, "ours")
    other, _ = certificate(tmp_path, "theirs")
    trust = ssl.create_default_context(cadata=own_pem)
    found, asked = exchange(ok({"heads": []}), tls=own, trust=trust)
    assert isinstance(found, tuple)
    assert len(asked) == 1
    found, asked = exchange(ok({"heads": []}), tls=other, trust=trust)
    assert found is Loss.TLS
    assert asked == []


def test_a_seen_that_went_back_is_said() -> None:
    _, (asked,) = exchange(ok({"heads": []}), Send(1, Call.HEADS, Seen(2, "i2", "l9", went_back=True)))
    assert asked.headers["Guitai-Seen"] == "2;i2;l9;went_back"


def test_an_answer_that_comes_byte_by_byte_is_given_up() -> None:
    """Each byte comes before the wait for it is over; the whole never would."""

    async def whole(address: str) -> Reply | Loss:
        async with client(address, ssl.create_default_context()) as http:
            wire = Wire(http, Identity(TILL, 1, KEY), ManualClock(NOW_MS))
            return await wire.call(Request("GET", "/heads", timeout_s=0.4), SEEN)

    with Loopback(ok({"heads": []})) as server:
        network = Chaos(server.port, always(Meets(Fault.TRICKLE, wait_s=0.02)))
        assert asyncio.run(whole(network.address)) is Loss.TIMEOUT
        network.plan = always(Meets(Fault.TRICKLE))
        assert isinstance(asyncio.run(whole(network.address)), Reply)
        network.close()
