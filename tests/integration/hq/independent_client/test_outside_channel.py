"""wire.md, `channel/events`: other channels sign with a registered key; each event is kept once or not at all."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.integration.hq.independent_client.counter import Served, command, enrolled, line, personal
from tests.integration.hq.independent_client.outsider import Answer, Bent, Outsider, canonical, uuid7


@pytest.fixture
def shop(office: Served) -> Outsider:
    made = office.stranger()
    done, said = command(
        "channel", "add", "--data", office.folder, "--name", "网店", "--key", made.public_key, "--json"
    )
    assert done == 0
    made.till_id = json.loads(said)["channel_id"]
    return made


def raw(kind: str, body: dict[str, object], **envelope: object) -> str:
    value = {"event_id": uuid7(), "type": kind, "schema": 1, "at_ms": 1_790_000_000_000, "body": body, **envelope}
    return canonical(value)


def tell(shop: Outsider, *events: str, attachments: object = None, bent: Bent | None = None) -> Answer:
    told = [{"raw": one, **({"attachments": attachments} if attachments else {})} for one in events]
    return shop.call("POST", "/channel/events", {"events": told}, bent or Bent())


def outcomes(answer: Answer) -> list[str]:
    return [" ".join(filter(None, (one["outcome"], one.get("code")))) for one in answer["results"]]


def test_events_of_a_channel_are_kept_once(office: Served, shop: Outsider) -> None:
    till = office.till()
    customer = enrolled(till)
    till.push_new(1)
    named, attachments = personal({"note": "wants a call"})
    about = {"member_id": customer.member_id}
    events = [
        raw("browse", {"views": [{"sku": "T-1", "at_ms": 5}]}, **about),
        raw("survey", {"survey_id": "s1", "answers": [{"question": "q", "choice": "a"}]}, external_id="x-1"),
        raw("service_note", {"topic": "size", **named}, **about),
        raw("social_feedback", {"network": "weibo", "score": -1}, member_id=uuid7()),
        raw("browse", {"views": []}, card="no-such-card"),
        raw("purchase", {"order_no": "N1", "lines": [line()], "tenders": []}, **about),
        raw("return", {"of": uuid7(), "lines": [{"line": 0, "qty": 1}]}, **about),
        raw("stargazing", {}),
        raw("browse", {"future": 1}, schema=2),
    ]
    expected = ["applied", "parked member_unknown", "applied", "parked member_unknown", "parked card_unknown",
                "applied", "parked sale_unknown", "parked unknown_type", "parked unknown_schema"]  # fmt: skip
    first = tell(shop, *events, attachments=attachments)
    assert outcomes(first) == expected
    assert [one["event_id"] for one in first["results"]] == [json.loads(one)["event_id"] for one in events]
    assert not {"acked_through", "acked_hash", "till_seq"} & set(first.value), "no till was authenticated"
    assert set(outcomes(tell(shop, *events))) == {"duplicate"}
    changed = canonical({**json.loads(events[0]), "at_ms": 7})
    tills = till.write("hold_released", {"hold_id": uuid7()})
    till.push_new(1)
    assert outcomes(tell(shop, changed, raw("browse", {"views": []}, event_id=tills))) == ["duplicate differs"] * 2
    attachments[0]["pii"] = canonical({"note": "something else"})
    assert outcomes(tell(shop, raw("service_note", {"topic": "x", **named}), attachments=attachments)) == [
        "parked pii_mismatch"
    ]


def test_unreadable_events_are_refused_with_their_place_and_nothing_is_kept(shop: Outsider) -> None:
    good = raw("browse", {"views": []})
    for bad in (
        "{",
        raw("browse", {}),
        raw("browse", {"views": []}, at_ms=-1),
        '{"a": 1}',
        raw("purchase", {"lines": []}),
    ):
        answer = tell(shop, good, bad)
        assert (answer.status, answer.problem, answer["pointer"]) == (400, "malformed", "/events/1/raw"), bad
    assert outcomes(tell(shop, good)) == ["applied"]
    too_many = tell(shop, *(raw("browse", {"views": []}) for _ in range(101)))
    assert (too_many.status, too_many["events_max"]) == (413, 100)
    too_large = shop.call("POST", "/channel/events", bent=Bent(content=b" " * (300 << 10)))
    assert (too_large.status, too_large["events_max"], too_large["bytes_max"]) == (413, 100, 256 << 10)


def test_a_channel_signs_with_its_own_key_and_calls_nothing_else(office: Served, shop: Outsider) -> None:
    event = raw("browse", {"views": []})
    assert tell(shop, event, bent=Bent(key=Ed25519PrivateKey.generate())).problem == "signature"
    assert tell(shop, event, bent=Bent(created=1)).problem == "created"
    assert tell(shop, event, bent=Bent(without=("Content-Digest",))).problem == "signature"
    assert shop.call("GET", "/heads").problem == "unknown_till"
    assert tell(shop, event).status == tell(shop, event).status == 200
    no, name, life = shop.seen.split(";")
    assert tell(shop, event, bent=Bent(seen="x")).problem == "malformed"
    assert tell(shop, event, bent=Bent(seen=f"{2_000_000 + int(no)};{name};{life}")).problem == "malformed"
    assert tell(shop, event, bent=Bent(without=("Guitai-Seen",))).status == 200
    with ThreadPoolExecutor(8) as pool:
        assert "rate" in {one.problem for one in pool.map(lambda _: tell(shop, event), range(400))}
    data = ("--data", office.folder)
    assert command("channel", "close", shop.till_id, *data)[0] == 0
    closed = tell(shop, event)
    assert (closed.status, closed.problem, closed["reason"]) == (409, "reenrol", "revoked")
    assert command("channel", "close", shop.till_id, *data)[0] == 4
    for bad in (("--name", "x", "--key", "zz"), ("--name", "\n", "--key", "0" * 64)):
        assert command("channel", "add", *bad, *data)[0] == 4
    said = command("channel", "add", "--name", "x", "--key", "0" * 64, *data)[1]
    assert said.endswith("may send events\n")
