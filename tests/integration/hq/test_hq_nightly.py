"""The nightly run: what is due happens once, on both databases, whenever it is killed and whatever comes late."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.cli import main
from sync.hq import nightly
from sync.hq.nightly import Ran
from sync.hq.tables import ACCOUNT, ENTRY
from tests.support.days import ZONE, at_ms
from tests.support.head_office import HeadOffice, demo_programme
from tests.support.wire_client import BASIS, NewMember, WireTill, enrol_member, new_id, sell

NAME = "demo:2"
COUPON = {"id": "ten", "kind": "discount_minor", "value_minor": 1_000, "valid_days": 10}
RULES: dict[str, Any] = {
    "version": 2,
    "expiry": {"kind": "after", "days": 30},
    "coupon_types": [COUPON],
    "gifts": [{"id": "birthday", "on": "birthday", "coupon_type": "ten"}],
    "tiers": {"metric": "spend", "effective": "next_day", "valid": "months", "valid_months": 1,
              "levels": [{"id": "silver", "threshold": 0}, {"id": "gold", "threshold": 50_000}]},
}  # fmt: skip


def published(hq: HeadOffice, **more: Any) -> None:
    document = {**demo_programme(), **RULES, **more}
    basics = {name: value for name, value in demo_programme()["earn"].items() if name != "rules"}
    document["earn"] = {**basics, **more.get("earn", {})}
    hq.publish(document)


def bought(till: WireTill, member: NewMember, minor: int, day: str, **more: Any) -> dict[str, Any]:
    return sell(till, minor, member, basis={**BASIS, "programme": NAME, "account_ver": 1}, at_ms=at_ms(day), **more)


def run(hq: HeadOffice, day: str) -> Ran:
    *_, last = nightly.run(hq.office, date.fromisoformat(day))
    return last


def test_points_expire_once_and_the_day_counts_them(hq: HeadOffice) -> None:
    published(hq)
    till = hq.till()
    member = enrol_member(till)
    bought(till, member, 10_000, "2026-03-01")
    bought(till, member, 5_000, "2026-03-10")
    till.push()
    assert run(hq, "2026-03-30").expired == 0
    ran = run(hq, "2026-03-31")
    assert (ran.done, ran.total, ran.expired, ran.kept_back) == (1, 1, 100, 0)
    assert run(hq, "2026-03-31") == Ran()
    account = till.rows("account")[member.account_id]
    assert (account["balance"], [lot["amount"] for lot in account["lots"]]) == (50, [50])
    assert till.rows("day_figures")["2026-03-31"]["points_expired"] == 100
    nights = [row.amount for row in hq.read(select(ENTRY)) if row.event_key.startswith("expiry/2026-03-31/")]
    assert nights == [-100]
    [stored] = hq.read(select(ACCOUNT))
    assert json.loads(stored.doc)["state"].get("birthday_on") is None  # a person's own stays with the member
    assert hq.faults() == []


def test_tiers_end_coupons_expire_and_gifts_come_with_the_days(hq: HeadOffice) -> None:
    published(hq)
    till = hq.till()
    member = enrol_member(till, birthday_on="1990-03-20")
    bought(till, member, 60_000, "2026-03-01")
    till.push()
    assert till.rows("account")[member.account_id]["tier"] == "silver"
    run(hq, "2026-03-02")
    account = till.rows("account")[member.account_id]
    assert (account["tier"], account["tier_until_on"]) == ("gold", "2026-03-31")
    run(hq, "2026-03-20")
    [coupon] = till.rows("coupon").values()
    assert (coupon["state"], coupon["expires_on"]) == ("open", "2026-03-30")
    run(hq, "2026-04-01")
    assert till.rows("account")[member.account_id]["tier"] == "silver"
    assert [one["state"] for one in till.rows("coupon").values()] == ["expired"]
    assert hq.faults() == []


def test_points_vest_and_follow_when_they_are_due(hq: HeadOffice) -> None:
    late = {"id": "late", "kind": "bonus", "points": 7, "post_after_days": 5}
    published(hq, earn={"available_after_days": 3, "rules": [late]})
    till = hq.till()
    member = enrol_member(till)
    because = [{"rule": "base", "line": 0, "points": 100}, {"rule": "late", "line": 0, "points": 7}]
    result = {"payable_minor": 10_000, "earned": 100, "to_follow": 7, "redeemed": 0, "because": because}
    bought(till, member, 10_000, "2026-03-01", body={"result": result})
    assert [one.get("code") for one in till.push().value["results"]] == [None, None]
    shown = []
    for day in ("2026-03-03", "2026-03-04", "2026-03-06"):
        run(hq, day)
        account = till.rows("account")[member.account_id]
        shown.append((account["balance"], len(account["pending"]), len(account["to_follow"])))
    assert shown == [(0, 1, 1), (100, 0, 1), (107, 0, 0)]
    assert hq.faults() == []


def test_points_a_till_holds_end_when_it_lets_them_go(hq: HeadOffice) -> None:
    published(hq)
    till = hq.till()
    member = enrol_member(till)
    today = datetime.now(ZONE).date()  # a hold is promised by head office's own clock
    after = (today + timedelta(days=31)).isoformat()
    bought(till, member, 10_000, today.isoformat())
    till.push()
    hold = {"hold_id": new_id(), "account_id": member.account_id, "points": 60}
    assert till.call("POST", "holds", hold).value["held"] == 60
    assert (run(hq, after).kept_back, hq.faults()) == (1, [])
    assert till.rows("account")[member.account_id]["available"] == 40
    assert till.call("DELETE", f"holds/{hold['hold_id']}").value["released"] == 60
    assert run(hq, after).expired == 100
    assert till.rows("account")[member.account_id]["balance"] == 0


def test_a_run_cut_off_goes_on_where_it_was(hq: HeadOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    published(hq)
    till = hq.till()
    members = [enrol_member(till, phone=f"+861380000{number:04d}") for number in range(5)]
    for member in members:
        bought(till, member, 10_000, "2026-03-01")
    till.push()
    monkeypatch.setattr(nightly, "ACCOUNTS_PER_TRANSACTION", 2)
    steps = nightly.run(hq.office, date(2026, 4, 1))
    assert next(steps).done == 2
    steps.close()
    ran = run(hq, "2026-04-01")
    assert (ran.done, ran.expired) == (3, 300)
    assert {row["balance"] for row in till.rows("account").values()} == {0}
    assert till.rows("day_figures")["2026-03-31"]["points_expired"] == 500
    assert hq.faults() == []


def test_a_sale_of_before_the_run_that_comes_after_it_is_put_in_its_place(hq: HeadOffice) -> None:
    published(hq)
    till, late = hq.till(), hq.till()
    member = enrol_member(till)
    bought(till, member, 10_000, "2026-03-01")
    till.push()
    run(hq, "2026-04-05")
    tender = {"kind": "points", "minor": 60, "account_id": member.account_id, "points": 60}
    result = {"payable_minor": 5_000, "earned": 0, "to_follow": 0, "redeemed": 60, "because": []}
    body = {"tenders": [tender, {"kind": "cash", "minor": 4_940}], "result": result}
    sell(late, 5_000, member, body=body, basis={**BASIS, "programme": NAME}, at_ms=at_ms("2026-03-20"))
    late.push()
    account = till.rows("account")[member.account_id]
    assert (account["balance"], account["debt"]) == (0, 0)
    entries = [row.amount for row in hq.read(select(ENTRY).where(ENTRY.c.account_id == member.account_id))]
    assert sum(entries) == 0
    assert hq.faults() == []


def test_the_command_says_how_far_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "hq"
    assert main(["--lang", "en", "hq", "init", "--data", str(folder), "--store", "s027"]) == 0
    source = tmp_path / "members.csv"
    source.write_text("member_no,name,points,expires\n7,张,50,2026-01-01\n", encoding="utf-8")
    assert main(["--lang", "en", "hq", "import", "members", str(source), "--data", str(folder), "--store", "s027"]) == 0
    capsys.readouterr()
    assert main(["--lang", "en", "hq", "expire", "--data", str(folder), "--until", "2099-01-01"]) == 0
    assert "points have expired" in capsys.readouterr().out
    assert main(["--lang", "en", "hq", "expire", "--data", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["done"] == 0
    assert main(["--lang", "en", "hq", "expire", "--data", str(folder), "--until", "soon"]) != 0
