"""How a member stands, in rows of words: the tier's end and what keeps it, what is to come, what is owed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.domain.member import MemberView, TierGap
from app.domain.programme.document import Metric
from app.i18n import Translator
from ui.theme.names import Tone
from ui.views import wording
from ui.views.common import Ui
from ui.widgets.basics import column
from ui.widgets.tasks import FactRow
from ui.widgets.values import Run


def ahead_words(gap: TierGap, tr: Translator) -> str:
    """`¥120 more to Gold card`, in money, points or visits."""
    if gap.metric == Metric.SPEND:
        return tr("¥{amount} more to {tier}", amount=wording.yuan_short(gap.missing)[1:], tier=gap.tier_name)
    if gap.metric == Metric.POINTS:
        return tr("{points} points more to {tier}", points=f"{gap.missing:,}", tier=gap.tier_name)
    return tr("{visits} visits more to {tier}", visits=gap.missing, tier=gap.tier_name)


def keep_words(gap: TierGap, tr: Translator) -> str:
    """What keeps the tier for another term."""
    if not gap.missing:
        return tr("kept for another term")
    if gap.metric == Metric.SPEND:
        return tr("¥{amount} more keeps it", amount=wording.yuan_short(gap.missing)[1:])
    if gap.metric == Metric.POINTS:
        return tr("{points} points more keep it", points=f"{gap.missing:,}")
    return tr("{visits} visits more keep it", visits=gap.missing)


class StandingRows(QWidget):
    """Rows that are there only when there is something to say."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui, tr = ui, ui.tr
        self.tier = FactRow(ui.theme, tr("Tier"))
        self.coming, self.debt = FactRow(ui.theme, tr("Points to come")), FactRow(ui.theme, tr("Points owed"))
        self.setLayout(column(self.tier, self.coming, self.debt, gap=0))

    def show_member(self, view: MemberView) -> None:
        """Show how they stand."""
        tr, stands = self._ui.tr, view.standing
        self.tier.setVisible(bool(view.tier_name and stands.tier_until))
        if stands.tier_until:
            until = tr("until {day}", day=stands.tier_until)
            keep = (f"{keep_words(stands.keep, tr)} · ",) if stands.keep is not None else ()
            self.tier.set_fact(Run("".join(keep), tone=Tone.SECOND), Run(until))
        parts = []
        if stands.vesting and stands.vesting_on:
            parts.append(tr("{points} from {day}", points=f"{stands.vesting:,}", day=stands.vesting_on[5:]))
        if stands.to_follow and stands.to_follow_on:
            parts.append(tr("{points} follow {day}", points=f"{stands.to_follow:,}", day=stands.to_follow_on[5:]))
        self.coming.setVisible(bool(parts))
        self.coming.set_fact(Run(" · ".join(parts), tone=Tone.POINTS))
        self.debt.setVisible(bool(stands.debt))
        owed = tr("{points}, paid by the next points", points=f"{stands.debt:,}")
        self.debt.set_fact(Run(owed, tone=Tone.ATTENTION))
        self.setVisible(not (self.tier.isHidden() and self.coming.isHidden() and self.debt.isHidden()))
