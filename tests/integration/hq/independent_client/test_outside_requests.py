"""wire.md, "Every request", "Every response", "Problems": what the headers say, in the order they are checked."""

from __future__ import annotations

import base64
import json
import time

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.integration.hq.independent_client.counter import Served
from tests.integration.hq.independent_client.outsider import VERSION_MEMBERS, Answer, Bent, Outsider, uuid7

OTHER_DIGEST = f"sha-256=:{base64.b64encode(bytes(32)).decode()}:"


@pytest.fixture
def till(office: Served) -> Outsider:
    return office.till()


def known(answer: Answer) -> bool:
    """Whether the answer knows the till."""
    return {"acked_through", "acked_hash", "till_seq"} <= set(answer.value)


def test_every_answer_says_who_head_office_is(till: Outsider) -> None:
    till.write("hold_released", {"hold_id": uuid7()})
    unsigned = Bent(without=("Signature",))
    answers = [till.call("GET", "/heads"), till.call("GET", "/nothing"), till.call("DELETE", "/push"),
               till.call("GET", "/heads", bent=unsigned), till.push(2)]  # fmt: skip
    names = [(one.status, one.problem) for one in answers]
    assert names == [(200, ""), (404, "not_found"), (405, "method"), (401, "signature"), (409, "gap")]
    for one in answers:
        assert set(VERSION_MEMBERS) <= set(one.value)
        assert (one.headers["vary"], one.headers["cache-control"]) == ("Accept-Encoding", "no-store")
        kind = "application/problem+json" if one.problem else "application/json"
        assert one.headers["content-type"] == kind
        assert abs(one["server_ms"] - time.time() * 1000) < 60_000
    assert [known(one) for one in answers] == [True, False, False, False, True]
    assert answers[2].headers["allow"] == "POST"


def test_a_method_a_path_does_not_have_is_named(till: Outsider) -> None:
    for method, path in (("POST", "/v1/heads"), ("HEAD", "/v1/heads"), ("GET", "/v1/enrol"), ("OPTIONS", "/v1/pull"),
                         ("POST", "/schema"), ("HEAD", "/schema")):  # fmt: skip
        answer = till.send(method, path)
        assert (answer.status, bool(answer.headers["allow"])) == (405, True), (method, path)
    assert till.send("GET", "/schema").value["openapi"].startswith("3.1")


def test_a_signature_covers_what_it_says_and_nothing_less(till: Outsider) -> None:
    other = Ed25519PrivateKey.generate()
    bent = {
        "signature": [
            Bent(key=other), Bent(without=("Signature",)), Bent(without=("Signature-Input",)),
            Bent(without=("Content-Digest",)), Bent(signed_target="/v1/heads?wait=1"),
            Bent(headers={"Guitai-Seen": "9;other;life"}), Bent(headers={"Content-Digest": OTHER_DIGEST}),
        ],
        "unknown_till": [Bent(keyid=uuid7()), Bent(keyid="nobody")],
        "created": [Bent(created=int(time.time()) - 960), Bent(created=int(time.time()) + 960)],
    }  # fmt: skip
    for name, ways in bent.items():
        for one in ways:
            answer = till.call("GET", "/heads", bent=one)
            assert (answer.status, answer.problem, known(answer)) == (401, name, False), one
    near = [till.call("GET", "/heads", bent=Bent(created=int(time.time()) + off)).status for off in (-840, 840)]
    assert near == [200, 200]


def test_signature_input_has_one_form(till: Outsider) -> None:
    good = till.call("GET", "/heads")
    assert good.status == 200
    names = '"@method" "@path" "@query" "content-digest" "guitai-seen"'
    created = int(time.time())
    tail = f';created={created};keyid="{till.till_id}";alg="ed25519"'
    for input_ in (
        f'sig1=("@path" "@method" "@query" "content-digest" "guitai-seen"){tail}', f'sig2=({names}){tail}',
        f'sig1=("@method" "@path" "@query"){tail}', f'sig1=({names}){tail};nonce="1"', f"sig1=({names})",
        f'sig1=({names});keyid="{till.till_id}";created={created};alg="ed25519"', "", "x" * 5000,
        f'sig1=({names});created={created}.0;keyid="{till.till_id}";alg="ed25519"',
        f'sig1=({names});created={created};keyid="{till.till_id}";alg="hmac-sha256"',
    ):  # fmt: skip
        answer = till.call("GET", "/heads", bent=Bent(headers={"Signature-Input": input_}))
        assert (answer.status, answer.problem) == (401, "signature"), input_
    for signature in ("sig1=:AAAA:", "sig1=:!!:", "sig2=:" + "A" * 86 + "==:", ""):
        answer = till.call("GET", "/heads", bent=Bent(headers={"Signature": signature}))
        assert (answer.status, answer.problem) == (401, "signature"), signature


