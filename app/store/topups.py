"""Money paid into stored value as rows. Called inside the transactions of TillTransaction."""

from __future__ import annotations

from typing import Final

from app.domain.sale import TenderKind
from app.domain.spending import Topup
from app.store.connect import Connection

ADD: Final = "INSERT INTO topup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
COLUMNS: Final = (TenderKind.CASH, TenderKind.CARD, TenderKind.QR)
"""The order of the `…_minor` columns of ways to pay."""


def add(db: Connection, topup: Topup, n: int) -> None:
    """What was paid in; `n` is the key of its event."""
    paid = [sum(one.minor or 0 for one in topup.tenders if one.kind is kind) for kind in COLUMNS]
    place = (n, topup.event_id, topup.receipt_no, topup.at_ms, topup.business_on, topup.shift_id, topup.staff_id)
    money = (topup.member_id, topup.account_id, topup.minor, topup.bonus_minor)
    db.execute(ADD, (*place, *money, *paid, topup.source.value, topup.of))
