"""Dynamic member codes: what a member's phone shows for half a minute, checked with the week keys a till holds. Pure.

`58` + version(1) + member no.(12) + TOTP(8) + Luhn = 24 digits; TOTP is RFC 6238 with SHA-256 and steps of 30 s. The
week key is derived from the chain's master key, the member's secret of the week from that key (wire.md, "Dynamic member
code"). Whoever holds a week key can make every code of that week: docs/devices.md says what a stolen till means.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from app.domain.card import MEMBER_CODE_DIGITS, MEMBER_CODE_PREFIX, luhn_digit, luhn_holds

VERSION: Final = "1"
MEMBER_NO_DIGITS: Final = 12
OTP_DIGITS: Final = 8
STEP_MS: Final = 30_000
STEPS_OFF_MAX: Final = 2
STEPS_TOLD_MAX: Final = 20
"""A code this many steps away is right and of another time (ten minutes): said as such, and refused like the others."""
WEEK_MS: Final = 7 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class MemberCode:
    """The parts of a code whose check digit is right."""

    version: str
    member_no: str
    otp: str


@dataclass(frozen=True, slots=True)
class WeekKey:
    """A key head office gave out (wire.md, `code_key`), good for steps that begin from `from_ms` until `until_ms`."""

    week_no: int
    from_ms: int
    until_ms: int
    key: bytes

    def covers(self, step: int) -> bool:
        return self.from_ms <= step * STEP_MS < self.until_ms


class Verdict(StrEnum):
    """What is to be said of a code."""

    RIGHT = "right"
    NO_KEY = "no_key"
    """No key of this time is here."""
    EXPIRED = "expired"
    EARLY = "early"
    """It will be right later: one of the two clocks is off."""
    WRONG = "wrong"
    NEWER = "newer"
    """Of a form this program does not know."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict, and the step the code is of (0 where it is of none that was looked at)."""

    verdict: Verdict
    step: int = 0


def read(text: str) -> MemberCode:
    """The parts of what `card.classify` calls a member code. ValueError for anything else."""
    if len(text) != MEMBER_CODE_DIGITS or not text.startswith(MEMBER_CODE_PREFIX) or not luhn_holds(text):
        raise ValueError("no member code")
    at = len(MEMBER_CODE_PREFIX)
    end = at + 1 + MEMBER_NO_DIGITS
    return MemberCode(text[at], text[at + 1 : end], text[end:-1])


def write(member_no: str, otp: str) -> str:
    """The 24 digits. ValueError for a number that is not 12 digits: such a member has no dynamic code."""
    if len(member_no) != MEMBER_NO_DIGITS or not (member_no.isascii() and member_no.isdigit()):
        raise ValueError("a code holds a member number of 12 digits")
    digits = MEMBER_CODE_PREFIX + VERSION + member_no + otp
    return digits + luhn_digit(digits)


def check(code: MemberCode, keys: Iterable[WeekKey], now_ms: int) -> Checked:
    """Whether `code` is one the member's phone shows at `now_ms`, two steps more or less (RFC 6238, 5.2)."""
    if code.version != VERSION:
        return Checked(Verdict.NEWER)
    held, now = tuple(keys), now_ms // STEP_MS
    if not any(key.covers(now + off) for key in held for off in range(-STEPS_OFF_MAX, STEPS_OFF_MAX + 1)):
        return Checked(Verdict.NO_KEY)
    for off in sorted(range(-STEPS_TOLD_MAX, STEPS_TOLD_MAX + 1), key=abs):
        if any(_is_of(code, key, now + off) for key in held):
            if abs(off) <= STEPS_OFF_MAX:
                return Checked(Verdict.RIGHT, now + off)
            return Checked(Verdict.EXPIRED if off < 0 else Verdict.EARLY, now + off)
    return Checked(Verdict.WRONG)


def week_of(at_ms: int) -> int:
    """The number of the week, from 1 on 1970-01-01 UTC."""
    return at_ms // WEEK_MS + 1


def week_key(master: bytes, week_no: int) -> WeekKey:
    """The chain's key of one week, made of its master key."""
    key = hmac.digest(master, f"week:{week_no}".encode(), sha256)
    return WeekKey(week_no, (week_no - 1) * WEEK_MS, week_no * WEEK_MS, key)


def member_secret(key: bytes, member_no: str) -> bytes:
    """What a member's phone holds for one week."""
    return hmac.digest(key, member_no.encode(), sha256)


def totp(secret: bytes, step: int) -> str:
    """Eight digits of RFC 6238 over SHA-256, truncated as RFC 4226, 5.3 says."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), sha256)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**OTP_DIGITS:0{OTP_DIGITS}d}"


def code_at(key: WeekKey, member_no: str, at_ms: int) -> str:
    """The code a phone shows at that time, with the secret of `key`'s week. ValueError as `write`."""
    return write(member_no, totp(member_secret(key.key, member_no), at_ms // STEP_MS))


def _is_of(code: MemberCode, key: WeekKey, step: int) -> bool:
    return key.covers(step) and hmac.compare_digest(totp(member_secret(key.key, code.member_no), step), code.otp)
