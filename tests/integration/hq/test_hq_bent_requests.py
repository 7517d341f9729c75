"""Signed requests bent in hundreds of ways: each is answered in words of the wire, none makes head office fail."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import quote

from tests.support.bent import bent
from tests.support.head_office import HeadOffice
from tests.support.wire_client import WireTill, enrol_member, new_id, sell

ROUNDS = 40
TEXTS = ("", "x", "-1", "0", "1", "5001", "1e3", "1.0", "chain", "store:s027", "\u0000", "%", "è", "a" * 9_000)


def good_requests(till: WireTill) -> list[tuple[str, str, Any]]:
    member = enrol_member(till)
    sell(till, 10_000, member)
    till.push()
    sell(till, 1_000, member)
    return [
        ("POST", "push", till.batch(3)),
        ("POST", "holds", {"hold_id": new_id(), "account_id": member.account_id, "points": 1}),
        ("POST", "members/find", {"card": member.card}),
        ("POST", "receipts/find", {"receipt_no": "R", "event_id": new_id(), "total_minor": 1, "points": 1,
                                   "mac": "0" * 16}),
        ("POST", "progress", {"cursors": {"chain": 1}, "version": "1", "cache_no": 1, "pending": {"events": 0},
                              "health": {"disk": 1}, "audit_checkpoint": {"audit_seq": 1, "audit_hash": "0" * 64}}),
        ("POST", "channel/events", {"events": [{"raw": "{}"}]}),
    ]  # fmt: skip


def test_bent_bodies_are_answered_in_words_of_the_wire(hq: HeadOffice) -> None:
    till = hq.till()
    chance = random.Random(11)
    for method, target, body in good_requests(till):
        for _ in range(ROUNDS):
            answered = till.call(method, target, bent(body, chance))
            assert answered.status < 500, (target, answered.value)
            assert answered.status == 200 or answered.problem
            assert {"incarnation", "life", "server_ms"} <= answered.value.keys()
    assert till.call("GET", "heads").status == 200
    assert hq.faults() == []


def test_bent_targets_are_answered_in_words_of_the_wire(hq: HeadOffice) -> None:
    till = hq.till()
    for text in TEXTS:
        given = quote(text, safe="")
        for target in (f"pull?bucket={given}", f"pull?bucket=chain&after={given}", f"pull?bucket=chain&limit={given}",
                       f"verify?bucket={given}", f"verify?bucket=chain&slice={given}", f"heads?since={given}",
                       f"heads?wait=0&since={given}", f"snapshots/{given or 'x'}", f"snapshots/chain/{given or 'x'}",
                       f"pull?{given}", f"pull?{given}={given}"):  # fmt: skip
            answered = till.call("GET", target)
            assert answered.status < 500, (target, answered.value)
        assert till.call("DELETE", f"holds/{given or 'x'}").status < 500
        assert till.call("GET", "heads", headers={"Guitai-Proto": given or "0"}).status < 500
    for seen in ("1", ";;", "1;a;b;c", "9007199254740991;a;b", "1;" + "a" * 65 + ";b"):
        assert till.call("GET", "heads", seen=seen).status == 400
