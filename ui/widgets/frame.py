"""The counter's frame: top bar, function key strip, due panel, manager rail."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.names import Icon, Kind, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import IconLabel, Label, column, row
from ui.widgets.buttons import FunctionKey, KeyButton
from ui.widgets.chips import StatusBadge
from ui.widgets.runs import RunLine
from ui.widgets.values import AnyRun, KeySpec, MoneyRun, Run

KEY_INSET_PX = 6  # a function key's edges and a hair of air
GAP_PX = 8
TARGET_PX = 48  # no key is narrower


class TopBar(QFrame):
    """64 high: what the view puts at the left (scan field or title), badge, who and till, time, help, lock."""

    help_asked = Signal()
    lock_asked = Signal()
    status_asked = Signal()

    def __init__(
        self, theme: Theme, left: QWidget, *, help_name: str, lock_name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self.left = theme, left
        self.setProperty("bar", "top")
        self.setFixedHeight(theme.px(theme.tokens.height.top_bar))
        self.badge = StatusBadge(theme)
        self.person = Label(theme, size=Size.LABEL, tone=Tone.SECOND)
        self.till = Label(theme, size=Size.LABEL, tone=Tone.SECOND)
        for label in (self.person, self.till):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            label.setFixedHeight(theme.px(20))
        self.time = Label(theme, size=Size.TITLE)
        self.help = KeyButton(theme, icon=Icon.HELP)
        self.lock = KeyButton(theme, icon=Icon.LOCK)
        self.help.setAccessibleName(help_name)
        self.lock.setAccessibleName(lock_name)
        self._build()

    def _build(self) -> None:
        px = self._theme.px
        for button in (self.help, self.lock):
            button.setFixedSize(px(48), px(48))
        who = QWidget()
        who.setLayout(column(1, self.person, self.till, 1, gap=0))
        self._end = row(self.badge, who, self.time, self.help, self.lock, gap=px(10))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(px(12), self._theme.edge_px(), px(12), 0)
        layout.setSpacing(px(12))
        layout.addWidget(self.left)
        layout.addStretch(1)
        layout.addLayout(self._end)
        self.help.clicked.connect(self.help_asked)
        self.lock.clicked.connect(self.lock_asked)
        self.badge.clicked.connect(self.status_asked)

    def set_who(self, person: str, till: str) -> None:
        """Who is signed on, at which till."""
        self.person.set_text(person)
        self.till.set_text(till)

    def set_time(self, text: str) -> None:
        """The wall clock, `14:32`."""
        self.time.set_text(text)

    def set_slim(self, slim: bool) -> None:
        """Below 1200 logical px the help button folds into F1, and the left takes all the room."""
        self.help.setVisible(not slim)
        if slim:
            self.left.setMinimumWidth(0)
            self.left.setMaximumWidth(16_777_215)
            layout = self.layout()
            if isinstance(layout, QHBoxLayout):
                layout.setStretch(0, 1)
                layout.setStretch(1, 0)

    def set_left_width(self, width_px: int) -> None:
        """Make the left end where the left column ends, screen px."""
        self.left.setFixedWidth(width_px)


class FunctionKeyStrip(QWidget):
    """Equal keys, 72 high. `pressed(action)`. When words cannot fit at 15 px, only the caps stay."""

    pressed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys: dict[str, FunctionKey] = {}
        self._specs: tuple[KeySpec, ...] = ()
        self._layout = row(gap=theme.px(GAP_PX))
        self.setLayout(self._layout)
        self.setFixedHeight(theme.px(theme.tokens.height.function_key))

    def set_keys(self, specs: Sequence[KeySpec]) -> None:
        """Show keys; the same actions in the same order keep their widgets."""
        new = tuple(specs)
        if [spec.action for spec in new] != [spec.action for spec in self._specs]:
            self._rebuild(new)
        self._specs = new
        for spec in new:
            key = self._keys[spec.action]
            key.set_text(spec.text, key=spec.key)
            key.setEnabled(spec.enabled)
            key.set_hot(spec.hot)
        self._fit()

    def key(self, action: str) -> FunctionKey:
        """The key for `action`; KeyError when there is none."""
        return self._keys[action]

    def _rebuild(self, specs: tuple[KeySpec, ...]) -> None:
        for old in self._keys.values():
            self._layout.removeWidget(old)
            old.deleteLater()
        self._keys = {}
        for spec in specs:
            key = FunctionKey(self._theme, spec.text, spec.key)
            key.clicked.connect(lambda _checked=False, action=spec.action: self.pressed.emit(action))
            self._keys[spec.action] = key
            self._layout.addWidget(key, 1)

    def minimumSizeHint(self) -> QSize:
        """Keys no narrower than a target, half as far apart."""
        count = max(1, len(self._keys))
        width = count * self._theme.px(TARGET_PX) + (count - 1) * self._theme.px(GAP_PX // 2)
        return QSize(width, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide what fits."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self._keys:
            return
        gap = self._theme.px(GAP_PX) * (len(self._keys) - 1)
        room = (self.width() - gap) / len(self._keys) - KEY_INSET_PX
        small, caps_only = (any(key.words_width(size) > room for key in self._keys.values())
                            for size in (Size.STRONG, Size.CAPTION))  # fmt: skip
        for key in self._keys.values():
            key.set_fit(small=small, caps_only=caps_only)
        tight = (self.width() - gap) / len(self._keys) < self._theme.px(TARGET_PX)
        between = self._theme.px(GAP_PX // 2 if tight else GAP_PX)
        if self._layout.spacing() != between:
            self._layout.setSpacing(between)


class DuePanel(QFrame):
    """Bottom right: what is due, and the one teal button. `confirmed` when it is pressed. Its height never changes."""

    confirmed = Signal()

    def __init__(self, theme: Theme, *, size: Size = Size.AMOUNT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self.setProperty("card", "raised")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.line = RunLine(theme, height_px=76)
        self.button = KeyButton(theme, kind=Kind.PRIMARY)
        self.button.clicked.connect(self.confirmed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(16))
        layout.setSpacing(theme.px(10))
        layout.addWidget(self.line)
        layout.addWidget(self.button)

    def set_due(self, caption: str, amount: str, *, note: str = "", struck: str = "", dim: bool = False) -> None:
        """`应收`, `270.20`, `8 件`; `struck` is the amount before points; `dim` while nothing is due."""
        runs: list[AnyRun] = [Run(caption, Size.TITLE, Tone.SECOND, bold=False)]
        if note:
            runs.append(Run(note, tone=Tone.THIRD))
        if struck:
            runs.append(Run(struck, tone=Tone.THIRD, strike=True))
        self.line.set_runs(runs, (MoneyRun(amount, self._size, Tone.THIRD if dim else Tone.INK),))
        self.setAccessibleName(f"{caption} ¥{amount}")

    def set_button(self, text: str, key: str, *, enabled: bool = True) -> None:
        """What the teal button does; an empty text leaves only the amount."""
        self.button.setVisible(bool(text))
        self.button.set_text(text, key=key)
        self.button.setEnabled(enabled)


class Rail(QFrame):
    """The manager's rail, 184 wide: icon and word per page. `chosen(action)`."""

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, items: Sequence[tuple[str, Icon, str]], *, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("bar", "right")
        self.setAccessibleName(name)
        self.setFixedWidth(theme.px(184))
        self._items: dict[str, RailItem] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(10), theme.px(12), theme.px(10), theme.px(12))
        layout.setSpacing(theme.px(4))
        for action, icon, text in items:
            item = RailItem(theme, text, icon=icon, height_px=52)
            item.clicked.connect(lambda _checked=False, action=action: self.chosen.emit(action))
            layout.addWidget(item)
            self._items[action] = item
        layout.addStretch(1)

    def set_current(self, action: str) -> None:
        """Mark the page shown."""
        for name, item in self._items.items():
            item.set_chosen(name == action)


