"""Numbers people read: receipt numbers, the business day a sale belongs to, and the signed address of a receipt."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from hashlib import sha256

from app.ids import EventId

RECEIPT_NO_DIGITS = 6


def receipt_no(store_id: str, till_no: str, number: int) -> str:
    """`S027-2-000331`: store, till, and a gapless number from 1 (more digits when six are used up)."""
    if number < 1:
        raise ValueError("receipts count from 1")
    return f"{store_id.upper()}-{till_no}-{number:0{RECEIPT_NO_DIGITS}d}"


def business_on(at_ms: int, zone: tzinfo, starts: time) -> str:
    """The business day `2026-12-06` of a moment: before `starts` (local) it is still the day before."""
    moment = local_time(at_ms, zone)
    day = moment.date()
    return (day if moment.time() >= starts else day - timedelta(days=1)).isoformat()


def local_on(at_ms: int, zone: tzinfo) -> str:
    """The calendar day of a moment in `zone`."""
    return local_time(at_ms, zone).date().isoformat()


def local_time(at_ms: int, zone: tzinfo) -> datetime:
    """Milliseconds since 1970 UTC as an aware datetime in `zone`, exact."""
    seconds, milliseconds = divmod(at_ms, 1000)
    return datetime.fromtimestamp(seconds, zone).replace(microsecond=milliseconds * 1000)


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What the QR of a receipt says."""

    receipt_no: str
    event_id: EventId
    total_minor: int
    points: int


def receipt_address(host: str, key: bytes, facts: ReceiptFacts) -> str:
    """`https://<host>/r/<receipt_no>?e=…&t=…&p=…&m=<mac>` (wire.md, "Settled beside the wire").

    mac = first 8 bytes, in hex, of HMAC-SHA256(store receipt key, the text before `&m=`).
    """
    text = f"https://{host}/r/{facts.receipt_no}?e={facts.event_id}&t={facts.total_minor}&p={facts.points}"
    return f"{text}&m={hmac.new(key, text.encode('utf-8'), sha256).hexdigest()[:16]}"


ADDRESS_FORM = re.compile(
    r"(?P<text>https://[^/\s]+/r/(?P<receipt_no>[^/?\s]+)\?e=(?P<event>[^&\s]+)&t=(?P<total>-?[0-9]{1,18})"
    r"&p=(?P<points>-?[0-9]{1,18}))&m=(?P<mac>[0-9a-f]{16})"
)


def store_of(receipt: str) -> str:
    """The store in a receipt number: `S027-2-000331` → `s027`."""
    return receipt.rsplit("-", 2)[0].lower()


def read_receipt_address(address: str, key: bytes) -> tuple[ReceiptFacts, bool]:
    """What a receipt's QR says, and whether `key` made its mark. ValueError for text of another form."""
    found = ADDRESS_FORM.fullmatch(address)
    if found is None:
        raise ValueError("not the address of a receipt")
    facts = ReceiptFacts(found["receipt_no"], EventId(found["event"]), int(found["total"]), int(found["points"]))
    wanted = hmac.new(key, found["text"].encode("utf-8"), sha256).hexdigest()[:16]
    return facts, hmac.compare_digest(wanted, found["mac"])
