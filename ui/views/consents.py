"""One row per purpose a customer is asked about, the same at the till and on the customer's screen."""

from __future__ import annotations

from app.domain.consent import Purpose
from ui.views.common import Ui
from ui.widgets.tasks import ConsentChoice

ROW_PX, ANSWER_PX = 72, 56


def consent_choice(ui: Ui, purpose: Purpose) -> ConsentChoice:
    """What is asked and why, and two answers of the same weight, named for those who cannot see them."""
    tr = ui.tr
    words = {
        Purpose.SERVICE: (tr("Member service"), tr("Keeps points and gives benefits; the card needs it")),
        Purpose.MARKETING: (tr("News and offers"), tr("By message; can be ended at any time")),
        Purpose.PROFILING: (tr("Personal suggestions"), tr("Uses purchases to suggest goods")),
        Purpose.SHARING: (tr("Sharing with partners"), tr("Only for points collected together")),
    }
    what, why = words[purpose]
    choice = ConsentChoice(ui.theme, what, why, answers=(tr("Agree"), tr("Decline")))
    choice.setFixedHeight(ui.px(ROW_PX))
    for button in (choice.agree, choice.decline):
        button.setAccessibleName(f"{what}: {button.text()}")
        button.setFixedHeight(ui.px(ANSWER_PX))
    return choice
