"""Everything behind the sign-on: top bar with the scan field, and the screen that is up."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.presenters.head_office import Link, badge_words
from ui.presenters.keys import Screen
from ui.presenters.open_till import OpenTill
from ui.presenters.shell import ShellState
from ui.theme.names import Icon, Role
from ui.views import wording
from ui.views.by_hand import ByHandView
from ui.views.common import Pages, Ui
from ui.views.counter import CounterView
from ui.views.coupon_tray import TrayView
from ui.views.device_health import DeviceHealthView
from ui.views.device_setup import DeviceSetupView
from ui.views.enrol import EnrolView
from ui.views.help import HelpView
from ui.views.pay import PayView
from ui.views.receipt import ReceiptView
from ui.views.redeem import RedeemView
from ui.views.returning import ReturnView
from ui.views.scan_bar import ScanBar
from ui.views.status import StatusView
from ui.views.today import TodayView
from ui.views.top_up import TopUpView
from ui.views.why import WhyView
from ui.widgets.frame import TopBar
from ui.widgets.notices import Toast

SLIM_BELOW, BARE_BELOW, BAREST_BELOW = 1200, 640, 440  # logical widths below which the top bar says less
HIDDEN = (Screen.SIGN_ON, Screen.RECOVERY)
FORMS = (Screen.PAY, Screen.ENROL, Screen.BY_HAND)  # no toast over these


class WorkView(QWidget):
    """`pressed(action)`: whatever button means the same as a key. Screens other than the counter are built when
    first shown."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, till: OpenTill, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, self._till = ui, till
        # A window before this one is deleted with its views; those not built again yet must not be shown in any more.
        for presenter in (
            till.pay,
            till.redeem,
            till.tray,
            till.top_up,
            till.returning,
            till.enrol,
            till.receipt,
            till.status,
            till.devices,
            till.setup,
            till.help,
        ):
            presenter.detach()
        till.by_hand.detach()
        till.today.detach()
        till.why.detach()
        self.setAccessibleName(ui.tr("Counter"))
        self.scan = ScanBar(ui)
        self.top = TopBar(ui.theme, self.scan, help_name=ui.tr("Help F1"), lock_name=ui.tr("Lock F9"))
        self.top.help_asked.connect(lambda: self.pressed.emit("F1"))
        self.top.lock_asked.connect(lambda: self.pressed.emit("F9"))
        self.top.status_asked.connect(lambda: self.pressed.emit("F12"))
        self.screens = Pages()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addWidget(self.screens, 1)
        self._built: dict[Screen, QWidget] = {}
        self._state = ShellState()
        self._unsaid = ""
        self._under: QWidget | None = None
        self.counter = CounterView(ui)
        self.counter.pressed.connect(self.pressed)
        self.counter.typed_news.connect(self.scan.show_find)
        self.counter.scan_news.connect(
            lambda state: self.scan.show_scans("counter", state, flash=state.flash, text=state.flash_text)
        )
        self._add(Screen.COUNTER, self.counter)
        self.scan.attach(till.counter)
        self.scan.wants_focus.connect(self.scan.setFocus)
        self.counter.attach(till.counter)
        self.toast = Toast(ui.theme, self)

    def show_shell(self, state: ShellState) -> None:
        """Who, till, time, badge; the screen that is up."""
        self._state = state
        tr, place = self._ui.tr, state.place
        if place is not None:
            self.counter.place = place
            self.top.set_who(state.staff_name, tr("Till {number}", number=place.till_no))
            self.top.set_time(wording.hour(state.now_ms, place.zone))
        self._badge(state)
        if state.screen in HIDDEN:
            return
        self.screens.show_page(self.view(state.screen))
        if state.screen in FORMS:
            self.toast.hide()
        elif self._unsaid:
            text, self._unsaid = self._unsaid, ""
            self.show_toast(text)
        elif self.toast.isVisible():
            self._stand_toast()  # said on the screen before

    def view(self, screen: Screen) -> QWidget:
        """The view of a screen, built when first asked for."""
        return self._built.get(screen) or self._build(screen)

    def focus_screen(self) -> None:
        """The keyboard goes where this screen types: the counter into the scan field, a form into its fields."""
        screen = self._state.screen
        view = self.view(screen)
        if screen is Screen.COUNTER:
            self.scan.edit.setFocus()
        elif isinstance(view, EnrolView):
            view.focus_first()
        elif isinstance(view, ReturnView) and not view.has_receipt:
            self.scan.edit.setFocus()  # a receipt number is typed where codes are typed
        else:
            view.setFocus()

    def type_through(self, event: QKeyEvent) -> None:
        """A character typed while some button has the keyboard: into the scan field."""
        if event.text() and event.text().isprintable():
            self.scan.edit.setFocus()
            if not self.scan.eventFilter(self.scan.edit, event):
                self.scan.set_text(self.scan.text() + event.text())

    def show_toast(self, text: str) -> None:
        """Say it at the bottom of the left side, above the last sale and the keys, so that it hides no figure.

        With a form up it would hide what is being filled in: it is said when the form is closed.
        """
        if self._state.screen in FORMS:
            self._unsaid = text
            return
        self.toast.show_toast(text)
        self._stand_toast()

    def _stand_toast(self) -> None:
        """Over what the screen that is up can spare."""
        view = self.view(self._state.screen) if self._state.screen not in HIDDEN else self.counter
        under: QWidget = view
        if isinstance(view, CounterView):
            under = view.left
        elif isinstance(view, ReceiptView | DeviceHealthView):
            under = view.area
        if under is not self._under:
            under.installEventFilter(self)
            self._under = under
        self._place_toast()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What a toast stands over has another size: the strip of the last sale came, and is not to be covered."""
        if watched is self._under and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place_toast()
        return super().eventFilter(watched, event)

    def _place_toast(self) -> None:
        under, gap, high = self._under, self._ui.px(12), self.toast.height()
        if under is not None:
            corner = under.mapTo(self, QPoint(0, under.height()))
            self.toast.setGeometry(corner.x() + gap, corner.y() - gap - high, under.width() - 2 * gap, high)

    def _build(self, screen: Screen) -> QWidget:
        ui, till = self._ui, self._till
        view: QWidget
        if screen is Screen.PAY:
            view = pay = PayView(ui)
            pay.pressed.connect(self.pressed)
            pay.scan_news.connect(lambda state: self.scan.show_scans("pay", state))
            pay.attach(till.pay)
        elif screen is Screen.ENROL:
            view = enrol = EnrolView(ui)
            enrol.pressed.connect(self.pressed)
            enrol.scan_news.connect(lambda state: self.scan.show_scans("enrol", state))
            enrol.attach(till.enrol)
        elif screen is Screen.REDEEM:
            view = redeem = RedeemView(ui)
            redeem.pressed.connect(self.pressed)
            redeem.scan_news.connect(lambda state: self.scan.show_scans("redeem", state))
            redeem.attach(till.redeem)
        elif screen in (Screen.TRAY, Screen.TOP_UP):
            view = self._build_benefits(screen)
        elif screen is Screen.RETURN:
            view = back = ReturnView(ui)
            back.place = self._state.place
            back.pressed.connect(self.pressed)
            back.scan_news.connect(lambda state: self.scan.show_scans("return", state))
            back.sought.connect(self.focus_screen)
            back.attach(till.returning)
        elif screen is Screen.BY_HAND:
            view = hand = ByHandView(ui)
            hand.place = self._state.place
            hand.pressed.connect(self.pressed)
            hand.attach(till.by_hand)
        elif screen is Screen.TODAY:
            view = day = TodayView(ui)
            day.place = self._state.place
            day.pressed.connect(self.pressed)
            day.attach(till.today)
        elif screen is Screen.WHY:
            view = reasons = WhyView(ui)
            reasons.pressed.connect(self.pressed)
            reasons.attach(till.why)
        elif screen is Screen.RECEIPT:
            view = receipt = ReceiptView(ui)
            receipt.place = self._state.place
            receipt.pressed.connect(self.pressed)
            receipt.attach(till.receipt)
        elif screen in (Screen.STATUS, Screen.DEVICES, Screen.SETUP):
            view = self._build_status(screen)
        else:
            view = keys = HelpView(ui)
            keys.pressed.connect(self.pressed)
            keys.attach(till.help)
        self._add(screen, view)
        return view

    def _build_benefits(self, screen: Screen) -> QWidget:
        ui, till = self._ui, self._till
        if screen is Screen.TRAY:
            tray = TrayView(ui)
            tray.pressed.connect(self.pressed)
            tray.scan_news.connect(lambda state: self.scan.show_scans("tray", state))
            tray.attach(till.tray)
            return tray
        money = TopUpView(ui)
        money.pressed.connect(self.pressed)
        money.scan_news.connect(lambda state: self.scan.show_scans("top_up", state))
        money.attach(till.top_up)
        return money

    def _build_status(self, screen: Screen) -> QWidget:
        ui, till = self._ui, self._till
        if screen is Screen.STATUS:
            status = StatusView(ui)
            status.place = self._state.place
            status.pressed.connect(self.pressed)
            status.attach(till.status)
            return status
        if screen is Screen.SETUP:
            setup = DeviceSetupView(ui)
            setup.pressed.connect(self.pressed)
            setup.attach(till.setup)
            return setup
        devices = DeviceHealthView(ui)
        devices.show_place(self._state.place)
        devices.pressed.connect(self.pressed)
        devices.attach(till.devices)
        return devices

    def _add(self, screen: Screen, view: QWidget) -> None:
        self._built[screen] = view
        self.screens.addWidget(view)

    def _badge(self, state: ShellState) -> None:
        tr, badge = self._ui.tr, self.top.badge
        link = state.head_office.link
        attention = state.attention or link is Link.ATTENTION
        text = tr("Needs attention") if attention else badge_words(state.head_office, state.pending, tr)
        if not text:
            badge.show_healthy()
            return
        icons = {Link.OFFLINE: Icon.OFFLINE, Link.SLOW: Icon.OFFLINE, Link.SYNCING: Icon.SYNC}
        badge.show_status(
            Role.ATTENTION if attention else Role.INFO, Icon.WARN if attention else icons.get(link, Icon.UP), text
        )
        if self.width() < self._ui.px(BARE_BELOW):
            whole = badge.text()
            badge.set_text(f"{state.pending:,}" if state.pending and not attention else "")
            badge.setAccessibleName(whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The scan field ends where the left column ends."""
        super().resizeEvent(event)
        theme = self._ui.theme
        width, layout = self.width() / theme.scale, theme.tokens.layout
        slim = width < SLIM_BELOW or self.width() < self.height()
        self.top.person.setVisible(width >= BARE_BELOW)
        self.top.till.setVisible(width >= BARE_BELOW)
        self.top.time.setVisible(width >= BAREST_BELOW)
        self._badge(self._state)
        self.top.set_slim(slim)
        if not slim:
            side = min(layout.side_max, max(layout.side_min, round(width * layout.side_share)))
            self.top.set_left_width(self._ui.px(width - side - 36))
