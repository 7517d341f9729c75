"""The scan field as typed into: results while typing, the one previewed, and picking it.

Typed text is never taken away by a scan: a scan goes to the receipt, the text and its results stay. Results of an
older text are dropped. Digits 1–9 pick a result while the text is a name or initials; once the text holds a digit or
ends in a space they are typed, because then a phone tail is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.errors import GuitaiError
from app.services import members
from app.services.members import Customer, CustomerFound, FoundMembers
from ui.presenters.base import Desk, Notice, Presenter

TEXT_CHARS_MAX = 64
PICK_KEYS = 9


@dataclass(frozen=True, slots=True)
class FindState:
    """`found` belongs to `found_for`, which may be older than `text`. `keyboard`: on-screen keys are called.

    `ime`: F2 was pressed to search, so the input method may be used for a Chinese name; a scanner finds it off.
    `scans`: whether a code may go to the receipt on the screen that is up.
    """

    text: str = ""
    found: FoundMembers | None = None
    found_for: str = ""
    chosen: int = 0
    keyboard: bool = False
    focus: int = 0
    ime: bool = False
    notice: Notice | None = None
    enabled: bool = True
    scans: bool = True

    @property
    def open(self) -> bool:
        """Results take the place of the basket."""
        return self.enabled and (self.keyboard or bool(self.text.strip()))

    @property
    def preview(self) -> Customer | None:
        """The result marked now."""
        hits = self.found.customers if self.found else ()
        return hits[self.chosen] if self.chosen < len(hits) else None


class FindPresenter(Presenter[FindState]):
    """`pick` receives the chosen customer, `enter` text that is to be taken as a code."""

    def __init__(self, desk: Desk, *, pick: Callable[[CustomerFound], None], enter: Callable[[str], None]) -> None:
        super().__init__(FindState())
        self._desk, self._pick, self._enter = desk, pick, enter
        self._searching = False
        self._entered = False

    def enable(self, enabled: bool, *, scans: bool = True) -> None:
        """Whether typing searches members: on the counter only; and whether a code may go to the receipt."""
        if (enabled, scans) != (self.state.enabled, self.state.scans):
            self._become(replace(self.state, enabled=enabled, scans=scans))
            if self.state.text.strip() and self.state.text != self.state.found_for:
                self._search()  # typed while another screen was up

    def typed(self, text: str) -> None:
        """The text now in the field."""
        if text == self.state.text:
            return
        text = text[:TEXT_CHARS_MAX]
        self._entered = False
        if text.strip():
            self._become(replace(self.state, text=text, chosen=0, notice=None))
            self._search()
        else:
            self._become(replace(self.state, text=text, chosen=0, notice=None, found=None, found_for=""))

    def key(self, char: str) -> None:
        """A key of the on-screen keyboard."""
        self.typed(self.state.text + char)

    def delete(self) -> None:
        """The on-screen keyboard's delete key."""
        self.typed(self.state.text[:-1])

    def clear(self) -> None:
        """Empty the field and put the keys away: back to the receipt."""
        self.typed("")
        self._become(replace(self.state, keyboard=False, ime=False, notice=None))

    def toggle_keyboard(self) -> None:
        """Call or put away the on-screen keys."""
        self._become(replace(self.state, keyboard=not self.state.keyboard))

    def focus(self) -> None:
        """F2: the keyboard goes to the scan field."""
        self._become(replace(self.state, focus=self.state.focus + 1, ime=True))

    def move(self, by: int) -> None:
        """The next or previous result."""
        count = len(self.state.found.customers) if self.state.found else 0
        if count:
            self._become(replace(self.state, chosen=max(0, min(self.state.chosen + by, count - 1))))

    def choose(self, number: int) -> None:
        """Preview the result with that number, from 0."""
        self.move(number - self.state.chosen)

    def digit_picks(self, digit: str) -> bool:
        """Whether this digit picks a result now instead of being typed."""
        text, found = self.state.text, self.state.found
        if digit == "0" or found is None or not self.state.open or text[-1:].isspace():
            return False
        return not any(char.isdigit() for char in text) and int(digit) <= min(PICK_KEYS, len(found.customers))

    def pick_digit(self, digit: str) -> None:
        """Pick the result with that digit."""
        self.take(int(digit) - 1)

    def take(self, number: int) -> None:
        """Pick the result with that number, from 0."""
        self.choose(number)
        self.pick()

    def pick(self) -> None:
        """Take the previewed member for the receipt."""
        chosen = self.state.preview
        if chosen is not None:
            self.clear()
            self._pick(CustomerFound(chosen, unknown_card=False))

    def enter(self) -> None:
        """Enter: the previewed member; with no results, the text is a code. Waits for a search under way."""
        if not self.state.text.strip():
            return
        if self._searching:
            self._entered = True
        elif self.state.preview is not None and self.state.enabled:
            self.pick()
        else:
            self._enter(self.state.text.strip())

    def taken(self, code: str) -> None:
        """The code entered by hand was recognised: its text has done its work."""
        if self.state.text.strip() == code:
            self.clear()

    def _search(self) -> None:
        if self._searching or not self.state.enabled:
            return
        self._searching = True
        till, text = self._desk.till, self.state.text
        self._desk.tasks.run(
            lambda: members.find(till, text.strip()), lambda found: self._found(text, found), self._not_found
        )

    def _found(self, text: str, found: FoundMembers) -> None:
        self._searching = False
        if text != self.state.text:
            if self.state.text.strip():
                self._search()
            return
        self._become(replace(self.state, found=found, found_for=text, chosen=0))
        self._finish_enter()

    def _not_found(self, error: GuitaiError) -> None:
        self._searching = False
        self._become(replace(self.state, found=None, found_for="", notice=self._desk.refuse(error)))

    def _finish_enter(self) -> None:
        if self._entered:
            self._entered = False
            self.enter()
