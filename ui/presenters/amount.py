"""Amount-only: goods rung up elsewhere come onto the receipt as one amount. A product scanned meanwhile is added as
usual and the typed amount stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ui.presenters.base import Presenter

AMOUNT_CHARS_MAX = 12


@dataclass(frozen=True, slots=True)
class AmountState:
    """`open`: the panel is in the place of the basket. `text` as typed, in yuan."""

    open: bool = False
    text: str = ""


def typed_amount(text: str) -> str:
    """What of `text` can be an amount: digits and one point, two decimals at most."""
    kept = "".join(char for char in text.replace("。", ".").replace("．", ".") if char in "0123456789.-")
    whole, point, decimals = kept.partition(".")
    return (whole + point + decimals.replace(".", "")[:2])[:AMOUNT_CHARS_MAX]


class AmountPresenter(Presenter[AmountState]):
    """`add` receives the typed text."""

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
            self._become(replace(self.state, text=typed_amount(text)))

    def key(self, key: str) -> None:
        """A key of the keypad."""
        self.typed(self.state.text + key)

    def delete(self) -> None:
        """The keypad's delete key."""
        self.typed(self.state.text[:-1])

    def enter(self) -> None:
        """Add the amount as a line; an empty field stays open."""
        if self.state.text:
            text = self.state.text
            self.close()
            self._add(text)
