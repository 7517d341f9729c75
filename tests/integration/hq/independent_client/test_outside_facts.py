"""wire.md, "Events": each type with its outcome and rows; what hashes right is taken, what cannot be read parks."""

from __future__ import annotations

import base64
import json
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.integration.hq.independent_client.counter import (
    APPROVAL,
    BASIS,
    SHIFT,
    STAFF,
    TODAY,
    Served,
    enrolled,
    line,
    outcomes,
    personal,
    sale_body,
    sell,
)
from tests.integration.hq.independent_client.outsider import Bent, Outsider, canonical, uuid7

AT_COUNTER = {"staff_id": STAFF, "shift_id": SHIFT}
MOST = 2**53 - 1


def test_every_type_of_event_does_what_the_page_says(office: Served) -> None:
    till = office.till()
    value = uuid7()
    customer = enrolled(till)
    other = enrolled(till, accounts=[{"account_id": value, "account_kind": "stored_value"}])
    about = {"member_id": customer.member_id}
    points = {"account_id": customer.points, **AT_COUNTER}
    sale = sell(till, customer, 10_000)
    card, named_phone = str(time.time_ns()), personal({"phone": "+8613911112222"})
    facts: list[tuple[str, dict[str, object], dict[str, object], str]] = [
        ("sale_return", {"receipt_no": "R2", "business_on": TODAY, "of": sale, "lines": [{"line": 0, "qty": 1}],
                         "tenders": [{"kind": "cash", "minor": 10_000}], **AT_COUNTER,
                         "result": {"refund_minor": 10_000, "earned_reversed": 100, "points_restored": 0}},
         {**about, "basis": BASIS}, "applied"),
        ("adjustment", {**points, "amount": 70, "reason": "goodwill", "approval": APPROVAL}, about, "applied"),
        ("adjustment", {**points, "amount": -10, "reason": "goodwill", "approval": APPROVAL}, about, "applied"),
        ("points_redeem", {**points, "points": 50}, {**about, "basis": BASIS}, "applied"),
        ("points_redeem", {**points, "points": 1, "hold_id": uuid7()}, {**about, "basis": BASIS},
         "applied hold_missing"),
        ("points_redeem", {**points, "points": 50}, {**about, "basis": BASIS}, "applied overdraft"),
        ("stored_value_topup", {"account_id": value, "minor": 9_000, "bonus_minor": 500, "source": "counter",
                                "tenders": [{"kind": "cash", "minor": 9_000}], **AT_COUNTER},
         {"member_id": other.member_id}, "applied"),
        ("consent", {"purpose": "marketing", "given": True, "notice_version": 1, "by": "customer"}, about, "applied"),
        ("member_edit", {"base_ver": 1, "fields": ["phone", "name"], "tags_add": ["vip"], "staff_id": STAFF,
                         **named_phone[0]}, {**about, "attachments": named_phone[1]}, "applied"),
        ("card_link", {"card": card, "card_kind": "plastic"}, about, "applied"),
        ("card_link", {"card": f"{card}1", "card_kind": "phone", "replaces": card}, about, "applied"),
        ("card_block", {"card": f"{card}1", "reason": "lost"}, about, "applied"),
        ("hold_released", {"hold_id": uuid7()}, {}, "applied"),
        ("grant_returned", {"grant_id": uuid7(), "spent": 0, "unspent": 5}, {}, "applied grant_missing"),
        ("feedback", {"of": sale, "score": 5, "reasons": ["nice"], "follow_up": False}, about, "applied"),
        ("merge_proposal", {"members": [customer.member_id, other.member_id], "evidence": "staff"}, {}, "applied"),
        ("rights_request", {"right": "copy", "identity_check": "phone", "due_on": TODAY, "staff_id": STAFF}, about,
         "applied"),
        ("shift_open", {"shift_id": SHIFT, "z_no": 1, "staff_id": STAFF, "float_minor": 1}, {}, "applied"),
        ("shift_close", {"shift_id": SHIFT, "z_no": 1, "staff_id": STAFF, "counted": [{"kind": "cash", "minor": 1}],
                         "expected": [], "sales": 1, "returns": 0, "discount_minor": 0}, {}, "applied"),
        ("cash_move", {"kind": "pay_in", "minor": 5, "reason": "change", **AT_COUNTER}, {}, "applied"),
        ("audit_checkpoint", {"audit_seq": 1, "audit_hash": "0" * 64, "from_ms": 1, "counts": {"sign_on": 2}}, {},
         "applied"),
        ("key_sealed", {"file": "till", "key_no": 1, "sealed": "AAAA"}, {}, "applied"),
        ("undo", {"of": sell(till, customer, 500), "reason": "mistake", **AT_COUNTER}, about, "applied"),
        ("stargazing", {"x": 1}, {}, "parked unknown_type"),
        ("consent", {"future": 1}, {"schema": 2, **about}, "parked unknown_schema"),
        ("coupon_issue", {"coupon_id": uuid7(), "type": "nothing", "issued_on": TODAY, "reason": "x",
                          "approval": APPROVAL, **AT_COUNTER}, about, "parked bad_body"),
    ]  # fmt: skip
    for kind, body, envelope, _ in facts:
        attachments = envelope.pop("attachments", None)
        till.write(kind, body, attachments=attachments, **envelope)
    results = till.push_new(len(till.events))
    told = dict(zip([json.loads(one["raw"])["seq"] for one in till.events], outcomes(results), strict=True))
    start = len(till.events) - len(facts)
    assert [told[start + place + 1] for place in range(len(facts))] == [expected for *_, expected in facts]
    feed = till.everything()
    assert feed["account"][customer.points]["balance"] == 100 - 100 + 70 - 10 - 50 - 50 - 1
    assert feed["account"][value]["balance"] == 9_500
    member = feed["member"][customer.member_id]
    assert (member["phone"], "name" in member, member["tags"]) == ("+8613911112222", False, ["vip"])
    assert member["consents"] == {"service": True, "marketing": True}
    assert (feed["card"][card]["replaced_by"], feed["card"][f"{card}1"]["status"]) == (f"{card}1", "blocked")
    assert feed["sale_line"][f"{sale}:0"]["returned_qty"] == 1
    found = till.call("POST", "/members/find", {"card": card})["rows"]
    assert {one["kind"] for one in found} == {"member", "card", "account"}
    assert len({one["bucket"] for one in found}) == 1


