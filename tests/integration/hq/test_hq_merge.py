"""Two members who are one: everything moves with its own dates, the alias points on, tills see both or neither."""

from __future__ import annotations

import json
import secrets
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.cli import main
from app.domain.chain import pii_hash
from app.errors import Refusal
from sync.hq.docs import MemberDoc
from sync.hq.schema import REVISIONS
from sync.hq.tables import FINDING
from sync.hq.work.book import with_
from sync.hq.work.merge import Merge, Merged, merge, proposals
from tests.support.head_office import HeadOffice, demo_programme
from tests.support.wire_client import BASIS, NewMember, WireTill, enrol_member, new_id, sell

APPROVED = {"staff_id": "1", "by_staff_id": "2", "reason": "goodwill"}


def one_of(hq: HeadOffice, source: NewMember, survivor: NewMember) -> Merged:
    wanted = Merge(new_id(), source.member_id, survivor.member_id, "same_phone")
    return hq.write(lambda connection: merge(hq.office.book(connection), wanted))  # type: ignore[no-any-return]


def raw_rows(till: WireTill, kind: str) -> dict[str, dict[str, Any]]:
    """The live rows of a kind as they travel, with their peers."""
    heads = till.call("GET", "heads").value["heads"]
    found = {}
    for head in heads:
        for row in till.pull_all(head["id"])[0]:
            if row["kind"] == kind and "raw" in row:
                found[row["id"]] = row
    return found


def test_points_cards_and_history_move_and_both_rows_name_each_other(hq: HeadOffice) -> None:
    till = hq.till()
    gone, stays = enrol_member(till), enrol_member(till, phone="+8613800005678")
    sold = sell(till, 20_000, gone)
    sell(till, 10_000, stays)
    till.push()
    assert one_of(hq, gone, stays) == Merged(200, 300)
    accounts = raw_rows(till, "account")
    assert json.loads(accounts[gone.account_id]["raw"])["balance"] == 0
    assert json.loads(accounts[stays.account_id]["raw"])["balance"] == 300
    assert accounts[gone.account_id]["peers"] == {stays.account_id: accounts[stays.account_id]["ver"]}
    assert accounts[stays.account_id]["peers"] == {gone.account_id: accounts[gone.account_id]["ver"]}
    assert accounts[stays.account_id]["ver"] == accounts[gone.account_id]["ver"]  # what one contains, both do
    alias = till.rows("member")[gone.member_id]
    assert (alias["status"], alias["merged_into"]) == ("merged", stays.member_id)
    assert till.rows("card")[gone.card]["member_id"] == stays.member_id
    sell(till, 5_000, gone)  # a till that does not know it yet
    sell(till, 7_000, gone, card=gone.card)
    till.write("undo", {"shift_id": "s", "of": sold["event_id"], "staff_id": "1", "reason": "mistake"})
    results = till.push(5).value["results"]
    assert {one.get("code") for one in results} == {None}
    accounts = raw_rows(till, "account")
    for one in results[:1]:  # what lies over the alias here ends with the alias's row, and that names the survivor's
        named = {row["id"]: row["ver"] for row in one["rows"] if row["kind"] == "account"}
        assert named == {id_: accounts[id_]["ver"] for id_ in (gone.account_id, stays.account_id)}
    account = till.rows("account")[stays.account_id]
    assert (account["balance"], account["counters"]["receipts"]) == (100 + 50 + 70, 3)
    assert accounts[stays.account_id]["peers"] == {gone.account_id: accounts[gone.account_id]["ver"]}
    assert accounts[gone.account_id]["peers"] == {stays.account_id: accounts[stays.account_id]["ver"]}
    [filed] = [json.loads(row.figures) for row in hq.read(select(FINDING).where(FINDING.c.code == "merged"))]
    assert (filed["proof"], filed["moved"]) == ("same_phone", 200)
    assert hq.faults() == []


def test_a_late_sale_draws_the_whole_chain_of_aliases_again_each_row_naming_all_others(hq: HeadOffice) -> None:
    till = hq.till()
    chain = [enrol_member(till, phone=f"+861380000{n}678") for n in range(4)]
    late = [sell(till, 10_000, one) for one in chain[:2]]
    till.push()
    for gone, stays in pairwise(chain):
        one_of(hq, gone, stays)
    for one, sold in zip(chain[1::-1], late[1::-1], strict=True):
        till.write("undo", {"shift_id": "s", "of": sold["event_id"], "staff_id": "1", "reason": "mistake"})
        sell(till, 5_000, one)
    till.push(4)
    accounts = raw_rows(till, "account")
    ids = {one.account_id for one in chain}
    versions = {id_: accounts[id_]["ver"] for id_ in ids}
    assert len(set(versions.values())) == 1
    for id_ in ids:
        assert accounts[id_]["peers"] == {one: ver for one, ver in versions.items() if one != id_}
    assert hq.faults() == []


