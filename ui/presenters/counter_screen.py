"""The counter screen as one: receipt, scan field with its results, amount panel, and which of them a key means."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from ui.presenters.amount import AmountPresenter
from ui.presenters.base import Desk
from ui.presenters.counter import CounterPresenter
from ui.presenters.find import FindPresenter
from ui.presenters.keys import Key
from ui.presenters.undo import LastSaleUndo

CAME_OUT = "/／、"
"""What says that the doubtful paper came out, however the input method writes the key."""


class Panel(StrEnum):
    """What fills the left column."""

    IDLE = "idle"
    BASKET = "basket"
    FIND = "find"
    AMOUNT = "amount"


class CounterScreen:
    """`scan` receives text that was entered as a code. Holds no state of its own."""

    def __init__(
        self,
        desk: Desk,
        scan: Callable[[str], None],
        redeem: Callable[[], None] = lambda: None,
        why: Callable[[], None] = lambda: None,
    ) -> None:
        self._redeem_asked, self._why_asked = redeem, why
        self.cart = CounterPresenter(desk)
        self.undo = LastSaleUndo(desk, self.cart)
        self.find = FindPresenter(desk, pick=self.cart.give, enter=scan)
        self.amount = AmountPresenter(self.cart.add_amount)
        self.cart.on_taken = self.find.taken
        self.cart.on_amount = self.amount.settled

    def panel(self) -> Panel:
        """Results only while typing, the amount panel only when called, else the receipt."""
        if self.find.state.open:
            return Panel.FIND
        if self.amount.state.open:
            return Panel.AMOUNT
        return Panel.IDLE if self.cart.state.empty else Panel.BASKET

    def can(self, key: Key) -> bool:
        """Whether a key of the strip does something now."""
        cart = self.cart.state
        if key in (Key.F2, Key.F3, Key.F7, Key.F8):
            return True
        if key is Key.F6:
            return self.undo.possible()
        if key is Key.F11:
            return cart.cart.customer is not None and cart.cart.customer.member_id is not None
        if key is Key.F4:
            return cart.payable and cart.cart.customer is not None and cart.cart.customer.member_id is not None
        if key is Key.F5:
            return cart.paper is not None or (cart.empty and self.cart.last_sale() is not None)
        if key is Key.ESC:
            return not cart.empty or cart.notice is not None or self.panel() in (Panel.FIND, Panel.AMOUNT)
        return False

    def actions(self) -> dict[Key, Callable[[], None]]:
        """What the keys mean here now."""
        found = self.panel() is Panel.FIND
        copy = {Key.F5: lambda: self.cart.settle_paper(came_out=False)} if self.cart.state.paper else {}
        return {
            **copy,
            Key.F2: self.find.focus,
            Key.F4: self._redeem,
            Key.F6: self.undo.press,
            Key.WHY: self._why_asked,
            Key.ESC: self.back,
            Key.ENTER: self.amount.enter if self.panel() is Panel.AMOUNT else self.find.enter,
            Key.UP: lambda: self.find.move(-1) if found else self.cart.select(self.cart.state.line - 1),
            Key.DOWN: lambda: self.find.move(1) if found else self.cart.select(self.cart.state.line + 1),
        }

    def char(self, char: str) -> bool:
        """A character typed into the scan field; True when it means something else than text."""
        if self.panel() is Panel.AMOUNT:
            self.amount.key(char)
            return True
        if char.isdigit() and char.isascii() and self.find.digit_picks(char):
            self.find.pick_digit(char)
            return True
        if self.find.state.text or not self.find.state.enabled:
            return False
        if char == "*":
            self.amount.open()
            return True
        if char in CAME_OUT and self.cart.state.paper is not None:
            self.cart.settle_paper(came_out=True)
            return True
        if char in "?？" and (self.cart.state.payable or self.can(Key.F5)):
            self._why_asked()
            return True
        if char in "+-" and self.cart.state.payable:
            self.cart.keep()
            self.cart.step(1 if char == "+" else -1)
            return True
        return False

    def backspace(self) -> bool:
        """The delete key in the scan field; True when it meant the amount."""
        if self.panel() is not Panel.AMOUNT:
            return False
        self.amount.delete()
        return True

    def back(self) -> None:
        """Esc, one step at a time: results, amount panel, sentence, receipt."""
        if self.panel() is Panel.FIND:
            self.find.clear()
        elif self.panel() is Panel.AMOUNT:
            self.amount.close()
            self.cart.say(None)  # it was about the amount
        else:
            self.cart.back()

    def put_away(self) -> None:
        """Another screen opens: the amount panel closes, a sentence has been read, typed text stays."""
        self.amount.close()
        self.cart.say(None)

    def _redeem(self) -> None:
        if self.can(Key.F4):
            self._redeem_asked()
