"""Rows and pages of the feed as head office would send them, for the till's store."""

from __future__ import annotations

from typing import Any

from app.domain.chain import canonical, row_hash
from app.services.sync_ports import EventResult, FeedPage, FeedRow, RowVersion

MEMBER = "01920000-0000-7000-8000-0000000000aa"
ACCOUNT = "01920000-0000-7000-8000-0000000000bb"
CARD = "8810000000004"
REGION = "region:sh:07"


def row(kind: str, row_id: str, ver: int, row_seq: int, **fields: Any) -> FeedRow:
    raw = canonical({"kind": kind, "id": row_id, "ver": ver, **fields})
    return FeedRow(kind, row_id, ver, row_seq, raw)


def gone(kind: str, row_id: str, ver: int, row_seq: int) -> FeedRow:
    """A tombstone."""
    return FeedRow(kind, row_id, ver, row_seq, None)


def member(ver: int = 1, row_seq: int = 1, name: str = "张小凡", row_id: str = MEMBER) -> FeedRow:
    return row(
        "member", row_id, ver, row_seq, member_no="900000000001", status="active", name=name, pinyin="Zhang xiao fan",
        phone="+8613800001234", tags=[], segments=[], consents={"service": True}, notice_version=1,
        home_store_id="s027", enrolled_on="2026-01-05",
    )  # fmt: skip


def card(ver: int = 1, row_seq: int = 2) -> FeedRow:
    return row(
        "card", "01920000-0000-7000-8000-0000000000cc", ver, row_seq, number=CARD, card_kind="plastic",
        member_id=MEMBER, status="active",
    )  # fmt: skip


def account(balance: int, ver: int = 1, row_seq: int = 3) -> FeedRow:
    return row(
        "account", ACCOUNT, ver, row_seq, account_kind="points", member_id=MEMBER, balance=balance, debt=0,
        available=balance, lots=[{"amount": balance, "earned_on": "2026-01-05"}] if balance else [], pending=[],
        to_follow=[], qualifying=0, counters={}, counters_on="2026-01-05", purchases=[],
    )  # fmt: skip


def checksum(*rows: FeedRow) -> str:
    """Of the live ones."""
    return f"{sum(int(row_hash(one.raw), 16) for one in rows if one.raw is not None) % (1 << 64):016x}"


def page(
    *rows: FeedRow,
    bucket: str = REGION,
    after: int = 0,
    live: tuple[FeedRow, ...] | None = None,
    last: bool = True,
    no: int = 1,
    replace: bool = False,
) -> FeedPage:
    """A page of rows; `live`: all rows head office holds in the bucket, those of the page unless named."""
    held = rows if live is None else live
    alive = tuple(one for one in held if one.raw is not None)
    return FeedPage(
        bucket=bucket,
        rows=rows,
        next_seq=max((one.row_seq for one in rows), default=after),
        first=after == 0,
        last=last,
        live_rows=len(alive),
        checksum=checksum(*alive),
        incarnation_no=no,
        replace=replace,
    )


def result(seq: int, ver: int | None, outcome: str = "applied", **more: Any) -> EventResult:
    """A result that names the account at `ver`, or no row at all."""
    rows = () if ver is None else (RowVersion("account", ACCOUNT, ver),)
    return EventResult(seq, outcome, rows, **more)
