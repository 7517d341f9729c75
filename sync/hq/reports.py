"""What an operator reads: how stale the tills were, which figures were wrong, what partners owe. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, func, select

from app.domain.programme.document import Programme
from sync.hq.docs import SaleDoc
from sync.hq.tables import EVENT, FINDING, SALE
from sync.hq.work.book import Book

COMPUTED: Final = ("sale", "sale_return", "points_redeem")
"""Events that carry a basis."""


@dataclass(frozen=True, slots=True)
class Span:
    """Instants from `start_ms` up to but not including `end_ms`."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class StoreBasis:
    """A store's computed events, and how many said what. `stale`: right by what the till knew; `wrong`: a defect."""

    store_id: str
    events: int
    stale: int
    wrong: int
    recomputed: int

    @property
    def stale_per_mille(self) -> int:
        """Stale events of a thousand, rounded down."""
        return self.stale * 1000 // self.events if self.events else 0


def basis_by_store(connection: Connection, span: Span) -> list[StoreBasis]:
    """Every store with computed events in the span, by id."""
    within = (EVENT.c.at_ms >= span.start_ms) & (EVENT.c.at_ms < span.end_ms) & EVENT.c.type.in_(COMPUTED)
    wanted = select(EVENT.c.store_id, func.count()).where(within, EVENT.c.outcome.in_(("applied", "adjusted")))
    events = {row[0]: int(row[1]) for row in connection.execute(wanted.group_by(EVENT.c.store_id))}
    found: dict[tuple[str, str], int] = {}
    within = (FINDING.c.at_ms >= span.start_ms) & (FINDING.c.at_ms < span.end_ms)
    counted = select(FINDING.c.store_id, FINDING.c.code, func.count()).where(within)
    for store_id, code, count in connection.execute(counted.group_by(FINDING.c.store_id, FINDING.c.code)):
        found[store_id, code] = int(count)
    return [
        StoreBasis(
            one, count, found.get((one, "stale_basis"), 0), found.get((one, "wrong_figures"), 0),
            found.get((one, "recomputed"), 0),
        )
        for one, count in sorted(events.items())
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What one event said, with the figures promised and those head office came to."""

    event_id: str
    code: str
    store_id: str
    at_ms: int
    figures: Mapping[str, Any]


def findings(connection: Connection, span: Span, code: str) -> Iterator[Finding]:
    """Events that said `code`, the oldest first."""
    within = (FINDING.c.at_ms >= span.start_ms) & (FINDING.c.at_ms < span.end_ms) & (FINDING.c.code == code)
    for row in connection.execute(select(FINDING).where(within).order_by(FINDING.c.at_ms, FINDING.c.event_key)):
        yield Finding(row.event_key, row.code, row.store_id, row.at_ms, json.loads(row.figures))


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a partner's rule gave in the span. Points are scaled; `cost_minor` is their worth, 0 without [redeem]."""

    partner: str
    rule: str
    receipts: int
    given: int
    taken_back: int
    cost_minor: int


def settlement(book: Book, span: Span) -> list[Settlement]:
    """Points of partner-funded rules by partner and rule: given by sales of the span, less what came back of those."""
    within = (EVENT.c.at_ms >= span.start_ms) & (EVENT.c.at_ms < span.end_ms) & EVENT.c.type.in_(("sale", "purchase"))
    wanted = select(SALE.c.doc).join_from(SALE, EVENT, EVENT.c.event_key == SALE.c.id).where(within)
    decode = msgspec.json.Decoder(SaleDoc).decode
    sums: dict[tuple[str, str], list[int]] = {}
    for (doc,) in book.connection.execute(wanted):
        sale = decode(doc)
        programme = book.programme(sale.programme)
        if programme is None:
            continue
        for rule, (given, back) in _funded(programme, sale).items():
            entry = sums.setdefault(rule, [0, 0, 0, 0])
            worth = programme.redeem.value(given - back) if programme.redeem else 0
            for place, amount in enumerate((1, given, back, worth)):
                entry[place] += amount
    return [Settlement(partner, rule, *amounts) for (partner, rule), amounts in sorted(sums.items())]


def _funded(programme: Programme, sale: SaleDoc) -> dict[tuple[str, str], tuple[int, int]]:
    """(partner, rule) → points given and taken back on one receipt."""
    partners = {rule.id: rule.partner for rule in programme.earn.rules if rule.partner is not None}
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for line in sale.lines:
        for rule, points in line.because:
            if rule in partners:
                given, back = found.get((partners[rule], rule), (0, 0))
                found[partners[rule], rule] = (given + points, back + points * line.returned_qty // line.qty)
    return found
