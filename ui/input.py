"""Keys before any widget sees them: the wedge scanner's bursts, and the sign that somebody is at the till.

On X11 an application filter sees every key twice (window, then widget), and again for each parent it travels to; only
the first delivery to the focused widget counts (facts.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from app.clock import Clock
from ui.presenters.devices import Wedge, WedgeVerdict

MODIFIERS = frozenset((0x01000020, 0x01000021, 0x01000022, 0x01000023, 0x01001103))  # Shift Ctrl Meta Alt AltGr
ACTIVITY = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin)


class InputFilter(QObject):
    """Installed on the application. `active` is called for every key, press and touch. UI thread."""

    def __init__(self, app: QApplication, clock: Clock, active: Callable[[], None]) -> None:
        super().__init__(app)
        self._app, self._clock, self._active = app, clock, active
        self._wedge: Wedge | None = None
        self._replaying = False
        self._last: QWidget | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._flush)
        app.installEventFilter(self)

    def set_wedge(self, wedge: Wedge | None) -> None:
        """Feed this machine; None: keys are only typed."""
        self._wedge = wedge

    def close(self) -> None:
        """Leave the application alone."""
        self._timer.stop()
        self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True swallows the event."""
        if event.type() not in ACTIVITY or not isinstance(watched, QWidget):
            return False
        self._active()
        if not isinstance(event, QKeyEvent) or self._wedge is None or self._replaying:
            return False
        if watched is not self._receiver(watched) or event.key() in MODIFIERS:
            return False
        at_ms = event.timestamp() or round(self._clock.monotonic_s() * 1000)
        self._last = watched
        verdict = self._wedge.key(event.clone(), event.text(), at_ms, auto_repeat=event.isAutoRepeat())
        return self._obey(verdict, watched)

    def _receiver(self, near: QWidget) -> QWidget:
        """Who gets keys now. Without a window manager the window is never active and Qt names nobody."""
        for widget in (self._app.focusWidget(), near.window().focusWidget()):
            if widget is not None:
                return widget
        return near.window()

    def _obey(self, verdict: WedgeVerdict, target: QWidget | None) -> bool:
        self._timer.stop()
        if verdict.timer_ms is not None:
            self._timer.start(verdict.timer_ms)
        self._replay(verdict.replay, target)
        return verdict.swallow

    def _replay(self, keys: tuple[Any, ...], target: QWidget | None) -> None:
        self._replaying = True
        try:
            for key in keys:
                if target is not None and isValid(target):  # a screen may have been taken down meanwhile
                    self._app.sendEvent(self._receiver(target), key)
        finally:
            self._replaying = False

    def _flush(self) -> None:
        if self._wedge is not None:
            self._obey(self._wedge.flush(), self._last)
