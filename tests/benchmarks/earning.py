"""Metric 15: the points of a member's basket per line and rule, by size of the basket and number of rules ÷ 1 ms.

Beside it the whole sale as every change at the counter computes it again: price, tenders, earning, posting, tier.
Nearly every rule gives points on nearly every line, which is more than a shop's programme asks for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.programme.account import Account
from app.domain.programme.document import Programme
from app.domain.programme.earn import entries_for
from app.domain.programme.facts import AccountFacts, LotFacts, open_account
from app.domain.programme.parse import parse
from app.domain.programme.sale import compute_sale
from app.domain.programme.when import Moment, circumstances
from app.domain.sale import Basket, Line, Tender, TenderKind
from tests.benchmarks.harness import Call, Effort, Row, compare
from tests.support.head_office import demo_programme

QUICK = Effort(blocks=30, calls=20)
FULL = Effort(blocks=60, calls=200)
SIZES = ((3, 5), (10, 10), (40, 30))
"""Lines of the basket, rules of the programme."""
BOUND_MS = 1.0
CATEGORIES = ("skin", "hair", "make-up", "bath", "scent")
AT = datetime(2026, 11, 20, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = AT.date()


def measure(*, quick: bool) -> Sequence[Row]:
    """Each size against a millisecond of waiting."""
    rows = []
    for lines, rules in SIZES:
        earning, whole = _sides(programme_of(rules), basket_of(lines))
        effort, size = QUICK if quick else FULL, f"{lines} lines and {rules} rules"
        samples = compare(earning, _wait, effort)
        note = f"the whole sale {median(_times_ms(whole, effort.calls)):.2f} ms"
        target = 1.0 if (lines, rules) == SIZES[-1] else None
        rows.append(samples.row("15", f"earning, {size} ÷ 1 ms", at=0.5, target=target, note=note))
    return rows


def _times_ms(call: Call, calls: int) -> Iterator[float]:
    for _ in range(calls):
        start = time.perf_counter_ns()
        call()
        yield (time.perf_counter_ns() - start) / 1e6


def _sides(programme: Programme, basket: Basket) -> tuple[Call, Call]:
    """Earning alone, and the whole sale."""
    member, moment = _member(programme), Moment("sale", AT, store="s027", region="r1")
    now = circumstances(member, moment, "gold", frozenset({TenderKind.CASH}))
    eligible = [line.charged_minor for line in basket.lines]
    return (
        lambda: entries_for(programme.earn, basket.lines, eligible, now=now, account=member),
        lambda: compute_sale(programme, member, basket, moment),
    )


def _wait() -> None:
    """One millisecond by the clock the blocks are measured with."""
    end = time.perf_counter_ns() + int(BOUND_MS * 1e6)
    while time.perf_counter_ns() < end:
        continue


def programme_of(rules: int) -> Programme:
    """The demo programme with so many rules, of every kind and with every kind of condition that can hold."""
    whens: Sequence[dict[str, Any]] = (
        {"tiers": ["gold"]}, {"categories": ["skin", "hair"]}, {"min_spend_minor": 10_000}, {"birthday": "month"},
        {"weekdays": [5, 6]}, {"tags": ["vip"]}, {"skus": ["sku-1", "sku-2", "sku-3"]},
    )  # fmt: skip
    kinds: Sequence[dict[str, Any]] = (
        {"kind": "multiply", "factor": "1.1"}, {"kind": "rate", "points": 1, "per_minor": 500},
        {"kind": "bonus", "points": 10}, {"kind": "per_unit", "points": 1},
    )  # fmt: skip
    given = [
        {"id": f"r{number}", **kinds[number % len(kinds)], "when": dict(whens[number % len(whens)])}
        for number in range(rules)
    ]
    document = demo_programme()
    return parse({**document, "earn": {**document["earn"], "rules": given}})


def basket_of(lines: int) -> Basket:
    rng = Random(lines)
    return Basket(
        tuple(
            Line(100 * rng.randrange(5, 300), rng.randrange(1, 4), f"sku-{number}", "商品", CATEGORIES[number % 5])
            for number in range(lines)
        ),
        tenders=(Tender(TenderKind.CASH),),
    )  # fmt: skip


def _member(programme: Programme) -> Account:
    """A gold member with points."""
    lots = (LotFacts(4_000, DAY.replace(month=1)), LotFacts(9_000, DAY.replace(month=6)))
    facts = AccountFacts(
        "member",
        birthday_on=DAY.replace(year=1990),
        tags=frozenset({"vip"}),
        tier="gold",
        qualifying=600_000,
        lots=lots,
    )
    return open_account(programme, facts, DAY)
