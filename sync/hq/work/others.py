"""Applies the rest: corrections by hand, stored value, coupons, holds given up, PINs, keys; and what is only kept."""

from __future__ import annotations

import base64
import binascii
import json

from sqlalchemy import select, update

from app.domain.programme import coupons
from sync.hq.docs import POINTS, HoldDoc
from sync.hq.feed import Change
from sync.hq.tables import ROW, STREAM
from sync.hq.work.book import with_
from sync.hq.work.context import Context, ParkedError, day_of
from sync.hq.work.points import change_amount, earn, free, keep, opened, spend, stored_value
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
    """Post an amount by hand; a negative one beyond the balance is an overdraft."""
    doc = context.account(body.account_id)
    member = context.member() or context.book.member(doc.member_id)
    if doc.kind != POINTS or doc.state is None or member is None:
        change_amount(context, doc, body.amount)
        return
    programme = context.book.programme(doc.programme) if doc.programme else None
    programme = programme or context.newest()
    day = context.moment(programme).day
    state = opened(programme, doc, member, day)
    if body.amount > 0:
        state = earn(programme, state, body.amount, context.key, day)
    else:
        state, _, short = spend(programme, state, -body.amount, day)
        if short:
            context.codes.add("overdraft")
    keep(context, doc, with_(doc, state=state, programme=programme.name))


def apply_topup(context: Context, body: Topup) -> None:
    context.member()
    change_amount(context, stored_value(context, body.account_id), body.minor + body.bonus_minor)


def apply_coupon_issue(context: Context, body: CouponIssue) -> None:
    """A coupon by hand, of a type the newest programme knows."""
    member = context.member()
    if member is None:
        raise ParkedError("bad_event")
    programme = context.newest()
    doc = context.points_account(member)
    if doc.state is None or coupons.coupon_type(programme, body.type) is None:
        raise ParkedError("bad_body")
    if any(one.key == body.coupon_id for one in doc.state.coupons):
        context.codes.add("wrong_figures")
        return
    day = context.moment(programme).day
    try:
        issued_on = day_of(body.issued_on)
    except ValueError:
        raise ParkedError("bad_body") from None
    state = coupons.issue(programme, opened(programme, doc, member, day), body.type, body.coupon_id, issued_on)
    keep(context, doc, with_(doc, state=state, programme=programme.name))


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
        free(context, hold.account_id, hold.points)


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
    """Take the new key beside the old one, until the first request signed with it."""
    till = context.till
    try:
        proof = base64.b64decode(body.proof, validate=True)
    except binascii.Error:
        raise ParkedError("bad_body") from None
    if not verifies(body.public_key, proof, identity_proof(till.till_id, till.epoch, body.public_key)):
        raise ParkedError("bad_body")
    mine = (STREAM.c.till_id == till.till_id) & (STREAM.c.epoch == till.epoch)
    context.book.connection.execute(update(STREAM).where(mine).values(next_key=body.public_key))


def keep_only(context: Context, _: Fact) -> None:
    """Shifts, cash, audit, feedback, proposals, requests: kept as they came, for the console and the reports."""
    context.member()
