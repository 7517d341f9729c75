"""Who works at the till: roles, and the state of their PIN attempts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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
