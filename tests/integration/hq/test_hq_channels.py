"""Other channels post: purchases and returns move points as a till's do, registrations make members, once each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from sync.hq.docs import KINDS, DayDoc
from sync.hq.tables import DAY, EVENT, FINDING, INBOX
from sync.hq.work.by_hand import ByHand, adjust
from sync.hq.work.fleet import fleet
from sync.hq.work.settle import parked, write_off
from tests.support.channels import Shop, back, event, id_of, line, purchase, registration, shop_of
from tests.support.head_office import HeadOffice, demo_programme
from tests.support.wire_client import NewMember, WireTill, enrol_member, new_id, sell

JAN = 1_768_000_000_000  # 2026-01-09
DAY_MS = 86_400_000


@pytest.fixture
def till(hq: HeadOffice) -> WireTill:
    return hq.till()


@pytest.fixture
def member(till: WireTill) -> NewMember:
    made = enrol_member(till)
    assert till.push().status == 200
    return made


@pytest.fixture
def shop(hq: HeadOffice) -> Shop:
    return shop_of(hq)


def points(till: WireTill, member: NewMember) -> int:
    """What the feed tells a till of the member's points."""
    balance: int = till.rows("account")[member.account_id]["balance"]
    return balance


def test_a_purchase_earns_and_its_rows_reach_the_tills(
    hq: HeadOffice, till: WireTill, member: NewMember, shop: Shop
) -> None:
    told = purchase(line(12_300), line(700, qty=2), order_no="WEB-7", tenders=[{"kind": "qr", "minor": 13_700}],
                    member_id=member.member_id)  # fmt: skip
    assert shop.told(told, purchase(card=member.card), purchase()) == ["applied"] * 3
    account = till.rows("account")[member.account_id]
    assert account["balance"] == 137 + 100
    assert [one["total_minor"] for one in account["purchases"]] == [10_000, 13_700]
    sold = till.rows("sale_line")[f"{id_of(told)}:0"]
    assert (sold["receipt_no"], sold["charged_minor"], sold["till_id"]) == ("WEB-7", 12_300, shop.channel_id)
    assert sold["because"] == [{"rule": "base", "points": 123}]
    figures = [one for one in till.rows("day_figures").values() if one["sales"]]
    assert [(one["sales"], one["members"], one["net_minor"]) for one in figures] == [(3, 2, 33_700)]
    assert hq.faults() == []


def test_the_same_again_changes_nothing_and_another_content_is_told(
    hq: HeadOffice, till: WireTill, member: NewMember, shop: Shop
) -> None:
    told = purchase(member_id=member.member_id)
    other = purchase(member_id=member.member_id, event_id=id_of(told), order_no="N-2")
    assert shop.told(told, told, other) == ["applied", "duplicate", "duplicate differs"]
    assert shop.told(other, told) == ["duplicate differs", "duplicate"]
    assert shop_of(hq).told(told) == ["duplicate"]
    tills = sell(till, 5_000, member)
    till.push(2)
    assert shop.told(purchase(event_id=tills["event_id"])) == ["duplicate differs"]
    assert points(till, member) == 150
    assert hq.faults() == []


def test_one_unreadable_event_and_nothing_of_the_request_is_kept(hq: HeadOffice, shop: Shop) -> None:
    bad = purchase(line(discount_minor=10_001))
    for one in (bad, {"raw": "{"}, purchase(tenders=[{"kind": "points", "minor": 5}]), event("browse", {})):
        answer = shop.tell(purchase(), one)
        assert (answer.status, answer.problem, answer.value["pointer"]) == (400, "malformed", "/events/1/raw")
    assert hq.read(select(INBOX)) == []


