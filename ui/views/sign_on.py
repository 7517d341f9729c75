"""Sign-on and lock: who, PIN, and the till's language, theme and size. First frame of the program, so it is light."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.domain.money import on_screen
from app.services.signon import StaffChoice
from ui.presenters.look import Look
from ui.presenters.shell import ShellState
from ui.presenters.sign_on import SignOnPresenter, SignOnState
from ui.theme.names import Icon, Kind, Role, Size, Tone
from ui.views import wording
from ui.views.common import Shown, Ui, foot_row, pin, scroll_area, unset_layout
from ui.views.notice import NoticeBanner
from ui.widgets.basics import IconLabel, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.figures import Avatar
from ui.widgets.keypad import CLEAR, DELETE, Keypad
from ui.widgets.notices import Banner
from ui.widgets.people import PinDots, StaffTile
from ui.widgets.values import Staff

PIN_SHOWN = 6
PAD_WIDTH, PAD_WIDTH_SLIM, PAD_EDGE, PAD_EDGE_SLIM = 520, 400, 56, 28
SLIM_BELOW = 1200  # logical width below which the PIN pad gets narrower
STACK_BELOW = 900  # logical width below which the PIN pad goes under the people
SAID_PX = 66  # a refusal in two lines
PANEL_PIN_FROM = 700  # logical height from which the PIN pad does not scroll with the people
NARROW_BELOW = 560  # logical width below which the keys of the PIN go under its dots, and the look into a column


class SignOnView(QWidget):
    """Shows the sign-on presenter. `look_asked(what)`: language, theme, scale."""

    look_asked = Signal(str)

    def __init__(self, ui: Ui, look: Look, version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, self._look, self._version = ui, look, version
        self._presenter: SignOnPresenter | None = None
        self._people: tuple[StaffChoice, ...] = ()
        self._tiles: list[StaffTile] = []
        self._stacked: bool | None = None
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(ui.tr("Sign on"))
        self._build_people()
        self._build_pad()
        self._arrange(stacked=False)

    # ---- building

    def _build_people(self) -> None:
        ui, tr = self._ui, self._ui.tr
        self.icon = IconLabel(ui.theme, Icon.USERS, px=32, tone=Tone.PRIMARY)
        self.title = Label(ui.theme, size=Size.HEADLINE)
        self.where = Label(ui.theme, tone=Tone.SECOND)
        self.time = Label(ui.theme, size=Size.FIGURE)
        self.time.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        head = row(self.icon, gap=ui.px(14))
        head.addLayout(column(self.title, self.where, gap=0), 1)
        head.addWidget(self.time)
        self.kept = Banner(ui.theme)
        self.kept.hide()
        self.question = Label(ui.theme, tr("Who is at the till?"), size=Size.STRONG, tone=Tone.SECOND)
        hint = Label(ui.theme, tr("Arrow keys or a touch"), size=Size.LABEL, tone=Tone.SECOND)
        hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.tiles = QGridLayout()
        self.tiles.setSpacing(ui.px(12))
        self.status = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.status.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.looks = {what: KeyButton(ui.theme) for what in ("language", "theme", "scale", "volume")}
        foot = row(gap=ui.px(12))
        for what, button in self.looks.items():
            button.clicked.connect(lambda _checked=False, what=what: self.look_asked.emit(what))
            button.set_look(shrink=True)
            foot.addWidget(button)
        self.foot = foot
        foot.addWidget(self.status, 1)
        self.looks_bar = QWidget()
        self.looks_bar.setProperty("ground", "base")
        self.looks_bar.setLayout(foot)
        people = QVBoxLayout()
        people.setSpacing(ui.px(20))
        people.addLayout(head)
        people.addWidget(self.kept)
        ask = row(self.question, gap=ui.px(12))
        ask.addWidget(hint, 1)
        people.addLayout(ask)
        people.addLayout(self.tiles)
        people.addStretch(1)
        people.addWidget(self.looks_bar)
        self.people = QWidget()
        self.people.setProperty("ground", "base")
        self.people.setLayout(people)
        self._people_layout = people
        self._show_looks()

    def _show_looks(self) -> None:
        tr, look = self._ui.tr, self._look
        themes = {"light": tr("Dark"), "dark": tr("High contrast"), "contrast": tr("Light")}
        self.looks["language"].set_text("English" if look.language == "zh_CN" else "中文")
        self.looks["theme"].set_text(themes[look.theme])
        volume = tr("Sound {percent}%", percent=look.volume) if look.volume else tr("Sound off")
        self.looks["volume"].set_text(volume)
        self.looks["scale"].set_text(tr("Size {percent}%", percent=look.scale_percent))

    def _build_pad(self) -> None:
        ui, tr = self._ui, self._ui.tr
        self.avatar = Avatar(ui.theme)
        self.name = Label(ui.theme, size=Size.NAME)
        self.dots = PinDots(ui.theme, PIN_SHOWN, name=tr("PIN"))
        self.notice = NoticeBanner(ui.theme)
        limits = row(
            IconLabel(ui.theme, Icon.INFO, px=20, tone=Tone.SECOND),
            Label(
                ui.theme,
                tr("After 5 wrong PINs you wait, after 10 for 30 minutes"),
                size=Size.LABEL,
                tone=Tone.SECOND,
                wrap=True,
            ),
            gap=ui.px(6),
        )
        limits.setStretch(1, 1)
        self.limits_line = QWidget()
        self.limits_line.setLayout(limits)
        self.pad = Keypad(ui.theme, names=(tr("Clear"), tr("Delete")), clear=True, key_px=72)
        self.pad.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.enter = KeyButton(ui.theme, tr("Sign on"), kind=Kind.PRIMARY, key="Enter")
        self.enter.set_look(shrink=True)
        who = row(self.avatar, gap=ui.px(14))
        who.addLayout(column(self.name, Label(ui.theme, tr("Type your PIN"), tone=Tone.SECOND), gap=0), 1)
        self.panel = QFrame()
        self.panel.setProperty("bar", "left")
        entry = QVBoxLayout()
        entry.setSpacing(ui.px(18))
        entry.addLayout(who)
        entry.addWidget(self.dots)
        # One place for the standing hint and for a refusal, with room for both, so that no key moves under a finger.
        said = column(self.limits_line, self.notice, 1, gap=0)
        said.setContentsMargins(0, 0, 0, 0)
        place = QWidget()
        place.setMinimumHeight(ui.px(SAID_PX))
        place.setLayout(said)
        entry.addWidget(place)
        keys = QVBoxLayout()
        keys.setSpacing(ui.px(18))
        keys.addWidget(self.pad)
        keys.addWidget(self.enter)
        self._halves = QHBoxLayout()
        self._halves.setSpacing(ui.px(18))
        self._halves.addLayout(entry, 1)
        self._halves.addLayout(keys, 1)
        self._pad_layout = layout = QVBoxLayout(self.panel)
        layout.addStretch(1)
        layout.addLayout(self._halves)
        layout.addStretch(1)

    def _arrange(self, *, stacked: bool) -> None:
        if stacked == self._stacked:
            return
        self._stacked = stacked
        if self.layout() is None:
            self.area = scroll_area(self._ui.tr("Sign on"))
            self.body = QWidget()
            self.area.setWidget(self.body)
            outer = QVBoxLayout(self)
            outer.setContentsMargins(0, 0, 0, 0)
            outer.addWidget(self.area, 1)
            self.below = foot_row(self._ui, edge_px=0)
            outer.addWidget(self.below)
        unset_layout(self.body)
        whole: QVBoxLayout | QHBoxLayout = QVBoxLayout(self.body) if stacked else QHBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.people, 1)
        whole.addWidget(self.panel)
        if stacked:  # who and PIN come first; the look is changed once a year
            whole.addWidget(self.looks_bar)
        else:
            self._people_layout.addWidget(self.looks_bar)

    def _place_panel(self, *, stacked: bool) -> None:
        """The PIN stays on the screen while many people scroll; on a low screen it scrolls with them."""
        self._people_layout.setSpacing(self._ui.px(12 if stacked else 20))
        if stacked and self.height() >= self._ui.px(PANEL_PIN_FROM):
            pin(self.panel, self.below)
        elif self.panel.parentWidget() is self.below:
            self._stacked = None
            pin(self.panel, self.body)
            self._arrange(stacked=stacked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow screens put the pad under the people."""
        super().resizeEvent(event)
        px, width = self._ui.px, self.width() / self._ui.theme.scale
        stacked, slim = width < STACK_BELOW, width < SLIM_BELOW
        self._arrange(stacked=stacked)
        self._place_panel(stacked=stacked)
        edge = px(16 if stacked else PAD_EDGE_SLIM if slim else PAD_EDGE)
        high, side = px(16 if stacked else 24), px(16 if stacked else 40)
        self._pad_layout.setContentsMargins(edge, high, edge, high)
        self._people_layout.setContentsMargins(side, px(12 if stacked else 36), side, px(12 if stacked else 36))
        narrow = width < NARROW_BELOW
        beside, under = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._halves.setDirection(beside if stacked and not narrow else under)
        self.foot.setDirection(under if narrow else beside)
        edges = (side, px(12), side, px(12)) if stacked else (0, 0, 0, 0)
        self.foot.setContentsMargins(*edges)
        self.panel.setMinimumWidth(0)
        self.panel.setMaximumWidth(16_777_215)
        if not stacked:
            self.panel.setFixedWidth(px(PAD_WIDTH_SLIM if slim else PAD_WIDTH))

    # ---- presenters

    def attach(self, presenter: SignOnPresenter) -> None:
        """Show this sign-on and send it what is pressed."""
        self._presenter = presenter
        self.pad.pressed.connect(self._pressed)
        self.enter.clicked.connect(presenter.enter)
        presenter.attach(Shown(self.show_state))

    def _pressed(self, key: str) -> None:
        if self._presenter is not None:
            {CLEAR: self._presenter.clear, DELETE: self._presenter.delete}.get(
                key, lambda presenter=self._presenter: presenter.digit(key)
            )()

    def show_shell(self, state: ShellState) -> None:
        """Place, date and time."""
        tr, place = self._ui.tr, state.place
        if place is None:
            self.where.set_text(tr("Opening the till's files"))
            self.status.set_text(tr("Guitai {version}", version=self._version))
            return
        self.where.set_text(
            " · ".join(
                (place.store_name, tr("Till {number}", number=place.till_no), wording.day(state.now_ms, place.zone, tr))
            )
        )
        self.time.set_text(wording.hour(state.now_ms, place.zone))
        pending = tr("{count} waiting for head office", count=state.pending) if state.pending else ""
        version = tr("Guitai {version}", version=self._version)
        self.status.set_text(" · ".join(part for part in (version, pending) if part))

    def show_state(self, state: SignOnState) -> None:
        """Who, dots, words."""
        tr = self._ui.tr
        self.title.set_text(tr("Locked") if state.locked else tr("Guitai"))
        self.icon.set_icon(Icon.LOCK if state.locked else Icon.CART, Tone.PRIMARY)
        kept = state.kept
        self.kept.setVisible(kept is not None)
        if kept is not None:
            text = tr("Receipt kept: {count} pcs, ¥{amount}", count=kept.pieces, amount=on_screen(kept.payable_minor))
            self.kept.show_notice(
                Role.PRIMARY, Icon.CART, text, note=tr("Sign on to go on from here; nothing has changed.")
            )
        self._show_people(state)
        self.dots.set_filled(len(state.pin), refused=state.notice is not None and state.notice.role is Role.ERROR)
        self.notice.set_notice(state.notice)
        self.limits_line.setVisible(state.notice is None)
        self.enter.setEnabled(state.ready)
        self.enter.set_busy(tr("Checking") if state.checking else "")

    def _show_people(self, state: SignOnState) -> None:
        ui = self._ui
        if state.people != self._people:
            self._people = state.people
            for tile in self._tiles:
                self.tiles.removeWidget(tile)
                tile.deleteLater()
            self._tiles = []
            for number, person in enumerate(state.people):
                note = f"{wording.role_name(person.role, ui.tr)} · {person.staff_no}"
                tile = StaffTile(ui.theme, Staff(person.staff_id, person.name[:1], person.name, note))
                tile.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                tile.set_look(shrink=True)
                tile.clicked.connect(lambda _checked=False, number=number: self._choose(number))
                self.tiles.addWidget(tile, number // 2, number % 2)
                self._tiles.append(tile)
            for side in (0, 1):
                self.tiles.setColumnStretch(side, 1)
        for number, tile in enumerate(self._tiles):
            tile.set_chosen(number == state.chosen)
        name = state.people[state.chosen].name if state.people else ""
        self.avatar.set_person(name[:1], None)
        self.name.set_text(name)

    def _choose(self, number: int) -> None:
        if self._presenter is not None:
            self._presenter.choose(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits are the PIN, wherever the focus is."""
        presenter, text = self._presenter, event.text()
        if presenter is not None and text.isascii() and text.isdigit():
            presenter.digit(text)
        elif presenter is not None and event.key() == Qt.Key.Key_Backspace:
            presenter.delete()
        else:
            super().keyPressEvent(event)
