"""The tray on the receipt: coupons and rewards picked and taken off by their digit, each asked for at head office.

Nothing is used while this screen is up: what is held pays with the receipt. A scan belongs to the receipt; it closes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.spending import TakenCoupon, TakenReward
from app.errors import GuitaiError
from app.i18n import mark
from app.services import tray
from app.services.checkout import Cart, Quote
from app.services.holding import ASK_TIMEOUT_S
from app.services.till import Outcome
from app.services.tray import Ask, CouponChoice, RewardChoice, Tray
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.counter import CounterPresenter
from ui.theme.names import Role

PAGE = 9
WHY_KEY, TOP_UP_KEY = "w", "t"
NOTHING = Cart()
Choice = CouponChoice | RewardChoice


@dataclass(frozen=True, slots=True)
class TrayState:
    """`page` of nine choices from 0; `why`: what does not fit is listed too; `asking`: head office is asked."""

    open: bool = False
    cart: Cart = NOTHING
    quote: Quote | None = None
    tray: Tray | None = None
    page: int = 0
    why: bool = False
    asking: bool = False
    notice: Notice | None = None
    refused: int = 0

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Everything listed now: what fits, and when asked for, what does not."""
        if self.tray is None:
            return ()
        return (*self.tray.fitting, *(self.tray.others if self.why else ()))

    @property
    def shown(self) -> tuple[Choice, ...]:
        """The page that is up; a digit picks one of it."""
        return self.choices[self.page * PAGE : (self.page + 1) * PAGE]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-len(self.choices) // PAGE))


class TrayPresenter(Presenter[TrayState]):
    """`shown` when there is something to show, `left` when the receipt takes over, `top_up` for stored value."""

    def __init__(
        self,
        desk: Desk,
        counter: CounterPresenter,
        *,
        shown: Callable[[], None],
        left: Callable[[], None],
        top_up: Callable[[], None],
    ) -> None:
        super().__init__(TrayState())
        self._desk, self._counter = desk, counter
        self._shown, self._left, self._top_up = shown, left, top_up

    def open(self) -> None:
        """Look what the member has for the receipt as it is; refused in words where the receipt is shown."""
        if not self.state.asking:
            self._counter.when_settled(self._look)

    def move(self, by: int) -> None:
        """Another page."""
        page = self.state.page + by
        if 0 <= page < self.state.pages:
            self._become(replace(self.state, page=page))

    def char(self, char: str) -> bool:
        """A character of the keyboard; True when it means something here."""
        if char.isdigit() and char.isascii() and char != "0":
            self.pick(int(char) - 1)
        elif char.lower() == WHY_KEY:
            self.ask_why()
        elif char.lower() == TOP_UP_KEY:
            self.top_up()
        else:
            return False
        return True

    def pick(self, place: int) -> None:
        """Use what stands there, or take it off again; what does not fit says why."""
        state = self.state
        if state.asking or not place < len(state.shown):
            return
        choice = state.shown[place]
        if choice.taken:
            self._counter.leave(_name(choice))
            self._counter.when_settled(self._look)
        elif choice.why is not None:
            text = mark("This does not fit the receipt as it is. Nothing changed. The reason stands beside it.")
            self._desk.sounds.refused()
            notice = self._desk.say(text, Role.ATTENTION)
            self._become(replace(state, notice=notice, refused=state.refused + 1))
        else:
            self._take(choice)

    def ask_why(self) -> None:
        """List what does not fit, with its reason, or put it away."""
        self._become(replace(self.state, why=not self.state.why, page=0, notice=None))

    def top_up(self) -> None:
        """Pay into stored value."""
        if not self.state.asking:
            self._become(TrayState())
            self._top_up()

    def back(self) -> None:
        """Esc: the receipt. Not while head office is asked: its answer decides."""
        if not self.state.asking:
            self._become(TrayState())
            self._left()

    def scan(self, code: str) -> None:
        """A scan belongs to the receipt, which then is another one."""
        self.back()
        self._counter.scan(code)

    # ---- inside

    def _look(self) -> None:
        till, cart = self._desk.till, self._counter.state.cart
        self._desk.tasks.run(lambda: tray.look(till, cart), lambda found: self._looked(cart, found), self._not_shown)

    def _looked(self, cart: Cart, found: Tray) -> None:
        if cart != self._counter.state.cart:
            return
        before, was_open = self.state, self.state.open
        state = TrayState(True, cart, self._counter.state.quote, found, why=before.why, notice=before.notice)
        self._become(replace(state, page=min(before.page, state.pages - 1), refused=before.refused))
        if not was_open:
            self._shown()

    def _not_shown(self, error: GuitaiError) -> None:
        self._become(TrayState())
        self._left()
        self._counter.refuse(error)

    def _take(self, choice: Choice) -> None:
        till, session, cart = self._desk.till, self._desk.session(), self.state.cart
        text = mark("Asking head office, {seconds} s at most. Nothing is taken until it answers.")
        notice = self._desk.say(text, Role.INFO, seconds=round(ASK_TIMEOUT_S))
        self._become(replace(self.state, asking=True, notice=notice))
        begin = tray.begin_coupon if isinstance(choice, CouponChoice) else tray.begin_reward
        self._desk.tasks.run(lambda: begin(till, session, cart, _name(choice)), self._ask, self._refused)

    def _ask(self, asked: Ask) -> None:
        till = self._desk.till
        self._counter.holds.ask(asked.hold, lambda answer: tray.settle(till, asked, answer), self._held, self._refused)

    def _held(self, outcome: Outcome[TakenCoupon | TakenReward]) -> None:
        cart = self.state.cart
        self._become(replace(self.state, asking=False, notice=None))
        self._desk.sounds.ok()
        self._counter.take(outcome.value, cart)
        self._counter.when_settled(self._look)

    def _refused(self, error: GuitaiError) -> None:
        notice = self._desk.refuse(error)
        self._become(replace(self.state, asking=False, notice=notice, refused=self.state.refused + 1))


def _name(choice: Choice) -> str:
    return choice.coupon_id if isinstance(choice, CouponChoice) else choice.id
