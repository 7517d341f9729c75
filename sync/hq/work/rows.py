"""Documents as rows of the feed: exactly the fields of wire.md, "Rows"; what is unknown is absent."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from app.domain.chain import Json
from app.domain.key_names import key_of
from app.domain.programme import lots, tiers
from app.domain.programme.account import Account, Coupon
from app.domain.programme.document import Programme
from sync.hq.docs import POINTS, AccountDoc, CardDoc, CouponDoc, Doc, MemberDoc, SaleDoc, SoldLine
from sync.hq.feed import Change
from sync.hq.work.book import Book
from sync.protocol.buckets import store_bucket

MEMBER_FIELDS: Final = ("name", "phone", "email", "birthday_on", "gender", "address", "language")
ROW_KINDS: Final = ("member", "card", "account", "coupon")
Fields = dict[str, Json]


def changes(book: Book) -> list[Change]:
    """Every row that the book's changed documents draw, in each bucket that holds it, and the rows shown directly."""
    found: dict[tuple[str, str, str], Change] = {}
    partners = book.transfers()
    for kind, id_ in book.changed:
        doc = book.get(kind, id_)
        if kind not in ROW_KINDS or doc is None:
            continue
        member = book.get("member", doc.id if kind == "member" else getattr(doc, "member_id", None) or "")
        if not isinstance(member, MemberDoc):
            continue
        fields = None if member.erased else drawn(book, kind, doc)
        for bucket in book.buckets_of_member(member):
            found[bucket, kind, id_] = Change(bucket, kind, id_, fields, partners.get((kind, id_), ()))
    return [*found.values(), *book.rows.values()]


def drawn(book: Book, kind: str, doc: Doc) -> Fields:
    """The fields of one document's row."""
    if isinstance(doc, MemberDoc):
        return member(book, doc)
    if isinstance(doc, CardDoc):
        return _known(
            number=doc.id, card_kind=doc.card_kind, member_id=doc.member_id, status=doc.status,
            replaced_by=doc.replaced_by,
        )  # fmt: skip
    if isinstance(doc, AccountDoc):
        return account(book, doc)
    if isinstance(doc, CouponDoc):
        return coupon(book, doc)
    raise AssertionError(f"{kind} draws no row")


def member(book: Book, doc: MemberDoc) -> Fields:
    """`member`."""
    personal = doc.personal
    shown: Fields = {name: personal[name] for name in MEMBER_FIELDS if name in personal}
    preferences = personal.get("preferences")
    if preferences:
        shown["preferences"] = [preferences] if isinstance(preferences, str) else list(preferences)
    pinyin = book.settings.pinyin(personal["name"]) if "name" in personal else ""
    return {
        "member_no": doc.member_no,
        "status": doc.status,
        "tags": list(doc.tags),
        "segments": list(doc.segments),
        "consents": dict(doc.consents),
        "notice_version": doc.notice_version,
        "home_store_id": doc.home_store_id,
        "enrolled_on": doc.enrolled_on,
        **shown,
        **_known(merged_into=doc.merged_into, pinyin=pinyin or None),
    }


def account(book: Book, doc: AccountDoc) -> Fields:
    """`account`: balance, debt, available, lots in spending order; for points also tier, counters and purchases."""
    state = doc.state
    balance = balance_of(doc)
    fields: Fields = {
        "account_kind": doc.kind,
        "member_id": doc.member_id,
        "balance": balance,
        "debt": state.debt if state else 0,
        "available": max(0, balance - doc.held),
        "lots": _lots(state) if state else [],
        "pending": _pending(state) if state else [],
        "to_follow": [{"amount": one.amount, "on": _day(one.on), "rule": one.rule} for one in state.to_follow]
        if state
        else [],
        **_known(programme=doc.programme, stamp_id=doc.stamp_id),
    }
    if doc.kind == POINTS and state is not None:
        fields |= _points(book.programme(doc.programme) if doc.programme else None, doc, state)
    return fields


def balance_of(doc: AccountDoc) -> int:
    """Spendable points, or the plain amount; signed."""
    return lots.balance(doc.state, doc.state.day) if doc.state is not None else doc.amount


