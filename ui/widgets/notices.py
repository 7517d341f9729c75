"""Notices: banners in the flow, toasts above the key strip, empty states, progress of long work."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme.names import Icon, Role, Size, Tone
from ui.theme.theme import Theme
from ui.widgets.basics import IconLabel, Label, column, restyle, row
from ui.widgets.buttons import KeyButton
from ui.widgets.figures import Bar
from ui.widgets.runs import RunLine
from ui.widgets.values import BannerAction, CapRun, Run

ACTIONS_MAX = 2
ROLE_TONES = {
    Role.PLAIN: Tone.SECOND,
    Role.PRIMARY: Tone.PRIMARY,
    Role.POINTS: Tone.POINTS,
    Role.INFO: Tone.INFO,
    Role.ATTENTION: Tone.ATTENTION,
    Role.ERROR: Tone.ERROR,
}


class Banner(QFrame):
    """Icon, one sentence, one smaller sentence, up to two buttons; in the flow, never over it. `pressed(action)`.

    Blue only for the network, `PLAIN` for advice, orange when a person is wanted, crimson when refused.
    """

    pressed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, ["", ""]
        self.setProperty("banner", Role.PLAIN.value)
        self.icon = IconLabel(theme, Icon.INFO)
        self.title = Label(theme, wrap=True)
        self.note = Label(theme, size=Size.LABEL, tone=Tone.SECOND, wrap=True)
        self.buttons = (KeyButton(theme), KeyButton(theme))
        words = column(self.title, self.note, gap=0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(14), theme.px(10), theme.px(14), theme.px(10))
        layout.setSpacing(theme.px(12))
        layout.addWidget(self.icon)
        layout.addLayout(words, 1)
        for number, button in enumerate(self.buttons):
            button.clicked.connect(lambda _checked=False, number=number: self.pressed.emit(self._actions[number]))
            button.hide()
            layout.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_notice(
        self, role: Role, icon: Icon, text: str, *, note: str = "", actions: tuple[BannerAction, ...] = ()
    ) -> None:
        """Say something. ValueError with more than two actions."""
        if len(actions) > ACTIONS_MAX:
            raise ValueError("a banner has two buttons at most")
        if self.property("banner") != role.value:
            self.setProperty("banner", role.value)
            restyle(self)
        self.icon.set_icon(icon, ROLE_TONES[role])
        self.title.setFont(self._theme.font(Size.BODY, bold=bool(note)))
        self.title.set_text(text)
        self.note.set_text(note)
        self.note.setVisible(bool(note))
        self.setAccessibleName(f"{text} {note}".strip())
        for number, button in enumerate(self.buttons):
            button.setVisible(number < len(actions))
            if number < len(actions):
                self._actions[number] = actions[number].action
                button.set_text(actions[number].text, key=actions[number].key)
        if self.parentWidget():  # without one it would become a window
            self.show()


class Toast(QFrame):
    """Ink on paper inverted, 48 high, 4 s, at the bottom of `host`; one action with its key. Never takes the focus."""

    pressed = Signal(str)

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._theme, self._host, self._action = theme, host, ""
        self.setProperty("toast", "true")
        self.setFixedHeight(theme.px(48))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        paper = theme.palette.surface.raised
        self.icon = IconLabel(theme, Icon.OKC, colour=paper)
        self.words = RunLine(theme, height_px=30, colour=paper)
        self.tail = RunLine(theme, height_px=30, colour=paper)
        layout = row(self.icon, self.words, self.tail, gap=theme.px(12))
        layout.setContentsMargins(theme.px(16), 0, theme.px(16), 0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self._bottom_px = 0
        host.installEventFilter(self)
        self.hide()

    def show_toast(self, text: str, action: BannerAction | None = None, *, bottom_px: int = 96) -> None:
        """Say `text` for 4 s, `bottom_px` screen px above the host's bottom edge."""
        self.words.set_runs((Run(text, Size.STRONG),))
        self._action = action.action if action else ""
        self.tail.set_runs((Run(action.text), CapRun(action.key)) if action else ())
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor if action else Qt.CursorShape.ArrowCursor)
        self._bottom_px = bottom_px
        self._place()
        self.raise_()
        self.show()
        self._timer.start(self._theme.tokens.motion.toast_stay)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the host's size."""
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        gap, host = self._theme.px(12), self._host
        self.setGeometry(gap, host.height() - self._bottom_px - self.height(), host.width() - 2 * gap, self.height())

    def mouseReleaseEvent(self, _event: object) -> None:
        """Touching it does the action."""
        if self._action:
            self.pressed.emit(self._action)
        self.hide()


class EmptyState(QWidget):
    """Icon 96 (or `icon_px` in a small place) in tertiary, one bold line, one line that says when it fills."""

    def __init__(
        self, theme: Theme, icon: Icon, *, tone: Tone = Tone.THIRD, icon_px: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.icon = IconLabel(theme, icon, px=icon_px or theme.tokens.icon.empty, tone=tone)
        self.title = Label(theme, size=Size.STRONG)
        self.note = Label(theme, size=Size.LABEL, tone=Tone.SECOND, wrap=True)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.px(6))
        layout.addStretch(1)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.title, self.note):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        layout.addStretch(1)

    def set_words(self, title: str, note: str = "") -> None:
        """What is empty, and when it fills."""
        self.title.set_text(title)
        self.note.set_text(note)
        self.setAccessibleName(f"{title} {note}".strip())


class Progress(QWidget):
    """What runs, done / total · rate · time left, a 14 px bar, cancel. `cancelled` when that is pressed."""

    cancelled = Signal()

    def __init__(
        self, theme: Theme, *, cancel_text: str, cancel_key: str = "Esc", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = Label(theme, size=Size.STRONG)
        self.note = Label(theme, size=Size.LABEL, tone=Tone.SECOND)
        self.bar = Bar(theme, height_px=14)
        self.cancel = KeyButton(theme, cancel_text, key=cancel_key)
        self.cancel.clicked.connect(self.cancelled)
        lower = row(self.bar, self.cancel, gap=theme.px(12))
        lower.setStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(2))
        layout.addLayout(row(self.title, 1, self.note))
        layout.addLayout(lower)

    def set_progress(self, title: str, note: str, permille: int | None) -> None:
        """`permille` None while the total is unknown: the words say 正在准备 and nothing moves."""
        self.title.set_text(title)
        self.note.set_text(note)
        self.bar.setVisible(permille is not None)
        self.bar.set_permille(permille or 0)
        self.setAccessibleName(f"{title} {note}".strip())

    def set_cancellable(self, can: bool) -> None:
        """Work that can no longer be stopped has no cancel button."""
        self.cancel.setVisible(can)
