"""Words for the codes of: till."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "pin_wrong": Words(
        "S-01",
        "The PIN is not right. {left} more tries before a wait.",
    ),
    "pin_wait": Words(
        "S-02",
        "Too many wrong PINs. Try again in {seconds} s.",
    ),
    "pin_locked": Words(
        "S-03",
        "This person is locked after ten wrong PINs. Try again in {minutes} min, or sign on as someone else.",
    ),
    "staff_unknown": Words(
        "S-04",
        "This person may not sign on here any more. Choose someone else.",
    ),
    "scan_signed_off": Words(
        "S-90",
        "Nobody is signed on, so the scan was not taken. Sign on, then scan again.",
    ),
    "scans_too_many": Words(
        "S-91",
        "Too many scans are waiting; this one was not taken. Wait a moment, then scan it again.",
    ),
}