def test_what_names_nobody_known_waits_and_is_posted_when_they_come(hq: HeadOffice, till: WireTill, shop: Shop) -> None:
    member = enrol_member(till)
    told = [purchase(member_id=member.member_id), purchase(card=member.card), purchase(external_id="u-1")]
    assert shop.told(*told) == ["parked member_unknown", "parked card_unknown", "parked member_unknown"]
    with hq.office.database.read() as connection:
        assert [one.till_id for one in fleet(connection)] == [till.till_id], "a channel is no till"
        waiting = {one.event: (one.till_id, one.type, one.code) for one in parked(connection)}
    assert waiting[id_of(told[0])] == (shop.channel_id, "purchase", "member_unknown")
    assert till.push().status == 200
    assert points(till, member) == 200
    assert shop.told(registration(external_id="u-1")) == ["applied"]
    assert sorted(one["balance"] for one in till.rows("account").values()) == [100, 200]
    assert shop.told(*told) == ["duplicate"] * 3
    assert hq.faults() == []


def test_a_purchase_that_arrives_late_is_posted_in_its_place(hq: HeadOffice, till: WireTill, shop: Shop) -> None:
    document = demo_programme()
    document["version"] = 2
    document["earn"]["rules"] = [{"id": "first", "kind": "multiply", "factor": "2", "limit_per_member": 1}]
    hq.publish(document)
    member = enrol_member(till)
    till.push()
    late = purchase(member_id=member.member_id, at_ms=JAN, order_no="EARLY")
    later = purchase(line(20_000), member_id=member.member_id, at_ms=JAN + DAY_MS)
    assert shop.told(later, late) == ["applied", "applied"]
    account = till.rows("account")[member.account_id]
    assert account["balance"] == 200 + 200, "the earlier one is the first"
    assert [one["event_id"] for one in account["purchases"]] == [id_of(later), id_of(late)]
    sell(till, 3_000, member, at_ms=JAN - DAY_MS)
    assert till.push(2).value["results"][0]["outcome"] == "applied"
    assert till.rows("account")[member.account_id]["balance"] == 430, "its receipt promised 30"
    assert hq.faults() == []


def test_a_return_takes_the_points_back_and_waits_for_its_sale(
    hq: HeadOffice, till: WireTill, member: NewMember, shop: Shop
) -> None:
    told = purchase(line(5_000, qty=3), member_id=member.member_id)
    assert shop.told(back(id_of(told))) == ["parked sale_unknown"]
    assert shop.told(told) == ["applied"]
    assert points(till, member) == 100
    assert shop.told(back(id_of(told), qty=5)) == ["applied wrong_figures"], "two were left"
    assert points(till, member) == 0
    nobodys, tills = purchase(line(900)), sell(till, 2_000, member)
    till.push(2)
    assert shop.told(nobodys, back(id_of(nobodys)), back(tills["event_id"])) == ["applied"] * 3
    assert points(till, member) == 0
    assert till.rows("sale_line")[f"{id_of(told)}:0"]["returned_qty"] == 3
    redeemed = till.write("points_redeem", {"shift_id": "s", "account_id": member.account_id, "points": 5,
                                            "staff_id": "1"}, basis=sell_basis())  # fmt: skip
    till.push(3)
    assert shop.told(back(redeemed["event_id"])) == ["parked sale_unknown"]
    assert hq.faults() == []


def sell_basis() -> dict[str, Any]:
    return {"programme": "demo:1", "tags": [], "segments": [], "counters": {}}


def test_a_registration_makes_a_member_once(hq: HeadOffice, till: WireTill, shop: Shop) -> None:
    told = registration(external_id="u-7", purposes=("service", "marketing"))
    assert shop.told(told, registration("王二", external_id="u-8")) == ["applied", "applied"]
    assert shop.told(told, registration(external_id="u-7", purposes=("sharing",))) == ["duplicate", "applied"]
    made = till.rows("member")
    assert sorted(one["name"] for one in made.values()) == ["李网购", "王二"]
    one = made[id_of(told)]
    assert one["consents"] == {"service": True, "marketing": True, "sharing": True}
    assert (one["home_store_id"], one["phone"], one["notice_version"]) == ("s027", "+8613900001111", 2)
    numbers = sorted(int(one["member_no"]) for one in made.values())
    assert numbers[1] == numbers[0] + 1
    named, carded = new_id(), registration("赵六", member_id=new_id(), card="PARTNER-1")
    assert shop.told(registration("孙七", member_id=named), carded) == ["applied", "applied"]
    assert shop.told(purchase(member_id=named), purchase(card="PARTNER-1")) == ["applied", "applied"]
    assert sorted(one["balance"] for one in till.rows("account").values()) == [0, 0, 100, 100]
    assert hq.faults() == []