def _lots(state: Account) -> list[Fields]:
    return [
        _known(amount=lot.amount, earned_on=_day(lot.earned_on), expires_on=_maybe_day(lot.expires_on))
        for lot in lots.usable(state, state.day)
    ]


def _pending(state: Account) -> list[Fields]:
    waiting = [lot for lot in state.lots if lot.amount and lot.available_on > state.day and lot.alive(state.day)]
    return [{"amount": lot.amount, "available_on": _day(lot.available_on)} for lot in lots.spending_order(waiting)]


def _points(programme: Programme | None, doc: AccountDoc, state: Account) -> Fields:
    day = state.day
    standing = tiers.standing(programme.tiers if programme else None, state, day)
    limited = [rule.id for rule in programme.earn.rules if rule.limit_per_member is not None] if programme else []
    counters: Fields = {
        "receipts": state.purchases_made,
        "day": max(0, state.points_on(day)),
        "year": max(0, state.points_in(day.year)),
        **{f"rule.{key_of(rule)}": state.rule_uses(rule) for rule in limited},
    }
    return {
        "qualifying": max(0, tiers.qualifying(programme.tiers, state, day)) if programme and programme.tiers else 0,
        "counters": counters,
        "counters_on": _day(day),
        "purchases": [_recent(one) for one in doc.recent],
        **_known(
            tier=standing.tier, tier_until_on=_maybe_day(standing.until), next_tier=_next(programme, standing.tier)
        ),
    }


def _recent(one: Any) -> Fields:
    found: Fields = {
        "event_id": one.event_id,
        "at_ms": one.at_ms,
        "store_id": one.store_id,
        "total_minor": one.total_minor,
        "points": one.points,
    }
    return found | ({"skus": list(one.skus)} if one.skus else {})


def _next(programme: Programme | None, tier: str | None) -> str | None:
    if programme is None or programme.tiers is None:
        return None
    names = [level.id for level in programme.tiers.levels]
    place = names.index(tier) + 1 if tier in names else 0
    return names[place] if place < len(names) else None


def coupon(book: Book, doc: CouponDoc) -> Fields:
    """`coupon`: its dates and use are in the points account. A coupon taken away again reads as expired."""
    held = coupon_of(book, doc)
    if held is None:
        return {"coupon_type": "", "member_id": doc.member_id, "issued_on": "1970-01-01", "expires_on": "1970-01-01",
                "state": "expired"}  # fmt: skip
    owner = book.account(doc.account_id)
    over = owner is not None and owner.state is not None and held.expires_on <= owner.state.day
    state = "used" if held.used else "expired" if over else "open"
    return {
        "coupon_type": held.type,
        "member_id": doc.member_id,
        "issued_on": _day(held.issued_on),
        "expires_on": _day(held.expires_on),
        "state": state,
        **_known(used_by=held.used_by),
    }


def coupon_of(book: Book, doc: CouponDoc) -> Coupon | None:
    """The coupon as the points account holds it."""
    owner = book.account(doc.account_id)
    if owner is None or owner.state is None:
        return None
    return next((one for one in owner.state.coupons if one.key == doc.key), None)


def sale_line(sale: SaleDoc, number: int) -> Change:
    """`sale_line` of one line, in the bucket of the store that sold it."""
    line: SoldLine = sale.lines[number]
    fields: Fields = {
        "receipt_no": sale.receipt_no,
        "at_ms": sale.at_ms,
        "till_id": sale.till_id,
        "staff_id": sale.staff_id,
        "qty": line.qty,
        "returned_qty": line.returned_qty,
        "charged_minor": line.charged_minor,
        "points_minor": line.points_minor,
        "refunded_minor": line.refunded_minor,
        "because": [{"rule": rule, "points": points} for rule, points in line.because],
        **_known(member_id=sale.member_id, sku=line.sku, name=line.name, category=line.category),
    }
    return Change(store_bucket(sale.store_id), "sale_line", f"{sale.id}:{number}", fields)


def _day(day: date) -> str:
    return day.isoformat()


def _maybe_day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _known(**fields: Json | None) -> Fields:
    return {name: value for name, value in fields.items() if value is not None}
