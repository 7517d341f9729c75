"""The right column's card: who the points go to, what they have, what they could use; or an invitation to scan."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.member import MemberView
from app.services.checkout import Quote
from app.services.members import Customer
from app.services.tray import Tray
from ui.theme.names import Icon, Role
from ui.views import wording
from ui.views.benefit_rows import BenefitRows
from ui.views.common import Ui, unset_layout
from ui.views.standing import StandingRows, ahead_words
from ui.widgets.basics import column
from ui.widgets.buttons import RedeemButton
from ui.widgets.member import MemberHead, PointsPanel, TierProgress
from ui.widgets.notices import Banner, EmptyState
from ui.widgets.tasks import FactRow
from ui.widgets.values import PointsView, Redeem, Run


def points_view(view: MemberView, ui: Ui) -> PointsView:
    """What the points panel shows: the balance, its worth, and that all of it needs head office."""
    tr = ui.tr
    worth = wording.yuan_short(view.worth_minor) if view.worth_minor is not None else ""
    if view.merging:
        return PointsView(tr("Points held"), tr("being merged"), left=tr("Shown when both memberships are one"))
    if view.points is None:
        left = tr("Balance unknown at this till; points are kept")
        return PointsView(tr("Points held"), tr("unknown"), left=left, left_offline=True)
    right = ""
    if view.expiring_points and view.expiring_on:
        right = tr("{points} expire {date}", points=f"{view.expiring_points:,}", date=view.expiring_on[5:])
    usable = view.usable_points or 0
    share = min(1000, usable * 1000 // view.points) if view.points > 0 else 0
    left = tr("Usable once online") if usable == 0 else tr("Usable now {points}", points=f"{usable:,}")
    return PointsView(
        tr("Points held"),
        wording.points(view.points),
        tr("worth") if worth else "",
        worth,
        share,
        1000 - share if view.points > 0 else 0,
        left,
        usable == 0,
        right,
    )


class MemberCard(QFrame):
    """Head, points, redeem, facts. `redeem_asked` when the gold button is pressed.

    `preview`: a search result not taken yet, with its last visit, birthday and card instead of the gold button.
    """

    redeem_asked = Signal()
    tray_asked = Signal()

    def __init__(self, ui: Ui, *, preview: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, self._preview, tr = ui, preview, ui.tr
        self.setProperty("card", "raised")
        self.head = MemberHead(ui.theme)
        self.points = PointsPanel(ui.theme)
        self.redeem = RedeemButton(ui.theme)
        self.redeem.set_look(shrink=True)
        self.redeem.clicked.connect(self.redeem_asked)
        if preview:
            self.redeem.hide()
        self.visit, self.birthday = FactRow(ui.theme, tr("Last visit")), FactRow(ui.theme, tr("Birthday"))
        self.card = FactRow(ui.theme, tr("Member card"))
        self.standing, self.progress = StandingRows(ui), TierProgress(ui.theme)
        self.advice = Banner(ui.theme)
        self.advice.hide()
        self.facts = QWidget(self)
        self.benefits = BenefitRows(ui)
        self.benefits.asked.connect(self.tray_asked)
        self.benefits.hide()
        facts = column(self.benefits, self.visit, self.birthday, self.card, self.standing, self.progress, gap=0)
        self.facts.setLayout(facts)
        self._small = self._wide = self._narrow = False
        self._roomy = True
        self._arrange()

    def set_room(self, *, wide: bool, small: bool, narrow: bool = False, roomy: bool = True) -> None:
        """`wide`: two halves beside each other, for portrait; `small`: only what is never dropped (look.md).

        `narrow`: short words, for a logical width under 1200; `roomy`: high enough for every row.
        """
        self._narrow, self._roomy = narrow, roomy
        if (wide, small) != (self._wide, self._small):
            self._wide, self._small = wide, small
            self._arrange()

    def _arrange(self) -> None:
        px = self._ui.px
        for part in (self.head, self.points, self.redeem, self.facts, self.advice):
            part.setParent(self)
        unset_layout(self)
        self.facts.setVisible(not self._small)
        self.head.avatar.setVisible(not self._small)
        money = column(self.points, self.redeem, gap=px(10))
        if self._wide:
            whole: QHBoxLayout | QVBoxLayout = QHBoxLayout(self)
            who = column(self.head, self.facts, 1, gap=px(6))
            whole.addLayout(who, 1)
            money.addStretch(1)
            whole.addLayout(money, 1)
        else:
            whole = QVBoxLayout(self)
            whole.addWidget(self.head)
            whole.addLayout(money)
            whole.addWidget(self.facts)
            whole.addStretch(1)
            whole.addWidget(self.advice)
        self.advice.hide()
        whole.setContentsMargins(px(16), px(14), px(16), px(10))
        whole.setSpacing(px(16) if self._wide else px(10))

    def show_customer(self, customer: Customer, *, can_redeem: bool = True, advice: str = "") -> None:
        """Show who it is."""
        ui, tr, view = self._ui, self._ui.tr, customer.view
        check = tr("chosen, not confirmed") if self._preview else wording.found_words(customer.found_by, tr)
        hint = ""
        if view.birthday_hint:
            hint = tr("Birthday") if self._wide or self._narrow else tr("Birthday month")
        self.head.set_member(wording.who(customer, tr, check=check, checked=not self._preview, hint=hint))
        known = customer.member_id is not None
        self.points.set_points(points_view(view, ui))
        self.redeem.set_redeem(Redeem(tr("Redeem"), "F4", tr("needs head office"), "", enabled=can_redeem and known))
        self._show_facts(view)
        if advice:
            self.advice.show_notice(Role.PLAIN, Icon.INFO, advice)
        self.advice.setVisible(bool(advice) and not self._wide)

    def show_benefits(self, tray: Tray | None) -> None:
        """Coupons, stamps, stored value; the last visit, and how the tier stands, give their room to them."""
        self.benefits.show_tray(tray)
        something = self.benefits.says_something
        self.visit.setVisible(self.visit.isVisibleTo(self.facts) and not something)
        self.standing.setVisible(self._roomy or not something)

    def show_redeem(self, quote: Quote | None, *, can_redeem: bool) -> None:
        """What the gold button says: what points pay already, what they could pay, or that the network is needed."""
        tr = self._ui.tr
        caption, figure = tr("needs head office"), ""
        if quote is not None and quote.points_minor:
            caption, figure = tr("points pay"), wording.yuan_short(quote.points_minor)
        elif quote is not None and quote.most_minor:
            caption, figure = tr("up to on this sale"), wording.yuan_short(quote.most_minor)
        self.redeem.set_redeem(Redeem(tr("Redeem"), "F4", caption, figure, enabled=can_redeem))

    def _show_facts(self, view: MemberView) -> None:
        tr, preview = self._ui.tr, self._preview
        visit = wording.last_visit(view, tr, money=True)
        self.visit.setVisible(bool(visit))
        self.visit.set_fact(Run(visit))
        self.birthday.setVisible(preview and bool(view.birthday))
        self.birthday.set_fact(Run(view.birthday))
        self.card.setVisible(bool(view.card) and (preview or view.enrolled_here))
        self.card.set_fact(Run(tr("ends in {tail}", tail=view.card)))
        self.standing.show_member(view)
        if preview:  # its rows are the last visit, birthday and card
            self.standing.hide()
        ahead = view.standing.ahead
        self.progress.setVisible(not preview and ahead is not None)
        if ahead is not None:
            self.progress.set_progress(ahead_words(ahead, tr), view.tier_progress_percent * 10)


class NobodyCard(QFrame):
    """No customer on the receipt yet: one calm line saying how to find or enrol one."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "raised")
        tr = ui.tr
        self.words = EmptyState(ui.theme, Icon.CARD, icon_px=64)
        self.words.set_words(
            tr("No member on this receipt"),
            tr("Scan a member card, find with F2 or enrol with F3. Goods stay on the receipt."),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(ui.px(16), ui.px(8), ui.px(16), ui.px(8))
        layout.addWidget(self.words)
        self.setAccessibleName(self.words.accessibleName())
