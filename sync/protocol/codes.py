"""Enrolment codes: 12 Crockford base32 digits (60 random bits), shown `XXXX-XXXX-XXXX` (wire.md, `enrol`)."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGITS = 12
BITS = 60
LIFE_MS = 15 * 60 * 1000
_READ = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def code_of(bits: int) -> str:
    """The 12 digits of 60 bits; ValueError outside that range."""
    if not 0 <= bits < 1 << BITS:
        raise ValueError("60 bits make a code")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(BITS - 5, -1, -5))


def shown(code: str) -> str:
    """`XXXX-XXXX-XXXX` for people."""
    return "-".join(code[start : start + 4] for start in range(0, DIGITS, 4))


def read_code(typed: str) -> str | None:
    """The 12 digits of what a person typed (no hyphens, any case, O as 0, I and L as 1), else None."""
    code = typed.upper().translate(_READ)
    return code if len(code) == DIGITS and all(char in ALPHABET for char in code) else None
