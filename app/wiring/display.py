"""Is there a screen to open a window on? Without one Qt would end the process with a core dump."""

from __future__ import annotations

import ctypes
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from app.errors import ConfigError


def check_display(environment: Mapping[str, str]) -> None:
    """Return when Qt will find a screen. ConfigError `display_missing`, `display_silent`.

    Asks only on Linux and only when nobody chose Qt's platform; an X server that answers costs about a millisecond.
    """
    if sys.platform != "linux" or environment.get("QT_QPA_PLATFORM"):
        return
    display, wayland = environment.get("DISPLAY", ""), environment.get("WAYLAND_DISPLAY", "")
    if not (display or wayland):
        raise ConfigError("display_missing")
    if wayland and wayland_answers(Path(environment.get("XDG_RUNTIME_DIR", "/")) / wayland):
        return
    if not (display and x_answers(display)):
        raise ConfigError("display_silent", display=display or wayland)


def wayland_answers(path: Path) -> bool:
    """Somebody listens there."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def x_answers(display: str) -> bool:
    """Connect as Qt will, the right to do so included. True where that cannot be asked."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    for function in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        function.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)
