"""Enrolment, identities and incarnations: codes once, keys decide, going back in time is noticed."""

from __future__ import annotations

import base64
import dataclasses
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from app.domain.chain import HASH_ZERO, canonical
from sync.hq.tables import CODE, LIFE, META, STREAM
from sync.protocol.signing import identity_proof
from tests.support.head_office import HeadOffice
from tests.support.wire_client import WireTill, enrol_member, new_id, sell


def seen_of(till: WireTill, **changes: object) -> str:
    value = till.call("GET", "heads").value
    parts = {"no": value["incarnation_no"], "id": value["incarnation"], "life": value["life"], **changes}
    return f"{parts['no']};{parts['id']};{parts['life']}"


def test_the_same_code_and_key_again_is_the_same_answer(hq: HeadOffice) -> None:
    code = hq.code()
    till = hq.stranger()
    first = till.enrol(code).value
    again = till.enrol(code.lower().replace("0", "O").replace("1", "l")).value
    keys = ("till_id", "epoch", "store_id", "region_id", "buckets", "escrow_public_key", "pin_pepper")
    assert [again[name] for name in keys] == [first[name] for name in keys]
    assert (first["epoch"], first["store_id"], len(first["buckets"])) == (1, "s027", 67)
    other = hq.stranger()
    assert (other.enrol(code).status, other.enrol(code).problem) == (403, "enrol_code")


def test_a_code_that_is_unknown_expired_or_malformed_is_refused(hq: HeadOffice) -> None:
    code = hq.code()
    hq.write(lambda connection: connection.execute(update(CODE).values(expires_ms=1)))
    for one in (code, "0000-0000-0000", "too short", "UUUU-UUUU-UUUU"):
        assert hq.stranger().enrol(one).problem == "enrol_code"


def test_a_new_code_for_a_till_gives_the_next_epoch_and_retires_the_last(hq: HeadOffice) -> None:
    old = hq.till()
    member = enrol_member(old)
    sold = sell(old, 1_000, member)
    old.push()
    first_code = hq.code(till_id=old.till_id)
    second_code = hq.code(till_id=old.till_id)
    new = hq.stranger()
    value = new.enrol(first_code).value
    assert (value["till_id"], value["epoch"], value["acked_through"]) == (old.till_id, 2, 0)
    refused = old.call("GET", "heads")
    assert (refused.status, refused.problem, refused.value["reason"]) == (409, "reenrol", "replaced")
    for event in old.events:
        raw = {**json.loads(event["raw"]), "seq": len(new.events) + 1}
        new.write_raw(canonical(raw), event.get("attachments"))
    assert [one["outcome"] for one in new.push().value["results"]] == ["duplicate", "duplicate"]
    assert new.rows("account")[member.account_id]["balance"] == 10
    assert sold["event_id"] in new.rows("account")[member.account_id]["purchases"][0]["event_id"]
    third = hq.stranger()
    assert third.enrol(second_code).value["epoch"] == 3
    assert new.enrol(first_code).problem == "enrol_code"


def test_enrolling_elsewhere_retires_the_identity_whose_key_proves_it(hq: HeadOffice) -> None:
    old = hq.till()
    new = hq.stranger()
    forged = base64.b64encode(new.key.sign(identity_proof(old.till_id, 1, new.public_key))).decode()
    new.enrol(hq.code("s028"), former={"till_id": old.till_id, "epoch": 1, "proof": forged})
    assert old.call("GET", "heads").status == 200
    newer = hq.stranger()
    proof = base64.b64encode(old.key.sign(identity_proof(old.till_id, 1, newer.public_key))).decode()
    newer.enrol(hq.code("s028"), former={"till_id": old.till_id, "epoch": 1, "proof": proof})
    assert old.call("GET", "heads").problem == "reenrol"


def test_a_push_of_another_epoch_or_incarnation_is_refused(hq: HeadOffice) -> None:
    till = hq.till()
    sell(till, 100)
    assert till.push(epoch=2).problem == "reenrol"
    refused = till.push(incarnation="another")
    assert (refused.problem, refused.value["incarnation"]) == ("incarnation", till.incarnation)
    assert till.push().status == 200


