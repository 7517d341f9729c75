"""The demo's control panel: the paper as it grows, faults to switch, the pole display, the drawer, codes to scan."""

from __future__ import annotations

from itertools import accumulate

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from app.domain.paper import columns_of
from ui.presenters.demo_panel import Code, DemoPanelPresenter, Fault, PanelState, Picture
from ui.theme.names import Icon, Size, Tone
from ui.views.common import Ui, scroll_area
from ui.widgets.basics import Card, Label, column, row
from ui.widgets.buttons import KeyButton

PAPER_PX, BUTTON_PX = 420, 56
COLUMNS, POLE_COLUMNS = 2, 20


class PoleLine(QLabel):
    """A line of a pole display: each character on its own columns, as on the glass, whatever the fonts make of it."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(ui.theme.mono_font(20))
        self.column_px = max(1, self.fontMetrics().horizontalAdvance("0"))
        self.setFixedWidth(POLE_COLUMNS * self.column_px)

    def places(self) -> list[tuple[QRect, str]]:
        """Where each character stands."""
        starts = accumulate(map(columns_of, self.text()), initial=0)
        return [
            (QRect(start * self.column_px, 0, columns_of(char) * self.column_px, self.height()), char)
            for start, char in zip(starts, self.text(), strict=False)
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Character by character."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        for place, char in self.places():
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, char)
        painter.end()


class DemoPanel(QWidget):
    """Shows the panel's presenter; every button is one call of it."""

    def __init__(self, ui: Ui, presenter: DemoPanelPresenter) -> None:
        super().__init__()
        self._ui, tr = ui, ui.tr
        self.setWindowTitle(tr("Simulated devices"))
        self.setAccessibleName(tr("Simulated devices"))
        self.setProperty("ground", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.faults = {fault: self._button(text) for fault, text in self._fault_words().items()}
        self.codes = {code: self._button(text, Icon.SCAN) for code, text in self._code_words().items()}
        self.push = self._button(tr("Push the drawer in"), Icon.DRAWER)
        for fault, button in self.faults.items():
            button.clicked.connect(lambda _checked=False, fault=fault: presenter.toggle(fault))
        for code, button in self.codes.items():
            button.clicked.connect(lambda _checked=False, code=code: presenter.scan(code))
        self.push.clicked.connect(presenter.close_drawer)
        self.paper = QLabel()
        self.paper.setAccessibleName(tr("Paper of the printer"))
        self.area = self._paper_area()
        below, side = QWidget(), QWidget()
        below.setLayout(row(self._drawer(), self._pole(), gap=ui.px(12)))
        side.setLayout(column(self._scans(), self._printer(), below, 1, gap=ui.px(12)))
        whole = row(gap=ui.px(12))
        whole.setContentsMargins(ui.px(12), ui.px(12), ui.px(12), ui.px(12))
        whole.addWidget(self.area)
        whole.addWidget(side, 1)
        self.setLayout(whole)

    def show_state(self, state: PanelState) -> None:
        """The devices now."""
        tr, seen = self._ui.tr, state.seen
        for fault, button in self.faults.items():
            button.set_chosen(fault in seen.faults)
        self.drawer.set_text(tr("The drawer is open") if seen.drawer_open else tr("The drawer is shut"))
        self.drawer.set_tone(Tone.ATTENTION if seen.drawer_open else Tone.INK)
        self.pulses.set_text(tr("times opened: {count}", count=seen.pulses))
        self.push.setEnabled(seen.drawer_open)
        for label, text in zip(self.pole, seen.pole, strict=True):
            label.setText(text)
            label.setAccessibleName(text)
        if state.paper is not None:
            self._show_paper(state.paper)

    def _show_paper(self, picture: Picture) -> None:
        image = QImage(
            picture.grey, picture.width_px, picture.height_px, picture.width_px, QImage.Format.Format_Grayscale8
        )
        width = self._ui.px(PAPER_PX)
        shown = QPixmap.fromImage(image).scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        self.paper.setPixmap(shown)
        self.paper.setFixedSize(shown.size())
        bar = self.area.verticalScrollBar()
        bar.setMaximum(max(bar.maximum(), shown.height() - self.area.viewport().height()))
        bar.setValue(bar.maximum())

    def _paper_area(self) -> QScrollArea:
        area = scroll_area(self._ui.tr("Paper of the printer"))
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        desk = QWidget()
        desk.setLayout(column(self.paper, 1, gap=0))
        area.setWidget(desk)
        area.setFixedWidth(self._ui.px(PAPER_PX) + area.verticalScrollBar().sizeHint().width())
        return area

    def _fault_words(self) -> dict[Fault, str]:
        tr = self._ui.tr
        return {
            Fault.PAPER_LOW: tr("Paper nears its end"),
            Fault.PAPER_OUT: tr("Paper is out"),
            Fault.COVER_OPEN: tr("Cover open"),
            Fault.STALLED: tr("Takes no data"),
            Fault.PRINTER_UNPLUGGED: tr("Printer unplugged"),
            Fault.SCANNER_UNPLUGGED: tr("Scanner unplugged"),
            Fault.DISPLAY_UNPLUGGED: tr("Display unplugged"),
        }

    def _code_words(self) -> dict[Code, str]:
        tr = self._ui.tr
        return {
            Code.MEMBER: tr("A member card"),
            Code.PRODUCT: tr("A product"),
            Code.PAYMENT: tr("A payment code"),
        }

    def _button(self, text: str, icon: Icon | None = None) -> KeyButton:
        button = KeyButton(self._ui.theme, text, icon=icon, height_px=BUTTON_PX)
        button.set_look(shrink=True)
        return button

    def _card(self, title: str, *buttons: KeyButton) -> Card:
        card = Card(self._ui.theme)
        card.body.addWidget(Label(self._ui.theme, title, size=Size.TITLE))
        grid = QGridLayout()
        grid.setSpacing(self._ui.px(8))
        for place, button in enumerate(buttons):
            grid.addWidget(button, place // COLUMNS, place % COLUMNS)
        card.body.addLayout(grid)
        return card

    def _scans(self) -> Card:
        return self._card(
            self._ui.tr("Hold before the scanner"), *self.codes.values(), self.faults[Fault.SCANNER_UNPLUGGED]
        )

    def _printer(self) -> Card:
        mine = (Fault.PAPER_LOW, Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.STALLED, Fault.PRINTER_UNPLUGGED)
        return self._card(self._ui.tr("Printer"), *(self.faults[fault] for fault in mine))

    def _drawer(self) -> Card:
        self.drawer = Label(self._ui.theme, size=Size.STRONG)
        self.pulses = Label(self._ui.theme, size=Size.LABEL, tone=Tone.SECOND)
        card = self._card(self._ui.tr("Cash drawer"), self.push)
        card.body.insertLayout(1, column(self.drawer, self.pulses, gap=self._ui.px(4)))
        return card

    def _pole(self) -> Card:
        self.pole = (PoleLine(self._ui), PoleLine(self._ui))
        card = self._card(self._ui.tr("Customer display"), self.faults[Fault.DISPLAY_UNPLUGGED])
        glass = Card(self._ui.theme, look="sunken")
        for label in self.pole:
            glass.body.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        card.body.insertWidget(1, glass)
        return card
