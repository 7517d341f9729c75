"""Identifiers: NewTypes and UUIDv7 (RFC 9562)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import NewType

EventId = NewType("EventId", str)
MemberId = NewType("MemberId", str)
AccountId = NewType("AccountId", str)
CardId = NewType("CardId", str)
StaffId = NewType("StaffId", str)
ShiftId = NewType("ShiftId", str)
TillId = NewType("TillId", str)
StoreId = NewType("StoreId", str)
PiiRef = NewType("PiiRef", str)

RandomBits = Callable[[int], int]


def uuid7(now_ms: int, randbits: RandomBits = secrets.randbits) -> str:
    """UUIDv7 text, lower case: 48 bits of Unix milliseconds, then 74 random bits (RFC 9562, 5.7)."""
    if not 0 <= now_ms < 1 << 48:
        raise ValueError("now_ms outside 48 bits")
    value = now_ms << 80 | 0x7 << 76 | randbits(12) << 64 | 0b10 << 62 | randbits(62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