def test_holds_die_with_their_identity(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    sell(till, 10_000, member)
    till.push()
    hold_id = new_id()
    till.call("POST", "holds", {"hold_id": hold_id, "account_id": member.account_id, "points": 60})
    new = hq.stranger()
    new.enrol(hq.code(till_id=till.till_id))
    body = {"hold_id": hold_id, "account_id": member.account_id, "points": 60}
    assert new.call("POST", "holds", body).problem == "hold_closed"
    assert new.call("POST", "holds", {**body, "hold_id": new_id(), "points": 100}).status == 200
    assert hq.faults() == []


def test_a_key_is_changed_by_its_own_event(hq: HeadOffice) -> None:
    till = hq.till()
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw().hex()
    proof = base64.b64encode(key.sign(identity_proof(till.till_id, 1, public))).decode()
    till.write("key_rotation", {"public_key": public, "proof": proof})
    assert till.push().value["results"][0]["outcome"] == "applied"
    assert till.call("GET", "heads").status == 200
    assert till.call("GET", "heads", key=key).status == 200
    assert till.call("GET", "heads").problem == "signature"
    assert hq.read(select(STREAM.c.next_key))[0].next_key is None


def test_a_key_that_an_identity_named_which_has_ended_is_not_used(hq: HeadOffice) -> None:
    till = hq.till()
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw().hex()
    proof = base64.b64encode(key.sign(identity_proof(till.till_id, 1, public))).decode()
    again = hq.stranger()
    again.enrol(hq.code(till_id=till.till_id))
    again.write("key_rotation", {"public_key": public, "proof": proof})
    again.write("key_rotation", {"public_key": public, "proof": base64.b64encode(b"x" * 64).decode()})
    assert [one["outcome"] for one in again.push().value["results"]] == ["applied", "parked"]
    assert again.call("GET", "heads", key=key).problem == "signature"
    assert again.call("GET", "heads").status == 200


def test_what_was_seen_is_compared_with_what_there_is(hq: HeadOffice) -> None:
    till = hq.till()
    assert till.call("GET", "heads", seen=seen_of(till)).status == 200
    for malformed in ("x", "1;a", f"{10**7};a;b"):
        assert till.call("GET", "heads", seen=malformed).problem == "malformed"
    before = till.call("GET", "heads").value
    started = till.call("GET", "heads", seen=seen_of(till, life="unknown"))
    assert (started.status, started.problem, started.value["incarnation_no"]) == (409, "incarnation", 2)
    assert started.value["incarnation"] != before["incarnation"]
    again = till.call("GET", "heads", seen=f"1;{before['incarnation']};{before['life']};went_back")
    assert (again.problem, again.value["incarnation_no"]) == ("incarnation", 2)
    higher = till.call("GET", "heads", seen="7;abc;def")
    assert (higher.problem, higher.value["incarnation_no"]) == ("incarnation", 8)
    assert till.call("GET", "heads", seen=seen_of(till)).status == 200


def test_a_till_that_saw_something_fall_starts_one_incarnation_in_ten_minutes(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    sell(till, 10_000, member)
    till.push()
    hold_id = new_id()
    body = {"hold_id": hold_id, "account_id": member.account_id, "points": 60}
    till.call("POST", "holds", body)
    started = till.call("GET", "heads", seen=seen_of(till) + ";went_back")
    assert (started.problem, started.value["incarnation_no"]) == ("incarnation", 2)
    busy = till.call("GET", "heads", seen=seen_of(till) + ";went_back")
    assert (busy.status, busy.problem) == (503, "busy")
    assert int(busy.headers["retry-after"]) > 0
    assert till.call("POST", "holds", body).problem == "hold_closed"
    assert till.call("DELETE", f"holds/{hold_id}").value["released"] == 0
    assert till.call("POST", "holds", {**body, "hold_id": new_id(), "points": 100}).status == 200
    assert hq.faults() == []


def test_every_start_is_a_new_life_of_the_same_incarnation(hq: HeadOffice) -> None:
    till = hq.till()
    first = till.call("GET", "heads").value
    hq.restart()
    till = dataclasses.replace(till, address=hq.address)
    second = till.call("GET", "heads", seen=f"1;{first['incarnation']};{first['life']}").value
    assert second["incarnation"] == first["incarnation"]
    assert second["life"] != first["life"]
    assert len(hq.read(select(LIFE))) == 3


def test_a_database_whose_marker_is_not_the_one_outside_starts_an_incarnation(hq: HeadOffice) -> None:
    till = hq.till()
    number = till.call("GET", "heads").value["incarnation_no"]
    hq.write(lambda connection: connection.execute(update(META).where(META.c.id == "marker").values(value="restored")))
    hq.restart()
    till = dataclasses.replace(till, address=hq.address)
    assert till.call("GET", "heads").value["incarnation_no"] == number + 1
    hq.restart()
    till = dataclasses.replace(till, address=hq.address)
    assert till.call("GET", "heads").value["incarnation_no"] == number + 1
    assert till.head == HASH_ZERO
