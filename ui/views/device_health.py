"""Every device of the till: state, what to do, statistics, last check; one of them chosen and tried by key or touch."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.services.till import Place
from ui.presenters.device_health import CHECK_KEY, SETUP_KEY, TEST_KEY, DeviceHealthPresenter, DeviceHealthState
from ui.presenters.devices import CheckLevel, DeviceCard, DeviceKind, Health
from ui.theme.names import Icon, Kind, Role, Size, Tone
from ui.views import device_words, wording
from ui.views.approval_sheet import ApprovalSheet
from ui.views.common import Shown, Ui, scroll_area
from ui.views.notice import NoticeBanner
from ui.widgets.basics import Card, IconLabel, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import Chip
from ui.widgets.notices import Banner
from ui.widgets.tasks import FactRow
from ui.widgets.values import ChipSpec, Run

STACK_BELOW, FIGURES_BELOW = 900, 640  # logical widths below which the detail goes under, its figures into two lines
FEET_BELOW = 700  # and below which the buttons stand in two lines
FEET = (3, 2, 2, 1)


class DeviceRow(Card):
    """One device of the list: its key, its name, how it is."""

    def __init__(self, ui: Ui, number: int) -> None:
        super().__init__(ui.theme, horizontal=True)
        self._ui = ui
        self.body.setContentsMargins(ui.px(8), ui.px(8), ui.px(12), ui.px(8))
        self.button = KeyButton(ui.theme, key=f"{number}")
        self.button.set_look(left=True, shrink=True, cap_first=True)
        self.chip = Chip(ui.theme, ChipSpec(""))
        self.body.addWidget(self.button, 1)
        self.body.addWidget(self.chip)

    def show_device(self, card: DeviceCard, *, chosen: bool) -> None:
        """Its present state."""
        tr = self._ui.tr
        self.button.set_icon(device_words.ICONS[card.kind])
        self.button.set_text(device_words.device_name(card, tr))
        self.button.set_chosen(chosen)
        self.chip.set_chip(device_words.health_chip(card.health, tr))


class DeviceDetail(Card):
    """The chosen device: state, sentence, figures, facts."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.theme)
        self._ui, tr, px = ui, ui.tr, ui.px
        self.place: Place | None = None
        self.icon = IconLabel(ui.theme, Icon.PRINT, px=32)
        self.name = Label(ui.theme, size=Size.HEADLINE)
        self.chip = Chip(ui.theme, ChipSpec(""))
        self.words = Label(ui.theme, wrap=True)
        self._grid = QGridLayout()
        self._grid.setSpacing(px(8))
        self.figures = [
            (Label(ui.theme, size=Size.NUMBER), Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)) for _ in range(5)
        ]
        self._cells = [QWidget(self) for _ in self.figures]
        for cell, parts in zip(self._cells, self.figures, strict=True):
            cell.setLayout(column(*parts, gap=0))
        self.stage = FactRow(ui.theme, tr("State"), height_px=44)
        self.address = FactRow(ui.theme, tr("Address"), height_px=44)
        self.scan = FactRow(ui.theme, tr("Last scan"), height_px=44)
        self.checked = FactRow(ui.theme, tr("Last check"), height_px=44)
        self.body.addLayout(row(self.icon, self.name, 1, self.chip, gap=px(10)))
        self.body.addWidget(self.words)
        self.body.addLayout(self._grid)
        for fact in (self.stage, self.address, self.scan, self.checked):
            self.body.addWidget(fact)
        self.body.addStretch(1)

    def show_state(self, state: DeviceHealthState) -> None:
        """The chosen device and what is being asked of it."""
        card, tr = state.card, self._ui.tr
        if card is None:
            return
        self.icon.set_icon(device_words.ICONS[card.kind], Tone.INK)
        self.name.set_text(device_words.device_name(card, tr))
        self.chip.set_chip(device_words.health_chip(card.health, tr))
        self.words.set_text(device_words.advice(card, tr))
        self.stage.set_fact(Run(device_words.stage_words(card, tr)))
        self._show_figures(card)
        self.address.set_fact(Run(card.address), caption=tr("Address"))
        self.address.setVisible(bool(card.address))
        self.scan.setVisible(card.scan is not None)
        if card.scan is not None:
            self.scan.set_fact(Run(device_words.scan_words(card.scan, tr), Size.LABEL))
        self.checked.setVisible(card.health is not Health.NONE)
        self.checked.set_fact(*self._last_check(card))

    def _show_figures(self, card: DeviceCard) -> None:
        tr = self._ui.tr
        done = {
            DeviceKind.PRINTER: tr("printed"),
            DeviceKind.SCANNER: tr("scans"),
            DeviceKind.DRAWER: tr("opened"),
            DeviceKind.DISPLAY: tr("shown"),
        }
        values = (
            (card.done, done[card.kind]),
            (card.failed, tr("failed")),
            (card.reconnects, tr("reconnected")),
            (card.abandoned, tr("hung")),
            (card.hours, tr("hours connected")),
        )
        for (figure, caption), (value, name) in zip(self.figures, values, strict=True):
            figure.set_text(f"{value:,}")
            caption.set_text(name)
        for cell in (*self._cells, self.stage):
            cell.setVisible(card.health is not Health.NONE)

    def _last_check(self, card: DeviceCard) -> tuple[Run, ...]:
        tr, checked = self._ui.tr, card.checked
        if checked is None or self.place is None:
            return (Run(tr("not since the start"), tone=Tone.THIRD),)
        chip = device_words.health_chip(checked.health, tr)
        how = f"{wording.hour(checked.at_ms, self.place.zone)} · {device_words.level_name(checked.level, tr)}"
        return Run(how), Run(chip.text, tone=Tone.PRIMARY if checked.health is Health.OK else Tone.ATTENTION, bold=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Figures in two lines where there is little room."""
        super().resizeEvent(event)
        columns = 5 if self.width() >= self._ui.px(FIGURES_BELOW) else 3
        for place, cell in enumerate(self._cells):
            self._grid.addWidget(cell, place // columns, place % columns)


class DeviceHealthView(QWidget):
    """Shows the presenter of the devices. `pressed(action)`: Esc as a button."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr, px = ui, ui.tr, ui.px
        self._presenter: DeviceHealthPresenter | None = None
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Devices"))
        self.notice, self.news = NoticeBanner(ui.theme), Banner(ui.theme)
        self.rows: list[DeviceRow] = []
        self._chosen = 0
        self.list = QVBoxLayout()
        self.list.setSpacing(px(8))
        self.detail = DeviceDetail(ui)
        self.test = KeyButton(ui.theme, kind=Kind.PRIMARY, key=TEST_KEY.upper(), height_px=64)
        self.check = KeyButton(ui.theme, tr("Check again"), key=CHECK_KEY.upper(), icon=Icon.SYNC, height_px=64)
        self.setup = KeyButton(ui.theme, tr("Search and set up"), key=SETUP_KEY.upper(), icon=Icon.FIND, height_px=64)
        self.back = KeyButton(ui.theme, tr("Back"), key="Esc", height_px=64)
        for button in (self.test, self.check, self.setup, self.back):
            button.set_look(shrink=True)
        self.back.clicked.connect(lambda: self.pressed.emit("Esc"))
        self.sheet = ApprovalSheet(ui, self)
        self.sheet.pressed.connect(self.pressed)
        self.sheet.gone = self.setFocus
        self._build()

    def _build(self) -> None:
        ui, tr, px = self._ui, self._ui.tr, self._ui.px
        left = QVBoxLayout()
        left.addLayout(self.list)
        left.addStretch(1)
        self._sides = QHBoxLayout()
        self._sides.setSpacing(px(12))
        self._sides.addLayout(left, 2)
        self._sides.addWidget(self.detail, 3)
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(px(12), px(12), px(12), px(12))
        whole.setSpacing(px(12))
        hint = Label(ui.theme, tr("↑ ↓ or the number chooses a device"), tone=Tone.SECOND)
        whole.addLayout(row(Label(ui.theme, tr("Devices"), size=Size.NAME), hint, 1, gap=px(12)))
        whole.addWidget(self.notice)
        whole.addLayout(self._sides, 1)
        self.area = area = scroll_area(tr("Devices"))
        area.setWidget(body)
        self._feet = QGridLayout()
        self._feet.setSpacing(px(10))
        self._feet.setContentsMargins(px(12), 0, px(12), px(12))
        self._place_feet(len(FEET))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        said = column(self.news)
        said.setContentsMargins(px(12), 0, px(12), px(12))
        outer.addLayout(said)
        outer.addLayout(self._feet)
        self.news.hide()

    def attach(self, presenter: DeviceHealthPresenter) -> None:
        """Show the devices and send what is pressed."""
        self._presenter = presenter
        self.test.clicked.connect(presenter.test)
        self.check.clicked.connect(presenter.check)
        self.setup.clicked.connect(presenter.set_up)
        self.sheet.attach(presenter.approval)
        presenter.attach(Shown(self.show_state))

    def show_place(self, place: Place | None) -> None:
        """Whose time it is."""
        self.detail.place = place

    def show_state(self, state: DeviceHealthState) -> None:
        """All of them, and the chosen one in full."""
        tr, card = self._ui.tr, state.card
        self.notice.set_notice(state.notice)
        if len(self.rows) != len(state.devices):
            self._make_rows(len(state.devices))
        for place, (line, one) in enumerate(zip(self.rows, state.devices, strict=True)):
            line.show_device(one, chosen=place == state.chosen)
        self.detail.show_state(state)
        if state.chosen != self._chosen:
            self._chosen = state.chosen
            self.area.ensureWidgetVisible(self.detail)  # where it is under the list, keys alone could not reach it
        if card is None:
            return
        self._show_news(state, card)
        self.test.set_text(device_words.test_name(card.kind, tr))
        self.test.setEnabled(card.testable and state.asked is None)
        self.test.set_busy(tr("Waiting") if state.asked is CheckLevel.INTERACTIVE else "")
        self.check.setEnabled(card.health is not Health.NONE and state.asked is None)

    def _show_news(self, state: DeviceHealthState, card: DeviceCard) -> None:
        """What is being asked, or what was just answered."""
        tr, checked = self._ui.tr, card.checked
        self.news.setVisible(state.asked is not None or (state.fresh and checked is not None))
        if state.asked is not None:
            icon = Icon.SCAN if card.kind is DeviceKind.SCANNER else Icon.SYNC
            self.news.show_notice(Role.INFO, icon, device_words.waiting(card.kind, state.asked, tr))
        elif state.fresh and checked is not None:
            good = checked.health is Health.OK
            role, icon = (Role.PRIMARY, Icon.OKC) if good else (Role.ATTENTION, Icon.WARN)
            self.news.show_notice(role, icon, device_words.answer(card, checked, tr))

    def _make_rows(self, count: int) -> None:
        for old in self.rows:
            self.list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows = [DeviceRow(self._ui, number) for number in range(1, count + 1)]
        for place, line in enumerate(self.rows):
            line.button.clicked.connect(lambda _checked=False, place=place: self._choose(place))
            self.list.addWidget(line)

    def _choose(self, place: int) -> None:
        if self._presenter is not None:
            self._presenter.choose(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit chooses, T tries, C asks; the rest is the shell's."""
        presenter, text = self._presenter, event.text()
        if presenter is not None and presenter.approval.state.open and event.key() == Qt.Key.Key_Backspace:
            presenter.approval.delete()
        elif presenter is None or not text or not text.isprintable() or not presenter.char(text):
            super().keyPressEvent(event)

    def _place_feet(self, columns: int) -> None:
        for place, button in enumerate((self.test, self.check, self.setup, self.back)):
            self._feet.addWidget(button, *divmod(place, columns))
            self._feet.setColumnStretch(place, FEET[place] if columns == len(FEET) else int(place < columns))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chosen device under the list on a narrow screen, the buttons in two lines."""
        super().resizeEvent(event)
        self._place_feet(len(FEET) if self.width() >= self._ui.px(FEET_BELOW) else 2)
        ways = QBoxLayout.Direction
        narrow = self.width() < self._ui.px(STACK_BELOW)
        self._sides.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
