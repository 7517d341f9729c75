"""The CDNOW purchases as a till's day: members to import, a script that rings them up, what must come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from app.domain.card import luhn_digit
from app.services.import_members import ImportedMember
from tests.support.commands import SIGN_ON, script

FILE = Path(__file__).parents[1] / "data" / "cdnow_sample.txt"
PROGRAMME = """
schema = 1
id = "cdnow"
version = 1
currency = "USD"
timezone = "America/New_York"
points_scale = 0

[earn]
points = 3
per_minor = 100
rounding = "floor"
"""


@dataclass(frozen=True)
class Purchase:
    """One line of the file."""

    customer: str
    minor: int

    @property
    def card(self) -> str:
        """A card of ours for the customer."""
        body = f"88{int(self.customer):010d}"
        return body + luhn_digit(body)

    @property
    def points(self) -> int:
        """Three points a dollar, rounded down per receipt."""
        return self.minor * 3 // 100


def purchases() -> Iterator[Purchase]:
    """Every purchase, in the order of the file."""
    for line in FILE.read_text(encoding="ascii").splitlines():
        customer, _, _, _, value = line.split()
        yield Purchase(customer, int(Decimal(value) * 100))


def members(rung: list[Purchase]) -> Iterator[ImportedMember]:
    """Their customers, each with a card and nothing yet on it."""
    cards = {purchase.customer: purchase.card for purchase in rung}
    for line, (customer, card) in enumerate(sorted(cards.items()), 2):
        yield ImportedMember(line, customer, "", "", card, "", "", 0, (), "1997-01-01", "s027", "active")


def day_script(rung: list[Purchase]) -> str:
    """Scan the card, key the amount, pay. A purchase of nothing is a line without price: the counter types no zero."""
    steps: list[dict[str, object]] = [dict(SIGN_ON)]
    for one in rung:
        steps.append({"do": "scan", "code": one.card})
        if one.minor:
            steps.append({"do": "amount", "amount": f"{one.minor // 100}.{one.minor % 100:02d}"})
        else:
            steps.append({"do": "line", "unit_minor": 0})
        steps.append({"do": "pay", "tenders": [{"kind": "card"}]})
    return script(steps)


def totals(rung: list[Purchase]) -> dict[str, tuple[int, int, int]]:
    """customer → purchases, money, points, as the file adds up."""
    count, money, points = Counter[str](), Counter[str](), Counter[str]()
    for one in rung:
        count[one.customer] += 1
        money[one.customer] += one.minor
        points[one.customer] += one.points
    return {customer: (count[customer], money[customer], points[customer]) for customer in count}
