"""Rows of an imported member: stable ids, canonical text, hashes, buckets."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.chain import canonical, row_hash
from app.domain.member import Lot
from app.services.import_members import ImportedMember, LastVisit
from app.store.member_rows import Versions, account_id_of, bucket_of, card_id_of, member_id_of, rows_of

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MEMBER = ImportedMember(
    line=2,
    member_no="M1",
    name="张小凡",
    phone="+8613816582719",
    card="8800000000005",
    birthday_on="1991-12-18",
    tier="gold",
    points=120,
    lots=(Lot(100, "2026-01-01", "2026-12-31"), Lot(20, "2026-02-01")),
    enrolled_on="2023-05-20",
    store="s027",
    status="active",
    tags=("敏感肌",),
    visit=LastVisit(1_790_000_000_000, "s001", 15_800),
    qualifying=5,
    next_tier="diamond",
)


def test_the_same_numbers_give_the_same_rows() -> None:
    assert rows_of(MEMBER, "sh") == rows_of(replace(MEMBER, line=99), "sh")


def test_ids_have_the_shape_of_uuid7_and_differ_by_kind_and_number() -> None:
    ids = [member_id_of("M1"), member_id_of("M2"), card_id_of("M1"), account_id_of("M1")]
    assert all(UUID7.fullmatch(one) for one in ids)
    assert len(set(ids)) == len(ids)


def test_a_corrected_date_of_enrolment_is_the_same_person() -> None:
    other = rows_of(replace(MEMBER, enrolled_on="2020-01-01"), "sh")
    assert other.member[0] == rows_of(MEMBER, "sh").member[0]


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
    st.integers(-(10**12), 10**12),
)
def test_every_row_is_canonical_text_with_its_hash(name: str, points: int) -> None:
    lots = (Lot(points, "2026-01-01"),) if points > 0 else ()
    rows = rows_of(replace(MEMBER, name=name, points=points, lots=lots), "sh")
    assert rows.card is not None
    for row_id, raw, h in (rows.member, rows.card, rows.account):
        assert canonical(json.loads(raw)) == raw
        assert h.hex() == row_hash(raw)
        assert json.loads(raw)["id"] == row_id


def test_what_is_unknown_is_absent() -> None:
    bare = replace(MEMBER, name="", phone="", card="", birthday_on="", tier="", visit=None, next_tier="", lots=())
    rows = rows_of(bare, "sh")
    member, account = json.loads(rows.member[1]), json.loads(rows.account[1])
    assert not {"name", "pinyin", "phone", "birthday_on"} & member.keys()
    assert not {"tier", "next_tier"} & account.keys()
    assert (rows.card, rows.number, rows.phone_back, rows.initials, rows.tokens) == (None, None, None, None, ())
    assert account["purchases"] == []


def test_a_negative_balance_is_debt_without_lots() -> None:
    account = json.loads(rows_of(replace(MEMBER, points=-50, lots=()), "sh").account[1])
    assert (account["balance"], account["debt"], account["available"], account["lots"]) == (-50, 50, 0, [])


def test_versions_are_part_of_the_text() -> None:
    rows = rows_of(MEMBER, "sh", Versions(member=3, card=1, account=7))
    assert json.loads(rows.member[1])["ver"] == 3
    assert json.loads(rows.account[1])["ver"] == 7


def test_a_member_s_bucket_is_its_region_and_two_digits() -> None:
    bucket = bucket_of("sh", member_id_of("M1"))
    assert re.fullmatch(r"region:sh:(?:[0-5]\d|6[0-3])", bucket)
