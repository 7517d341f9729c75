"""Keypads: 3×4 digits for money, points and PIN, and the on-screen letters of the find screen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ui.theme.names import Icon, Size
from ui.theme.theme import Theme
from ui.widgets.buttons import KeyButton

LETTERS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
CLEAR, DELETE = "clear", "delete"  # what `pressed` carries beside digits and `00`


class Keypad(QWidget):
    """Digits top down 1-2-3. Bottom left is `00` for money, clear for a PIN. `pressed` carries the key.

    Keys grow with the room they get, never below 64 px (`key_px`; 72 for a PIN). Only delete repeats.
    """

    pressed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        *,
        names: tuple[str, str],
        clear: bool = False,
        key_px: int = 0,
        gap_px: int = 8,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._key_px = theme, key_px or theme.tokens.height.key
        self._keys: dict[str, KeyButton] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.px(gap_px))
        for number, digit in enumerate("123456789"):
            self._add(digit, digit, (number // 3, number % 3))
        self._add(CLEAR if clear else "00", names[0] if clear else "00", (3, 0))
        self._add("0", "0", (3, 1))
        delete = self._add(DELETE, "", (3, 2))
        delete.set_icon(Icon.DEL, px=32)
        delete.setAccessibleName(names[1])
        delete.setAutoRepeat(True)

    def _add(self, action: str, text: str, cell: tuple[int, int]) -> KeyButton:
        key = KeyButton(self._theme, text, height_px=self._key_px)
        key.set_look(size=Size.HEADLINE if len(text) < 3 and text.isdigit() else Size.TITLE, padding_px=4)
        key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        key.setMinimumSize(self._theme.px(48), self._theme.px(self._key_px))
        key.clicked.connect(lambda: self.pressed.emit(action))
        self._grid.addWidget(key, *cell)
        self._grid.setRowStretch(cell[0], 1)
        self._grid.setColumnStretch(cell[1], 1)
        self._keys[action] = key
        return key

    def key(self, action: str) -> KeyButton:
        """The key that emits `action`."""
        return self._keys[action]


class OnScreenKeyboard(QWidget):
    """Digits and letters 50 high under the results, only when called. `pressed` carries the key; `closed` hides it."""

    pressed = Signal(str)
    closed = Signal()

    def __init__(
        self, theme: Theme, *, clear_text: str, delete_name: str, close_name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.px(6))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for column in range(20):
            self._grid.setColumnStretch(column, 1)
        for line, letters in enumerate(LETTERS):
            start = (0, 0, 1, 2)[line]
            for number, letter in enumerate(letters):
                self._add(letter, letter, (line, start + 2 * number))
        self._add(CLEAR, clear_text, (3, 0)).set_look(size=Size.STRONG, padding_px=2)
        delete = self._add(DELETE, "", (3, 16))
        delete.set_icon(Icon.DEL)
        delete.setAccessibleName(delete_name)
        delete.setAutoRepeat(True)
        close = self._add("", "", (3, 18))
        close.set_icon(Icon.KB)
        close.setAccessibleName(close_name)
        close.clicked.connect(self.closed)

    def _add(self, action: str, text: str, cell: tuple[int, int]) -> KeyButton:
        key = KeyButton(self._theme, text, height_px=50)
        key.set_look(size=Size.TITLE, padding_px=2)
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if action:
            key.clicked.connect(lambda: self.pressed.emit(action))
        self._grid.addWidget(key, cell[0], cell[1], 1, 2)
        return key


def typed(text: str, key: str, *, length_max: int) -> str:
    """`text` after a keypad key: digits append, delete takes one away, clear all; never longer than `length_max`."""
    if key == CLEAR:
        return ""
    if key == DELETE:
        return text[:-1]
    return (text + key)[:length_max]
