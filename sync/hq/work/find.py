"""What a cashier asks for by name: a member by card or phone, another store's sale by its receipt QR."""

from __future__ import annotations

import hmac
import logging
from hashlib import sha256

from sqlalchemy import select

from app import logs
from sync.hq import feed, meta
from sync.hq.docs import MemberDoc
from sync.hq.refused import ProblemError
from sync.hq.tables import MEMBER, STORE
from sync.hq.work import rows
from sync.hq.work.book import Book, Till
from sync.hq.work.context import join, rows_of
from sync.protocol.buckets import region_bucket, store_bucket
from sync.protocol.problems import Problem
from sync.protocol.shapes import FindRequest, ReceiptRequest, WireRow

FOUND_MAX = 20
MAC_DIGITS = 16
HOST = "member_host"


def find_members(book: Book, till: Till, request: FindRequest) -> list[WireRow]:
    """Rows of every exact match, each with its bucket; the members join the till's region. None: []."""
    members = _matches(book, request)
    joined = [join(book, member, till.region_id) for member in members]
    if book.changed:
        book.write()
        feed.publish(book.connection, rows.changes(book))
    logs.event("hq", "member_find", logging.INFO, till=till.till_id, found=len(joined))
    found: list[WireRow] = []
    for member in joined:
        ids = {"member": [member.id], **rows_of(book, member)}
        bucket = region_bucket(till.region_id, member.id)
        for kind in ("member", "card", "account", "coupon"):
            found += feed.live(book.connection, kind, ids[kind], [bucket])
    return found


def _matches(book: Book, request: FindRequest) -> list[MemberDoc]:
    if request.card is not None:
        card = book.card(request.card)
        ids = [card.member_id] if card is not None and card.member_id else []
    else:
        wanted = select(MEMBER.c.id).where(MEMBER.c.phone == request.phone).order_by(MEMBER.c.id).limit(FOUND_MAX)
        ids = list(book.connection.execute(wanted).scalars())
    found = {member.id: member for one in ids if (member := book.member(one)) is not None and not member.erased}
    return list(found.values())


def find_receipt(book: Book, request: ReceiptRequest) -> list[WireRow]:
    """The sale's lines, wherever it was made. ProblemError `not_found` for a wrong mac or an unknown sale."""
    sale = book.sale(request.event_id)
    if sale is None or sale.receipt_no != request.receipt_no:
        raise ProblemError(Problem.NOT_FOUND)
    connection = book.connection
    key = connection.execute(select(STORE.c.receipt_key).where(STORE.c.store_id == sale.store_id)).scalar_one()
    address = (
        f"https://{meta.value(connection, HOST)}/r/{request.receipt_no}"
        f"?e={request.event_id}&t={request.total_minor}&p={request.points}"
    )
    mac = hmac.new(bytes.fromhex(key), address.encode("utf-8"), sha256).hexdigest()[:MAC_DIGITS]
    if not hmac.compare_digest(mac, request.mac):
        raise ProblemError(Problem.NOT_FOUND)
    ids = [f"{sale.id}:{number}" for number in range(len(sale.lines))]
    return feed.live(connection, "sale_line", ids, [store_bucket(sale.store_id)])
