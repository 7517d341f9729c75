"""What head office has per customer after a replay, against what the file adds up to: purchases, cents, points."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from app.services.past_purchases import PastPurchase
from app.wiring.hq_folder import open_office
from sync.hq.docs import POINTS
from sync.hq.tables import ACCOUNT, ENTRY, MEMBER, SALE

POINTS_PER_DOLLAR: Final = 3
"""resources/programmes/replay.toml; the cents of a product are rounded down."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Sums of head office, and per customer that differs: `customer`, `file` and `head_office` as texts."""

    customers: int
    sales: int
    minor: int
    points: int
    differs: tuple[dict[str, str], ...]


def compare(head_office: Path, purchases: Sequence[PastPurchase]) -> Compared:
    """Read sales, ledger and accounts of head office and hold them against the file."""
    expected = _of_file(purchases)
    found = _of_head_office(head_office)
    differs = [
        {"customer": one, "file": _text(expected.get(one)), "head_office": _text(found.get(one))}
        for one in sorted(expected.keys() | found.keys())
        if expected.get(one, (0, 0, 0, 0)) != found.get(one, (0, 0, 0, 0))
    ]
    sums = [sum(one[place] for one in found.values()) for place in range(3)]
    return Compared(len(expected), sums[0], sums[1], sums[2], tuple(differs))


def _of_file(purchases: Sequence[PastPurchase]) -> dict[str, tuple[int, int, int, int]]:
    """customer -> purchases, cents, points of the ledger, points of the account."""
    sums: dict[str, Counter[str]] = {}
    for one in purchases:
        of = sums.setdefault(one.customer, Counter())
        of["sales"] += 1
        of["minor"] += one.minor
        of["points"] += one.minor * POINTS_PER_DOLLAR // 100
    return {customer: (of["sales"], of["minor"], of["points"], of["points"]) for customer, of in sums.items()}


def _of_head_office(folder: Path) -> dict[str, tuple[int, int, int, int]]:
    office = open_office(folder)
    sums: dict[str, Counter[str]] = {}
    try:
        with office.database.read() as db:
            numbers = {member_id: str(no) for member_id, no in db.execute(select(MEMBER.c.id, MEMBER.c.member_no))}
            for (doc,) in db.execute(select(SALE.c.doc)):
                sale = json.loads(doc)
                of = sums.setdefault(numbers.get(sale.get("member_id", ""), "?"), Counter())
                of["sales"] += 1
                of["minor"] += sale.get("total_minor", 0)
            posted = select(ENTRY.c.account_id, func.sum(ENTRY.c.amount)).group_by(ENTRY.c.account_id)
            ledger = {account_id: int(amount) for account_id, amount in db.execute(posted)}
            for account_id, member_id, doc in db.execute(select(ACCOUNT.c.id, ACCOUNT.c.member_id, ACCOUNT.c.doc)):
                account = json.loads(doc)
                if account["kind"] == POINTS:
                    of = sums.setdefault(numbers.get(member_id, "?"), Counter())
                    of["ledger"] += ledger.get(account_id, 0)
                    of["lots"] += sum(lot["amount"] for lot in (account.get("state") or {}).get("lots", []))
    finally:
        office.database.close()
    return {one: (of["sales"], of["minor"], of["ledger"], of["lots"]) for one, of in sums.items() if any(of.values())}


def _text(found: tuple[int, int, int, int] | None) -> str:
    sales, minor, points, lots = found or (0, 0, 0, 0)
    return f"{sales} / {minor // 100}.{minor % 100:02d} / {points} / {lots}"
