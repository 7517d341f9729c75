"""Members and their points accounts as the till knows them, and how they are shown: masked.

Rows are those of wire.md ("Rows": member, card, account). Widgets and paper only ever get `MemberView`, never a full
name or phone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.ids import AccountId, MemberId


class MemberStatus(StrEnum):
    ACTIVE = "active"
    BLOCKED = "blocked"
    MERGED = "merged"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Lot:
    """Points earned together. `expires_on` is the first day they can no longer be used."""

    amount: int
    earned_on: str
    expires_on: str | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """Points not in the balance yet, and the day they will be."""

    amount: int
    on: str


@dataclass(frozen=True, slots=True)
class PointsAccount:
    """The points account row; scaled integers. `ver` is the cached row's version, 0 for one that exists only here."""

    account_id: AccountId
    ver: int
    balance: int
    debt: int = 0
    available: int = 0
    lots: tuple[Lot, ...] = ()
    tier: str | None = None
    tier_until_on: str | None = None
    next_tier: str | None = None
    qualifying: int = 0
    counters: Mapping[str, int] = field(default_factory=dict)
    counters_on: str = ""
    last_visit_ms: int | None = None
    last_store_id: str | None = None
    last_total_minor: int | None = None
    vesting: tuple[Coming, ...] = ()
    """Posted, usable later (wire.md `pending`)."""
    to_follow: tuple[Coming, ...] = ()
    """Of delayed rules: posted later."""
    merging: bool = False
    """A transfer between two memberships is here in part: no figure of it is shown (protocol.md, fine print 5)."""


def balance_on(account: PointsAccount, day: str) -> int | None:
    """The account's balance on a day (ISO text): its row is as old as its last event, lots may have expired since.

    None while it is being merged: nobody here knows.
    """
    if account.merging:
        return None
    gone = sum(lot.amount for lot in account.lots if lot.expires_on is not None and lot.expires_on <= day)
    return account.balance - gone


@dataclass(frozen=True, slots=True)
class Member:
    """A member as stored. Full personal data: stays inside app.store and app.services."""

    member_id: MemberId
    ver: int
    member_no: str
    status: MemberStatus
    name: str | None
    phone: str | None
    birthday_on: str | None
    tags: tuple[str, ...]
    segments: tuple[str, ...]
    home_store_id: str
    enrolled_on: str
    card: str | None
    account: PointsAccount | None
    own_points: int = 0
    """Points of this till's own events that the cached account does not contain yet (protocol.md rule 7)."""
    own_events: int = 0
    """How many such events there are: the row is marked pending when above 0."""
    initials: str = ""
    """Pinyin initials in capitals (ZXF), where the row has them."""


@dataclass(frozen=True, slots=True)
class TierGap:
    """What is missing for a tier: money (minor) by `metric` spend, whole points, or visits. 0: reached."""

    metric: str
    missing: int
    tier_name: str


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """How a member stands beside the balance. Points are whole; days are ISO text.

    `ahead`: for the next tier; `keep`: for another term of this one; None: nothing to say, or not known here.
    """

    tier_until: str | None = None
    ahead: TierGap | None = None
    keep: TierGap | None = None
    debt: int = 0
    vesting: int = 0
    vesting_on: str | None = None
    to_follow: int = 0
    to_follow_on: str | None = None


@dataclass(frozen=True, slots=True)
class MemberView:
    """What a screen may show of a member. Points are whole (floored); `points` None: the balance is unknown here."""

    member_id: MemberId | None
    card: str
    """Masked card number: its last four digits."""
    name: str
    """Masked: 张*凡; empty when unknown."""
    avatar: str
    """First character of the name; empty when unknown."""
    phone: str
    """Masked: 138****1234."""
    initials: str
    status: MemberStatus
    tier: str | None
    tier_name: str
    points: int | None
    pending_points: int
    worth_minor: int | None
    usable_points: int | None
    expiring_points: int
    """Points that end within the next 30 days."""
    expiring_on: str | None
    """The last day the first of them can be used."""
    birthday: str
    """MM-DD or empty."""
    birthday_hint: bool
    to_next_tier_minor: int | None
    next_tier_name: str
    tier_progress_percent: int
    merging: bool
    """Two memberships are being merged: no balance until all of it is here."""
    last_visit: str
    """Days since the last visit and the store, as facts for words: "12|S027|15800" or empty."""
    enrolled_here: bool
    standing: MemberStanding = MemberStanding()


def mask_name(name: str) -> str:
    """张小凡 → 张*凡, 张三 → 张*, 欧阳明月 → 欧**月, Mary Smith → M********h; one character stays itself."""
    if len(name) <= 1:
        return name
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_phone(phone: str) -> str:
    """+8613812341234 → 138****1234; any other number keeps its last four digits."""
    digits = phone.removeprefix("+")
    if digits.startswith("86") and len(digits) == 13:
        return f"{digits[2:5]}****{digits[-4:]}"
    return "*" * max(0, len(digits) - 4) + digits[-4:]


def mask_card(number: str) -> str:
    """The last four digits."""
    return number[-4:]
