"""What the typed columns of cached rows say, read from the rows' texts: all rows of one kind at once.

A column of a page is a list: built by one expression each, a first load of a million members takes half the time of
building row by row. A tombstone's columns are None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from app.store.tokens import initials_of, name_tokens, phone_back

COUPON: Final = "coupon"
TYPED: Final = ("member", "card", "account")
OTHER: Final = "other"
"""The table of all kinds without one of their own."""
TABLES: Final = (*TYPED, OTHER)
COLUMNS: Final = {
    "member": ("phone_back", "initials"),
    "card": ("number", "member_id"),
    "account": ("account_kind", "member_id"),
    "other": ("member_id",),
}
"""What an index holds beside the id; a row of most new versions says the same of them."""
MORE: Final = {"member": (), "card": (), "account": ("balance",), "other": ()}


class MemberText(msgspec.Struct, frozen=True, gc=False):
    """What is searched of a member."""

    name: str = ""
    pinyin: str = ""
    phone: str = ""


class _CardText(msgspec.Struct, frozen=True, gc=False):
    number: str | None = None
    member_id: str | None = None


class _AccountText(msgspec.Struct, frozen=True, gc=False):
    account_kind: str | None = None
    member_id: str | None = None
    balance: int | None = None


class _CouponText(msgspec.Struct, frozen=True, gc=False):
    member_id: str | None = None


NOBODY: Final = MemberText()
_NO_CARD: Final = _CardText()
_NO_ACCOUNT: Final = _AccountText()
_NO_COUPON: Final = _CouponText()
_member: Final = msgspec.json.Decoder(MemberText).decode
_card: Final = msgspec.json.Decoder(_CardText).decode
_account: Final = msgspec.json.Decoder(_AccountText).decode
_coupon: Final = msgspec.json.Decoder(_CouponText).decode

Texts = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Columns:
    """A list for each name of COLUMNS and of MORE; `members` of a page of members."""

    indexed: tuple[list[str | None], ...]
    more: tuple[list[int | None], ...] = ()
    members: Sequence[MemberText] = ()


def table_of(kind: str) -> str:
    """The table rows of a kind stand in."""
    return kind if kind in TYPED else OTHER


def columns_of(kind: str, texts: Texts) -> Columns:
    """Of rows of one kind, in their order. msgspec.MsgspecError for a text that says less than it must."""
    if kind == "member":
        members = [NOBODY if text is None else _member(text) for text in texts]
        phones = [phone_back(one.phone) if one.phone else None for one in members]
        return Columns((phones, [initials_of(one.pinyin) or None for one in members]), (), members)
    if kind == "card":
        cards = [_NO_CARD if text is None else _card(text) for text in texts]
        return Columns(([one.number for one in cards], [one.member_id for one in cards]))
    if kind == "account":
        accounts = [_NO_ACCOUNT if text is None else _account(text) for text in texts]
        kinds, owners = [one.account_kind for one in accounts], [one.member_id for one in accounts]
        return Columns((kinds, owners), ([one.balance for one in accounts],))
    if kind == COUPON:
        coupons = [_NO_COUPON if text is None else _coupon(text) for text in texts]
        return Columns(([one.member_id for one in coupons],))
    return Columns(([None] * len(texts),))


def tokens_of(member: MemberText) -> tuple[str, ...]:
    """Under which tokens a member is found; none for a tombstone's empty row."""
    return name_tokens(member.name, initials_of(member.pinyin))


def member_text(raw: str) -> MemberText:
    """Of a member row as it came."""
    return _member(raw)


def tokens_in(raw: str, initials: str) -> tuple[str, ...]:
    """Those of a member row as it came, whose initials are known."""
    return name_tokens(_member(raw).name, initials)
