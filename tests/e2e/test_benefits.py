"""Coupons, rewards and stamps at tills of real processes: head office applies them exactly, their rows come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.failpoints import Failpoint
from tests.support import benefits
from tests.support.benefits import PHONE, account, coupons, member_at, rows
from tests.support.chain_of_tills import RunningTill, Served, at_work, enrolled, outbox
from tests.support.matrix import places


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "hq").make()
    served.start()
    benefits.publish(served, tmp_path)
    yield served
    served.kill()


@pytest.fixture
def till(office: Served, tmp_path: Path) -> Iterator[RunningTill]:
    """A till with a member of 1,000 points and a coupon of ¥10 from ¥50."""
    with at_work(tmp_path / "a", office, phone=PHONE) as till:
        till.do(do="find", text=PHONE, pick=0)
        till.do(do="line", unit_minor=100_000, name="gift card")
        till.do(do="pay")
        till.synced()
        yield till


def agree(office: Served, till: RunningTill) -> None:
    """Nothing waits, and head office finds nothing to say."""
    till.stop()
    assert outbox(till.data) == 0
    office.verify()
    assert office.differences(till.data) == []


def test_a_coupon_is_held_used_once_and_comes_back_with_all_the_goods(office: Served, till: RunningTill) -> None:
    member_at(till)
    till.do(do="amount", amount="30.00")
    coupon = coupons(till)[0]
    assert not coupon["fits"]
    assert till.ask(do="take", id=coupon["id"])["code"] == "coupon_conditions"
    till.do(do="amount", amount="40.00")
    assert till.do(do="take", id=coupon["id"])["payable_minor"] == 6_000
    sold = till.do(do="pay")
    assert (sold["payable_minor"], sold["earned"]) == (6_000, 60)
    member_at(till)
    assert coupon["id"] not in [one["id"] for one in coupons(till)]
    till.synced()
    assert [one["state"] for one in rows(office, "coupon") if one["id"] == coupon["id"]] == ["used"]
    member_at(till)
    assert coupon["id"] not in [one["id"] for one in coupons(till)]
    till.do(do="return", receipt=sold["receipt_no"], lines=[{"line": 0, "qty": 1}])
    till.do(do="return", receipt=sold["receipt_no"])
    member_at(till)
    assert coupon["id"] in [one["id"] for one in coupons(till)]
    till.synced()
    assert [one["state"] for one in rows(office, "coupon") if one["id"] == coupon["id"]] == ["open"]
    member_at(till)
    assert coupon["id"] in [one["id"] for one in coupons(till)]
    agree(office, till)


def test_one_coupon_is_for_one_till_at_a_time(office: Served, till: RunningTill, tmp_path: Path) -> None:
    other = enrolled(tmp_path / "b", office).start()
    other.synced()
    for one in (till, other):
        member_at(one)
        one.do(do="amount", amount="60.00")
    name = coupons(till)[0]["id"]
    till.do(do="take", id=name)
    assert other.ask(do="take", id=name)["code"] == "coupon_refused"
    till.do(do="leave", id=name)
    assert other.do(do="take", id=name)["payable_minor"] == 5_000
    other.do(do="pay")
    till.do(do="pay")
    for one in (till, other, till):
        one.synced()
    other.stop()
    agree(office, till)


def test_without_head_office_no_coupon_is_used_and_the_sale_goes_on(office: Served, till: RunningTill) -> None:
    member_at(till)
    till.do(do="amount", amount="60.00")
    name = coupons(till)[0]["id"]
    office.kill()
    assert till.ask(do="take", id=name)["code"] in ("coupon_offline", "coupon_unanswered")
    assert till.do(do="pay")["payable_minor"] == 6_000
    office.start()
    till.synced()
    assert till.do(do="status")["holds"] == 0
    agree(office, till)


def test_a_reward_costs_points_that_were_held_and_gives_what_it_says(office: Served, till: RunningTill) -> None:
    before = account(office, "points")
    assert before is not None
    member_at(till)
    till.do(do="amount", amount="45.00")
    assert till.do(do="take", kind="reward", id="five")["payable_minor"] == 4_000
    till.do(do="take", kind="reward", id="voucher")
    held = account(office, "points")
    assert held is not None
    assert (held["balance"], held["available"]) == (before["balance"], before["balance"] - 500)
    sold = till.do(do="pay")
    assert (sold["payable_minor"], sold["points_used"], sold["earned"]) == (4_000, 500, 40)
    till.synced()
    after = account(office, "points")
    assert after is not None
    assert after["balance"] == after["available"] == before["balance"] - 500 + 40
    assert len(rows(office, "coupon")) == 2 + 8  # two gifts, eight full stamp cards of the first sale
    agree(office, till)


def test_stamps_are_counted_here_and_a_full_card_pays_out_at_head_office(office: Served, till: RunningTill) -> None:
    first = account(office, "stamps")
    assert first is not None
    assert first["balance"] == 25 % 3
    held = len(rows(office, "coupon"))
    member_at(till)
    till.do(do="amount", amount="85.00")
    sold = till.do(do="pay")
    till.synced()
    stamps = account(office, "stamps")
    assert stamps is not None
    assert (stamps["balance"], len(rows(office, "coupon"))) == (0, held + 1)
    till.do(do="return", receipt=sold["receipt_no"])
    till.synced()
    agree(office, till)


@pytest.mark.parametrize("place", places("hold.", "sale."), ids=str)
def test_a_till_killed_anywhere_around_a_coupon_keeps_it_away_from_nobody(
    place: Failpoint, office: Served, till: RunningTill, record_property: Callable[[str, object], None]
) -> None:
    record_property("kill matrix", place.value)
    till.stop()
    till.start({"GUITAI_FAILPOINT": place.value})
    till.synced()
    member_at(till)
    till.do(do="amount", amount="60.00")
    name = coupons(till)[0]["id"]
    till.last_words({"do": "take", "id": name}, {"do": "leave", "id": name}, {"do": "take", "id": name}, {"do": "pay"})
    till.start()
    till.synced()
    assert till.do(do="status")["holds"] == 0
    (state,) = [one["state"] for one in rows(office, "coupon") if one["id"] == name]
    sold = place.value in ("sale.after_commit", "sale.after_done")
    assert state == ("used" if sold else "open")
    assert office.read("SELECT count(*) FROM hold WHERE state = 'open'") == [(0,)]
    agree(office, till)


def stored(till: RunningTill) -> int:
    member_at(till)
    shown: int = till.do(do="tray")["stored_minor"]
    return shown


def test_stored_value_is_paid_in_spent_kept_and_given_back(office: Served, till: RunningTill) -> None:
    office.kill()
    member_at(till)
    assert till.do(do="top_up", minor=20_000, kind="cash")["stored_minor"] == 20_000
    assert stored(till) == 20_000
    office.start()
    till.synced()
    there = account(office, "stored_value")
    assert there is not None
    assert (there["balance"], stored(till)) == (20_000, 20_000)
    till.do(do="amount", amount="30.00")
    till.do(do="stored_value", minor=1_000)
    sold = till.do(do="pay", tenders=[{"kind": "cash", "minor": 5_000}], keep_change=True)
    assert sold["change_minor"] == 3_000
    assert stored(till) == 22_000
    till.synced()
    after = account(office, "stored_value")
    assert after is not None
    assert (after["balance"], after["available"], stored(till)) == (22_000, 22_000, 22_000)
    till.do(do="return", receipt=sold["receipt_no"])
    assert stored(till) == 23_000
    till.synced()
    last = account(office, "stored_value")
    assert last is not None
    assert (last["balance"], stored(till)) == (23_000, 23_000)
    agree(office, till)


def test_two_tills_without_network_open_the_same_account(office: Served, till: RunningTill, tmp_path: Path) -> None:
    other = enrolled(tmp_path / "b", office).start()
    other.synced()
    office.kill()
    for one in (till, other):
        member_at(one)
        one.do(do="top_up", minor=5_000)
    office.start()
    for one in (till, other, till):
        one.synced()
    assert [one["balance"] for one in rows(office, "account") if one["account_kind"] == "stored_value"] == [10_000]
    assert stored(till) == stored(other) == 10_000
    other.stop()
    agree(office, till)


@pytest.mark.parametrize("place", places("topup."), ids=str)
def test_a_top_up_is_whole_or_absent(
    place: Failpoint, office: Served, till: RunningTill, record_property: Callable[[str, object], None]
) -> None:
    record_property("kill matrix", place.value)
    till.stop()
    till.start({"GUITAI_FAILPOINT": place.value})
    member_at(till)
    till.last_words({"do": "top_up", "minor": 5_000})
    till.start()
    till.synced()
    expected = 5_000 if place is Failpoint.TOPUP_AFTER_COMMIT else 0
    assert stored(till) == expected
    there = account(office, "stored_value")
    assert (there["balance"] if there else 0) == expected
    agree(office, till)
