"""A sale as rows and back. Lines and tenders have columns; what no report sums is one JSON text, `detail`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

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
from app.ids import EventId, MemberId, ShiftId, StaffId
from app.store.connect import Connection

ADD_SALE: Final = (
    "INSERT INTO sale (event_id, receipt_no, at_ms, business_on, shift_id, staff_id, currency, member_id, card,"
    " found_by, gross_minor, payable_minor, given_minor, change_minor, earned, to_follow, redeemed, detail)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ADD_LINE: Final = "INSERT INTO sale_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
ADD_TENDER: Final = "INSERT INTO sale_tender VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
SALE: Final = (
    "SELECT n, event_id, receipt_no, at_ms, business_on, shift_id, staff_id, currency, member_id, card, found_by,"
    " payable_minor, given_minor, change_minor, earned, to_follow, redeemed, detail FROM sale WHERE event_id = ?"
)
LINES: Final = (
    "SELECT unit_minor, qty, sku, name, category, brand, discount_minor, tax_minor FROM sale_line"
    " WHERE sale = ? ORDER BY line"
)
TENDERS: Final = "SELECT kind, minor, points, account_id, card, ref FROM sale_tender WHERE sale = ? ORDER BY place"


@dataclass(frozen=True, slots=True)
class Detail:
    """The parts of a sale without columns of their own."""

    order_discounts: tuple[OrderDiscount, ...] = ()
    coupons: tuple[str, ...] = ()
    rewards: tuple[RewardUse, ...] = ()
    asked: tuple[Tender, ...] = ()
    stamps: dict[str, int] = field(default_factory=dict)
    because: tuple[Because, ...] = ()


_write_detail: Final = msgspec.json.Encoder(order="deterministic").encode
_read_detail: Final = msgspec.json.Decoder(Detail).decode


def add(db: Connection, sale: Sale) -> None:
    """Insert a sale with its lines and tenders."""
    basket, result = sale.basket, sale.result
    detail = Detail(
        basket.order_discounts, basket.coupons, basket.rewards, basket.tenders, result.stamps, result.because
    )
    row = db.execute(
        ADD_SALE,
        (
            sale.event_id,
            sale.receipt_no,
            sale.at_ms,
            sale.business_on,
            sale.shift_id,
            sale.staff_id,
            sale.currency,
            sale.member_id,
            sale.card,
            sale.found_by,
            basket.gross_minor,
            result.payable_minor,
            sale.given_minor,
            sale.change_minor,
            result.earned,
            result.to_follow,
            result.redeemed,
            _write_detail(detail).decode(),
        ),
    ).lastrowid
    for place, line in enumerate(basket.lines):
        db.execute(
            ADD_LINE,
            (
                row,
                place,
                line.sku,
                line.name,
                line.category,
                line.brand,
                line.qty,
                line.unit_minor,
                line.discount_minor,
                line.tax_minor,
            ),
        )
    for place, tender in enumerate(sale.tenders):
        if tender.minor is None:
            raise ValueError("a stored tender carries its amount")
        values = (tender.minor, tender.points, tender.account_id, tender.card, tender.ref)
        db.execute(ADD_TENDER, (row, place, tender.kind, *values))


def read(db: Connection, event_id: EventId) -> Sale | None:
    """The sale as it was stored; None when this till made none by that id."""
    row = db.execute(SALE, (event_id,)).fetchone()
    if row is None:
        return None
    detail = _read_detail(row[17])
    tenders = tuple(_tender(found) for found in db.execute(TENDERS, (row[0],)))
    return Sale(
        event_id=EventId(row[1]),
        receipt_no=row[2],
        at_ms=row[3],
        business_on=row[4],
        shift_id=ShiftId(row[5]),
        staff_id=StaffId(row[6]),
        currency=row[7],
        basket=Basket(
            tuple(Line(*found) for found in db.execute(LINES, (row[0],))),
            detail.order_discounts,
            detail.coupons,
            detail.rewards,
            detail.asked,
        ),
        tenders=tenders,
        result=SaleResult(row[11], row[14], row[15], row[16], detail.stamps, detail.because),
        given_minor=row[12],
        change_minor=row[13],
        member_id=None if row[8] is None else MemberId(row[8]),
        card=row[9],
        found_by=None if row[10] is None else FoundBy(row[10]),
    )


def _tender(row: Any) -> Tender:
    kind, minor, points, account_id, card, ref = row
    return Tender(TenderKind(kind), minor, points, account_id=account_id, card=card, ref=ref)
