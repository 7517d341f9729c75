"""Who works at the till: roles, and the state of their PIN attempts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.ids import StaffId

PIN_DIGITS_MIN = 4
PIN_DIGITS_MAX = 12
TRIES_BEFORE_WAIT = 5
TRIES_BEFORE_LOCK = 10
LOCK_MS = 30 * 60 * 1000


class Role(StrEnum):
    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    IT = "it"
    AUDITOR = "auditor"


class Capability(StrEnum):
    """What not everybody may do (wire.md `capabilities`); some of it always wants a second person."""

    ADJUST = "adjust"
    """Post points by hand."""
    COUPON = "coupon"
    """Give a coupon by hand."""
    CASH = "cash"
    """Put cash into the drawer or take it out."""
    BLIND_RETURN = "blind_return"
    """Take goods of another store back while head office cannot say what was sold."""
    NO_SALE = "no_sale"
    """Open the drawer without a sale."""
    REPORTS = "reports"
    """See the figures of the store."""


_FLOOR = frozenset(Capability)
ROLE_CAPABILITIES: Mapping[Role, frozenset[Capability]] = MappingProxyType(
    {
        Role.CASHIER: frozenset(),
        Role.SUPERVISOR: _FLOOR,
        Role.MANAGER: _FLOOR,
        Role.IT: frozenset(),
        Role.AUDITOR: frozenset({Capability.REPORTS}),
    }
)
"""What a role may do; a staff row's own capabilities come on top."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody else's agreement to one action (wire.md): who asked, who agreed, why (a code), what for and when."""

    staff_id: StaffId
    by_staff_id: StaffId
    reason: str
    capability: Capability
    at_ms: int


@dataclass(frozen=True, slots=True)
class Staff:
    """One staff row (wire.md). `pin_hash` is argon2id text over HMAC(pepper, PIN); staff names are shown in full."""

    staff_id: StaffId
    staff_no: str
    name: str
    role: Role
    pin_hash: str
    staff_card: str | None = None
    active: bool = True
    capabilities: frozenset[str] = frozenset()

    @property
    def may(self) -> frozenset[Capability]:
        """Everything this person may do; names this version does not know mean nothing."""
        own = {one for one in Capability if one.value in self.capabilities}
        return ROLE_CAPABILITIES[self.role] | own


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed PIN tries in a row; kept in till.db, so they survive a restart. `last_ms` is wall time."""

    failed: int = 0
    last_ms: int = 0


def wait_ms(attempts: Attempts, now_ms: int) -> int:
    """How long the next try must wait: 0 below 5 failures, then doubling from 5 s, 30 min from the tenth (security.md).

    A clock set back does not shorten the wait: time since the last try counts from 0 upwards only.
    """
    if attempts.failed < TRIES_BEFORE_WAIT:
        return 0
    span = LOCK_MS if attempts.failed >= TRIES_BEFORE_LOCK else 5_000 << (attempts.failed - TRIES_BEFORE_WAIT)
    return max(0, span - max(0, now_ms - attempts.last_ms))
