"""Somebody else agrees: what for, who, their PIN. A sheet over the screen that asks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.staff import PIN_DIGITS_MAX, Capability
from app.i18n import Translator
from app.services.signon import StaffChoice
from ui.presenters.approval import ApprovalPresenter, ApprovalState
from ui.theme.names import Kind
from ui.views import wording
from ui.views.common import Shown, Ui
from ui.views.notice import NoticeBanner
from ui.widgets.basics import row
from ui.widgets.buttons import KeyButton
from ui.widgets.keypad import DELETE, Keypad
from ui.widgets.people import PinDots, StaffTile
from ui.widgets.sheet import Sheet
from ui.widgets.values import Staff


def wanted(capability: Capability, tr: Translator) -> str:
    """What somebody is asked to agree to."""
    return {
        Capability.ADJUST: tr("Points by hand"),
        Capability.COUPON: tr("Coupon by hand"),
        Capability.CASH: tr("Cash in or out"),
        Capability.NO_SALE: tr("Open the drawer without a sale"),
        Capability.REPORTS: tr("Figures of the store"),
        Capability.BLIND_RETURN: tr("Return another store's goods offline"),
    }[capability]


class ApprovalSheet(Sheet):
    """`pressed(action)`: Esc and Enter as buttons."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, host: QWidget) -> None:
        super().__init__(ui.theme, host)
        self._ui, tr, px = ui, ui.tr, ui.px
        self._presenter: ApprovalPresenter | None = None
        self._people: tuple[StaffChoice, ...] = ()
        self.notice = NoticeBanner(ui.theme)
        self.tiles: list[StaffTile] = []
        self._faces = QGridLayout()  # two abreast: at 768 lines the keypad and a refusal need the height
        self._faces.setSpacing(px(8))
        self.dots = PinDots(ui.theme, PIN_DIGITS_MAX // 2, name=tr("PIN"))
        self.pad = Keypad(ui.theme, names=(tr("Clear"), tr("Delete")), clear=True)
        self.cancel = KeyButton(ui.theme, tr("Cancel"), key="Esc", height_px=64)
        self.sign = KeyButton(ui.theme, tr("Approve it"), kind=Kind.PRIMARY, key="Enter", height_px=64)
        for button, action in ((self.cancel, "Esc"), (self.sign, "Enter")):
            button.set_look(shrink=True)
            button.clicked.connect(lambda _checked=False, action=action: self.pressed.emit(action))
        feet = row(self.cancel, self.sign, gap=px(12))
        feet.setStretch(0, 1)
        feet.setStretch(1, 2)
        self.body.addLayout(self._faces)
        self.body.addWidget(self.notice)
        self.body.addWidget(self.dots)
        self.body.addWidget(self.pad, 1)
        self.body.addLayout(feet)
        self.dismissed.connect(lambda: self.pressed.emit("Esc"))
        self.gone: Callable[[], None] = _nothing
        """Called when the sheet goes away: whoever asked takes the keyboard again."""

    def attach(self, presenter: ApprovalPresenter) -> None:
        """Show this approval and send what is pressed."""
        self._presenter = presenter
        self.pad.pressed.connect(self._key)
        presenter.attach(Shown(self.show_state))

    def show_state(self, state: ApprovalState) -> None:
        """Who may, how much of the PIN is in, what was refused."""
        if not state.open:
            if self.isVisible():
                self.dismiss()
                self.gone()
            return
        tr = self._ui.tr
        note = tr("A second person agrees with their own PIN") if state.people else tr("Nobody here may approve this")
        self.set_title(wanted(state.capability, tr), note)
        self._show_people(state.people)
        for place, tile in enumerate(self.tiles):
            tile.set_chosen(place == state.chosen)
        self.notice.set_notice(state.notice)
        self.dots.set_filled(state.length, refused=state.notice is not None)
        self.sign.setEnabled(bool(state.people) and state.length > 0)
        self.sign.set_busy(tr("Checking") if state.checking else "")
        if not self.isVisible():
            self.present()

    def _show_people(self, people: tuple[StaffChoice, ...]) -> None:
        if people == self._people:
            return
        self._people = people
        for old in self.tiles:
            self._faces.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.tiles = []
        for place, one in enumerate(people):
            note = f"{wording.role_name(one.role, self._ui.tr)} · {one.staff_no}"
            tile = StaffTile(self._ui.theme, Staff(one.staff_id, one.name[:1], one.name, note))
            tile.clicked.connect(lambda _checked=False, place=place: self._choose(place))
            self._faces.addWidget(tile, *divmod(place, 2))
            self.tiles.append(tile)

    def _choose(self, place: int) -> None:
        if self._presenter is not None:
            self._presenter.choose(place)

    def _key(self, key: str) -> None:
        if self._presenter is None:
            return
        if key == DELETE:
            self._presenter.delete()
        elif key.isdigit():
            self._presenter.digit(key)
        else:
            self._presenter.choose(self._presenter.state.chosen)


def _nothing() -> None:
    """Nobody waits for the sheet to go."""
