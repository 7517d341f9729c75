"""The keys of the till and what they are called; every button prints its key."""

from __future__ import annotations

from enum import StrEnum


class Key(StrEnum):
    """A key with a meaning on every screen. The value is what its cap says."""

    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"
    F5 = "F5"
    F6 = "F6"
    F7 = "F7"
    F8 = "F8"
    F9 = "F9"
    F10 = "F10"
    F11 = "F11"
    F12 = "F12"
    ESC = "Esc"
    ENTER = "Enter"
    UP = "↑"
    DOWN = "↓"
    LEFT = "←"
    RIGHT = "→"
    WHY = "?"


class Screen(StrEnum):
    """Every screen the till can show."""

    SIGN_ON = "sign_on"
    COUNTER = "counter"
    PAY = "pay"
    ENROL = "enrol"
    RECEIPT = "receipt"
    REDEEM = "redeem"
    TRAY = "tray"
    TOP_UP = "top_up"
    RETURN = "return"
    BY_HAND = "by_hand"
    TODAY = "today"
    WHY = "why"
    STATUS = "status"
    DEVICES = "devices"
    SETUP = "setup"
    HELP = "help"
    RECOVERY = "recovery"


STRIP = (Key.F2, Key.F3, Key.F4, Key.F5, Key.F6, Key.F7, Key.F8, Key.ESC)
"""The key strip, in its order."""
