"""Two parts of a screen that stand beside each other while there is room, else one under the other."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.views.common import Ui, foot_row, scroll_area, unset_layout

GAP = 12
WIDEST = 16_777_215  # Qt's QWIDGETSIZE_MAX: no limit


class SideColumn(QWidget):
    """A right column of `width` logical px; as wide as the screen once it stands under the form."""

    def __init__(self, ui: Ui, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width_px = ui.px(width)

    def set_narrow(self, narrow: bool) -> None:
        """As wide as the screen instead of a column."""
        self.setMinimumWidth(0)
        self.setMaximumWidth(WIDEST)
        if not narrow:
            self.setFixedWidth(self._width_px)


class FormBesidePad(QWidget):
    """A scrolled form (three fifths) and the keypad that types into it."""

    def __init__(self) -> None:
        super().__init__()
        self._body = QWidget()
        self._whole = QHBoxLayout(self._body)

    def place(self, ui: Ui, form: QWidget, pad: QLayout, name: str) -> None:
        """Put both in, once. `name` is what a screen reader says."""
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(ui.px(GAP))
        self._whole.addWidget(form, 3)
        self._whole.addLayout(pad, 2)
        area = scroll_area(name)
        area.setWidget(self._body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def set_narrow(self, narrow: bool) -> None:
        """The keypad goes under the form."""
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._whole.setDirection(way)


class FormBesideSide:
    """A form and the part at its right, scrolled together in `holder`; `foot` keeps what must not scroll away."""

    def __init__(self, ui: Ui, holder: QWidget) -> None:
        self._gap, self._stacked = ui.px(GAP), False
        area, self._body = scroll_area(holder.accessibleName()), QWidget()
        area.setWidget(self._body)
        self.area, self.foot = area, foot_row(ui)
        outer = QVBoxLayout(holder)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area, 1)
        outer.addWidget(self.foot)

    def arrange(self, form: QWidget, side: SideColumn, *, stacked: bool) -> None:
        """Beside each other, or `stacked`."""
        if self._body.layout() is not None and stacked == self._stacked:
            return
        self._stacked, gap = stacked, self._gap
        unset_layout(self._body)
        whole: QVBoxLayout | QHBoxLayout = QVBoxLayout(self._body) if stacked else QHBoxLayout(self._body)
        whole.setContentsMargins(gap, gap, gap, gap)
        whole.setSpacing(gap)
        whole.addWidget(form, 1)
        whole.addWidget(side)
        side.set_narrow(stacked)