def test_what_is_missing_may_still_come(office: Served) -> None:
    till, later = office.till(), office.till()
    customer, card = enrolled(later), str(time.time_ns())
    sale = sell(later, customer, 3_000)
    till.write("sale_return", {"receipt_no": "R", "business_on": TODAY, "of": sale, "lines": [{"line": 0, "qty": 1}],
                               "tenders": [], "result": {"refund_minor": 3_000, "earned_reversed": 30,
                                                         "points_restored": 0}, **AT_COUNTER}, basis=BASIS)  # fmt: skip
    sell(till, customer, 2_000)
    till.write("sale", sale_body(1_000), card=card, basis=BASIS)
    till.write("sale", sale_body(100), basis={**BASIS, "programme": "demo:99"}, member_id=customer.member_id)
    waiting = ["parked sale_unknown", "parked member_unknown", "parked card_unknown", "parked programme_unknown"]
    assert outcomes(till.push_new(4)) == waiting
    later.write("card_link", {"card": card, "card_kind": "plastic"}, member_id=customer.member_id)
    assert outcomes(later.push_new(3)) == ["applied"] * 3
    feed = till.everything()
    assert feed["account"][customer.points]["balance"] == 30 - 30 + 20 + 10
    results = {one["seq"]: one for one in feed["event_result"].values()}
    assert {seq: one["outcome"] for seq, one in results.items()} == dict.fromkeys((1, 2, 3), "applied")
    again = till.push(1)["results"]
    assert [(one["outcome"], one["was"]) for one in again] == [("duplicate", "applied")] * 3 + [("duplicate", "parked")]
    assert [one["rows"] for one in again[:3]] == [results[seq]["rows"] for seq in (1, 2, 3)]


