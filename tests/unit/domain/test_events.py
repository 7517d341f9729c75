"""Every event this till writes, byte for byte as wire.md has it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.chain import HASH_ZERO, PII_BYTES_MAX, RAW_BYTES_MAX, Link, canonical, event_hash, pii_hash
from app.domain.consent import Consent, Purpose
from app.domain.events import (
    Basis,
    ClockOffset,
    Fact,
    Measured,
    NewMember,
    attachment,
    basis_of,
    enrolment_fact,
    sale_fact,
    seal,
    shift_open_fact,
)
from app.domain.sale import (
    Basket,
    Because,
    FoundBy,
    Line,
    OrderDiscount,
    RewardUse,
    Sale,
    SaleResult,
    Tender,
    TenderKind,
)
from app.domain.shift import Shift
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId

HEAD = Link(1, 6, HASH_ZERO)
AT_MS = 1_796_538_780_000
SALE = Sale(
    event_id=EventId("01a24a0e-4960-7fdc-8685-66e6e93905cb"),
    receipt_no="S027-2-000331",
    at_ms=AT_MS,
    business_on="2026-12-06",
    shift_id=ShiftId("01a24a0e-4960-7b0d-bf14-b33abc34d27d"),
    staff_id=StaffId("0190aaaa-0000-7000-8000-000000000271"),
    currency="CNY",
    basket=Basket(
        (Line(4990, 2, "M-1001", "玻尿酸补水面膜 5 片装", "skin", "花间", tax_minor=1148), Line(1200)),
    ),
    tenders=(Tender(TenderKind.QR, 11180, ref="7"),),
    result=SaleResult(11180, earned=133, because=(Because("base", 99, 0), Because("base", 12, 1), Because("gold", 22))),
    given_minor=11180,
    change_minor=0,
    member_id=MemberId("0190bbbb-0000-7000-8000-000000000001"),
    card="8800000025093",
    found_by=FoundBy.CARD,
)
BASIS = Basis("huajian:1", account_ver=7, tier="gold", tags=("vip",), segments=("loyal",), counters={"receipts": 4})
GOLDEN_SALE = (
    '{"at_ms":1796538780000,"basis":{"account_ver":7,"counters":{"receipts":4},"programme":"huajian:1",'
    '"segments":["loyal"],"tags":["vip"],"tier":"gold"},"body":{"business_on":"2026-12-06","currency":"CNY",'
    '"found_by":"card","lines":[{"brand":"花间","category":"skin","discount_minor":0,"name":"玻尿酸补水面膜 5 片装",'
    '"qty":2,"sku":"M-1001","tax_minor":1148,"unit_minor":4990},{"discount_minor":0,"qty":1,"tax_minor":0,'
    '"unit_minor":1200}],"receipt_no":"S027-2-000331","result":{"because":[{"line":0,"points":99,"rule":"base"},'
    '{"line":1,"points":12,"rule":"base"},{"points":22,"rule":"gold"}],"earned":133,"payable_minor":11180,'
    '"redeemed":0,"to_follow":0},"shift_id":"01a24a0e-4960-7b0d-bf14-b33abc34d27d",'
    '"staff_id":"0190aaaa-0000-7000-8000-000000000271","tenders":[{"kind":"qr","minor":11180,"ref":"7"}]},'
    '"event_id":"01a24a0e-4960-7fdc-8685-66e6e93905cb","member_id":"0190bbbb-0000-7000-8000-000000000001",'
    '"offset_age_s":-1,"offset_ms":0,"schema":1,"seq":7,"type":"sale"}'
)
MEMBER = NewMember(
    MemberId("0190bbbb-0000-7000-8000-000000000099"),
    AccountId("0190cccc-0000-7000-8000-000000000099"),
    "200000000001",
    "8800770000011",
    "s027",
    "2026-12-06",
    StaffId("0190aaaa-0000-7000-8000-000000000271"),
)
PERSONAL = attachment("0190dddd-0000-7000-8000-000000000001", bytes(32), {"name": "王小明", "phone": "+8613912345678"})
GOLDEN_ENROLMENT = (
    '{"at_ms":1796538780000,"body":{"accounts":[{"account_id":"0190cccc-0000-7000-8000-000000000099",'
    '"account_kind":"points"}],"card":"8800770000011","consents":[{"given":true,"purpose":"service"},'
    '{"given":false,"purpose":"marketing"}],"enrolled_on":"2026-12-06","home_store_id":"s027",'
    '"member_no":"200000000001","notice_version":3,"pii_hash":"'
    + pii_hash("00" * 32, '{"name":"王小明","phone":"+8613912345678"}')
    + '","pii_ref":"0190dddd-0000-7000-8000-000000000001","staff_id":"0190aaaa-0000-7000-8000-000000000271"},'
    '"event_id":"01a24a0e-4960-718e-9110-fb6b15d73d06","member_id":"0190bbbb-0000-7000-8000-000000000099",'
    '"offset_age_s":-1,"offset_ms":0,"schema":1,"seq":7,"type":"enrolment"}'
)
GOLDEN_SHIFT = (
    '{"at_ms":1796538780000,"body":{"float_minor":50000,"shift_id":"01a24a0e-4960-7b0d-bf14-b33abc34d27d",'
    '"staff_id":"0190aaaa-0000-7000-8000-000000000271","z_no":12},"event_id":"01a24a0e-4960-7000-8000-000000000001",'
    '"offset_age_s":-1,"offset_ms":0,"schema":1,"seq":7,"type":"shift_open"}'
)


def enrolment() -> Fact:
    consents = (Consent(Purpose.SERVICE, True), Consent(Purpose.MARKETING, False))
    event_id = EventId("01a24a0e-4960-718e-9110-fb6b15d73d06")
    return enrolment_fact(event_id, AT_MS, MEMBER, consents=consents, notice=3, personal=PERSONAL)


def test_a_sale_is_these_bytes() -> None:
    event = seal(sale_fact(SALE, BASIS), HEAD)
    assert event.raw == GOLDEN_SALE
    assert (event.epoch, event.seq, event.type, event.at_ms) == (1, 7, "sale", AT_MS)
    assert event.hash == event_hash(HASH_ZERO, GOLDEN_SALE)


def test_an_enrolment_is_these_bytes() -> None:
    assert seal(enrolment(), HEAD).raw == GOLDEN_ENROLMENT


def test_a_shift_opening_is_these_bytes() -> None:
    shift = Shift(SALE.shift_id, 12, SALE.staff_id, AT_MS, 50000)
    assert seal(shift_open_fact(EventId("01a24a0e-4960-7000-8000-000000000001"), shift), HEAD).raw == GOLDEN_SHIFT


def test_a_sale_to_an_unknown_card_names_the_card_and_no_member() -> None:
    raw = json.loads(seal(sale_fact(replace(SALE, member_id=None), Basis("huajian:1")), HEAD).raw)
    assert raw["card"] == "8800000025093"
    assert "member_id" not in raw


def test_an_anonymous_sale_names_nobody() -> None:
    sale = replace(SALE, member_id=None, card=None, found_by=None)
    raw = json.loads(seal(sale_fact(sale, Basis("huajian:1")), HEAD).raw)
    assert not {"card", "member_id"} & raw.keys()
    assert "found_by" not in raw["body"]
    assert raw["basis"] == {"programme": "huajian:1", "tags": [], "segments": [], "counters": {}}


def test_discounts_rewards_and_stamps_are_written_where_there_are_some() -> None:
    basket = replace(
        SALE.basket,
        order_discounts=(
            OrderDiscount(percent="10", categories=frozenset({"skin", "body"})),
            OrderDiscount(minor=500),
        ),
        rewards=(RewardUse("ten-percent"), RewardUse("cup", units=2)),
    )
    sale = replace(SALE, basket=basket, result=replace(SALE.result, stamps={"summer": 2}))
    body = json.loads(seal(sale_fact(sale, BASIS), HEAD).raw)["body"]
    assert body["order_discounts"] == [{"percent": "10", "categories": ["body", "skin"]}, {"minor": 500}]
    assert body["rewards"] == [{"id": "ten-percent", "times": 1}, {"id": "cup", "times": 1, "units": 2}]
    assert body["result"]["stamps"] == {"summer": 2}


def test_a_tender_without_its_amount_is_no_finished_sale() -> None:
    with pytest.raises(ValueError, match="amount"):
        sale_fact(replace(SALE, tenders=(Tender(TenderKind.CASH),)), BASIS)


def test_personal_data_is_never_in_the_hashed_bytes() -> None:
    event = seal(enrolment(), HEAD)
    assert event.attachments == (PERSONAL,)
    assert "王小明" not in event.raw
    assert "13912345678" not in event.raw
    assert pii_hash(PERSONAL.salt, PERSONAL.pii) in event.raw


def test_an_attachment_holds_only_fields_of_the_protocol() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        attachment("ref", bytes(32), {"shoe_size": "42"})


def test_an_attachment_needs_a_whole_salt_and_has_a_limit() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        attachment("ref", bytes(31), {"name": "王"})
    with pytest.raises(ValueError, match="above"):
        attachment("ref", bytes(32), {"note": "x" * PII_BYTES_MAX})


def test_an_event_above_its_limit_is_never_sealed() -> None:
    with pytest.raises(ValueError, match="above"):
        seal(Fact(EventId("e"), "sale", 1, {"note": "x" * RAW_BYTES_MAX}), HEAD)


@given(st.integers(1, 200), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_basket_within_its_limits_fits_one_event(lines: int, name: str) -> None:
    line = Line(9_999_999, 9_999, "S" * 40, name, "c" * 20, "b" * 20)
    result = replace(SALE.result, because=tuple(Because("rule", 1, number) for number in range(lines)))
    event = seal(sale_fact(replace(SALE, basket=Basket((line,) * lines), result=result), BASIS), HEAD)
    assert canonical(json.loads(event.raw)) == event.raw


@pytest.mark.parametrize(("now_ms", "age_s"), [(65_999, 5), (60_000, 0), (1_000, 0)])
def test_a_measurement_grows_old_and_never_negative(now_ms: int, age_s: int) -> None:
    assert Measured(-300, 60_000).seen_at(now_ms) == ClockOffset(-300, age_s)


def test_a_basis_is_read_back_as_it_was_written() -> None:
    known = Basis("p:1", 7, "gold", ("vip",), ("new",), {"receipts": 3})
    event = seal(sale_fact(SALE, known), HEAD)
    assert basis_of(json.loads(event.raw)) == known
    assert basis_of({"event_id": "x"}) is None
