"""Whatever answers a till: it becomes an answer, a problem or a loss, and the machine goes on with what is its own."""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import Any

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clock import ManualClock
from app.domain.chain import INT_MAX
from app.errors import SyncError
from sync.protocol.problems import Problem, type_of
from sync.protocol.values import AT_MS_MAX
from sync.till.answers import BACK_OFF_MAX_MS
from sync.till.calls import SideCalls
from sync.till.transport import WAIT_MS_MAX, Identity, Wire, client
from sync.till.values import Answered, Call, Grown, Loss, Lost, PreparePush, Send, Tick
from tests.support.loopback import Asked, Loopback, Said
from tests.support.machine import OWN, SEEN, TILL, Driven, batch, hash_of

NOW_MS = 1_790_000_000_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
GOOD = {
    "incarnation_no": 1, "incarnation": "i1", "life": "l1", "server_ms": NOW_MS, "proto_min": 1, "proto_max": 1,
    "next_after_ms": 0, "acked_through": 1, "acked_hash": hash_of(1), "till_seq": 0,
}  # fmt: skip
BODIES = {
    "results": [{"seq": 1, "outcome": "applied", "rows": [{"kind": "account", "id": "a", "ver": 1}]}],
    "heads": [{"id": OWN, "seq": 1, "live_rows": 1, "checksum": "0" * 16}],
    "rows": [{"kind": "member", "id": "a", "ver": 1, "row_seq": 1, "raw": "{}"}],
    "next": 1, "last": True, "seq": 1, "live_rows": 1, "checksum": "0" * 16, "buckets": [OWN],
    "held": 5, "available": 5, "released": 5, "type": type_of(Problem.GAP), "expected_seq": 2,
}  # fmt: skip
ODD = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
    | st.sampled_from([-1, 0, 10**40, INT_MAX, INT_MAX + 1, "\ud800", "x" * 200, [], {}, [[]], [None], {"": 1}])
)  # fmt: skip
BENT = st.dictionaries(st.sampled_from(sorted({**GOOD, **BODIES})), ODD, max_size=4)
JSON = BENT.map(lambda bent: json.dumps({**GOOD, **BODIES, **bent}).encode())
ANY_BODY = JSON | JSON.map(lambda body: body[: len(body) // 2]) | st.binary(max_size=60) | st.just(b"[" * 100_000)
KIND = st.sampled_from(["application/json", "application/problem+json", "text/html"])
ENCODED = st.sampled_from(["plain", "zstd", "torn", "gzip"])
RETRY = st.sampled_from(["", "1", "9" * 5_000, "-1", "٣", "Tue, 01 Jan 2030"])
STATUS = st.sampled_from([200, 200, 200, 204, 302, 400, 401, 409, 410, 413, 422, 429, 500, 503])
SENDS = st.sampled_from(
    [
        Send(1, Call.PUSH, SEEN, push=batch(1, 2)),
        Send(1, Call.HEADS, SEEN, since={OWN: 0}),
        Send(1, Call.PULL, SEEN, bucket=OWN, after=0),
    ]
)


@st.composite
def answers(draw: st.DrawFn) -> Said:
    body, encoded = draw(ANY_BODY), draw(ENCODED)
    headers = {"Content-Type": draw(KIND), "Retry-After": draw(RETRY).encode().decode("latin-1")}
    if encoded != "plain":
        headers["Content-Encoding"] = "gzip" if encoded == "gzip" else "zstd"
        body = zstandard.ZstdCompressor().compress(body)
    return Said(draw(STATUS), body[:-1] if encoded == "torn" else body, headers)


def asked(said: Said, ask: Any) -> tuple[Any, Wire]:
    async def whole(address: str) -> tuple[Any, Wire]:
        async with client(address, ssl.create_default_context()) as http:
            wire = Wire(http, Identity(TILL, 1, KEY), ManualClock(NOW_MS))
            return await ask(wire), wire

    def answer(_: Asked) -> Said:
        return said

    with Loopback(answer) as server:
        return asyncio.run(whole(server.address))


@settings(deadline=None, max_examples=40)
@given(said=answers(), send=SENDS)
def test_any_answer_leaves_the_till_with_its_own_and_a_wait_it_can_live_with(said: Said, send: Send) -> None:
    found, wire = asked(said, lambda wire: wire.exchange(send))
    assert 0 <= NOW_MS + (wire.offset_ms or 0) <= AT_MS_MAX
    driven = Driven.of(last_seq=2, sent=2)
    driven.give(Tick())
    driven.state = driven.state.__class__(driven.state.durable, exchange=send, next_no=2)
    driven.give(Lost(1, found) if isinstance(found, Loss) else Answered(1, *found))
    state = driven.state
    assert (state.durable.last_seq, state.durable.resulted) == (2, 0)
    waits = (state.own_wait_until_ms, state.server_wait_until_ms, state.pull_wait_until_ms)
    assert max(waits) <= max(BACK_OFF_MAX_MS, WAIT_MS_MAX)
    assert state.durable.closed or state.disk or state.exchange or max(waits) > 0


@settings(deadline=None, max_examples=20)
@given(said=answers(), name=st.sampled_from(["hold", "release", "fetch_member", "find_receipt"]))
def test_a_call_the_cashier_waits_for_is_answered_or_refused_with_a_code(said: Said, name: str) -> None:
    given_with = {"hold_id": TILL, "account_id": TILL, "points": 5, "card": "8", "receipt_no": "R", "event_id": TILL,
                  "total_minor": 1, "mac": "0" * 16}  # fmt: skip

    async def ask(wire: Wire) -> str:
        try:
            return str(await SideCalls(wire).command(name, given_with, SEEN))
        except SyncError as error:
            return error.code

    assert asked(said, ask)[0]


def test_a_good_answer_among_them_is_still_one() -> None:
    said = Said(200, json.dumps({**GOOD, **BODIES}).encode(), {"Content-Type": "application/json"})
    found, _ = asked(said, lambda wire: wire.exchange(Send(1, Call.PUSH, SEEN, push=batch(1, 2))))
    driven = Driven.of(last_seq=1)
    driven.give(Tick())
    assert driven.prepare(count=1)
    driven.give(Answered(driven.send().no, *found))
    assert driven.state.problem == ""
    driven.done()
    assert driven.state.durable.resulted == 1
    assert PreparePush(2, 500) in driven.give(Grown(2))
