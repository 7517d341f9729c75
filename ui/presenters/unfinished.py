"""A receipt that a power cut or a crash ended: the mark that one is open, and the sentence at the next start."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import GuitaiError
from app.i18n import mark
from ui.presenters.base import Desk, Notice
from ui.theme.names import Role


class Unfinished:
    """Keeps the mark beside the receipt, never before it: a scan does not wait for it. UI thread."""

    def __init__(self, desk: Desk, say: Callable[[Notice], None]) -> None:
        self._desk, self._say = desk, say
        self._marked = False

    def follow(self, *, is_open: bool) -> None:
        """There are goods on the receipt, or none any more."""
        if is_open != self._marked:
            self._marked = is_open
            basket = self._desk.till.open_basket
            self._desk.tasks.run(lambda: basket.keep(is_open=is_open), _kept, _not_kept)

    def ask(self) -> None:
        """Say once what the end of the program before this one took."""
        self._desk.tasks.run(self._desk.till.open_basket.take_left, self._left, _not_kept)

    def _left(self, left: bool) -> None:
        if left:
            text = mark(
                "The last receipt was not finished before the program ended; nothing was sold. Scan the goods again."
            )
            self._say(self._desk.say(text, Role.ATTENTION))


def _kept(_nothing: None) -> None:
    """Nobody waits for it."""


def _not_kept(_error: GuitaiError) -> None:
    """The mark logs its own troubles."""
