"""What a person's name may be, and what looks like a payment card and must never be kept."""

from __future__ import annotations

import unicodedata

from app.domain.card import luhn_holds

NAME_CHARS_MAX = 40
PAYMENT_CARD_DIGITS = range(14, 20)
ISSUERS = ("34", "35", "36", "37", "38", "4", "51", "52", "53", "54", "55", "6", "81", "9")
"""First digits of payment cards (ISO/IEC 7812): American Express, JCB, Diners, Visa, Mastercard, Discover,
UnionPay 62 and 81, Maestro, and Chinese domestic debit cards that begin with 9."""
MASTERCARD_2 = (2221, 2720)


def is_payment_card(digits: str) -> bool:
    """True for 14–19 digits of a payment-card issuer that pass the Luhn test (security.md, "Privacy")."""
    if not (digits.isascii() and digits.isdigit() and len(digits) in PAYMENT_CARD_DIGITS and luhn_holds(digits)):
        return False
    return digits.startswith(ISSUERS) or MASTERCARD_2[0] <= int(digits[:4]) <= MASTERCARD_2[1]


def clean_name(typed: str) -> str | None:
    """A name in NFC with single spaces; None when it is empty, too long, has no letter, or holds digits or controls."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not 0 < len(name) <= NAME_CHARS_MAX:
        return None
    kinds = {unicodedata.category(char)[0] for char in name}
    if "L" not in kinds or kinds - {"L", "M", "P", "Z"}:
        return None
    return name