def test_checks_come_in_their_order(till: Outsider) -> None:
    huge = b" " * (300 * 1024)
    bent = {
        "too_large": (Bent(content=huge, without=("Signature",)), 413),
        "signature": (Bent(content=b"{", without=("Signature",), headers={"Content-Encoding": "gzip"}), 401),
        "digest": (Bent(content=b"{", digest=OTHER_DIGEST, seen="x"), 400),
        "malformed": (Bent(content=b"{", seen="x", headers={"Content-Encoding": "gzip"}), 400),
        "encoding": (Bent(content=b"{", headers={"Content-Encoding": "gzip"}), 415),
    }
    for name, (one, status) in bent.items():
        answer = till.call("POST", "/push", bent=one)
        assert (answer.status, answer.problem) == (status, name)
    assert answer.headers["accept-encoding"] == "zstd"


def test_only_pull_asks_for_a_protocol(till: Outsider) -> None:
    new = Bent(headers={"Guitai-Proto": "99"})
    assert till.call("GET", "/heads", bent=new).status == till.push(1, bent=new).status == 200
    answer = till.call("GET", "/pull?bucket=chain", bent=new)
    assert (answer.status, answer.problem, answer.headers["upgrade"]) == (426, "proto", "guitai/1")
    assert till.call("GET", "/pull?bucket=chain", bent=Bent(without=("Guitai-Proto",))).status == 200
    assert till.call("GET", "/pull?bucket=chain", bent=Bent(headers={"Guitai-Proto": "1.0"})).problem == "malformed"


def test_zstd_is_one_frame_of_a_modest_window_and_no_dictionary(till: Outsider) -> None:
    body = json.dumps(till.batch(1)).encode()

    def framed(log: int) -> bytes:
        made = zstandard.ZstdCompressor(
            compression_params=zstandard.ZstdCompressionParameters(window_log=log)
        ).compressobj()
        return made.compress(body) + made.flush()

    words = zstandard.train_dictionary(1024, [f"{n}".encode() * 20 + b"guitai" * 9 for n in range(500)])
    one = zstandard.compress(body)
    refused = [one + one, one + b"x", one[:-3], b"", b"nothing", framed(24),
               zstandard.ZstdCompressor(dict_data=words).compress(body)]  # fmt: skip
    for content in refused:
        answer = till.call("POST", "/push", bent=Bent(content=content, headers=ZSTD))
        assert (answer.status, answer.problem) == (415, "encoding"), content[:20]
    for content in (one, framed(23)):
        assert till.call("POST", "/push", bent=Bent(content=content, headers=ZSTD)).status == 200
    for bomb in (b" " * (300 << 10), b"0" * (100 << 20)):
        answer = till.call("POST", "/push", bent=Bent(content=zstandard.compress(bomb), headers=ZSTD))
        assert (answer.status, answer["events_max"], answer["bytes_max"]) == (413, 500, 256 << 10)
    page = till.call("GET", "/pull?bucket=chain", bent=Bent(headers={"Accept-Encoding": "zstd"}))
    assert (page.headers["content-encoding"], page.status) == ("zstd", 200)


ZSTD = {"Content-Encoding": "zstd", "Content-Type": "application/json"}


def test_a_body_keeps_the_values_of_the_wire(till: Outsider) -> None:
    good = till.batch(1)
    bad = [b"", b"{", b"[]", b"1", b"null", b"\xef\xbb\xbf{}", b"\xff", json.dumps({}).encode("utf-16"), b"[" * 99_000,
           b'{"a":1,"a":1}', '{"é":1}'.encode()]  # fmt: skip
    bad += [json.dumps({**good, "x": value}).encode()
            for value in (1.5, 1.0, None, 2**53, -(2**53), [[[[[[[[1]]]]]]]], float("nan"))]  # fmt: skip
    bad += [json.dumps({**good, "x": 1}).replace('"x": 1', text).encode()
            for text in ('"x": 1e3', '"x": -0', '"x": "\\ud800"', '"x": ' + "9" * 5000)]  # fmt: skip
    for content in bad:
        answer = till.call("POST", "/push", bent=Bent(content=content, headers={"Content-Type": "application/json"}))
        assert (answer.status, answer.problem) == (400, "malformed"), content[:60]
        assert answer["pointer"] == "" or answer["pointer"].startswith("/")
    fine = {**good, "x": [[[[[[[2**53 - 1, -(2**53 - 1), True, "\u0000\uffff😀"]]]]]]]}
    assert till.call("POST", "/push", fine).status == 200
    assert till.call("POST", "/push", good, Bent(headers={"Content-Type": "text/plain"})).problem == "malformed"


def test_a_till_that_asks_too_much_is_told_how_long_to_wait(office: Served) -> None:
    till = office.till()
    # the slow limit, which no machine is too slow to reach: bursts of 30, then 30 a minute
    answers = [till.call("POST", "/members/find", {"card": "1"}) for _ in range(90)]
    limited = [one for one in answers if one.status != 200]
    assert limited
    for one in limited:
        assert (one.status, one.problem, known(one)) == (429, "rate", True)
        assert 1 <= int(one.headers["retry-after"]) <= 900
        assert 0 < one["next_after_ms"] <= 900_000
    assert office.till().call("POST", "/members/find", {"card": "1"}).status == 200, "another till is not concerned"
