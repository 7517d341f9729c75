"""Pending events and devices: what waits for head office, what is plugged in, what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.errors import GuitaiError, StoreError
from app.services import receipts, status
from app.services.status import TillStatus
from app.services.till import Outcome
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.devices import DeviceCard, Devices
from ui.presenters.head_office import ALONE, HeadOffice, HeadOfficeState
from ui.theme.names import Role


@dataclass(frozen=True, slots=True)
class StatusState:
    """`till` None while it is being read."""

    open: bool = False
    till: TillStatus | None = None
    devices: tuple[DeviceCard, ...] = ()
    head_office: HeadOfficeState = ALONE
    notice: Notice | None = None


class StatusPresenter(Presenter[StatusState]):
    """`left` is told when the screen closes; `looks(name, test)` opens the devices' own page at one of them."""

    def __init__(
        self,
        desk: Desk,
        devices: Devices,
        head_office: HeadOffice,
        *,
        left: Callable[[], None],
        looks: Callable[[str, bool], None],
    ) -> None:
        super().__init__(StatusState())
        self._desk, self._devices, self._head_office, self._left = desk, devices, head_office, left
        self._looks = looks
        self._link = ALONE

    def open(self) -> None:
        """Show what is known now and read the rest."""
        self._become(StatusState(open=True, devices=self._devices.cards(), head_office=self._link))
        self.refresh()

    def refresh(self) -> None:
        """Read the till's figures again."""
        till = self._desk.till
        self._desk.tasks.run(lambda: status.till_status(till), self._read, self._refuse)

    def devices_changed(self) -> None:
        """A device has other news than before."""
        if self.state.open:
            self._become(replace(self.state, devices=self._devices.cards()))

    def sync_status(self, state: HeadOfficeState) -> None:
        """The link to head office is another than before."""
        self._link = state
        if self.state.open:
            self._become(replace(self.state, head_office=state))

    def sync_changed(self) -> None:
        """Results or rows came: other figures."""
        if self.state.open:
            self.refresh()

    def sync_now(self) -> None:
        """R: ask head office now."""
        self._head_office.sync_now()

    def look(self, device: str = "", *, test: bool = False) -> None:
        """D: the page of all devices, at this one; `test` tries it there."""
        self._become(StatusState())
        self._looks(device, test)

    def settle(self, job_id: int, *, came_out: bool) -> None:
        """The cashier looked: the paper came out, or a marked copy shall be printed."""
        till, session = self._desk.till, self._desk.session()
        self._desk.tasks.run(
            lambda: receipts.settle_unknown(till, session, job_id, paper_came_out=came_out), self._decided, self._refuse
        )

    def back(self) -> None:
        """Esc: to the counter."""
        self._become(StatusState())
        self._left()

    def _decided(self, outcome: Outcome[int | None]) -> None:
        self._desk.changed(outcome.changed)
        self.refresh()

    def _read(self, till: TillStatus) -> None:
        if self.state.open:
            notice = self.state.notice
            if till.members is None and notice is None:
                notice = Notice(self._desk.speech.words(StoreError("cache_missing")), Role.ATTENTION)
            self._become(replace(self.state, till=till, notice=notice))

    def _refuse(self, error: GuitaiError) -> None:
        self._become(replace(self.state, notice=self._desk.refuse(error)))
