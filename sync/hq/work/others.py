"""Applies the rest: corrections by hand, stored value, coupons, holds given up, PINs, keys; and what is only kept."""

from __future__ import annotations

import base64
import binascii
import json

from sqlalchemy import select, update

from app.domain.programme import coupons
from sync.hq.docs import POINTS, STAMPS, HoldDoc
from sync.hq.feed import Change
from sync.hq.tables import ROW, STREAM
from sync.hq.work.book import with_
from sync.hq.work.context import Context
from sync.hq.work.parked import ParkedError
from sync.hq.work.points import approved, change_amount, keep, not_held, owner, post_event, stored_value
from sync.protocol.buckets import store_bucket
from sync.protocol.facts import (
    Adjustment,
    CouponIssue,
    Fact,
    GrantReturned,
    HoldReleased,
    KeyRotation,
    StaffPin,
    Topup,
)
from sync.protocol.signing import identity_proof, verifies


def apply_adjustment(context: Context, body: Adjustment) -> None:
    """Post an amount by hand; a negative one beyond the balance is an overdraft. ParkedError `bad_body` where nobody
    else has approved it."""
    approved(body.approval, by=body.staff_id)
    doc = context.account(body.account_id)
    member = owner(context, doc)
    if doc.kind == STAMPS and member is not None and POINTS in member.accounts:
        doc = context.points_account(member)  # stamps are counted there, where a full card pays out
    if doc.state is None or member is None:
        change_amount(context, doc, body.amount)
        return
    keep(context, doc, post_event(context, doc, member)[0])


def apply_topup(context: Context, body: Topup) -> None:
    context.member()
    change_amount(context, stored_value(context, body.account_id), body.minor + body.bonus_minor)


def apply_coupon_issue(context: Context, body: CouponIssue) -> None:
    """A coupon by hand, of a type of the programme then valid. ParkedError `bad_body` where it knows none such, or
    where nobody else has approved it."""
    approved(body.approval, by=body.staff_id)
    member = context.member()
    if member is None:
        raise ParkedError("bad_event")
    doc = context.points_account(member)
    if doc.state is None or coupons.coupon_type(context.programme(), body.type) is None:
        raise ParkedError("bad_body")
    keep(context, doc, post_event(context, doc, member)[0])


def apply_hold_released(context: Context, body: HoldReleased) -> None:
    """Fine print 8: an id never seen is closed for good; another till's closes nothing."""
    hold = context.book.hold(body.hold_id)
    till = context.till
    if hold is None:
        closed = HoldDoc(
            id=body.hold_id, till_id=till.till_id, epoch=till.epoch, points=0, state="released",
            made_ms=context.book.settings.now_ms,
        )  # fmt: skip
        context.book.put("hold", closed)
        return
    if hold.till_id != till.till_id:
        context.codes.add("hold_missing")
        return
    if hold.state == "open":
        context.book.put("hold", with_(hold, state="released", released=hold.points))
        doc = context.book.account(hold.account_id) if hold.account_id else None
        if doc is not None:
            context.book.put("account", not_held(doc, hold.points))


def apply_grant_returned(context: Context, _: GrantReturned) -> None:
    """No grant was lent yet, so none can come back."""
    context.codes.add("grant_missing")


def apply_staff_pin(context: Context, body: StaffPin) -> None:
    """The first-day change of a PIN: the staff row of the till's store gets the new hash."""
    bucket = store_bucket(context.till.store_id)
    wanted = select(ROW.c.raw).where(ROW.c.bucket == bucket, ROW.c.kind == "staff", ROW.c.id == body.staff_id)
    raw = context.book.connection.execute(wanted).scalar()
    if raw is None:
        raise ParkedError("bad_body")
    fields = {name: value for name, value in json.loads(raw).items() if name not in ("kind", "id", "ver")}
    context.book.show(Change(bucket, "staff", body.staff_id, {**fields, "pin_hash": body.pin_hash}))


def apply_key_rotation(context: Context, body: KeyRotation) -> None:
    """Take the new key beside the old one, until the first request signed with it. One that an earlier identity of
    this till proved came too late to be used: it changes nothing."""
    till = context.till
    try:
        proof = base64.b64decode(body.proof, validate=True)
    except binascii.Error:
        raise ParkedError("bad_body") from None
    epochs = range(till.epoch, 0, -1)
    proven = (e for e in epochs if verifies(body.public_key, proof, identity_proof(till.till_id, e, body.public_key)))
    epoch = next(proven, None)
    if epoch is None:
        raise ParkedError("bad_body")
    if epoch != till.epoch:
        return
    mine = (STREAM.c.till_id == till.till_id) & (STREAM.c.epoch == till.epoch)
    context.book.connection.execute(update(STREAM).where(mine).values(next_key=body.public_key))


def keep_only(context: Context, _: Fact) -> None:
    """Shifts, cash, audit, feedback, proposals, requests: kept as they came, for the console and the reports."""
    context.member()
