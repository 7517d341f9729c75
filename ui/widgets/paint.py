"""Drawing shared by painted widgets and delegates: boxes, icons, words, key caps. UI thread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetricsF, QPainter, QPainterPath, QPen

from ui.theme.names import Icon, Size
from ui.theme.theme import Theme

VCENTER = Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | VCENTER
RIGHT = Qt.AlignmentFlag.AlignRight | VCENTER
CENTER = Qt.AlignmentFlag.AlignCenter
OUTLINE_FROM_PX = 64


def box(painter: QPainter, rect: QRectF, colours: tuple[QColor, QColor], *, radius: float, edge: float) -> None:
    """A rounded box in `colours` (ground, edge) whose `edge` px lie inside `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    half = edge / 2
    painter.setPen(QPen(colours[1], edge) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(colours[0])
    inner = rect.adjusted(half, half, -half, -half)
    corner = max(0.0, min(radius, rect.height() / 2) - half)
    painter.drawRoundedRect(inner, corner, corner)
    painter.restore()


def draw_text(painter: QPainter, at: QPointF, text: str) -> None:
    """`text` with its baseline `at`, in the painter's font and pen.

    From 64 px on Qt draws outlines, and a bold that the family does not have (WenQuanYi) gets lost: it is stroked here
    as wide as FreeType emboldens small glyphs, 1/24 of the size.
    """
    font = painter.font()
    if font.bold() and font.pixelSize() * painter.device().devicePixelRatioF() >= OUTLINE_FROM_PX and _fakes_bold(font):
        path = QPainterPath()
        regular = QFont(font)
        regular.setBold(False)
        path.addText(at, regular, text)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(painter.pen().color())
        painter.setPen(QPen(painter.pen().color(), font.pixelSize() / 24))
        painter.drawPath(path)
        painter.restore()
        return
    painter.drawText(at, text)


def _fakes_bold(font: QFont) -> bool:
    family = QFontInfo(font).family()
    return not any(QFontDatabase.bold(family, style) for style in QFontDatabase.styles(family))


def words(
    painter: QPainter, rect: QRect | QRectF, text: str, *, font: QFont, colour: QColor, align: Qt.AlignmentFlag = LEFT
) -> None:
    """One line of `text` in the middle of `rect`'s height, cut with an ellipsis when it does not fit."""
    metrics = QFontMetricsF(font)
    area = QRectF(rect)
    painter.setFont(font)
    painter.setPen(colour)
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 1)
    wide = metrics.horizontalAdvance(cut)
    x = area.left()
    if align & Qt.AlignmentFlag.AlignRight:
        x = area.right() - wide
    elif align & Qt.AlignmentFlag.AlignHCenter:
        x = area.left() + (area.width() - wide) / 2
    draw_text(painter, QPointF(x, area.center().y() + (metrics.ascent() - metrics.descent()) / 2), cut)


def draw_icon(painter: QPainter, theme: Theme, icon: Icon, *, at: QPointF, size: int, colour: str) -> None:
    """`icon` with its top left corner `at`, `size` px at scale 1.0."""
    painter.drawPixmap(at, theme.icon(icon, size, colour, painter.device().devicePixelRatioF()))


def cap_width(theme: Theme, key: str) -> float:
    """Width of a key cap in screen px: words + 5 px each side + edge, 26 px at least."""
    text = QFontMetricsF(theme.font(Size.CAPTION, bold=True)).horizontalAdvance(key)
    return max(theme.px(30), text + 2 * theme.px(5) + 2)


def cap_height(theme: Theme) -> float:
    """Height of a key cap in screen px."""
    return theme.px(20) + 2.0


def draw_cap(painter: QPainter, theme: Theme, rect: QRectF, *, key: str, colours: tuple[QColor, QColor]) -> None:
    """A key cap filling `rect`; `colours` are its words and its edge."""
    box(painter, rect, (QColor(Qt.GlobalColor.transparent), colours[1]), radius=theme.px(4), edge=1)
    words(painter, rect, key, font=theme.font(Size.CAPTION, bold=True), colour=colours[0], align=CENTER)
