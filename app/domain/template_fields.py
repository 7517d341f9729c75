"""What each paper of the till can say: the fields of its template and what they are. docs/receipts.md lists them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.template import Format, PaperKind


class FieldKind(StrEnum):
    """What a field is; `FORMATS` says how it can be written."""

    TEXT = "text"
    COUNT = "number"
    MONEY = "money"
    DAY = "day"
    MOMENT = "date and time"
    FLAG = "yes or no"


TEXT, COUNT, MONEY, DAY, MOMENT, FLAG = FieldKind

Fields = Mapping[str, FieldKind]
AllFields = Mapping[str, FieldKind | Fields]

FORMATS: Mapping[FieldKind, tuple[Format, ...]] = {
    TEXT: (Format.PLAIN,),
    COUNT: (Format.PLAIN, Format.SIGNED),
    MONEY: (Format.MONEY, Format.CURRENCY),
    DAY: (Format.PLAIN,),
    MOMENT: (Format.PLAIN, Format.DAY, Format.TIME),
    FLAG: (),
}

EVERYWHERE: Fields = {
    "brand": TEXT,
    "store": TEXT,
    "till_no": TEXT,
    "address": TEXT,
    "staff": TEXT,
    "staff_no": TEXT,
    "at": MOMENT,
    "offline": FLAG,
}
CUSTOMER: Fields = {"member": TEXT, "tier": TEXT, "card_tail": TEXT}
POINTS: Fields = {"before": COUNT, "now": COUNT}
GOODS: Fields = {"name": TEXT, "qty": COUNT, "unit": MONEY, "amount": MONEY}
AMOUNTS: Fields = {"name": TEXT, "amount": MONEY}
SALE: AllFields = {
    "receipt_no": TEXT,
    "goods": GOODS,
    "pieces": COUNT,
    "gross": MONEY,
    "discount": MONEY,
    "coupons": AMOUNTS,
    "rewards": {"name": TEXT, "points": COUNT, "amount": MONEY},
    "points_paid": COUNT,
    "points_worth": MONEY,
    "due": MONEY,
    "tenders": AMOUNTS,
    "given": MONEY,
    "change": MONEY,
    "change_kept": FLAG,
    "stored_now": MONEY,
    "known": FLAG,
    "merging": FLAG,
    "spent": COUNT,
    "earned": COUNT,
    "factor": TEXT,
    "because": {"name": TEXT, "points": COUNT},
    "usable_from": DAY,
    "to_follow": COUNT,
    "stamps": {"name": TEXT, "gained": COUNT, "coupon": TEXT, "count": COUNT, "goal": COUNT},
    "valid_until": DAY,
    "expiring": COUNT,
    "expiring_on": TEXT,
    "next_amount": MONEY,
    "next_tier": TEXT,
    "link": TEXT,
    "closing": TEXT,
    "return_days": COUNT,
}
RETURN: AllFields = {
    "receipt_no": TEXT,
    "of": TEXT,
    "undo": FLAG,
    "goods": GOODS,
    "typed": {"line": COUNT, "qty": COUNT, "amount": MONEY},
    "refund": MONEY,
    "tenders": AMOUNTS,
    "known": FLAG,
    "reversed": COUNT,
    "restored": COUNT,
    "points_follow": FLAG,
}
TOPUP: AllFields = {
    "receipt_no": TEXT,
    "amount": MONEY,
    "tenders": AMOUNTS,
    "bonus": MONEY,
    "stored_before": MONEY,
    "stored_now": MONEY,
}
SHIFT: AllFields = {
    "z_no": TEXT,
    "business_on": TEXT,
    "opened": MOMENT,
    "sales": COUNT,
    "member_sales": COUNT,
    "gross": MONEY,
    "discount": MONEY,
    "net": MONEY,
    "returns": COUNT,
    "refunded": MONEY,
    "undone": COUNT,
    "enrolments": COUNT,
    "issued": COUNT,
    "redeemed": COUNT,
    "tenders": {"name": TEXT, "sold": MONEY, "topped_up": MONEY, "refunded": MONEY},
    "float": MONEY,
    "moves": AMOUNTS,
    "no_sales": COUNT,
    "expected": AMOUNTS,
    "counted": AMOUNTS,
    "differences": AMOUNTS,
}
DAY_FIELDS: AllFields = {
    "whole_store": FLAG,
    "business_on": TEXT,
    "net": MONEY,
    "sales": COUNT,
    "member_percent": COUNT,
    "returns": COUNT,
    "enrolments": COUNT,
    "issued": COUNT,
    "redeemed": COUNT,
    "hours": AMOUNTS,
}
REASON: Fields = {"reason": TEXT, "approved_by": TEXT}

FIELDS: Mapping[PaperKind, AllFields] = {
    PaperKind.SALE: {**EVERYWHERE, **CUSTOMER, **POINTS, **SALE},
    PaperKind.RETURN: {**EVERYWHERE, **CUSTOMER, **POINTS, **RETURN},
    PaperKind.ENROLMENT: {**EVERYWHERE, "member": TEXT, "card": TEXT},
    PaperKind.TOPUP: {**EVERYWHERE, **CUSTOMER, **TOPUP},
    PaperKind.SHIFT: {**EVERYWHERE, **SHIFT},
    PaperKind.CASH: {**EVERYWHERE, **REASON, "title": TEXT, "amount": MONEY},
    PaperKind.CORRECTION: {**EVERYWHERE, **CUSTOMER, **POINTS, **REASON, "coupon": TEXT, "posted": COUNT},
    PaperKind.DAY: {**EVERYWHERE, **DAY_FIELDS},
}
