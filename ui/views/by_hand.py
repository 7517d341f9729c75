"""F8 as a screen: what can be done at the left, the shift or the form that is filled in at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.services.till import Place
from ui.presenters.by_hand import ByHandPresenter
from ui.presenters.by_hand_state import ByHandState, Page
from ui.theme.names import Icon
from ui.views.approval_sheet import ApprovalSheet
from ui.views.common import Pages, Shown, Ui
from ui.views.drawer_count import DrawerCount
from ui.views.hand_form import HandForm
from ui.views.notice import NoticeBanner
from ui.views.shift_report import ShiftReportPanel
from ui.widgets.basics import column
from ui.widgets.buttons import KeyButton
from ui.widgets.notices import EmptyState

STACK_BELOW, FORM_STACK_BELOW = 900, 700  # logical widths below which the menu, then a form's keypad, go elsewhere
MENU_WIDTH = 260


class ByHandView(QWidget):
    """`pressed(action)`: Esc, Enter and F10 as buttons."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr, px = ui, ui.tr, ui.px
        self._presenter: ByHandPresenter | None = None
        self.place: Place | None = None
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Supervisor"))
        self.notice, self.report = NoticeBanner(ui.theme), ShiftReportPanel(ui)
        self.form, self.count = HandForm(ui), DrawerCount(ui)
        self.empty = EmptyState(ui.theme, Icon.CLOCK, icon_px=96)
        self.empty.set_words(tr("No shift is open"), tr("Open one with 2: nothing is sold without."))
        self.pages = Pages()
        for page in (self.report, self.form, self.count, self.empty):
            self.pages.addWidget(page)
        self._buttons()
        self.menu = QWidget()
        self._menu_box = column(*self.items.values(), gap=px(8))
        self._menu_box.addStretch(1)
        self._menu_box.addWidget(self.back)
        self.menu.setLayout(self._menu_box)
        right = column(self.notice, gap=px(12))
        right.addWidget(self.pages, 1)
        self._whole = QHBoxLayout()
        self._whole.setSpacing(px(12))
        self._whole.addWidget(self.menu)
        self._whole.addLayout(right, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(px(12), px(12), px(12), px(12))
        outer.addLayout(self._whole)
        self.sheet = ApprovalSheet(ui, self)
        self.sheet.pressed.connect(self.pressed)
        self.sheet.gone = self.setFocus
        for panel in (self.form, self.count):
            panel.finish.connect(lambda: self.pressed.emit("F10"))

    def _buttons(self) -> None:
        ui, tr = self._ui, self._ui.tr
        names = {
            "1": (Icon.PRINT, tr("Print X")),
            "2": (Icon.CLOCK, tr("Close the shift")),
            "3": (Icon.DRAWER, tr("Cash in and out")),
            "4": (Icon.COIN, tr("Points by hand")),
            "5": (Icon.TICKET, tr("Coupon by hand")),
            "6": (Icon.CHART, tr("Today")),
        }
        self.items: dict[str, KeyButton] = {}
        for key, (icon, text) in names.items():
            button = KeyButton(ui.theme, text, key=key, icon=icon, height_px=56)
            button.set_look(shrink=True, left=True)
            button.clicked.connect(lambda _checked=False, key=key: self._chosen(key))
            self.items[key] = button
        self.back = KeyButton(ui.theme, tr("Back"), key="Esc", height_px=56)
        self.back.set_look(shrink=True)
        self.back.clicked.connect(lambda: self.pressed.emit("Esc"))

    def attach(self, presenter: ByHandPresenter) -> None:
        """Show this screen and send what is pressed."""
        self._presenter = presenter
        self.form.attach(presenter)
        self.count.attach(presenter)
        self.sheet.attach(presenter.approval)
        presenter.attach(Shown(self.show_state))

    def show_state(self, state: ByHandState) -> None:
        """The page that is up, and which others can be opened."""
        tr = self._ui.tr
        self.notice.set_notice(state.notice)
        pages = {Page.SHIFT: "", Page.OPEN: "2", Page.COUNT: "2", Page.CASH: "3", Page.POINTS: "4", Page.COUPON: "5"}
        for key, button in self.items.items():
            button.setEnabled((state.shift_open or key in ("2", "6")) and not state.saving)
            button.set_chosen(pages[state.page] == key)
        self.items["2"].set_text(tr("Close the shift") if state.shift_open else tr("Open a shift"), key="2")
        if state.page is Page.SHIFT:
            self.pages.show_page(self.report if state.report is not None else self.empty)
            if state.report is not None:
                self.report.show_report(state.report, self.place, closed=state.closed)
        elif state.page is Page.COUNT:
            self.count.show_state(state)
            self.pages.show_page(self.count)
        else:
            self.form.show_state(state)
            self.pages.show_page(self.form)

    def _chosen(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_item(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits, signs and the delete key; the rest is the shell's."""
        presenter, text = self._presenter, event.text()
        if presenter is None:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Backspace:
            presenter.delete()
        elif not text or not text.isprintable() or not presenter.char(text):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow screens put the menu on top."""
        super().resizeEvent(event)
        px, ways = self._ui.px, QBoxLayout.Direction
        stacked = self.width() < px(STACK_BELOW)
        self._whole.setDirection(ways.TopToBottom if stacked else ways.LeftToRight)
        self._menu_box.setDirection(ways.LeftToRight if stacked else ways.TopToBottom)
        self.menu.setMinimumWidth(0 if stacked else px(MENU_WIDTH))
        self.menu.setMaximumWidth(16_777_215 if stacked else px(MENU_WIDTH))
        room = self.width() - (0 if stacked else px(MENU_WIDTH))
        for panel in (self.form, self.count, self.report):
            panel.set_narrow(room < px(FORM_STACK_BELOW))
