"""Points head office holds for this till, in words: whose, since when, and what to do about them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.status import HeldPoints
from app.services.till import Place
from ui.theme.names import Icon, Role
from ui.views import wording
from ui.views.common import Ui
from ui.widgets.notices import Banner

HOLDS_SHOWN_MAX = 5


class HeldBanners(QWidget):
    """A banner for each open hold, oldest first; hidden when there is none."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self.banners: list[Banner] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(ui.px(12))
        self.hide()

    def show_holds(self, holds: tuple[HeldPoints, ...], place: Place | None) -> None:
        """Say each of them."""
        for old in self.banners:
            self._layout.removeWidget(old)
            old.deleteLater()
        self.banners = []
        for hold in holds[:HOLDS_SHOWN_MAX]:
            banner = Banner(self._ui.theme, self)
            self._layout.addWidget(banner)
            self.banners.append(banner)
            self._say(banner, hold, place)
        self.setVisible(bool(holds))

    def _say(self, banner: Banner, hold: HeldPoints, place: Place | None) -> None:
        tr = self._ui.tr
        facts = {
            "points": wording.points(hold.points),
            "who": hold.who or tr("a member"),
            "when": wording.hour(hold.asked_ms, place.zone) if place else "",
        }
        if hold.asked:
            title = tr("Head office was asked at {when} to hold {points} points of {who} and has not answered", **facts)
            note = tr("Nothing is spent; without an answer they come back by themselves. Pay another way meanwhile")
            banner.show_notice(Role.PLAIN, Icon.COIN, title, note=note)
        else:
            title = tr("Head office holds {points} points of {who} for the open receipt since {when}", **facts)
            note = tr("Finish the receipt to spend them; F4, then Esc, gives them back")
            banner.show_notice(Role.POINTS, Icon.COIN, title, note=note)