def test_a_return_by_its_receipt_alone_draws_the_chain_too(hq: HeadOffice) -> None:
    till = hq.till()
    chain = [enrol_member(till, phone=f"+861380000{n}678") for n in range(3)]
    sold = sell(till, 10_000, chain[0])
    till.push()
    for gone, stays in pairwise(chain):
        one_of(hq, gone, stays)
    before = {id_: row["ver"] for id_, row in raw_rows(till, "account").items()}
    till.write("undo", {"shift_id": "s", "of": sold["event_id"], "staff_id": "1", "reason": "mistake"})
    till.push(1)
    after = {id_: row["ver"] for id_, row in raw_rows(till, "account").items()}
    assert all(after[one.account_id] > before[one.account_id] for one in chain)


def test_the_survivor_is_in_every_region_of_the_alias(hq: HeadOffice) -> None:
    east, west = hq.till(), hq.till("w001")
    stays, gone = enrol_member(east), enrol_member(west, phone="+8613800005678")
    sell(west, 4_000, gone)
    east.push()
    west.push()
    assert stays.member_id not in west.rows("member")
    one_of(hq, gone, stays)
    assert west.rows("account")[stays.account_id]["balance"] == 40
    assert west.rows("card")[gone.card]["member_id"] == stays.member_id
    assert hq.faults() == []


def test_open_holds_go_with_the_points_they_hold(hq: HeadOffice) -> None:
    till = hq.till()
    gone, stays = enrol_member(till), enrol_member(till, phone="+8613800005678")
    sell(till, 30_000, gone)
    till.push()
    hold = {"hold_id": new_id(), "account_id": gone.account_id, "points": 200}
    till.call("POST", "holds", hold)
    one_of(hq, gone, stays)
    assert till.rows("account")[stays.account_id]["available"] == 100
    assert till.call("POST", "holds", hold).value["held"] == 200
    tender = {"kind": "points", "minor": 200, "account_id": gone.account_id, "points": 200, "hold_id": hold["hold_id"]}
    body = {
        "tenders": [tender, {"kind": "cash", "minor": 800}],
        "result": {"payable_minor": 1_000, "earned": 8, "to_follow": 0, "redeemed": 200, "because": []},
    }
    sell(till, 1_000, gone, body=body)
    assert till.push(4).value["results"][0].get("code") is None
    assert till.rows("account")[stays.account_id]["balance"] == 108
    assert hq.faults() == []


def enrol_with(till: WireTill, *kinds: dict[str, str]) -> tuple[NewMember, dict[str, str]]:
    """A member with further accounts; account_kind -> account_id."""
    member, ref, salt = NewMember(new_id(), new_id(), ""), new_id(), secrets.token_hex(32)
    more = [{"account_id": new_id(), **one} for one in kinds]
    till.write(
        "enrolment",
        {"member_no": member.member_id[-6:], "home_store_id": "s027", "enrolled_on": "2026-01-05", "notice_version": 1,
         "accounts": [{"account_id": member.account_id, "account_kind": "points"}, *more], "consents": [],
         "pii_ref": ref, "pii_hash": pii_hash(salt, "{}")},
        member_id=member.member_id, attachments=[{"pii_ref": ref, "salt": salt, "pii": "{}"}],
    )  # fmt: skip
    return member, {one["account_kind"]: one["account_id"] for one in more}


