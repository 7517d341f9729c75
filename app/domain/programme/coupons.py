"""Coupons of a member: choosing the ones a receipt uses, issuing, taking back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.domain.programme.account import Account, Coupon
from app.domain.programme.calendar import plus_days
from app.domain.programme.document import CouponType, Programme
from app.errors import Refusal


def coupon_type(programme: Programme, name: str) -> CouponType | None:
    """The coupon type of this name."""
    return next((one for one in programme.coupon_types if one.id == name), None)


def choose(programme: Programme, account: Account | None, wanted: Sequence[str], day: date) -> list[Coupon]:
    """The coupons that the named types stand for, the earliest to expire of each.

    Refusal `coupon_conditions` (not held, or they do not combine), `coupon_used`, `coupon_expired`.
    """
    chosen: list[Coupon] = []
    for name in wanted:
        chosen.append(_one(programme, account, name, chosen, day))
    if len(chosen) > 1 and not all(one.combine for one in types_of(programme, chosen)):
        raise Refusal("coupon_conditions")
    return chosen


def types_of(programme: Programme, coupons: Sequence[Coupon]) -> list[CouponType]:
    """The types of coupons that were chosen."""
    return [one for coupon in coupons if (one := coupon_type(programme, coupon.type)) is not None]


def _one(programme: Programme, account: Account | None, name: str, taken: Sequence[Coupon], day: date) -> Coupon:
    held = [coupon for coupon in account.coupons if coupon.type == name] if account else []
    if not held or coupon_type(programme, name) is None:
        raise Refusal("coupon_conditions")
    unused = [coupon for coupon in held if not coupon.used and coupon not in taken]
    if not unused:
        raise Refusal("coupon_used")
    open_ones = [coupon for coupon in unused if coupon.expires_on > day]
    if not open_ones:
        raise Refusal("coupon_expired")
    return min(open_ones, key=lambda coupon: coupon.expires_on)


def use(account: Account, coupons: Sequence[Coupon], event: str) -> Account:
    """Mark coupons as used by a sale."""
    return replace(
        account, coupons=tuple(replace(one, used_by=event) if one in coupons else one for one in account.coupons)
    )


def reopen(account: Account, keys: Sequence[str]) -> Account:
    """Give coupons back, with their own dates."""
    return replace(
        account, coupons=tuple(replace(one, used_by=None) if one.key in keys else one for one in account.coupons)
    )


def issue(programme: Programme, account: Account, name: str, key: str, day: date) -> Account:
    """Give a new coupon of a type of this programme."""
    kind = next(one for one in programme.coupon_types if one.id == name)
    coupon = Coupon(key, name, issued_on=day, expires_on=plus_days(day, kind.valid_days))
    return replace(account, coupons=(*account.coupons, coupon))


def withdraw(account: Account, keys: Sequence[str]) -> tuple[Account, int]:
    """Take unused coupons away again; the account and how many there were."""
    gone = [one for one in account.coupons if one.key in keys and not one.used]
    return replace(account, coupons=tuple(one for one in account.coupons if one not in gone)), len(gone)
