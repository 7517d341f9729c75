"""An event that waits for one behind it in the same push: both databases look again once both are stored."""

from __future__ import annotations

import json

from app.domain.chain import HASH_ZERO, canonical
from tests.support.head_office import HeadOffice
from tests.support.wire_client import enrol_member, sell


def test_a_sale_finds_the_card_that_the_same_push_brings_after_it(hq: HeadOffice) -> None:
    wire = hq.till()
    member = enrol_member(wire)
    enrolment = wire.events.pop()
    wire.head = HASH_ZERO
    sell(wire, 5_000, member, card=member.card)
    wire.write_raw(canonical({**json.loads(enrolment["raw"]), "seq": 2}), enrolment["attachments"])
    assert [one["outcome"] for one in wire.push().value["results"]] == ["parked", "applied"]
    assert wire.push().value["results"][0]["was"] == "applied"
    assert wire.rows("account")[member.account_id]["balance"] == 50
    assert [row["seq"] for row in wire.rows("event_result").values()] == [1]