def test_coupons_stamps_and_stored_value_move_too(hq: HeadOffice) -> None:
    coupon = {"id": "ten", "kind": "discount_minor", "value_minor": 1_000, "valid_days": 365}
    card = {"id": "summer", "per_receipt_minor": 5_000, "stamps_per_step": 1, "goal": 9, "coupon_type": "ten"}
    hq.publish({**demo_programme(), "version": 2, "coupon_types": [coupon], "stamps": [card]})
    till = hq.till()
    purse, stamps = {"account_kind": "stored_value"}, {"account_kind": "stamps", "stamp_id": "summer"}
    gone, theirs = enrol_with(till, purse, stamps)
    stays, ours = enrol_with(till, purse)
    other, more = enrol_with(till, stamps)
    for whose, account in ((gone, theirs), (stays, ours)):
        till.write("stored_value_topup", {"shift_id": "s", "account_id": account["stored_value"], "minor": 5_000,
                                          "bonus_minor": 0, "tenders": [], "source": "counter", "staff_id": "1"},
                   member_id=whose.member_id)  # fmt: skip
    for account_id in (theirs["stamps"], more["stamps"]):
        till.write("adjustment", {"shift_id": "s", "account_id": account_id, "amount": 3, "reason": "goodwill",
                                  "staff_id": "1", "approval": APPROVED})  # fmt: skip
    given = new_id()
    till.write("coupon_issue", {"shift_id": "s", "coupon_id": given, "type": "ten", "issued_on": "2026-01-06",
                                "reason": "goodwill", "staff_id": "1", "approval": APPROVED},
               member_id=gone.member_id)  # fmt: skip
    assert {one.get("code") for one in till.push().value["results"]} == {None}
    one_of(hq, gone, stays)
    one_of(hq, other, stays)
    rows = till.rows("account")
    assert rows[ours["stored_value"]]["balance"] == 10_000
    assert rows[theirs["stored_value"]]["balance"] == 0
    assert (rows[theirs["stamps"]]["balance"], rows[theirs["stamps"]]["member_id"]) == (6, stays.member_id)
    assert till.rows("coupon")[given]["member_id"] == stays.member_id
    body = {"tenders": [{"kind": "stored_value", "minor": 900, "account_id": theirs["stored_value"]}]}
    sell(till, 900, stays, body=body, basis={**BASIS, "programme": "demo:2"})
    till.push(len(till.events))
    assert till.rows("account")[ours["stored_value"]]["balance"] == 9_100
    assert hq.faults() == []


def test_what_cannot_be_merged_is_refused_and_nothing_moves(hq: HeadOffice) -> None:
    till = hq.till()
    gone, stays = enrol_member(till), enrol_member(till, phone="+8613800005678")
    sell(till, 20_000, gone)
    till.push()
    with pytest.raises(Refusal, match="merge_unknown"):
        one_of(hq, gone, NewMember(new_id(), "", ""))

    def blocked(connection: Any) -> None:
        book = hq.office.book(connection)
        member = book.get("member", stays.member_id)
        assert isinstance(member, MemberDoc)
        book.put("member", with_(member, status="blocked"))
        book.write()

    hq.write(blocked)
    with pytest.raises(Refusal, match="member_blocked"):
        one_of(hq, gone, stays)
    with pytest.raises(Refusal, match="merge_same"):
        one_of(hq, gone, gone)
    assert till.rows("account")[gone.account_id]["balance"] == 200
    assert hq.faults() == []


def test_proposals_are_listed_until_they_are_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], hq: HeadOffice
) -> None:
    till = hq.till()
    gone, stays = enrol_member(till), enrol_member(till, phone="+8613800005678")
    till.write("merge_proposal", {"members": [gone.member_id, stays.member_id], "evidence": "same_phone"})
    till.push()

    def listed() -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = hq.write(
            lambda connection: [one.members for one in proposals(connection, hq.office.book(connection))]
        )
        return found

    assert listed() == [(gone.member_id, stays.member_id)]
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "hq.toml").write_text(f'database = "{hq.url}"\n', encoding="utf-8")

    def run(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(["--lang", "en", "hq", "merge", "--data", str(folder), *words])
        return code, capsys.readouterr().out

    newest = f"INSERT INTO alembic_version VALUES ('{REVISIONS[-1]}')"
    hq.write(lambda connection: connection.exec_driver_sql("CREATE TABLE alembic_version (version_num text)"))
    hq.write(lambda connection: connection.exec_driver_sql(newest))
    assert gone.member_id in run("--list")[1]
    assert json.loads(run("--list", "--json")[1])[0]["evidence"] == "same_phone"
    assert run(gone.member_id)[0] != 0
    assert run(gone.member_id, stays.member_id, "--proof", "They said so")[0] != 0
    assert run(gone.member_id, stays.member_id, "--proof", "same_phone") == (
        0,
        "0 points moved; the member has 0 now\n",
    )
    assert run("--list") == (0, "No till proposes a merge\n")
    assert listed() == []
    assert json.loads(run(gone.member_id, stays.member_id, "--json")[1] or "{}") == {}
