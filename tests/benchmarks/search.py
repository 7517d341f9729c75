"""Metric 13: search for the first 20 of a million ÷ the raw indexed query that gives the same rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from random import Random

from app.services.demo_members import GIVEN, SURNAMES
from app.services.members import find
from app.store.connect import Connection
from app.store.lookup import BY_N, OWN, TAILS, TOKENS, TOTAL_MAX
from app.store.pinyin import pinyin
from app.store.tokens import back_range, token_range
from app.wiring.till import OpenTill, open_till
from tests.benchmarks.data import MEMBERS, till_of
from tests.benchmarks.harness import Effort, Row, compare

QUICK = Effort(blocks=30, calls=30)
FULL = Effort(blocks=60, calls=400)
LIMIT = 20
POOL = 300
"""Both sides draw from the same texts: how many members a text has differs more than the two sides do."""


def measure(*, quick: bool) -> Sequence[Row]:
    """Phone tail, name part, pinyin initials: p50 ratios; p99 beside, to compare with one frame of 16.7 ms."""
    opened = open_till(till_of(MEMBERS), os.environ)
    effort = QUICK if quick else FULL
    try:
        rows = []
        for kind, typed in KINDS:
            samples = compare(*_sides(opened, typed), effort)
            frame = samples.row("13", f"search by {kind}, 1M, p99", at=0.99, target=None)
            rows.append(
                samples.row(
                    "13",
                    f"search by {kind}, 1M, p50",
                    at=0.5,
                    target=2.0,
                    note=f"p99 {frame.ours_us / 1000:.1f} ms, one frame is 16.7 ms; "
                    f"in processor time {samples.processor_ratio:.2f}",
                )
            )
        return rows
    finally:
        opened.close()


def tail(rng: Random) -> str:
    return f"{rng.randrange(10_000):04d}"


def name_part(rng: Random) -> str:
    """A whole short name or the given name alone: two characters, as cashiers type."""
    first = rng.choice(SURNAMES[:20]) if rng.random() < 0.5 else rng.choice(GIVEN)
    return first + rng.choice(GIVEN)


def initials(rng: Random) -> str:
    name = rng.choice(SURNAMES[:20]) + rng.choice(GIVEN) + rng.choice(GIVEN)
    return "".join(word[0] for word in pinyin(name).split())


KINDS: Sequence[tuple[str, Callable[[Random], str]]] = (
    ("phone tail", tail),
    ("name", name_part),
    ("pinyin initials", initials),
)


def _sides(opened: OpenTill, typed: Callable[[Random], str]) -> tuple[Callable[[], object], Callable[[], object]]:
    rng, till = Random(2), opened.till
    pool = [typed(rng) for _ in range(POOL)]
    db: Connection = opened.files.members.connection

    def ours() -> object:
        return find(till, rng.choice(pool), LIMIT)

    def bound() -> object:
        text = rng.choice(pool)
        statement, (low, high) = (TAILS, back_range(text)) if text.isdigit() else (TOKENS, token_range(text))
        db.execute("BEGIN")
        numbers = db.execute(statement, (low, high, TOTAL_MAX + 1)).fetchall()
        rows = [db.execute(BY_N, (n,)).fetchone() for (n,) in numbers[:LIMIT]]
        own = [db.execute(OWN, ("", "", row[3], 1)).fetchone() for row in rows]
        db.execute("COMMIT")
        return rows, own

    return ours, bound
