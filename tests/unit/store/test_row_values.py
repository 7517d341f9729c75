"""Rows of wire.md as the domain's values."""

from __future__ import annotations

from app.domain.member import MemberStatus
from app.store.rows import member_value, read_account, read_card, read_member

MEMBER = (
    '{"id":"m","ver":2,"member_no":"1","home_store_id":"s","enrolled_on":"2026-01-01","status":"%s",'
    '"pinyin":"zhang xiao fan","future":{"kept":1},"tags":["a"],"segments":[]}'
)
CARD = '{"number":"8800000000005","member_id":"m","status":"%s"}'
ACCOUNT = (
    '{"id":"a","ver":4,"balance":7,"lots":[{"amount":7,"earned_on":"2026-01-01"}],"counters":{"receipts":3},'
    '"counters_on":"2026-01-01","purchases":[{"at_ms":5,"store_id":"x","total_minor":1},'
    '{"at_ms":9,"store_id":"y","total_minor":2},{"at_ms":7,"store_id":"z","total_minor":3}]}'
)


def test_a_member_with_card_and_account_is_put_together() -> None:
    member = member_value(read_member(MEMBER % "active"), read_card(CARD % "active"), read_account(ACCOUNT), (30, 2))
    assert (member.status, member.initials, member.card) == (MemberStatus.ACTIVE, "ZXF", "8800000000005")
    assert (member.own_points, member.own_events) == (30, 2)
    assert member.account is not None
    assert (member.account.balance, member.account.counters) == (7, {"receipts": 3})
    assert (member.account.last_visit_ms, member.account.last_store_id) == (9, "y")


def test_a_blocked_card_blocks_who_shows_it() -> None:
    member = member_value(read_member(MEMBER % "active"), read_card(CARD % "blocked"), None, (0, 0))
    assert member.status is MemberStatus.BLOCKED


def test_a_blocked_card_of_a_merged_member_stays_merged() -> None:
    member = member_value(read_member(MEMBER % "merged"), read_card(CARD % "blocked"), None, (0, 0))
    assert member.status is MemberStatus.MERGED


def test_a_status_of_a_later_version_counts_as_restricted() -> None:
    member = member_value(read_member(MEMBER % "hibernating"), None, None, (0, 0))
    assert (member.status, member.card, member.account) == (MemberStatus.RESTRICTED, None, None)