class RailItem(KeyButton):
    """A page on the rail: left aligned, teal when current."""

    def __init__(self, theme: Theme, text: str, *, icon: Icon, height_px: int, parent: QWidget | None = None) -> None:
        super().__init__(theme, text, kind=Kind.TAB, icon=icon, height_px=height_px, parent=parent)
        self.set_look(padding_px=12, left=True, shrink=True)


class TitleBlock(QWidget):
    """A manager page's title with a smaller line beside it, and the product's name before."""

    def __init__(self, theme: Theme, product: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = IconLabel(theme, Icon.CART, tone=Tone.PRIMARY)
        self.product = Label(theme, product, size=Size.TITLE, tone=Tone.PRIMARY)
        self.line = RunLine(theme, height_px=40)
        head = QWidget()
        head.setLayout(row(self.icon, self.product, 1, gap=theme.px(10)))
        head.setFixedWidth(theme.px(162))
        layout = row(head, self.line, gap=theme.px(12))
        layout.setContentsMargins(theme.px(10), 0, 0, 0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def set_title(self, title: str, note: str = "") -> None:
        """The page and its scope."""
        self.line.set_runs((Run(title, Size.HEADLINE), Run(note, tone=Tone.SECOND, gap_px=12)))
        self.setAccessibleName(f"{title} {note}".strip())