def test_the_numbers_of_a_block_are_used_up_and_another_is_drawn(
    hq: HeadOffice, till: WireTill, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.hq.work.blocks.NUMBERS", 2)
    assert shop.told(*(registration(external_id=f"u-{n}") for n in range(5))) == ["applied"] * 5
    numbers = [int(one["member_no"]) for one in till.rows("member").values()]
    assert len(set(numbers)) == 5
    assert len({number // 1_000 for number in numbers}) == 3


def test_what_a_channel_tells_of_a_member_is_their_history_and_erasure_forgets_the_words(
    hq: HeadOffice, till: WireTill, shop: Shop
) -> None:
    told = registration(external_id="u-1")
    words = registration()["attachments"]
    note = json.loads(registration()["raw"])["body"]
    named = {"pii_ref": note["pii_ref"], "pii_hash": note["pii_hash"]}
    assert shop.told(
        event("service_note", {"topic": "size", **named}, external_id="u-1"),
        event("browse", {"views": [{"sku": "T-1", "at_ms": 5}]}, external_id="u-1"),
        told,
        event("survey", {"survey_id": "s", "answers": []}, member_id=id_of(told)),
        event("social_feedback", {"network": "weibo", "score": -1}),
    ) == ["parked member_unknown", "parked member_unknown", "applied", "applied", "applied"]
    assert words
    history = "SELECT type FROM channel_event WHERE member_id = :id ORDER BY type"
    with hq.office.database.read() as connection:
        kept = connection.exec_driver_sql(history.replace(":id", f"'{id_of(told)}'")).scalars().all()
    assert list(kept) == ["browse", "registration", "service_note", "survey"]
    till.write("rights_request", {"right": "erase", "identity_check": "id", "due_on": "2026-02-01", "staff_id": "1"},
               member_id=id_of(told))  # fmt: skip
    assert till.push().value["results"][0]["outcome"] == "applied"
    with hq.office.database.read() as connection:
        for table in ("pii", "external_id"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
    assert shop.told(purchase(external_id="u-1")) == ["parked member_unknown"]
    assert hq.faults() == []


def test_points_pay_online_as_far_as_they_are_there(
    hq: HeadOffice, till: WireTill, member: NewMember, shop: Shop
) -> None:
    shop.told(purchase(line(200_000), member_id=member.member_id))
    assert points(till, member) == 2_000

    def paid(used: int) -> dict[str, Any]:
        tender = {"kind": "points", "minor": used, "points": used, "account_id": member.account_id}
        return purchase(tenders=[tender, {"kind": "card", "minor": 10_000 - used}], member_id=member.member_id)

    assert shop.told(paid(500)) == ["applied"]
    assert points(till, member) == 2_000 - 500 + 95
    assert shop.told(paid(9_000)) == ["applied overdraft"]
    row = till.rows("account")[member.account_id]
    assert (row["balance"], row["debt"]) == (1_595 - 9_000, 9_000 - 1_595)
    unknown = {"kind": "stored_value", "minor": 10_000, "account_id": new_id()}
    assert shop.told(purchase(tenders=[unknown])) == ["parked account_unknown"]
    odd = purchase(tenders=[{"kind": "card", "minor": 1}], member_id=member.member_id)
    assert shop.told(odd) == ["applied wrong_figures"]
    nothing = {"kind": "points", "minor": 10_000, "points": 10_000, "account_id": new_id()}
    assert shop.told(purchase(tenders=[nothing])) == ["parked account_unknown"]
    assert hq.faults() == []


def test_nobodys_purchase_that_the_programme_refuses_is_kept_as_it_was_paid(
    hq: HeadOffice, till: WireTill, member: NewMember, shop: Shop
) -> None:
    tender = {"kind": "points", "minor": 100, "points": 100, "account_id": member.account_id}
    told = purchase(tenders=[tender, {"kind": "card", "minor": 9_900}])
    assert shop.told(told, back(id_of(told))) == ["applied", "applied"]
    assert till.rows("sale_line")[f"{id_of(told)}:0"]["returned_qty"] == 1
    assert hq.faults() == []


def test_a_rule_for_a_channel_counts_there_only(hq: HeadOffice, till: WireTill, member: NewMember) -> None:
    document = demo_programme()
    document["version"] = 2
    document["earn"]["rules"] = [{"id": "app", "kind": "multiply", "factor": "2", "when": {"channels": ["app"]}}]
    hq.publish(document)
    told = {"member_id": member.member_id}
    assert shop_of(hq, channel="app").told(purchase(**told)) == ["applied"]
    assert points(till, member) == 200
    assert shop_of(hq).told(purchase(**told)) == ["applied"]
    assert points(till, member) == 300


def test_an_event_nobody_can_digest_is_parked_alone(
    hq: HeadOffice, till: WireTill, member: NewMember, shop: Shop
) -> None:
    shop.told(purchase())
    [row] = [one for one in hq.read(select(DAY)) if '"sales":1' in one.doc]
    full = KINDS["day"].store(DayDoc(id=row.id, store_id="s027", on=row.id.partition("/")[2], sales=2**53 - 1))
    hq.write(lambda db: db.execute(update(DAY).where(DAY.c.id == row.id).values(doc=full["doc"])))
    browse = event("browse", {"views": []}, member_id=member.member_id)
    told = purchase(member_id=member.member_id)
    assert shop.told(browse, told) == ["applied", "parked internal"]
    with hq.office.database.read() as connection:
        assert [one.code for one in parked(connection)] == ["internal"]
    assert hq.write(lambda db: write_off(hq.office.book(db), id_of(told), "test")) is True
    assert hq.read(select(FINDING.c.code).where(FINDING.c.event_key == id_of(told)))[0].code == "written_off"
    assert hq.faults() == []


def test_two_people_may_post_other_points_for_what_waits(
    hq: HeadOffice, till: WireTill, member: NewMember, shop: Shop
) -> None:
    told, later = purchase(card="NOBODYS", at_ms=JAN), purchase(member_id=member.member_id, at_ms=JAN + DAY_MS)
    assert shop.told(later, told) == ["applied", "parked card_unknown"]
    posted = ByHand(member.account_id, 30, "goodwill", "1001", "1002")
    assert hq.write(lambda db: adjust(hq.office.book(db), id_of(told), posted)) is None
    assert points(till, member) == 130
    assert shop.told(purchase(member_id=member.member_id, at_ms=JAN)) == ["applied"], "the account is computed again"
    assert points(till, member) == 230
    assert hq.faults() == []


def test_what_an_older_version_could_not_post_is_posted_at_the_next_start(
    hq: HeadOffice, till: WireTill, member: NewMember, shop: Shop
) -> None:
    told = purchase(member_id=member.member_id)
    assert shop.told(told, event("stargazing", {})) == ["applied", "parked unknown_type"]
    later = purchase(member_id=member.member_id, schema=2)
    assert shop.told(later) == ["parked unknown_schema"]
    raw = json.loads(later["raw"])
    assert raw["schema"] == 2
    mine = EVENT.c.event_key == id_of(later)
    hq.write(lambda db: db.execute(update(EVENT).where(mine).values(code="unknown_type")))
    hq.restart()
    till.address = hq.address
    assert hq.read(select(EVENT.c.code).where(mine))[0].code == "unknown_schema", "tried again"
    assert points(till, member) == 100


def test_verify_notices_what_was_altered_in_a_channels_stream(hq: HeadOffice, shop: Shop) -> None:
    told = [event("browse", {"views": []}) for _ in range(3)]
    shop.told(*told)
    assert hq.faults() == []
    mine = INBOX.c.event_key == id_of(told[1])
    hq.write(lambda db: db.execute(update(INBOX).where(mine).values(raw=told[0]["raw"].encode())))
    assert hq.faults() == [f"I4 {shop.channel_id}/0/2 chain"]
