"""What every view is given, and small shared pieces of layout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.i18n import Translator
from ui.theme.theme import Theme

S = TypeVar("S")
FOOT = "foot"
PIN_FROM = 500  # logical height from which the one button of a form stays under it instead of scrolling with it


@dataclass(frozen=True, slots=True)
class Ui:
    """The theme and the language views are built in. A switch builds new views."""

    theme: Theme
    tr: Translator

    def px(self, logical: float) -> int:
        """Screen pixels for `logical` px of the design."""
        return self.theme.px(logical)


class Shown(Generic[S]):
    """A view made of a function: lets one widget show several presenters."""

    def __init__(self, show: Callable[[S], None]) -> None:
        self._show = show

    def render(self, state: S) -> None:
        """Show it."""
        self._show(state)


class Pages(QStackedWidget):
    """A stack as large as the page that is up; Qt's own asks for room for the largest page it has."""

    def sizeHint(self) -> QSize:
        """That of the page."""
        page = self.currentWidget()
        return page.sizeHint() if page is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """That of the page."""
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        """No: Qt would ask every page, those never shown too, and give the one that is up their height."""
        return False

    def show_page(self, page: QWidget) -> None:
        """Bring a page up; the room it needs may be another."""
        if page is not self.currentWidget():
            self.setCurrentWidget(page)
            self.updateGeometry()


def scroll_area(name: str) -> QScrollArea:
    """A frameless area that scrolls what does not fit, and never takes the keyboard."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(name)
    for bar in (area.verticalScrollBar(), area.horizontalScrollBar()):
        bar.setAccessibleName(name)
    return area


def foot_row(ui: Ui, *, edge_px: int = 12) -> QWidget:
    """Room under a scrolled form for what must never be scrolled away; empty and hidden until `pin`."""
    foot = QWidget()
    foot.setObjectName(FOOT)
    foot.setProperty("ground", "base")
    layout = QVBoxLayout(foot)
    edge = ui.px(edge_px)
    layout.setContentsMargins(edge, 0, edge, edge)
    foot.hide()
    return foot


def pin(widget: QWidget, holder: QWidget) -> None:
    """Put `widget` last into `holder`; a foot it left is hidden."""
    before, layout = widget.parentWidget(), holder.layout()
    if before is holder or layout is None:
        return
    hidden = widget.isHidden()
    layout.addWidget(widget)
    widget.setHidden(hidden)
    for foot in (before, holder):
        within = foot.layout() if foot is not None else None
        if foot is not None and within is not None and foot.objectName() == FOOT:
            foot.setVisible(within.count() > 0)


def unset_layout(widget: QWidget) -> None:
    """Take the layout (and those inside it) off `widget`; the widgets in it stay its children."""
    layout = widget.layout()
    if layout is not None:
        _empty(layout)
        QWidget().setLayout(layout)


def _empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        inner = item.layout()
        if inner is not None:
            _empty(inner)
