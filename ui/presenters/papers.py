"""What became of a paper, in honest words: `printed` only when the printer said so; and the code that stands on it."""

from __future__ import annotations

from app.domain.receipt import JobState, QrCode, Receipt
from app.i18n import Translator


def job_words(state: JobState | None, tr: Translator) -> str:
    """What became of a paper, honestly: `printed` only when the printer said so."""
    if state is None:
        return tr("no receipt")
    return {
        JobState.QUEUED: tr("receipt waiting for the printer"),
        JobState.SENDING: tr("receipt printing"),
        JobState.SENT: tr("receipt sent, not confirmed yet"),
        JobState.CONFIRMED: tr("receipt printed"),
        JobState.SPOOLED: tr("receipt sent to the printer"),
        JobState.FAILED_CLEAN: tr("receipt not printed yet"),
        JobState.UNKNOWN: tr("receipt may not have printed"),
        JobState.CANCELLED: tr("receipt not printed on paper"),
    }[state]


def link_of(receipt: Receipt) -> str:
    """What the receipt's QR code says: its own address, so that no paper is needed. Empty without one."""
    return next((block.data for block in receipt.blocks if isinstance(block, QrCode)), "")
