"""Metric 1: card → member (mask, tier, overlay) ÷ the same statements by the raw driver, in one read transaction."""

from __future__ import annotations

import os
from collections.abc import Sequence
from random import Random

from app.domain.sale import FoundBy
from app.services.demo_members import card_number
from app.services.members import customer_of
from app.store.lookup import BY_CARD, OWN
from app.wiring.till import OpenTill, open_till
from tests.benchmarks.data import MEMBERS, till_of
from tests.benchmarks.harness import Effort, Row, Samples, compare

QUICK = Effort(blocks=30, calls=300)
FULL = Effort(blocks=60, calls=2_000)


def measure(*, quick: bool) -> Sequence[Row]:
    """p50 and p99 at one million members."""
    opened = open_till(till_of(MEMBERS), os.environ)
    try:
        samples = sample(opened, MEMBERS, QUICK if quick else FULL)
    finally:
        opened.close()
    note = f"in processor time {samples.processor_ratio:.2f}"
    return (
        samples.row("1", "card → member, 1M, p50", at=0.5, target=2.0, note=note),
        samples.row("1", "card → member, 1M, p99", at=0.99, target=2.5),
    )


def sample(opened: OpenTill, members: int, effort: Effort) -> Samples:
    """Random cards on both sides."""
    till, rng = opened.till, Random(1)
    execute = opened.files.members.connection.execute

    def ours() -> object:
        member = till.members.by_card(card_number(rng.randrange(members)))
        assert member is not None
        return customer_of(till, member, FoundBy.CARD)

    def bound() -> object:
        card = card_number(rng.randrange(members))
        execute("BEGIN")
        found = execute(BY_CARD, (card,)).fetchone()
        own = execute(OWN, ("", "", found[3], 1)).fetchone()
        execute("COMMIT")
        return found, own

    return compare(ours, bound, effort)
