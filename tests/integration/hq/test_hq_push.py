"""Push: a fact arrives exactly once, whatever the network does; batches that do not follow are refused whole."""

from __future__ import annotations

import dataclasses
import json
import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from app.domain.chain import HASH_ZERO, canonical, event_hash
from sync.hq.tables import EVENT, EVIDENCE, INBOX, PII
from tests.support.head_office import HeadOffice
from tests.support.wire_client import Answered, enrol_member, new_id, sell


def outcomes(answered: Answered) -> list[tuple[str, str | None]]:
    return [(one["outcome"], one.get("code")) for one in answered.value["results"]]


def test_a_batch_is_applied_and_acknowledged_with_its_own_end(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    sell(till, 12_345, member)
    answered = till.push()
    assert answered.status == 200
    assert outcomes(answered) == [("applied", None), ("applied", None)]
    assert (answered.value["acked_through"], answered.value["acked_hash"]) == (2, till.head)
    assert answered.value["results"][1]["balance"] == {member.account_id: 123}
    assert till.rows("account")[member.account_id]["balance"] == 123
    assert hq.faults() == []


def test_a_second_delivery_changes_nothing_and_says_how_each_event_stands(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    sell(till, 5_000, member)
    first = till.push().value
    heads = till.call("GET", "heads").value["heads"]
    again = till.push().value
    assert [(one["outcome"], one["was"]) for one in again["results"]] == [("duplicate", "applied")] * 2
    assert [one["rows"] for one in again["results"]] == [one["rows"] for one in first["results"]]
    assert [one["balance"] for one in again["results"]] == [one["balance"] for one in first["results"]]
    assert till.call("GET", "heads").value["heads"] == heads


def test_an_overlap_takes_only_what_is_new(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    for _ in range(4):
        sell(till, 1_000, member)
    till.push(1, 3)
    answered = till.push(2, 5)
    assert [one["outcome"] for one in answered.value["results"]] == ["duplicate", "duplicate", "applied", "applied"]
    assert till.rows("account")[member.account_id]["balance"] == 40


def test_the_200_of_a_push_names_its_own_end_and_every_other_answer_the_head(hq: HeadOffice) -> None:
    till = hq.till()
    for _ in range(3):
        sell(till, 1_000)
    till.push()
    partly = till.push(1, 2).value
    assert (partly["acked_through"], partly["acked_hash"]) == (2, till.events[1]["hash"])
    assert till.call("GET", "heads").value["acked_through"] == 3


def test_an_empty_batch_is_a_question_for_the_ack(hq: HeadOffice) -> None:
    till = hq.till()
    first = till.push().value
    assert (first["results"], first["acked_through"], first["acked_hash"]) == ([], 0, "0" * 64)
    sell(till, 1_000)
    till.push()
    answered = till.call("POST", "push", till.batch(2, 1)).value
    assert (answered["results"], answered["acked_through"], answered["acked_hash"]) == ([], 1, till.head)


def test_a_gap_is_refused_with_what_is_expected(hq: HeadOffice) -> None:
    till = hq.till()
    for _ in range(3):
        sell(till, 1_000)
    answered = till.push(3)
    assert (answered.status, answered.problem, answered.value["expected_seq"]) == (409, "gap", 1)
    assert till.push().status == 200


def test_a_hash_that_does_not_follow_refuses_the_whole_batch(hq: HeadOffice) -> None:
    till = hq.till()
    for _ in range(3):
        sell(till, 1_000)
    batch = till.batch()
    batch["events"] = [dict(one) for one in batch["events"]]
    batch["events"][1]["hash"] = "ab" * 32
    answered = till.call("POST", "push", batch)
    assert (answered.status, answered.problem, answered.value["seq"]) == (422, "hash", 2)
    assert hq.read(select(INBOX.c.seq)) == []


def test_hashes_are_judged_before_the_gap_and_the_gap_before_the_fork(hq: HeadOffice) -> None:
    till = hq.till()
    sell(till, 1_000)
    wrong = {**till.batch(), "base_seq": 7, "prev_hash": "cd" * 32}
    assert till.call("POST", "push", wrong).problem == "hash"
    follows = {**wrong, "events": [{**till.events[0], "hash": event_hash("cd" * 32, till.events[0]["raw"])}]}
    assert till.call("POST", "push", follows).problem == "gap"


def test_two_histories_under_one_identity_close_it_and_are_kept_as_evidence(hq: HeadOffice) -> None:
    till = hq.till()
    twin = dataclasses.replace(till, events=[], head=HASH_ZERO)
    sell(till, 1_000)
    enrol_member(twin)
    assert till.push().status == 200
    answered = twin.push()
    assert (answered.status, answered.problem) == (409, "fork")
    assert (answered.value["seq"], answered.value["expected_hash"]) == (1, till.head)
    [evidence] = hq.read(select(EVIDENCE))
    assert json.loads(evidence.events)[0]["raw"] == twin.events[0]["raw"]
    assert "attachments" not in json.loads(evidence.events)[0]
    assert len(hq.read(select(PII.c.pii_ref).where(PII.c.event_key.like("fork:%")))) == 1
    for one in (till, twin):
        refused = one.call("GET", "heads")
        assert (refused.status, refused.problem, refused.value["reason"]) == (409, "reenrol", "fork")


def test_a_wrong_previous_hash_is_a_fork_too(hq: HeadOffice) -> None:
    till = hq.till()
    sell(till, 1_000)
    till.push()
    raw = till.write("shift_open", {"shift_id": "s", "z_no": 1, "staff_id": "1", "float_minor": 0})["raw"]
    other = "ef" * 32
    answered = till.call(
        "POST", "push", till.batch(2, prev_hash=other, events=[{"raw": raw, "hash": event_hash(other, raw)}])
    )
    assert (answered.problem, answered.value["seq"]) == ("fork", 1)


UNREADABLE = (
    '{"seq":1}', "not json", '{"a":1.0}', '{"seq":1,"seq":1}', "[]", '{"a":' + "[" * 40 + "]" * 40 + "}", "\x00", "{ }",
    '{"z":"\\ud800"}', "x" * 70_000, "",
)  # fmt: skip


def test_whatever_hashes_right_is_accepted_and_unreadable_content_is_parked(hq: HeadOffice) -> None:
    till = hq.till()
    for raw in UNREADABLE:
        till.write_raw(raw)
    sell(till, 1_000)
    answered = till.push()
    assert outcomes(answered) == [("parked", "bad_event")] * len(UNREADABLE) + [("applied", None)]
    stored = hq.read(select(INBOX.c.raw).order_by(INBOX.c.seq))
    assert [bytes(row.raw).decode() for row in stored[:-1]] == list(UNREADABLE)
    again = till.push().value["results"][0]
    assert (again["outcome"], again["was"], again["code"]) == ("duplicate", "parked", "bad_event")


def test_a_seq_that_is_not_its_place_is_parked_and_leaves_the_event_id_free(hq: HeadOffice) -> None:
    till = hq.till()
    event_id = new_id()
    value = {"seq": 9, "event_id": event_id, "type": "shift_open", "schema": 1, "at_ms": 1, "offset_ms": 0,
             "offset_age_s": -1, "body": {"shift_id": "s", "z_no": 1, "staff_id": "1", "float_minor": 0}}  # fmt: skip
    till.write_raw(canonical(value))
    till.write_raw(canonical({**value, "seq": 2}))
    assert outcomes(till.push()) == [("parked", "bad_event"), ("applied", None)]


STRANGE = (
    ({"type": "sale_of_the_century"}, "unknown_type"), ({"schema": 2}, "unknown_schema"), ({"body": {}}, "bad_body"),
    ({"at_ms": -1}, "bad_event"), ({"offset_age_s": -2}, "bad_event"), ({"event_id": "x"}, "bad_event"),
    ({"type": "sale"}, "bad_event"),
)  # fmt: skip


def test_what_this_version_cannot_read_is_parked_with_its_reason(hq: HeadOffice) -> None:
    till = hq.till()
    value = {"type": "shift_open", "schema": 1, "at_ms": 1, "offset_ms": 0, "offset_age_s": -1,
             "body": {"shift_id": "s", "z_no": 1, "staff_id": "1", "float_minor": 0}}  # fmt: skip
    for number, (change, _) in enumerate(STRANGE, start=1):
        till.write_raw(canonical({"seq": number, "event_id": new_id(), **value, **change}))  # type: ignore[dict-item]
    assert outcomes(till.push()) == [("parked", code) for _, code in STRANGE]


def test_unknown_members_of_an_event_survive_byte_for_byte(hq: HeadOffice) -> None:
    till = hq.till()
    sealed = till.write(
        "shift_open", {"shift_id": "s", "z_no": 1, "staff_id": "1", "float_minor": 0, "later": {"a": []}}
    )
    assert outcomes(till.push()) == [("applied", None)]
    assert bytes(hq.read(select(INBOX.c.raw))[0].raw).decode() == sealed["raw"]


def test_the_same_event_under_another_seq_is_a_duplicate_and_another_content_differs(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    sold = sell(till, 5_000, member)
    till.push()
    value = json.loads(sold["raw"])
    till.write_raw(canonical({**value, "seq": 3}))
    till.write_raw(canonical({**value, "seq": 4, "at_ms": 5}))
    results = till.push(3).value["results"]
    assert [(one["outcome"], one["was"], one.get("code")) for one in results] == [
        ("duplicate", "applied", None), ("duplicate", "applied", "differs"),
    ]  # fmt: skip
    assert till.rows("account")[member.account_id]["balance"] == 50
    assert till.push(4).value["results"][0]["code"] == "differs"


def test_an_event_id_twice_in_one_batch_counts_once(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    sold = sell(till, 5_000, member)
    till.write_raw(canonical({**json.loads(sold["raw"]), "seq": 3}))
    results = till.push().value["results"]
    assert [one["outcome"] for one in results] == ["applied", "applied", "duplicate"]
    assert results[2]["rows"] == results[1]["rows"]
    assert till.rows("account")[member.account_id]["balance"] == 50


def test_a_lost_answer_and_a_replay_at_the_same_time_post_once(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    for _ in range(30):
        sell(till, 1_000, member)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: till.push(), range(4)))
    assert [one.status for one in answers] == [200] * 4
    assert till.rows("account")[member.account_id]["balance"] == 300
    assert hq.read(select(func.count()).select_from(EVENT))[0][0] == 31
    assert hq.faults() == []


def test_twenty_tills_push_while_one_pulls_and_no_row_is_missed(hq: HeadOffice) -> None:
    reader = hq.till()
    member = enrol_member(reader)
    reader.push()
    tills = [hq.till() for _ in range(20)]
    for till in tills:
        for _ in range(10):
            sell(till, 1_000, member)
    done = threading.Event()
    seen: dict[str, dict[str, int]] = {}

    def follow() -> None:
        cursors: dict[str, int] = {}
        while True:
            last_round = done.is_set()
            since = ",".join(f"{name}.{seq}" for name, seq in cursors.items())
            for head in reader.call("GET", f"heads?since={since}").value["heads"]:
                after = cursors.get(head["id"], 0)
                while True:
                    page = reader.call("GET", f"pull?bucket={head['id']}&after={after}&limit=7").value
                    for row in page["rows"]:
                        assert row["row_seq"] > after
                        after = row["row_seq"]
                        seen.setdefault(head["id"], {})[f"{row['kind']}/{row['id']}"] = row["ver"]
                    after = page["next"]
                    if page["last"]:
                        break
                cursors[head["id"]] = after
            if last_round:
                return

    with ThreadPoolExecutor(21) as pool:
        following = pool.submit(follow)
        pushes = [pool.submit(till.push, first, first + 4) for till in tills for first in (1, 6)]
        results = [one.result() for one in pushes]
        retries = [till.push() for till in tills]
        done.set()
        following.result()
    assert {one.status for one in results} <= {200, 409}
    assert {one.status for one in retries} == {200}
    assert reader.rows("account")[member.account_id]["balance"] == 2_000
    for head in reader.call("GET", "heads").value["heads"]:
        rows, _ = reader.pull_all(head["id"])
        assert seen[head["id"]] == {f"{row['kind']}/{row['id']}": row["ver"] for row in rows}
    assert hq.faults() == []
