"""Number blocks: a number somebody has already is in none that is lent (protocol.md, fine print 10)."""

from __future__ import annotations

from sync.hq.work.blocks import _used
from tests.support.head_office import HeadOffice
from tests.support.wire_client import new_id


def test_a_block_with_a_number_in_use_is_not_free(hq: HeadOffice) -> None:
    till = hq.till()
    salt_free = {"notice_version": 1, "consents": [], "home_store_id": "s027", "enrolled_on": "2026-01-05"}
    till.write(
        "enrolment",
        {"member_no": "123456789007", "card": "8812345678901", **salt_free,
         "accounts": [{"account_id": new_id(), "account_kind": "points"}], "pii_ref": new_id(), "pii_hash": "0" * 64},
        member_id=new_id(),
    )  # fmt: skip
    assert till.push().status == 200
    with hq.office.database.read() as connection:
        found = {
            (series, first): _used(connection, series, first)
            for series, first in (
                ("member", 123456789000), ("member", 123456788000), ("member", 123456790000),
                ("card", 881234567000), ("card", 881234568000),
            )
        }  # fmt: skip
    assert [place for place, used in found.items() if used] == [("member", 123456789000), ("card", 881234567000)]
