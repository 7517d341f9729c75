"""Does this copy of the program draw? Used by `guitai --self-test`: themes, icons, sounds, and Chinese in ink."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from ui.theme.apply import apply_theme
from ui.theme.fonts import chinese_families
from ui.theme.names import THEMES, Icon
from ui.theme.theme import open_theme
from ui.widgets.basics import Label

ICON_PX = 24
SOUNDS = ("ok.wav", "refused.wav")


def draw(resources: Path) -> str:
    """Draw every icon in every theme, and a Chinese line; what was drawn, in a few words.

    UI thread. FileNotFoundError names a missing file; RuntimeError says what came out empty.
    """
    held = QApplication.instance()
    application = held if isinstance(held, QApplication) else QApplication(["guitai"])
    if not chinese_families():
        raise RuntimeError("no font on this machine writes Chinese")
    for name in THEMES:
        theme = open_theme(resources, name)
        apply_theme(application, theme)
        empty = [icon.value for icon in Icon if not _has_ink(theme.icon(icon, ICON_PX, "#000000"))]
        label = Label(theme, "会员 积分")
        label.resize(200, label.height())
        written = _has_ink(label.grab())
        label.deleteLater()
        if empty or not written:
            raise RuntimeError(f"theme {name} draws nothing: {', '.join(empty) or 'words'}")
    for sound in SOUNDS:
        if not (resources / "sounds" / sound).stat().st_size:
            raise RuntimeError(f"sound {sound} is empty")
    return f"{len(Icon)} icons in {len(THEMES)} themes, Chinese words, {len(SOUNDS)} sounds"


def _has_ink(pixmap: QPixmap) -> bool:
    """More than one colour: a picture of nothing has one."""
    image = pixmap.toImage()
    return len({image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}) > 1
