"""Gives back what no sale will use, points or another right: first in till.db, then to head office at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.domain.spending import Hold
from app.errors import GuitaiError
from app.services import holding
from app.services.ports import HoldAnswer
from app.services.till import Outcome
from ui.presenters.base import Desk

T = TypeVar("T")


class Holds:
    """`refused` hears what could not be written; a start finds what stayed open."""

    def __init__(self, desk: Desk, refused: Callable[[GuitaiError], None]) -> None:
        self._desk, self._refused = desk, refused

    def ask(
        self,
        hold: Hold,
        settle: Callable[[HoldAnswer], Outcome[T]],
        held: Callable[[Outcome[T]], None],
        refused: Callable[[GuitaiError], None],
    ) -> None:
        """Ask for a hold that stands in till.db; `settle` writes the answer down, else head office is told."""
        link = self._desk.till.head_office

        def failed(error: GuitaiError) -> None:
            self.tell(hold.hold_id)
            refused(error)

        def answered(answer: HoldAnswer) -> None:
            self._desk.tasks.run(lambda: settle(answer), held, failed)

        self._desk.tasks.away(lambda: holding.ask(link, hold), answered, refused)

    def give_back(self, hold_id: str) -> None:
        """End the hold, and tell head office."""
        till = self._desk.till

        def done(outcome: Outcome[None]) -> None:
            self._desk.changed(outcome.changed)
            self.tell(hold_id)

        self._desk.tasks.run(lambda: holding.give_back(till, hold_id), done, self._refused)

    def tell(self, hold_id: str) -> None:
        """Head office learns at once of a hold that is closed here."""
        link = self._desk.till.head_office
        self._desk.tasks.away(lambda: link.release(hold_id), lambda _: None, self._refused)