def test_bytes_that_cannot_be_read_are_kept_and_parked(office: Served) -> None:
    till = office.till()

    def raw(**other: object) -> str:
        body = {"hold_id": uuid7(), "x": 0}
        return canonical({"seq": len(till.events) + 1, "event_id": uuid7(), "type": "hold_released", "schema": 1,
                          "at_ms": 1, "offset_ms": 0, "offset_age_s": -1, "body": body, **other})  # fmt: skip

    def with_x(text: str) -> str:
        return raw().replace('"x":0', f'"x":{text}')

    unreadable = ["", "{", "[]", "null", "\0", "[" * 30_000, '{"a":1e400}', *map(with_x, (
        "1.0", "1e3", "-0", "NaN", "null", "9007199254740992", "-9007199254740992", "9" * 5_000, '"\\ud800"',
        '"\\u00e9"', "[" * 15 + "]" * 15, "{ }", '0,"x":0', f'"{"a" * 66_000}"',
    ))]  # fmt: skip
    for text in unreadable:
        till.write_raw(text)
    envelopes: list[dict[str, object]] = [
        {"seq": 1}, {"seq": MOST}, {"event_id": "0192c0de-0000-4000-8000-000000000000"}, {"event_id": uuid7().upper()},
        {"at_ms": MOST}, {"at_ms": -1}, {"at_ms": True}, {"offset_age_s": -2}, {"schema": 0}, {"type": ""},
        {"body": []}, {"card": "a\0b"}, {"type": "a\0b"}, {"basis": {**BASIS, "programme": "a\0:1"}},
    ]  # fmt: skip
    for other in envelopes:
        till.write_raw(raw(**other))
    count = len(till.events)
    readable = [with_x(text) for text in ("9007199254740991", '"\\u0000"', '"😀\u2028\uffff"', "[" * 14 + "]" * 14)]
    for place, text in enumerate([*readable, raw(future={"a": [True]}), raw(offset_ms=-5)]):
        till.write_raw(text.replace(f'"seq":{count + 1}', f'"seq":{count + 1 + place}'))
    results = outcomes(till.push_new(len(till.events)))
    assert results == ["parked bad_event"] * count + ["applied"] * 6
    assert [one["was"] for one in till.push(1)["results"]] == ["parked"] * count + ["applied"] * 6


