"""Holds: one-shot grants of points, stored value or a coupon to one till, made and released online.

available = what can be spent − Σ open holds, never below zero at a commit; a hold does not lapse by time.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from app.domain.programme import lots
from sync.hq.docs import AccountDoc, HoldDoc
from sync.hq.feed import publish
from sync.hq.refused import ProblemError
from sync.hq.tables import HOLD
from sync.hq.work import rows
from sync.hq.work.book import Book, Till, with_
from sync.hq.work.moments import moment_of
from sync.hq.work.points import not_held
from sync.protocol.problems import Problem
from sync.protocol.shapes import HoldRequest, HoldResponse

OPEN = "open"


def hold(book: Book, till: Till, request: HoldRequest) -> HoldResponse:
    """Hold all of it or nothing. ProblemError `insufficient`, `hold_closed`, `hold_reused`, `member_blocked`,
    `forbidden`, `not_found`."""
    account = _account(book, request)
    standing = book.hold(request.hold_id)
    if standing is not None:
        return _standing(book, till, standing, request)
    member = book.member(account.member_id)
    if member is None or member.status == "blocked":
        raise ProblemError(Problem.MEMBER_BLOCKED)
    if request.coupon_id is not None:
        available = _coupon_available(book, request.coupon_id)
    else:
        available = _available(book, account)
    if request.points > available:
        raise ProblemError(Problem.INSUFFICIENT, available=available)
    made = HoldDoc(
        id=request.hold_id,
        till_id=till.till_id,
        epoch=till.epoch,
        points=request.points,
        state=OPEN,
        made_ms=book.settings.now_ms,
        account_id=account.id if request.account_id is not None else None,
        coupon_id=request.coupon_id,
    )
    book.put("hold", made)
    if request.account_id is not None:
        book.put("account", with_(account, held=account.held + request.points))
    _write(book)
    return HoldResponse(held=request.points, available=available - request.points)


def _available(book: Book, account: AccountDoc) -> int:
    """What may be promised today, by head office's clock in the programme's zone: an expired lot is nobody's any more,
    although no event has come since."""
    state = account.state
    programme = book.programme(account.programme) if account.programme else None
    if state is None or programme is None:
        return max(0, rows.balance_of(account) - account.held)
    today = max(state.day, moment_of(book.settings.now_ms, programme.zone).date())
    return max(0, lots.balance(state, today) - account.held)


def _account(book: Book, request: HoldRequest) -> AccountDoc:
    """The account held from, locked; a coupon's is the points account that holds it."""
    account_id = request.account_id
    if request.coupon_id is not None:
        coupon = book.coupon(request.coupon_id)
        account_id = coupon.account_id if coupon else None
    account = book.account(account_id) if account_id else None
    if account is None:
        raise ProblemError(Problem.NOT_FOUND)
    return account


def _coupon_available(book: Book, coupon_id: str) -> int:
    """1 while the coupon is open and nobody holds it."""
    doc = book.coupon(coupon_id)
    standing = rows.coupon_of(book, doc) if doc else None
    if standing is None or standing.used:
        return 0
    return 0 if _held_by_somebody(book, coupon_id) else 1


def _held_by_somebody(book: Book, coupon_id: str) -> bool:
    wanted = select(HOLD.c.id).where(HOLD.c.coupon_id == coupon_id, HOLD.c.state == OPEN)
    return book.connection.execute(wanted).first() is not None


def _standing(book: Book, till: Till, found: HoldDoc, request: HoldRequest) -> HoldResponse:
    """The same id again: the same answer while it is open."""
    if found.till_id != till.till_id:
        raise ProblemError(Problem.FORBIDDEN)
    if found.state != OPEN or found.epoch != till.epoch:
        raise ProblemError(Problem.HOLD_CLOSED)
    account = _account(book, request)
    asked = account.id if request.account_id is not None else None  # a merge moved the hold with its points
    if (found.account_id, found.coupon_id, found.points) != (asked, request.coupon_id, request.points):
        raise ProblemError(Problem.HOLD_REUSED)
    left = 0 if request.coupon_id else _available(book, account)
    return HoldResponse(held=found.points, available=left)


def release(book: Book, till: Till, hold_id: str) -> int:
    """What deleting it gave back, the same each time. An id never seen is closed for good. ProblemError `forbidden`."""
    named = book.connection.execute(select(HOLD.c.account_id).where(HOLD.c.id == hold_id)).scalar()
    if named is not None:
        book.preload("account", [named])  # accounts are locked before holds
    found = book.hold(hold_id)
    if found is None:
        closed = HoldDoc(
            id=hold_id, till_id=till.till_id, epoch=till.epoch, points=0, state="released",
            made_ms=book.settings.now_ms,
        )  # fmt: skip
        book.put("hold", closed)
        _write(book)
        return 0
    if found.till_id != till.till_id:
        raise ProblemError(Problem.FORBIDDEN)
    if found.state != OPEN:
        return found.released
    account = book.account(found.account_id) if found.account_id else None
    book.put("hold", with_(found, state="released", released=found.points))
    if account is not None:
        book.put("account", not_held(account, found.points))
    _write(book)
    return found.points


def void(book: Book, which: ColumnElement[bool]) -> None:
    """End open holds that no longer count: their identity was closed, or a new incarnation began."""
    wanted = select(HOLD.c.id, HOLD.c.account_id).where(which, HOLD.c.state == OPEN)
    found = book.connection.execute(wanted).all()
    if not found:
        return
    book.preload("account", [row.account_id for row in found if row.account_id is not None])
    book.preload("hold", [row.id for row in found])
    for row in found:
        hold = book.hold(row.id)
        if hold is None or hold.state != OPEN:
            continue
        book.put("hold", with_(hold, state="void"))
        account = book.account(hold.account_id) if hold.account_id else None
        if account is not None:
            book.put("account", not_held(account, hold.points))
    _write(book)


def _write(book: Book) -> None:
    book.write()
    publish(book.connection, rows.changes(book))
