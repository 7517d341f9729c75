"""One picture of a sale for its customer: what the pole display and the second screen show, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.consent import Consent, Purpose

SCORES = (1, 2, 3, 4, 5)


class Moment(StrEnum):
    """Where a sale stands, as its customer sees it."""

    WELCOME = "welcome"
    BASKET = "basket"
    TOTAL = "total"
    THANKS = "thanks"
    CONSENT = "consent"
    """A member is being enrolled: the customer answers for themselves, by purpose."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of goods; `name` empty: an amount without one."""

    name: str
    qty: int
    minor: int


@dataclass(frozen=True, slots=True)
class CustomerState:
    """`due_minor`: to pay with money, so without what points pay. `marked`: the line just changed, -1 for none.

    In THANKS `given_minor` is the money handed over, `change_minor` of it too much; `change_kept`: not handed back but
    made stored value.

    `join`: the chain's own address for becoming a member; `link`: that of the paid receipt; `score`: its customer's
    answer. Points are whole; `before` and `after` are None for nobody and where the balance is not known here.
    """

    moment: Moment = Moment.WELCOME
    brand: str = ""
    lines: tuple[ShownLine, ...] = ()
    marked: int = -1
    due_minor: int = 0
    discount_minor: int = 0
    given_minor: int = 0
    change_minor: int = 0
    change_kept: bool = False
    before: int | None = None
    after: int | None = None
    earned: int = 0
    used: int = 0
    join: str = ""
    link: str = ""
    score: int | None = None
    answers: tuple[Consent, ...] = ()

    def answer(self, purpose: Purpose) -> bool | None:
        """What the customer said about a purpose; None: not yet."""
        return next((one.given for one in self.answers if one.purpose is purpose), None)