def test_nonsense_within_the_form_never_breaks_head_office(office: Served) -> None:
    till = office.till()
    customer = enrolled(till)
    bodies: list[dict[str, object]] = [
        {"lines": [line(qty=MOST, unit_minor=MOST)]}, {"lines": [line(qty=10**6, unit_minor=10**12)]},
        {"lines": [line(qty=10**6, unit_minor=10**6)] * 200}, {"lines": [line(qty=0)]}, {"lines": []},
        {"lines": [line(unit_minor=-1)]}, {"lines": [line(discount_minor=101)]}, {"lines": [line()] * 201},
        {"business_on": "0000-00-00"}, {"business_on": "2026-02-31"}, {"business_on": "0001-01-01"},
        {"currency": "cny"}, {"receipt_no": "\0"}, {"lines": [line(sku="\0")]}, {"staff_id": "x y"},
        {"tenders": [{"kind": "bitcoin", "minor": 1}]}, {"tenders": [{"kind": "points", "minor": 1}]},
        {"order_discounts": [{"percent": "10", "minor": 1}]}, {"order_discounts": [{"percent": "1e3"}]},
        {"result": {"payable_minor": 1, "earned": MOST, "to_follow": 0, "redeemed": 0, "because": []}},
    ]  # fmt: skip
    for other in bodies:
        sell(till, customer, 100, **other)
    pii: list[dict[str, object] | str] = [
        {"birthday_on": "0000-00-00"}, {"birthday_on": "2023-02-31"}, {"birthday_on": "0001-01-01"}, {"phone": "1\0"},
        {"name": "x" * 300}, "[]", '{"name":null}', "{",
    ]  # fmt: skip
    for one in pii:
        named, attachments = personal(one)
        body, _ = customer.body(**named, accounts=[])
        till.write("enrolment", body, member_id=uuid7(), attachments=attachments)
    for day in ("0000-00-00", "0001-01-01", "9999-12-31", "2026-02-31"):
        body, attachments = customer.body(enrolled_on=day, accounts=[])
        till.write("enrolment", body, member_id=uuid7(), attachments=attachments)
    count = len(bodies) + len(pii) + 4
    named, attachments = personal({"name": "n", "x": "a" * 33 * 1024})
    till.write("enrolment", customer.body(**named, accounts=[])[0], member_id=uuid7(), attachments=attachments)
    named, attachments = personal({"name": "n"})
    attachments[0]["pii"] = canonical({"name": "m"})
    till.write("enrolment", customer.body(**named, accounts=[])[0], member_id=uuid7(), attachments=attachments)
    sell(till, customer, 100)
    expected = ["applied", *["parked bad_body"] * count, "parked bad_event", "parked pii_mismatch", "applied"]
    assert outcomes(till.push_new(len(till.events))) == expected
    wrong = [{"lines": [line(qty=10**6, unit_minor=10**6)]}, {"currency": "JPY"}, {"rewards": [{"id": "nothing"}]},
             {"coupons": [{"coupon_id": uuid7(), "type": "nothing"}]}, {"tenders": []}]  # fmt: skip
    for other in wrong:
        sell(till, customer, 100, **other)
    assert {one.split()[0] for one in outcomes(till.push_new(len(wrong)))} == {"applied"}, "goods have left the store"
    assert till.everything()["account"][customer.points]["balance"] == 1 + len(wrong), "posted as promised"


def test_attachments_of_the_wrong_form_are_a_malformed_request(office: Served) -> None:
    till = office.till()
    _, good = personal({"name": "n"})
    for bad in ({"pii_ref": "x"}, {"salt": "x"}, {"pii": 1}):
        till.write("hold_released", {"hold_id": uuid7()}, attachments=[{**good[0], **bad}])
        answer = till.push(1)
        assert (answer.status, answer["pointer"]) == (400, f"/events/0/attachments/0/{next(iter(bad))}")
        till.events.pop()
    till.write("hold_released", {"hold_id": uuid7()}, attachments=good)
    assert outcomes(till.push_new(1)) == ["applied"], "an attachment no event names is dropped"


def test_a_key_is_rotated_by_an_event(office: Served) -> None:
    till = office.till()
    old, new = till.key, Ed25519PrivateKey.generate()
    public = new.public_key().public_bytes_raw().hex()
    proof = base64.b64encode(new.sign(f"{till.till_id}/{till.epoch}/{public}".encode())).decode()
    till.write("key_rotation", {"public_key": public, "proof": base64.b64encode(b"x" * 64).decode()})
    till.write("key_rotation", {"public_key": public, "proof": proof})
    assert outcomes(till.push_new(2)) == ["parked bad_body", "applied"]

    def heads(key: Ed25519PrivateKey) -> int:
        return till.call("GET", "/heads", bent=Bent(key=key)).status

    assert [heads(old), heads(new), heads(old), heads(new)] == [200, 200, 401, 200]


def test_a_notice_version_may_be_a_number_or_a_name(office: Served) -> None:
    till: Outsider = office.till()
    customer = enrolled(till, notice_version="2026-01")
    assert outcomes(till.push_new(1)) == ["applied"]
    assert till.everything()["member"][customer.member_id]["notice_version"] == "2026-01"
