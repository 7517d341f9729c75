"""Print the Debian packages that are missing on this machine, judged by what they provide, not by their names."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import sysconfig

# shared library → Debian package. The first six let Qt run without a screen, the others open a window on X11.
LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# command → package: a virtual screen, fonts, the independent printer language reader, what PyInstaller calls.
COMMANDS = {
    "Xvfb": "xvfb",
    "fc-list": "fontconfig",
    "node": "nodejs",
    "npm": "npm",
    "objdump": "binutils",
    "git": "git",
}


def _library_missing(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return True
    return False


def _chinese_font_missing() -> bool:
    if shutil.which("fc-list") is None:
        return True
    return not subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False).stdout.strip()


def _venv_missing() -> bool:
    probe = "import ensurepip, venv"
    return subprocess.run([sys.executable, "-c", probe], capture_output=True, check=False).returncode != 0


def _python_library_missing() -> bool:
    """The frozen program carries libpython; Debian ships it apart from the interpreter."""
    name = sysconfig.get_config_var("INSTSONAME") or ""
    if ".so" not in name:
        name = f"libpython{sys.version_info.major}.{sys.version_info.minor}.so.1.0"
    folder = sysconfig.get_config_var("LIBDIR") or ""
    return not os.path.exists(os.path.join(folder, name)) and _library_missing(name)


def missing() -> list[str]:
    """Package names, sorted; empty when all is there or this is no Linux."""
    if sys.platform != "linux":
        return []
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {package for name, package in LIBRARIES.items() if _library_missing(name)}
    found |= {package for name, package in COMMANDS.items() if shutil.which(name) is None}
    if _chinese_font_missing():
        found.add("fonts-wqy-microhei")
    if _venv_missing():
        found.add(f"python{version}-venv")
    if _python_library_missing():
        found.add(f"libpython{version}")
    return sorted(found)


if __name__ == "__main__":
    print(" ".join(missing()))
