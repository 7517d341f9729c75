"""Keys before any widget sees them: the wedge scanner's bursts, and the sign that somebody is at the till.

On X11 an application filter sees every key twice (window, then widget), and again for each parent it travels to; only
the first delivery to the focused widget counts (facts.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from app.clock import Clock
from ui.presenters.devices import Wedge, WedgeVerdict

MODIFIERS = frozenset((0x01000020, 0x01000021, 0x01000022, 0x01000023, 0x01001103))  # Shift Ctrl Meta Alt AltGr
KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
ACTIVITY = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin)


class InputFilter(QObject):
    """Installed on the application. `active` is called for every key, press and touch. UI thread."""

    def __init__(self, app: QApplication, clock: Clock, active: Callable[[], None]) -> None:
        super().__init__(app)
        self._app, self._clock, self._active = app, clock, active
        self._wedge: Wedge | None = None
        self._replaying = False
        self._last: QWidget | None = None
        self._held: set[int] = set()
        self._early: dict[int, QKeyEvent] = {}
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
        if not isinstance(watched, QWidget):
            return False
        if event.type() in ACTIVITY and not watched.window().windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus:
            self._active()  # a customer at their own screen is nobody at the till
        if event.type() not in KEYS or not isinstance(event, QKeyEvent) or self._wedge is None or self._replaying:
            return False
        if event.type() == QEvent.Type.KeyRelease:
            return self._release(event)
        if watched is not self._receiver(watched) or event.key() in MODIFIERS:
            return False
        at_ms = event.timestamp() or round(self._clock.monotonic_s() * 1000)
        self._last = watched
        verdict = self._wedge.key(event.clone(), event.text(), at_ms, auto_repeat=event.isAutoRepeat())
        if verdict.swallow:
            self._held.add(event.key())
        return self._obey(verdict, watched)

    def _release(self, event: QKeyEvent) -> bool:
        """A key let go while its press is held back is let go after that, else a button would stay down."""
        if event.key() not in self._held:
            return False
        self._early[event.key()] = event.clone()
        return True

    def _receiver(self, near: QWidget) -> QWidget:
        """Who gets keys now. Without a window manager the window is never active and Qt names nobody."""
        for widget in (self._app.focusWidget(), near.window().focusWidget()):
            if widget is not None:
                return widget
        return near.window()

    def _obey(self, verdict: WedgeVerdict, target: QWidget | None) -> bool:
        self._timer.stop()
        self._replay(verdict.replay, target)
        if verdict.timer_ms is not None:
            self._timer.start(verdict.timer_ms)
        else:
            self._held.clear()
            self._early.clear()
        return verdict.swallow

    def _replay(self, keys: tuple[Any, ...], target: QWidget | None) -> None:
        self._replaying = True
        try:
            for key in keys:
                if target is None or not isValid(target):
                    break  # the screen has been taken down meanwhile
                receiver = self._receiver(target)
                self._app.sendEvent(receiver, key)
                self._held.discard(key.key())
                release = self._early.pop(key.key(), None)
                if release is not None and isValid(receiver):
                    self._app.sendEvent(receiver, release)
        finally:
            self._replaying = False

    def _flush(self) -> None:
        if self._wedge is not None:
            self._obey(self._wedge.flush(), self._last)
