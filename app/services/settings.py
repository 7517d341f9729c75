"""The settings a use case reads, typed and with their defaults; rows come from head office, section by section.

A value of the wrong type counts as absent: a bad settings row must not stop a sale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain import instore
from app.services.ports import Setting
from app.services.till import Till

AMOUNT_MAX_MINOR_DEFAULT = 9_999_999
ENROLMENTS_GOAL_DEFAULT = 0
NOTICE_VERSION_DEFAULT = 1
UNDO_MINUTES_DEFAULT = 10
TOPUP_MAX_MINOR_DEFAULT = 500_000
RECEIPT_KEY_BYTES = 32
ADDRESS_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class TillSettings:
    """What the counter needs of the settings. `instore`: patterns of the codes its scales print (app.domain.instore);
    `codes`: the chain's own table of code forms (app.domain.scan.table). `float_minor` is in every drawer when a shift
    opens; with `counts_float` the cashier counts it first and signing on opens no shift. `join_url`: where a phone goes
    that scans the QR code of the customer's screen."""

    brand: str
    closing: str
    join_url: str
    receipt_host: str
    receipt_key: bytes
    amount_max_minor: int
    enrolments_goal: int
    notice_version: int
    undo_minutes: int
    topup_max_minor: int
    topup_bonus: str
    instore: str
    codes: str
    float_minor: int
    counts_float: bool


def read(till: Till) -> TillSettings:
    """The settings as they are now."""
    values = till.essentials.settings()
    return TillSettings(
        brand=_text(values, "receipt.brand", till.place.store_name),
        closing=_text(values, "receipt.closing", ""),
        join_url=_address(_text(values, "display.join_url", "")),
        receipt_host=_text(values, "receipt.host", ""),
        receipt_key=_key(_text(values, "receipt.key", "")),
        amount_max_minor=_count(values, "checkout.amount_max_minor", AMOUNT_MAX_MINOR_DEFAULT),
        enrolments_goal=_count(values, "shift.enrolments_goal", ENROLMENTS_GOAL_DEFAULT),
        notice_version=_count(values, "privacy.notice_version", NOTICE_VERSION_DEFAULT),
        undo_minutes=_count(values, "checkout.undo_minutes", UNDO_MINUTES_DEFAULT),
        topup_max_minor=_count(values, "stored_value.topup_max_minor", TOPUP_MAX_MINOR_DEFAULT),
        topup_bonus=_text(values, "stored_value.bonus", ""),
        instore=_text(values, "scan.instore", instore.DEFAULT),
        codes=_text(values, "scan.codes", ""),
        float_minor=_count(values, "shift.float_minor", 0),
        counts_float=values.get("shift.counts_float") is True,
    )


def _address(text: str) -> str:
    """An address a phone may open from a QR code, else nothing."""
    return text if text.startswith("https://") and text.isprintable() and len(text) <= ADDRESS_CHARS_MAX else ""


def tier_name(till: Till, tier: str | None) -> str:
    """The chain's own word for a tier (`tier_names.gold`), else its id; empty without a tier."""
    if tier is None:
        return ""
    own = till.essentials.settings().get(f"tier_names.{tier}")
    return own if isinstance(own, str) else till.receipt_words(TIER_WORDS.get(tier, tier))


def rule_name(till: Till, rule: str) -> str:
    """The chain's own word for an earn rule (`rule_names.double`), else its id."""
    own = till.essentials.settings().get(f"rule_names.{rule}")
    return own if isinstance(own, str) and own else rule


TIER_WORDS: Mapping[str, str] = {
    "base": "Basic card",
    "silver": "Silver card",
    "gold": "Gold card",
    "diamond": "Diamond card",
}


def _text(values: Mapping[str, Setting], name: str, default: str) -> str:
    value = values.get(name, default)
    return value if isinstance(value, str) else default


def _count(values: Mapping[str, Setting], name: str, default: int) -> int:
    value = values.get(name, default)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else default


def _key(text: str) -> bytes:
    """32 bytes of hex, else none: a receipt without a valid key prints no link."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return b""
    return key if len(key) == RECEIPT_KEY_BYTES else b""
