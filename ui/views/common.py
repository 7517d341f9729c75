"""What every view is given, and small shared pieces of layout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QStackedWidget, QWidget

from app.i18n import Translator
from ui.theme.theme import Theme

S = TypeVar("S")


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
