"""Goods come back: the receipt, which lines and how many, what happens to points and money, and the confirmation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from app.domain.card import RECEIPT_QR_FORM
from app.domain.spending import POINTS_FOLLOW
from app.domain.staff import Approval, Capability
from app.domain.store_line import ReceiptAnswer
from app.errors import GuitaiError
from app.i18n import mark
from app.services import blind_returns, returns, returns_elsewhere
from app.services.blind_returns import BlindLine
from app.services.returns import Found, Preview, Returned
from app.services.returns_elsewhere import Sought
from app.services.till import Outcome
from ui.presenters.approval import ApprovalPresenter
from ui.presenters.base import Desk, Notice, Presenter
from ui.theme.names import Role

TEXT_CHARS_MAX = 40
ALL_KEY, CLEAR_KEY = "a", "c"


@dataclass(frozen=True, slots=True)
class ReturnState:
    """`quantities` are units chosen by line number; `preview` is what they do. Without `found` a receipt is sought;
    `seeking`: head office is asked for it. `blind`: it did not answer, so the lines are typed from the paper."""

    open: bool = False
    text: str = ""
    found: Found | None = None
    quantities: Mapping[int, int] = field(default_factory=dict)
    line: int = 0
    preview: Preview | None = None
    saving: bool = False
    seeking: bool = False
    blind: Sought | None = None
    blind_lines: tuple[BlindLine, ...] = ()
    notice: Notice | None = None
    refused: int = 0

    def left(self, line: int) -> int:
        """Units of a line that can still come back."""
        lines = self.found.bought.purchase.lines if self.found is not None else ()
        return lines[line].qty - lines[line].returned if 0 <= line < len(lines) else 0


class ReturnPresenter(Presenter[ReturnState]):
    """`done` receives the durable return; `left` is told when the screen is closed without one."""

    def __init__(self, desk: Desk, *, done: Callable[[Returned], None], left: Callable[[], None]) -> None:
        super().__init__(ReturnState())
        self.on_taken: Callable[[str], None] = _nothing
        """Told which typed text has done its work."""
        self._desk, self._done, self._left = desk, done, left
        self.approval = ApprovalPresenter(desk)

    def detach(self) -> None:
        """See Presenter; the approval's sheet goes with the view."""
        super().detach()
        self.approval.detach()

    def open(self) -> None:
        """A receipt is wanted; what was chosen before stays chosen."""
        if not self.state.open:
            self._become(ReturnState(open=True))

    def typed(self, text: str) -> None:
        """The receipt number now in the field."""
        if text != self.state.text:
            self._become(replace(self.state, text=text[:TEXT_CHARS_MAX], notice=None))

    def enter(self) -> None:
        """Enter: look for the receipt typed; with one on the screen, take the goods back."""
        if self.state.found is not None:
            self.confirm()
        elif self.state.text.strip():
            self.scan(self.state.text)

    def scan(self, code: str) -> None:
        """A receipt's code, or its number; of a receipt nobody here knows a line typed from the paper."""
        if self.state.blind is not None and not RECEIPT_QR_FORM.fullmatch(code.strip()):
            self._add_blind(code)
        elif self.state.open and not self.state.saving:
            till = self._desk.till
            self._become(replace(self.state, seeking=False))

            def elsewhere(error: GuitaiError) -> None:
                if error.code == "receipt_elsewhere":
                    self._ask(code)
                else:
                    self._refuse(error)

            self._desk.tasks.run(lambda: returns.find(till, code), lambda found: self._sought(code, found), elsewhere)

    def _ask(self, code: str) -> None:
        """Head office may know it: of another store, or too new to have come down."""
        till = self._desk.till
        wanted = returns_elsewhere.sought(code)
        text = mark("Head office is asked for this receipt.")
        self._become(replace(self.state, seeking=True, notice=self._desk.say(text, Role.INFO)))

        def answered(answer: ReceiptAnswer) -> None:
            if self.state.open and self.state.seeking:
                self._desk.tasks.run(
                    lambda: returns_elsewhere.found(till, wanted, answer),
                    lambda found: self._sought(code, found),
                    unanswered,
                )

        def unanswered(error: GuitaiError) -> None:
            if error.code == "receipt_offline":
                notice = self._desk.say(self._desk.speech.words(error), Role.INFO)
                self._become(ReturnState(open=True, blind=wanted, notice=notice))
            else:
                self._refuse(error)

        self._desk.tasks.away(lambda: returns_elsewhere.ask(till.head_office, wanted), answered, self._refuse)

    def _sought(self, code: str, found: Found) -> None:
        """The text that led here has done its work."""
        self.on_taken(code.strip())
        self._found(found)

    def _add_blind(self, text: str) -> None:
        if self.state.saving:
            return
        try:
            line = blind_returns.read_line(text)
        except GuitaiError as error:
            self._refuse(error)
            return
        self._desk.sounds.ok()
        self._become(replace(self.state, text="", blind_lines=(*self.state.blind_lines, line), notice=None))
        self.on_taken(text.strip())

    def _confirm_blind(self, wanted: Sought) -> None:
        lines, till = self.state.blind_lines, self._desk.till

        def agreed(approval: Approval) -> None:
            session = self._desk.session()
            self._become(replace(self.state, saving=True, notice=None))
            self._desk.tasks.run(
                lambda: blind_returns.confirm(till, session, wanted, lines, approval),
                self._confirmed,
                self._not_confirmed,
            )

        if lines:
            self.approval.ask(Capability.BLIND_RETURN, POINTS_FOLLOW, agreed)

    def toggle(self, line: int) -> None:
        """All units left of a line, or none of it."""
        chosen = 0 if self.state.quantities.get(line) else self.state.left(line)
        self._choose(line, chosen)

    def step(self, line: int, by: int) -> None:
        """One unit more or less of a line."""
        self._choose(line, self.state.quantities.get(line, 0) + by)

    def move(self, by: int) -> None:
        """Mark the next or previous line."""
        found = self.state.found
        if found is not None:
            last = len(found.bought.lines) - 1
            self._become(replace(self.state, line=min(max(0, self.state.line + by), last)))

    def all(self) -> None:
        """Everything that is left."""
        if self.state.found is not None:
            count = len(self.state.found.bought.lines)
            self._chosen({line: self.state.left(line) for line in range(count) if self.state.left(line)})

    def clear(self) -> None:
        """Nothing."""
        if self.state.found is not None:
            self._chosen({})

    def char(self, char: str) -> bool:
        """A character of the keyboard; True when it means something here."""
        if self.approval.state.open:
            if char.isdigit() and char.isascii():
                self.approval.digit(char)
            return True
        if self.state.found is None:
            return False
        meaning: dict[str, Callable[[], None]] = {
            " ": lambda: self.toggle(self.state.line),
            "+": lambda: self.step(self.state.line, 1),
            "-": lambda: self.step(self.state.line, -1),
            ALL_KEY: self.all,
            CLEAR_KEY: self.clear,
        }
        action = meaning.get(char.lower())
        if action is not None:
            action()
        return action is not None

    def confirm(self) -> None:
        """Take the goods back."""
        state = self.state
        if state.blind is not None and not state.saving:
            self._confirm_blind(state.blind)
        if state.saving or state.found is None or not state.quantities:
            return
        till, session, found, wanted = self._desk.till, self._desk.session(), state.found, state.quantities
        self._become(replace(state, saving=True, notice=None))
        self._desk.tasks.run(
            lambda: returns.confirm(till, session, found, wanted), self._confirmed, self._not_confirmed
        )

    def back(self) -> None:
        """Esc: another receipt, then the counter. Not while the return is being saved."""
        if self.state.saving:
            return
        if self.state.found is not None or self.state.blind is not None:
            self._become(ReturnState(open=True))
        else:
            self._become(ReturnState())
            self._left()

    # ---- inside

    def _choose(self, line: int, quantity: int) -> None:
        if self.state.found is None or not 0 <= line < len(self.state.found.bought.lines):
            return
        quantity = min(max(0, quantity), self.state.left(line))
        others = {other: chosen for other, chosen in self.state.quantities.items() if other != line}
        self._become(replace(self.state, line=line))
        self._chosen({**others, line: quantity} if quantity else others)

    def _chosen(self, quantities: Mapping[int, int]) -> None:
        found, till = self.state.found, self._desk.till
        if found is None or self.state.saving:
            return
        self._become(replace(self.state, quantities=quantities, notice=None))
        self._desk.tasks.run(
            lambda: returns.preview(till, found, quantities),
            lambda preview: self._previewed(quantities, preview),
            self._refuse,
        )

    def _found(self, found: Found) -> None:
        if not self.state.open:
            return
        self._desk.sounds.ok()
        self._become(ReturnState(open=True, found=found))
        if not found.in_window:
            text = mark("The {days} days for returns are over for this receipt. Points stay as they are.")
            self._become(replace(self.state, notice=self._desk.say(text, days=found.window_days or 0)))
        else:
            self._chosen({})

    def _previewed(self, quantities: Mapping[int, int], preview: Preview) -> None:
        if self.state.quantities == quantities:
            self._become(replace(self.state, preview=preview))

    def _confirmed(self, outcome: Outcome[Returned]) -> None:
        self._desk.sounds.ok()
        self._become(ReturnState())
        self._done(outcome.value)
        self._desk.changed(outcome.changed)

    def _not_confirmed(self, error: GuitaiError) -> None:
        self._become(replace(self.state, saving=False))
        self._refuse(error)

    def _refuse(self, error: GuitaiError) -> None:
        self._become(
            replace(self.state, seeking=False, notice=self._desk.refuse(error), refused=self.state.refused + 1)
        )


def _nothing(_text: str) -> None:
    """Nobody holds what was typed."""
