"""Amount-only: goods rung up elsewhere come onto the receipt as one amount. A product scanned meanwhile is added as
usual and the typed amount stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ui.presenters.base import Presenter

AMOUNT_CHARS_MAX = 12


@dataclass(frozen=True, slots=True)
class AmountState:
    """`open`: the panel is in the place of the basket. `text` as typed, in yuan; `adding` until it is a line."""

    open: bool = False
    text: str = ""
    adding: bool = False


def typed_amount(text: str) -> str:
    """`text` as typed, the point of a Chinese keyboard as a point. What is no amount is refused, never reshaped."""
    return text.replace("。", ".").replace("．", ".")[:AMOUNT_CHARS_MAX]


class AmountPresenter(Presenter[AmountState]):
    """`add` receives the typed text and answers through `settled`."""

    def __init__(self, add: Callable[[str], None]) -> None:
        super().__init__(AmountState())
        self._add = add

    def open(self) -> None:
        """Show the panel, empty."""
        self._become(AmountState(open=True))

    def close(self) -> None:
        """Back to the receipt."""
        self._become(AmountState())

    def typed(self, text: str) -> None:
        """The text now in the field."""
        if text != self.state.text:
            self._become(replace(self.state, text=typed_amount(text), adding=False))

    def key(self, key: str) -> None:
        """A key of the keypad."""
        self.typed(self.state.text + key)

    def delete(self) -> None:
        """The keypad's delete key."""
        self.typed(self.state.text[:-1])

    def enter(self) -> None:
        """Add the amount as a line; an empty field stays open, and so does one whose amount is refused."""
        if self.state.text and not self.state.adding:
            self._become(replace(self.state, adding=True))
            self._add(self.state.text)

    def settled(self, text: str) -> None:
        """`text` became a line; empty: something was refused, so what is typed may be corrected and entered again."""
        if text and text == self.state.text:
            self.close()
        elif self.state.adding:
            self._become(replace(self.state, adding=False))
