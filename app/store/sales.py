"""A sale as rows and back. What reports sum has columns; the rest is one JSON text, `detail`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgspec

from app.domain.sale import (
    Basket,
    Because,
    CouponUse,
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
    "INSERT INTO sale (n, event_id, receipt_no, at_ms, business_on, shift_id, staff_id, currency, member_id, card,"
    " found_by, gross_minor, payable_minor, given_minor, change_minor, cash_minor, card_minor, qr_minor, points_minor,"
    " stored_value_minor, gift_card_minor, earned, to_follow, redeemed, detail)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ADD_LINE: Final = "INSERT INTO sale_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
SALE: Final = (
    "SELECT n, event_id, receipt_no, at_ms, business_on, shift_id, staff_id, currency, member_id, card, found_by,"
    " payable_minor, given_minor, change_minor, earned, to_follow, redeemed, detail FROM sale WHERE n ="
    " (SELECT n FROM event WHERE event_id = ?)"
)
LINES: Final = (
    "SELECT unit_minor, qty, sku, name, category, brand, discount_minor, tax_minor FROM sale_line"
    " WHERE sale = ? ORDER BY line"
)
COLUMNS: Final = (
    TenderKind.CASH,
    TenderKind.CARD,
    TenderKind.QR,
    TenderKind.POINTS,
    TenderKind.STORED_VALUE,
    TenderKind.GIFT_CARD,
)
"""The order of the `…_minor` columns of tenders."""


@dataclass(frozen=True, slots=True)
class Detail:
    """The parts of a sale without columns of their own."""

    tenders: tuple[Tender, ...]
    order_discounts: tuple[OrderDiscount, ...] = ()
    coupons: tuple[str, ...] = ()
    rewards: tuple[RewardUse, ...] = ()
    asked: tuple[Tender, ...] = ()
    stamps: dict[str, int] = field(default_factory=dict)
    because: tuple[Because, ...] = ()
    used: tuple[CouponUse, ...] = ()
    code_step: int | None = None


_write_detail: Final = msgspec.json.Encoder(order="deterministic").encode
_read_detail: Final = msgspec.json.Decoder(Detail).decode


def add(db: Connection, sale: Sale, n: int) -> None:
    """Insert a sale with its lines; `n` is the key of its event."""
    basket, result = sale.basket, sale.result
    detail = Detail(
        sale.tenders,
        basket.order_discounts,
        basket.coupons,
        basket.rewards,
        basket.tenders,
        result.stamps,
        result.because,
        sale.coupons,
        sale.code_step,
    )
    paid = _by_kind(sale.tenders)
    db.execute(
        ADD_SALE,
        (
            n,
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
            *[paid[kind] for kind in COLUMNS],
            result.earned,
            result.to_follow,
            result.redeemed,
            _write_detail(detail).decode(),
        ),
    )
    db.executemany(
        ADD_LINE,
        [
            (
                n,
                place,
                line.sku,
                line.name,
                line.category,
                line.brand,
                line.qty,
                line.unit_minor,
                line.discount_minor,
                line.tax_minor,
            )
            for place, line in enumerate(basket.lines)
        ],
    )


def _by_kind(tenders: tuple[Tender, ...]) -> dict[TenderKind, int]:
    paid = dict.fromkeys(TenderKind, 0)
    for tender in tenders:
        if tender.minor is None:
            raise ValueError("a stored tender carries its amount")
        paid[tender.kind] += tender.minor
    return paid


def read(db: Connection, event_id: EventId) -> Sale | None:
    """The sale as it was stored; None when this till made none by that id."""
    row = db.execute(SALE, (event_id,)).fetchone()
    if row is None:
        return None
    detail = _read_detail(row[17])
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
        tenders=detail.tenders,
        result=SaleResult(row[11], row[14], row[15], row[16], detail.stamps, detail.because),
        given_minor=row[12],
        change_minor=row[13],
        member_id=None if row[8] is None else MemberId(row[8]),
        card=row[9],
        found_by=None if row[10] is None else FoundBy(row[10]),
        coupons=detail.used,
        code_step=detail.code_step,
    )
