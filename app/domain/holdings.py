"""What a member holds beside points: coupons, stamps and stored value, as this till knows them.

Every member has one stamps account per card and one of stored value, whether a row of it exists yet or not: its id then
follows from the member's, so that two tills that open it offline, and head office, mean the same account.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from app.ids import AccountId, MemberId


class AccountKind(StrEnum):
    """Kinds of accounts beside points (wire.md, "Rows")."""

    STAMPS = "stamps"
    STORED_VALUE = "stored_value"


@dataclass(frozen=True, slots=True)
class HeldCoupon:
    """A coupon of a member. Dates are ISO days; `expires_on` is the first day it can no longer be used.

    `used`: by a sale head office knows of, or by one of this till's own that it has yet to hear of.
    """

    coupon_id: str
    type: str
    issued_on: str
    expires_on: str
    used: bool = False


@dataclass(frozen=True, slots=True)
class HeldStamps:
    """Whole stamps on a card, own sales included; a count at or beyond the card's goal pays out at head office."""

    stamp_id: str
    account_id: AccountId
    count: int


@dataclass(frozen=True, slots=True)
class StoredValue:
    """Money a member has paid in, own events included."""

    account_id: AccountId
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """All of it; `stamps` has an entry for each card of the programme in use."""

    coupons: tuple[HeldCoupon, ...]
    stamps: tuple[HeldStamps, ...]
    stored_value: StoredValue


def account_id_of(member_id: MemberId | str, kind: AccountKind, stamp_id: str = "") -> AccountId:
    """The id of an account nobody has opened under another: made of the member's, in the form of UUIDv7."""
    text = blake2b(f"{kind.value}\n{stamp_id}\n{member_id}".encode(), digest_size=16).hexdigest()
    return AccountId(f"{text[:8]}-{text[8:12]}-7{text[13:16]}-8{text[17:20]}-{text[20:]}")
