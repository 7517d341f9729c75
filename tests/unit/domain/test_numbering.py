"""Receipt numbers, business days, and the signed address of a receipt."""

from __future__ import annotations

import hmac
from datetime import time
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest

from app.domain.numbering import ReceiptFacts, business_on, local_on, receipt_address, receipt_no
from app.ids import EventId

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOUR_IN_THE_MORNING = 1_796_500_800_000  # 2026-12-06 04:00 in Shanghai


def test_a_receipt_number_names_store_till_and_count() -> None:
    assert receipt_no("s027", "2", 331) == "S027-2-000331"
    assert receipt_no("s027", "2", 1_234_567) == "S027-2-1234567"


def test_receipts_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        receipt_no("s027", "2", 0)


def test_the_business_day_begins_when_the_programme_says() -> None:
    assert business_on(FOUR_IN_THE_MORNING, SHANGHAI, time(4)) == "2026-12-06"
    assert business_on(FOUR_IN_THE_MORNING - 1, SHANGHAI, time(4)) == "2026-12-05"
    assert local_on(FOUR_IN_THE_MORNING - 1, SHANGHAI) == "2026-12-06"


def test_the_address_is_signed_over_all_that_stands_before_the_mac() -> None:
    key = bytes(range(32))
    facts = ReceiptFacts("S027-2-000331", EventId("0192"), 25020, 300)
    before, _, mac = receipt_address("hui.example", key, facts).partition("&m=")
    assert before == "https://hui.example/r/S027-2-000331?e=0192&t=25020&p=300"
    assert mac == hmac.new(key, before.encode(), sha256).digest()[:8].hex()
