"""Rows of the member card: the coupon that fits, stamps and stored value, and the key to all of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.i18n import Translator
from app.services.tray import Tray
from ui.theme.names import Icon, Size, Tone
from ui.views import wording
from ui.views.benefit_words import benefit_title, stamp_words
from ui.views.common import Ui
from ui.widgets.member import ItemRow
from ui.widgets.tasks import FactRow
from ui.widgets.values import Run

STAMPS_MAX = 1  # the card this receipt gives most on, else the fullest
COUPON_PX, FACT_PX = 54, 34


class BenefitRows(QWidget):
    """`asked` when the tray is wanted."""

    asked = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self.coupon = ItemRow(ui.theme, icon=Icon.TICKET, tone=Tone.POINTS, height_px=COUPON_PX)
        self.coupon.pressed.connect(self.asked)
        self.stamps = [FactRow(ui.theme, height_px=FACT_PX) for _ in range(STAMPS_MAX)]
        self.stored = FactRow(ui.theme, ui.tr("Stored value"), height_px=FACT_PX)
        self.says_something = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.coupon, *self.stamps, self.stored):
            layout.addWidget(widget)

    def show_tray(self, tray: Tray | None) -> None:
        """What the member has; nothing takes no room, and nothing is said before it is known."""
        self.says_something = False
        self.setVisible(tray is not None)
        if tray is None:
            return
        tr = self._ui.tr
        title, note = coupon_words(tray, tr)
        self.coupon.setVisible(bool(title))
        self.coupon.set_item(title, note)
        self.coupon.set_button(tr("Use"), key="F11")
        cards = sorted(tray.stamps, key=lambda card: (-card.gained, -card.now))
        cards = [card for card in cards if card.now or card.gained][:STAMPS_MAX]
        for place, line in enumerate(self.stamps):
            line.setVisible(place < len(cards))
            if place < len(cards):
                gained = (Run(f"+{cards[place].gained}", Size.STRONG, Tone.POINTS),) if cards[place].gained else ()
                line.set_fact(*gained, caption=stamp_words(cards[place], tr))
        self.stored.setVisible(tray.stored_minor != 0)
        self.says_something = bool(title or cards or tray.stored_minor)
        self.stored.set_fact(Run(wording.yuan(tray.stored_minor), Size.STRONG, Tone.POINTS))


def coupon_words(tray: Tray, tr: Translator) -> tuple[str, str]:
    """Title and note of the one row: what is used, else the first coupon that fits, else what else there is."""
    taken = [one for one in tray.all if one.taken]
    fits = [one for one in tray.coupons if one.why is None]
    if taken:
        return benefit_title(taken[0], tr), tr("used on this receipt ({count})", count=len(taken))
    if fits:
        more = len(fits) - 1
        note = tr("fits this receipt · {count} more", count=more) if more else tr("fits this receipt")
        return benefit_title(fits[0], tr), note
    if tray.coupons:
        return tr("{count} coupons", count=len(tray.coupons)), tr("none fits this receipt yet")
    rewards = sum(one.why is None for one in tray.rewards)
    if rewards:
        return tr("Rewards for points"), tr("{count} can be taken now", count=rewards)
    return ("", "") if not tray.rewards else (tr("Rewards for points"), tr("none fits this receipt yet"))
