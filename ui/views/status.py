"""Pending events and devices: the sentence first, figures, one card per device, what waits for head office."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.services.status import PendingRow, TillStatus
from app.services.till import Place
from ui.presenters.head_office import HeadOfficeState, Link, duration, progress, sentence
from ui.presenters.status import StatusPresenter, StatusState
from ui.theme.names import Icon, Role, Size, Tone
from ui.views import wording
from ui.views.basket import PaperBanner
from ui.views.common import Shown, Ui, scroll_area
from ui.views.device_card import DevicePanel
from ui.views.held_points import HeldBanners
from ui.views.notice import NoticeBanner
from ui.widgets.basics import Card, IconLabel, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.figures import Bar
from ui.widgets.tables import Table
from ui.widgets.values import Cell, ChipSpec, Column

FIGURES = 4
NARROW_BELOW = 900


class StatusView(QWidget):
    """Shows the status presenter. `pressed(action)`: Esc as a button."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr = ui, ui.tr
        self.place: Place | None = None
        self._presenter: StatusPresenter | None = None
        self._job = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Pending and devices"))
        self.sentence = Label(ui.theme, size=Size.TITLE)
        self.note = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.bar = Bar(ui.theme)
        self.pace = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self.icon = IconLabel(ui.theme, Icon.UP, px=48, tone=Tone.INFO)
        self.figures = tuple(
            (Label(ui.theme, size=Size.TITLE), Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND))
            for _ in range(FIGURES)
        )
        self.paper, self.notice = PaperBanner(ui, keys=False), NoticeBanner(ui.theme)
        self.held = HeldBanners(ui)
        self.notice.hide()
        self.devices = QGridLayout()
        self.cards: dict[str, DevicePanel] = {}
        self.table = Table(
            ui.theme,
            (
                Column(tr("Time"), 100),
                Column(tr("Event")),
                Column(tr("Member")),
                Column(tr("Points given"), 150, right=True),
                Column(tr("State"), 220),
            ),
            name=tr("Waiting for head office"),
        )
        self.now = KeyButton(ui.theme, tr("Sync now"), key="R", icon=Icon.SYNC)
        self.look = KeyButton(ui.theme, tr("Devices"), key="D", icon=Icon.PULSE)
        self.more = Label(ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        self._build()

    def _build(self) -> None:
        ui, tr, px = self._ui, self._ui.tr, self._ui.px
        back = KeyButton(ui.theme, tr("Back"), key="Esc")
        back.clicked.connect(lambda: self.pressed.emit("Esc"))
        again = KeyButton(ui.theme, tr("Read again"), icon=Icon.SYNC)
        again.set_look(shrink=True)
        again.clicked.connect(lambda: self._presenter.refresh() if self._presenter else None)
        top = Card(ui.theme)
        head = row(self.icon, gap=px(14))
        head.addLayout(column(self.sentence, self.note, gap=0), 1)
        self.now.set_look(shrink=True)
        self.now.clicked.connect(lambda: self._presenter.sync_now() if self._presenter else None)
        self.look.set_look(shrink=True)
        self.look.clicked.connect(lambda: self._look(""))
        head.addWidget(self.now)
        head.addWidget(self.look)
        head.addWidget(again)
        head.addWidget(back)
        top.body.addLayout(head)
        figures = row(gap=px(12))
        for figure, caption in self.figures:
            figures.addLayout(column(figure, caption, gap=0), 1)
        top.body.addWidget(self.bar)
        top.body.addWidget(self.pace)
        top.body.addLayout(figures)
        self.devices.setSpacing(px(12))
        self.table.stack.addWidget(self.more)
        self.more.setContentsMargins(px(18), 0, 0, 0)
        self.more.setFixedHeight(px(40))
        self.table.setMinimumHeight(px(200))
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(px(12), px(12), px(12), px(12))
        layout.setSpacing(px(12))
        for widget in (self.notice, self.paper, self.held, top):
            layout.addWidget(widget)
        layout.addLayout(self.devices)
        layout.addWidget(self.table, 1)
        area = scroll_area(tr("Pending and devices"))
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def attach(self, presenter: StatusPresenter) -> None:
        """Show this status and send it what is pressed."""
        self._presenter = presenter
        self.paper.pressed.connect(lambda action: presenter.settle(self._job, came_out=action == "out"))
        presenter.attach(Shown(self.show_state))

    def show_state(self, state: StatusState) -> None:
        """Everything there is to know."""
        tr, till = self._ui.tr, state.till
        self.notice.set_notice(state.notice)
        self._show_paper(till)
        self.held.show_holds(till.holds if till else (), self.place)
        self._show_devices(state)
        self.now.setVisible(state.head_office.link is not Link.NONE)
        if till is None:
            self.sentence.set_text(tr("Reading"))
            self.table.set_rows(())
            return
        if state.head_office.link is Link.ATTENTION:
            self.icon.set_icon(Icon.WARN, Tone.ATTENTION)
            self.sentence.set_text(tr("A person is wanted; everything is saved here"))
        elif till.pending:
            self.icon.set_icon(Icon.UP, Tone.INFO)
            self.sentence.set_text(tr("Everything is saved here and waits for head office"))
        else:
            self.icon.set_icon(Icon.OKC, Tone.PRIMARY)
            self.sentence.set_text(tr("Nothing is waiting"))
        self.note.set_text(self._note(state.head_office))
        pace = progress(state.head_office, tr)
        self.pace.set_text(pace)
        self.pace.setVisible(bool(pace))
        self.bar.set_permille(state.head_office.permille)
        self.bar.setVisible(state.head_office.link is Link.SYNCING and state.head_office.rows_whole > 0)
        self._show_figures(till)
        self.table.set_rows(tuple(self._row(event) for event in till.rows))
        left = till.pending - len(till.rows)
        self.more.set_text(tr("{count} earlier ones", count=f"{left:,}") if left > 0 else "")
        self.more.setVisible(left > 0)

    def _note(self, office: HeadOfficeState) -> str:
        """How the link is, and when head office last answered."""
        tr, zone = self._ui.tr, self.place.zone if self.place else None
        text = sentence(office, tr)
        if office.link is Link.NONE or not office.success_ms or zone is None:
            return text
        when = f"{wording.day(office.success_ms, zone, tr)} {wording.hour(office.success_ms, zone)}"
        return f"{text} · {tr('last answer {when}', when=when)}"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """R asks head office now, D shows the devices."""
        if event.key() == Qt.Key.Key_R and self._presenter is not None and self.now.isVisible():
            self._presenter.sync_now()
            return
        if event.key() == Qt.Key.Key_D:
            self._look("")
            return
        super().keyPressEvent(event)

    def _show_figures(self, till: TillStatus) -> None:
        tr = self._ui.tr
        age = duration(till.oldest_pending_s, tr) if till.oldest_pending_s is not None else "—"
        members = wording.points(till.members)
        values = (
            (f"{till.pending:,}", tr("waiting for head office"), Tone.INFO if till.pending else Tone.INK),
            (age, tr("age of the oldest"), Tone.INK),
            (members, tr("members at this till"), Tone.INK),
            (wording.disk(till.disk_free_bytes), tr("free on the disk"), Tone.INK),
        )
        for (figure, caption), (value, name, tone) in zip(self.figures, values, strict=True):
            figure.set_text(value)
            figure.set_tone(tone)
            caption.set_text(name)

    def _show_paper(self, till: TillStatus | None) -> None:
        paper = till.unknown_papers[0] if till and till.unknown_papers else None
        self._job = paper.job_id if paper else 0
        self.paper.show_paper(paper, self.place)

    def _show_devices(self, state: StatusState) -> None:
        names = [card.name for card in state.devices]
        if names != list(self.cards):
            for old in self.cards.values():
                self.devices.removeWidget(old)
                old.deleteLater()
            self.cards = {}
            for name in names:
                panel = DevicePanel(self._ui)
                panel.tested.connect(lambda name=name: self._look(name, test=True))
                self.cards[name] = panel
            self._place_cards()
        for card in state.devices:
            self.cards[card.name].show_device(card)

    def _look(self, name: str, *, test: bool = False) -> None:
        if self._presenter is not None:
            self._presenter.look(name, test=test)

    def _place_cards(self) -> None:
        columns = 1 if self.width() < self._ui.px(600) else 2 if self.width() < self._ui.px(NARROW_BELOW) else 3
        for number, panel in enumerate(self.cards.values()):
            self.devices.addWidget(panel, number // columns, number % columns)
        for number in range(3):
            self.devices.setColumnStretch(number, 1 if number < columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer device cards beside each other on a narrow screen."""
        super().resizeEvent(event)
        self._place_cards()

    def _row(self, event: PendingRow) -> tuple[Cell, ...]:
        tr, zone = self._ui.tr, self.place.zone if self.place else None
        names = {
            "sale": tr("Sale"),
            "sale_return": tr("Return"),
            "undo": tr("Sale taken back"),
            "hold_released": tr("Held points given back"),
            "enrolment": tr("Enrolment"),
            "shift_open": tr("Shift opened"),
            "shift_close": tr("Shift closed"),
            "cash_move": tr("Cash in or out"),
            "adjustment": tr("Correction by hand"),
            "coupon_issue": tr("Coupon given"),
            "stored_value_topup": tr("Top-up"),
        }
        earned = wording.signed(event.points) if event.points else "—"
        return (
            Cell(wording.hour(event.at_ms, zone) if zone else ""),
            Cell(names.get(event.type, event.type)),
            Cell(event.who or (tr("no member") if event.type == "sale" else "—")),
            Cell(earned, Tone.POINTS, bold=True),
            Cell("", chip=ChipSpec(tr("waits for head office"), Role.INFO, Icon.UP)),
        )
