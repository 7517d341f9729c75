"""Lines of a sale as head office has them: of the store's other tills from the cache, of another store when asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.ids import MemberId


@dataclass(frozen=True, slots=True)
class StoreLine:
    """A `sale_line` row (wire.md): one line of a sale of any till of this store, as it stands at head office.

    `returned_qty`: what came back there, and what came back here and is not in the row yet.
    """

    receipt_no: str
    at_ms: int
    till_id: str
    qty: int
    returned_qty: int
    charged_minor: int
    points_minor: int
    because: tuple[tuple[str, int], ...]
    member_id: MemberId | None = None
    sku: str | None = None
    name: str | None = None
    category: str | None = None


class ReceiptOutcome(StrEnum):
    """What came of asking for a receipt. `no_answer`: head office may well know it."""

    FOUND = "found"
    UNKNOWN = "unknown"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class ReceiptAnswer:
    """The lines of a sale of any store, by number; empty unless found."""

    outcome: ReceiptOutcome
    lines: tuple[StoreLine, ...] = ()
