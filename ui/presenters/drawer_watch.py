"""The drawer of the last cash sale: said at the counter when its pulse did not go out, until all is well again."""

from __future__ import annotations

from app.errors import DeviceError
from app.services.checkout import Done
from ui.presenters.base import Desk, Notice
from ui.presenters.counter import CounterPresenter
from ui.presenters.devices import DeviceCard, DeviceKind, Devices, Health
from ui.theme.names import Role


class DrawerWatch:
    """A sale owes its drawer one pulse until that was sent or has failed; what comes later belongs to no sale."""

    def __init__(self, desk: Desk, devices: Devices, cart: CounterPresenter) -> None:
        self._desk, self._devices, self._cart = desk, devices, cart
        self._owed = False
        self._notice: Notice | None = None
        card = self._card()
        self._counts = (card.done, card.failed) if card is not None else (0, 0)

    def sold(self, done: Done) -> None:
        """The sale is durable. With its printer away the drawer stays shut, which is known at once."""
        card = self._card()
        self._owed = done.receipt.kick_drawer and card is not None
        if self._owed and card is not None and card.health is Health.OFFLINE:
            self._say(DeviceError("drawer_unreachable", device=card.name))

    def devices_changed(self) -> None:
        """The drawer may have opened, failed to, or be well again."""
        card = self._card()
        if card is None:
            return
        (done, failed), self._counts = self._counts, (card.done, card.failed)
        if card.done > done:
            self._owed = False
        elif card.failed > failed and self._owed and card.code:
            self._say(DeviceError(card.code, device=card.name))
        if card.health is Health.OK and self._notice is not None:
            if self._cart.state.notice is self._notice:
                self._cart.say(None)
            self._notice = None

    def _say(self, error: DeviceError) -> None:
        self._owed = False
        self._desk.sounds.refused()
        self._notice = Notice(self._desk.speech.words(error), Role.ATTENTION)
        self._cart.say(self._notice)

    def _card(self) -> DeviceCard | None:
        return next((card for card in self._devices.cards() if card.kind is DeviceKind.DRAWER), None)
