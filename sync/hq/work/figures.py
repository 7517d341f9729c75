"""Figures of a store's day: counted with every sale, return and enrolment as it arrives."""

from __future__ import annotations

from typing import cast

from app.domain.chain import INT_MAX, Json
from sync.hq.docs import DayDoc
from sync.hq.feed import Change
from sync.hq.work.book import Book, with_
from sync.hq.work.context import Context
from sync.hq.work.moments import moment_of
from sync.protocol.buckets import store_bucket
from sync.protocol.facts import PointsRedeem, Sale, SaleReturn


def count_sale(context: Context, body: Sale, by_member: bool) -> None:
    """Add a sale to its business day."""
    day, hour = _day(context, body.business_on), _hour(context)
    hours = tuple(minor + (body.result.payable_minor if hour == one else 0) for one, minor in enumerate(day.hours))
    gross = sum(line.qty * line.unit_minor for line in body.lines)
    _keep(context, with_(
        day,
        sales=day.sales + 1,
        gross_minor=day.gross_minor + gross,
        net_minor=day.net_minor + body.result.payable_minor,
        members=day.members + by_member,
        points_issued=day.points_issued + body.result.earned,
        points_redeemed=day.points_redeemed + body.result.redeemed,
        hours=hours,
    ))  # fmt: skip


def count_return(context: Context, body: SaleReturn) -> None:
    """Take a return off its business day."""
    count_refund(context, body.business_on, body.result.refund_minor)


def count_refund(context: Context, on: str, refund_minor: int) -> None:
    """Take a return of so much money off a day."""
    day = _day(context, on)
    _keep(context, with_(day, returns=day.returns + 1, net_minor=day.net_minor - refund_minor))


def count_redeem(context: Context, body: PointsRedeem) -> None:
    day = _day(context, _local_on(context))
    _keep(context, with_(day, points_redeemed=day.points_redeemed + body.points))


def count_enrolment(context: Context, on: str) -> None:
    day = _day(context, on)
    _keep(context, with_(day, enrolments=day.enrolments + 1))


def count_expired(book: Book, store_id: str, on: str, points: int) -> None:
    """Points that ended on a day, at the store of their member."""
    day = _of_store(book, store_id, on)
    _show(book, with_(day, points_expired=day.points_expired + points))


def _day(context: Context, on: str) -> DayDoc:
    return _of_store(context.book, context.till.store_id, on)


def _of_store(book: Book, store_id: str, on: str) -> DayDoc:
    key = f"{store_id}/{on}"
    found = cast("DayDoc | None", book.get("day", key))
    return found or DayDoc(id=key, store_id=store_id, on=on)


def _keep(context: Context, day: DayDoc) -> None:
    _show(context.book, day)


def _show(book: Book, day: DayDoc) -> None:
    book.put("day", day)
    fields: dict[str, Json] = {
        "sales": day.sales,
        "returns": day.returns,
        "gross_minor": _int(day.gross_minor),
        "net_minor": _int(day.net_minor),
        "members": day.members,
        "enrolments": day.enrolments,
        "points_issued": _int(day.points_issued),
        "points_redeemed": _int(day.points_redeemed),
        "points_expired": _int(day.points_expired),
        "by_hour": [_int(minor) for minor in day.hours],
    }
    book.show(Change(store_bucket(day.store_id), "day_figures", day.on, fields))


def _int(sum_: int) -> int:
    """A sum as the wire can say it: nonsense that adds up beyond 2⁵³ must not stop the store's honest sales."""
    return max(-INT_MAX, min(INT_MAX, sum_))


def _hour(context: Context) -> int:
    return moment_of(context.at_ms, context.programme().zone).hour


def _local_on(context: Context) -> str:
    return moment_of(context.at_ms, context.programme().zone).date().isoformat()
