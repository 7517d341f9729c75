"""The keys of this till, each with what it does now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.presenters.base import Presenter


@dataclass(frozen=True, slots=True)
class HelpState:
    """Whether the help is open."""

    open: bool = False


class HelpPresenter(Presenter[HelpState]):
    """`left` is told when the help closes."""

    def __init__(self, *, left: Callable[[], None]) -> None:
        super().__init__(HelpState())
        self._left = left

    def open(self) -> None:
        """Show the keys."""
        self._become(HelpState(open=True))

    def back(self) -> None:
        """Esc: to the counter."""
        self._become(HelpState())
        self._left()
