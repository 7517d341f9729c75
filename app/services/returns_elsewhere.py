"""A receipt only head office knows: of another store, or of a till here whose sale has not come down yet.

Asked in three steps, as points are: what is sought, head office's answer (never on the store thread), what was found.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.numbering import ReceiptFacts, read_receipt_address
from app.domain.store_line import ReceiptAnswer, ReceiptOutcome
from app.errors import Refusal
from app.services import purchases
from app.services.ports import HeadOfficeLink
from app.services.returns import Found, found_of
from app.services.till import Till

ASK_TIMEOUT_S = 6.0


@dataclass(frozen=True, slots=True)
class Sought:
    """What the receipt's code says, with its mark, which head office checks."""

    facts: ReceiptFacts
    mac: str


def sought(address: str) -> Sought:
    """The receipt of a QR address. Refusal `receipt_form`."""
    try:
        facts, _ = read_receipt_address(address.strip(), b"")
    except ValueError:
        raise Refusal("receipt_form") from None
    return Sought(facts, address.strip().rpartition("&m=")[2])


def ask(link: HeadOfficeLink, wanted: Sought) -> ReceiptAnswer:
    """Head office's answer. May wait: never on the store thread."""
    if not link.is_online():
        return ReceiptAnswer(ReceiptOutcome.NO_ANSWER)
    return link.find_receipt(wanted.facts, wanted.mac, timeout_s=ASK_TIMEOUT_S)


def found(till: Till, wanted: Sought, answer: ReceiptAnswer) -> Found:
    """The receipt, as `returns.find` gives it. Refusal `receipt_forged`, `receipt_offline`, `sale_undone`."""
    if answer.outcome is ReceiptOutcome.NO_ANSWER:
        raise Refusal("receipt_offline")
    facts, lines = wanted.facts, answer.lines
    if answer.outcome is ReceiptOutcome.UNKNOWN or lines[0].receipt_no != facts.receipt_no:
        raise Refusal("receipt_forged")
    bought = purchases.of_store(till, facts.event_id, lines, till.book.returns_of(facts.event_id))
    return found_of(till, bought, verified=True, own=False, sent=lines)
