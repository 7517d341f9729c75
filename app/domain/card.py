"""Card numbers and other things a scanner can read: what kind of code it is, and its check digit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

CARD_DIGITS_MIN = 8
CARD_DIGITS_MAX = 19
CODE_CHARS_MAX = 512
MEMBER_CODE_PREFIX = "58"
MEMBER_CODE_DIGITS = 24
STAFF_CARD_FORM = re.compile(r"GTS[0-9]{4,12}")
RECEIPT_QR_FORM = re.compile(r"https://[^/\s]+/r/[^/?\s]+\?e=[^&\s]+&t=-?[0-9]+&p=-?[0-9]+&m=[0-9a-f]{16}")

PAYMENT_CARD_DIGITS = range(14, 20)
ISSUERS = ("34", "35", "36", "37", "38", "4", "51", "52", "53", "54", "55", "6", "81", "9")
"""First digits of payment cards (ISO/IEC 7812): American Express, JCB, Diners, Visa, Mastercard, Discover,
UnionPay 62 and 81, Maestro, and Chinese domestic debit cards that begin with 9."""
MASTERCARD_2 = (2221, 2720)


class CodeKind(StrEnum):
    """What a scanned or typed code is, as far as its form tells."""

    MEMBER_CARD = "member_card"
    MEMBER_CODE = "member_code"
    PRODUCT = "product"
    GS1 = "gs1"
    RECEIPT = "receipt"
    PAYMENT = "payment"
    STAFF_CARD = "staff_card"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CardScheme:
    """The chain's member card numbers: `prefix` + digits + Luhn check digit, `digits` long in all. From settings."""

    prefix: str = "88"
    digits: int = 13

    def owns(self, text: str) -> bool:
        """True when `text` has the form of a member card, its check digit aside."""
        return text.isascii() and text.isdigit() and len(text) == self.digits and text.startswith(self.prefix)


def luhn_digit(digits: str) -> str:
    """The check digit that makes `digits` + it pass the Luhn test (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def luhn_holds(number: str) -> bool:
    """True when the last digit is the Luhn check digit of the others."""
    return number.isascii() and number.isdigit() and len(number) > 1 and luhn_digit(number[:-1]) == number[-1]


def ean_holds(code: str) -> bool:
    """True for 8, 12, 13 or 14 digits whose last is the GS1 check digit."""
    if not (code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14)):
        return False
    body = reversed(code[:-1])
    return -sum(int(char) * (3 if place % 2 == 0 else 1) for place, char in enumerate(body)) % 10 == int(code[-1])


def is_payment_code(code: str) -> bool:
    """WeChat (18 digits 10–15…), Alipay (16–24 digits 25–30…) and UnionPay (19 digits 62…) pay codes."""
    if not (code.isascii() and code.isdigit()):
        return False
    start, length = int(code[:2] or 0), len(code)
    return (
        (length == 18 and 10 <= start <= 15)
        or (16 <= length <= 24 and 25 <= start <= 30)
        or (length == 19 and start == 62)
    )


def is_payment_card(digits: str) -> bool:
    """True for 14–19 digits of a payment-card issuer that pass the Luhn test (security.md, "Privacy")."""
    if not (digits.isascii() and digits.isdigit() and len(digits) in PAYMENT_CARD_DIGITS and luhn_holds(digits)):
        return False
    return digits.startswith(ISSUERS) or MASTERCARD_2[0] <= int(digits[:4]) <= MASTERCARD_2[1]


def classify(code: str, scheme: CardScheme) -> CodeKind:
    """What `code` (text of one scan or typed line, without its symbology identifier) is by its form.

    Payment codes come first, whatever the chain's card scheme: taking one for a card would be worse than refusing it.
    A code of a known form whose check digit is wrong is WRONG_CHECK_DIGIT; free text is UNKNOWN. Pure.
    """
    if is_payment_code(code):
        return CodeKind.PAYMENT
    if RECEIPT_QR_FORM.fullmatch(code):
        return CodeKind.RECEIPT
    if STAFF_CARD_FORM.fullmatch(code):
        return CodeKind.STAFF_CARD if luhn_holds(code[3:]) else CodeKind.WRONG_CHECK_DIGIT
    if len(code) > CODE_CHARS_MAX or not (code.isascii() and code.isdigit()):
        return CodeKind.UNKNOWN
    return _classify_digits(code, scheme)


def _classify_digits(code: str, scheme: CardScheme) -> CodeKind:
    if len(code) == MEMBER_CODE_DIGITS and code.startswith(MEMBER_CODE_PREFIX):
        return CodeKind.MEMBER_CODE if luhn_holds(code) else CodeKind.WRONG_CHECK_DIGIT
    if scheme.owns(code) and luhn_holds(code):
        return CodeKind.MEMBER_CARD
    if ean_holds(code):
        return CodeKind.PRODUCT
    if scheme.owns(code) or len(code) in (8, 12, 13, 14):
        return CodeKind.WRONG_CHECK_DIGIT
    return CodeKind.UNKNOWN
