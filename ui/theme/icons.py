"""Icons: SVG files from resources/icons in one role colour, cached per name, size, colour and device ratio."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.theme.names import Icon

THIN_STROKE = "1.25"  # on the grid, so that a big icon stays light
CACHE_MAX = 512


class IconBook:
    """Draws icons on demand and keeps them. UI thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources: dict[Icon, str] = {}
        self._pixmaps: dict[tuple[Icon, int, str, float, bool], QPixmap] = {}

    def pixmap(self, icon: Icon, size_px: int, colour: str, *, dpr: float = 1.0, thin: bool = False) -> QPixmap:
        """`icon` as a square of `size_px` logical pixels in `colour` (`#RRGGBB`). FileNotFoundError: a build fault."""
        key = (icon, size_px, colour, dpr, thin)
        found = self._pixmaps.get(key)
        if found is None:
            if len(self._pixmaps) >= CACHE_MAX:
                self._pixmaps.clear()
            found = self._pixmaps[key] = self._draw(self._svg(icon, colour, thin), round(size_px * dpr), dpr)
        return found

    def _svg(self, icon: Icon, colour: str, thin: bool) -> bytes:
        source = self._sources.get(icon)
        if source is None:
            source = self._sources[icon] = (self._folder / f"{icon.value}.svg").read_text("utf-8")
        svg = source.replace("currentColor", colour)
        return (svg.replace('stroke-width="2"', f'stroke-width="{THIN_STROKE}"') if thin else svg).encode()

    def _draw(self, svg: bytes, side: int, dpr: float) -> QPixmap:
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, side, side))
        painter.end()
        pixmap.setDevicePixelRatio(dpr)
        return pixmap
