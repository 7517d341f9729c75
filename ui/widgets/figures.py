"""Figures: amounts in two sizes on one baseline, the points meter, plain bars, avatars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.names import Size, Tier, Tone
from ui.theme.theme import Theme
from ui.widgets.paint import CENTER, box, words
from ui.widgets.runs import draw_runs, runs_width
from ui.widgets.values import MoneyRun

PERMILLE = 1000


class Amount(QWidget):
    """¥ and decimals at 66 % of the integer, one baseline, right aligned; height fixed so nothing jumps."""

    def __init__(
        self,
        theme: Theme,
        text: str = "0.00",
        *,
        size: Size = Size.AMOUNT,
        tone: Tone = Tone.INK,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._run = theme, MoneyRun(text, size, tone)
        self.setFixedHeight(theme.line_px(size))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_amount(text, tone)

    def set_amount(self, text: str, tone: Tone = Tone.INK) -> None:
        """Show another amount (`1,234.50`, `−6.00`)."""
        self._run = MoneyRun(text, self._run.size, tone)
        self.setAccessibleName(f"¥{text}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The amount in full."""
        return QSize(int(runs_width(self._theme, (self._run,))) + 2, self.height())

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Three runs on one baseline."""
        area = QRectF(self.rect())
        left = max(0.0, area.width() - runs_width(self._theme, (self._run,)))
        draw_runs(QPainter(self), self._theme, area.adjusted(left, 0, 0, 0), (self._run,))


class PointsMeter(QWidget):
    """14 high: solid = usable now, hatched = needs the network, empty = beyond this sale's limit."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._usable, self._network = theme, 0, 0
        self.setFixedHeight(theme.px(14))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_shares(0, 0)

    def set_shares(self, usable_permille: int, network_permille: int = 0) -> None:
        """Shares of the balance in thousandths, 0–1000 together."""
        self._usable = min(max(usable_permille, 0), PERMILLE)
        self._network = min(max(network_permille, 0), PERMILLE - self._usable)
        self.setAccessibleName(f"{self._usable // 10} % + {self._network // 10} %")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track, solid part, hatched part."""
        palette, theme = self._theme.palette, self._theme
        painter, area = QPainter(self), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line, radius = QColor(palette.points.line), theme.px(4)
        track = QPainterPath()
        track.addRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.fillPath(track, QColor(palette.surface.raised))
        painter.save()
        painter.setClipPath(track)
        inner = area.adjusted(1, 1, -1, -1)
        solid = inner.width() * self._usable / PERMILLE
        hatch = QRectF(inner.left() + solid, inner.top(), inner.width() * self._network / PERMILLE, inner.height())
        painter.fillRect(QRectF(inner.left(), inner.top(), solid, inner.height()), QColor(palette.points.fill))
        self._hatch(painter, hatch)
        painter.restore()
        painter.setPen(QPen(line, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(track)

    def _hatch(self, painter: QPainter, area: QRectF) -> None:
        """Diagonals 3 wide every 8 px; lines instead of BDiagPattern so that they scale with the till."""
        if area.width() <= 0:
            return
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        step, high = self._theme.scale * 11.3, area.height()
        painter.setPen(QPen(QColor(self._theme.palette.info.line), 3 * self._theme.scale))
        x = area.left()
        while x < area.right() + high:
            painter.drawLine(int(x - high), int(area.bottom() + 2), int(x + 2), int(area.top() - 2))
            x += step
        painter.restore()


class Bar(QWidget):
    """A progress or share bar, 10 or 14 high, filled with a role's colour."""

    def __init__(self, theme: Theme, *, height_px: int = 10, fill: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._permille = theme, 0
        self._fill = fill or theme.palette.primary.fill
        self.setFixedHeight(theme.px(height_px))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_permille(0)

    def set_permille(self, permille: int) -> None:
        """How much is filled, in thousandths."""
        self._permille = min(max(permille, 0), PERMILLE)
        self.setAccessibleName(f"{self._permille // 10} %")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track and fill."""
        painter, area, theme = QPainter(self), QRectF(self.rect()), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), theme.px(4), theme.px(4))
        painter.fillPath(path, QBrush(QColor(theme.palette.surface.sunken)))
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(QRectF(0, 0, area.width() * self._permille / PERMILLE, area.height()), QColor(self._fill))
        painter.restore()
        if theme.name == "contrast":
            painter.setPen(QPen(QColor(theme.palette.line.strong), 1))
            painter.drawPath(path)


class Avatar(QWidget):
    """A round initial in the tier's colours, or teal for staff."""

    def __init__(
        self, theme: Theme, initial: str = "", tier: Tier | None = None, *, px: int = 56, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._px = theme, px
        self._initial, self._tier = initial, tier
        self.setFixedSize(theme.px(px), theme.px(px))
        self.setAccessibleName(initial)

    def set_person(self, initial: str, tier: Tier | None) -> None:
        """Another person."""
        self._initial, self._tier = initial, tier
        self.setAccessibleName(initial)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Disc and initial."""
        draw_avatar(QPainter(self), self._theme, QRectF(self.rect()), initial=self._initial, tier=self._tier)


def draw_avatar(painter: QPainter, theme: Theme, rect: QRectF, *, initial: str, tier: Tier | None) -> None:
    """An avatar filling `rect`."""
    if tier is None:
        colours = (theme.palette.primary.text, theme.palette.primary.tint, theme.palette.primary.line)
    else:
        look = theme.palette.tier[tier]
        colours = (look.text, look.back, look.edge)
    box(painter, rect, (QColor(colours[1]), QColor(colours[2])), radius=rect.width() / 2, edge=2)
    font = theme.font_px(round(rect.height() / 2), 700)
    words(painter, rect, initial, font=font, colour=QColor(colours[0]), align=CENTER)
