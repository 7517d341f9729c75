"""Spending points on the receipt: how many, what they do, and the one question to head office with its time limit.

Nothing is taken while this screen is up: points are held for the receipt and paid with it. A scan that comes while
head office is being asked changes the receipt; the points are then given back and the cashier is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.spending import Spend
from app.errors import GuitaiError
from app.i18n import mark
from app.services import redemption
from app.services.checkout import Cart, Quote
from app.services.holding import ASK_TIMEOUT_S
from app.services.redemption import Ask, Preview, Room
from app.services.till import Outcome
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.counter import CounterPresenter
from ui.theme.names import Role

DIGITS_MAX = 9
ALL_KEY, CLEAR_KEY = "a", "c"
NOTHING = Cart()


@dataclass(frozen=True, slots=True)
class RedeemState:
    """`points` are those chosen, whole; `preview` says what they do, None while nothing (valid) is chosen.

    `before`: the receipt without points, once known. `typed`: a number is being typed; else the next digit begins one.
    """

    open: bool = False
    cart: Cart = NOTHING
    room: Room | None = None
    points: int = 0
    preview: Preview | None = None
    before: Quote | None = None
    typed: bool = False
    asking: bool = False
    notice: Notice | None = None
    refused: int = 0


class RedeemPresenter(Presenter[RedeemState]):
    """`shown` when there is something to choose, `left` when the receipt takes over again."""

    def __init__(
        self, desk: Desk, counter: CounterPresenter, *, shown: Callable[[], None], left: Callable[[], None]
    ) -> None:
        super().__init__(RedeemState())
        self._desk, self._counter = desk, counter
        self._shown, self._left = shown, left

    def open(self) -> None:
        """Look how many points the receipt takes; refused in words where the receipt is shown.

        Points that pay already are given back first: the receipt is asked about anew.
        """
        if self.state.asking:
            return
        self._counter.keep_points()
        self._counter.when_settled(self._look)

    def digit(self, text: str) -> None:
        """A key of the keypad or the keyboard: `7`, `00`. What was chosen otherwise makes room for what is typed."""
        shown = f"{self.state.points}{text}" if self.state.typed and self.state.points else text
        if len(shown.lstrip("0")) <= DIGITS_MAX:
            self._type(int(shown))

    def delete(self) -> None:
        """The last digit goes."""
        self._type(self.state.points // 10)

    def all(self) -> None:
        """As many as the receipt takes."""
        if self.state.room is not None:
            self.choose(self.state.room.most)

    def clear(self) -> None:
        """None."""
        self.choose(0)

    def char(self, char: str) -> bool:
        """A character of the keyboard; True when it means something here."""
        if char.isdigit() and char.isascii():
            self.digit(char)
        elif char.lower() == ALL_KEY:
            self.all()
        elif char.lower() == CLEAR_KEY:
            self.clear()
        else:
            return False
        return True

    def step(self, by: int) -> None:
        """One step of the programme more or less."""
        room = self.state.room
        if room is not None:
            least = room.least if by > 0 and not self.state.points else self.state.points + by * room.step
            self.choose(min(max(0, least), room.most))

    def choose(self, points: int) -> None:
        """So many, from the slider or typed."""
        state = self.state
        if state.asking or not state.open or points == state.points:
            return
        self._become(replace(state, points=points, preview=None, notice=None, typed=False))
        if points:
            till, cart = self._desk.till, state.cart
            self._desk.tasks.run(
                lambda: redemption.preview(till, cart, points), self._previewed, lambda error: self._no(points, error)
            )

    def confirm(self) -> None:
        """Ask head office for the points chosen."""
        state = self.state
        if state.asking or state.preview is None:
            return
        till, session = self._desk.till, self._desk.session()
        text = mark("Asking head office, {seconds} s at most. Nothing is taken until it answers.")
        notice = self._desk.say(text, Role.INFO, seconds=round(ASK_TIMEOUT_S))
        self._become(replace(state, asking=True, notice=notice))
        self._desk.tasks.run(
            lambda: redemption.begin(till, session, state.cart, state.points), self._ask, self._refused
        )

    def back(self) -> None:
        """Esc: the receipt as it is. Not while head office is asked: its answer decides."""
        if not self.state.asking:
            self._become(RedeemState())
            self._left()

    def scan(self, code: str) -> None:
        """A scan belongs to the receipt, which then is another one."""
        self.back()
        self._counter.scan(code)

    # ---- inside

    def _type(self, points: int) -> None:
        self.choose(points)
        if self.state.open and not self.state.asking:
            self._become(replace(self.state, typed=True))

    def _look(self) -> None:
        till, cart = self._desk.till, self._counter.state.cart
        self._desk.tasks.run(
            lambda: redemption.room(till, cart), lambda room: self._opened(cart, room), self._counter.refuse
        )

    def _opened(self, cart: Cart, room: Room) -> None:
        if cart != self._counter.state.cart:
            return
        self._become(RedeemState(open=True, cart=cart, room=room))
        self._shown()
        self.all()

    def _previewed(self, preview: Preview) -> None:
        if self.state.open and preview.points == self.state.points:
            self._become(replace(self.state, preview=preview, before=preview.before, notice=None))

    def _no(self, points: int, error: GuitaiError) -> None:
        """While typing a number is not wrong, only not yet right: words, no sound."""
        if self.state.open and points == self.state.points:
            self._become(replace(self.state, notice=Notice(self._desk.speech.words(error), Role.ATTENTION)))

    def _ask(self, asked: Ask) -> None:
        till = self._desk.till
        self._counter.holds.ask(
            asked.hold, lambda answer: redemption.settle(till, asked, answer), self._held, self._refused
        )

    def _held(self, outcome: Outcome[Spend]) -> None:
        cart = self.state.cart
        self._become(RedeemState())
        self._counter.spend(outcome.value, cart)
        self._left()

    def _refused(self, error: GuitaiError) -> None:
        state = replace(self.state, asking=False, notice=self._desk.refuse(error), refused=self.state.refused + 1)
        self._become(state)
