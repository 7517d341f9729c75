"""Words for coupons, rewards and stamp cards on the screens. Pure; no Qt."""

from __future__ import annotations

from app.domain.programme.fit import Misfit, Reason
from app.i18n import Translator
from app.services.benefits import StampLine, words
from app.services.tray import CouponChoice, RewardChoice
from ui.views import wording


def benefit_title(choice: CouponChoice | RewardChoice, tr: Translator) -> str:
    """What it gives; a coupon of a type this till does not know says so."""
    return words(choice.gives, tr) if choice.gives is not None else tr("A coupon of another programme")


def why_words(why: Reason, tr: Translator) -> str:
    """The one reason why something does not fit this receipt."""
    return {
        Misfit.GOODS: tr("No goods for it on this receipt"),
        Misfit.SPEND: tr("{amount} more of its goods are needed", amount=wording.yuan_short(why.missing_minor)),
        Misfit.UNITS: tr("Too few of its goods on this receipt"),
        Misfit.MEMBER: tr("For other members or tiers"),
        Misfit.PLACE: tr("For other stores"),
        Misfit.TIME: tr("Not today or at this hour"),
        Misfit.BIRTHDAY: tr("Around the birthday only"),
        Misfit.PURCHASE: tr("Not for this purchase"),
        Misfit.PAYMENT: tr("For another way to pay"),
        Misfit.ALONE: tr("Does not combine with what is used"),
        Misfit.POINTS: tr("Too few points"),
    }[why.misfit]


def stamp_words(card: StampLine, tr: Translator) -> str:
    """`Summer 7 / 10 · 3 more for a free balm`; what this receipt gives stands beside it."""
    if card.goal is None:
        return tr("{card}: {count} stamps", card=card.name, count=card.now)
    if card.gives is None:
        return tr("{card} {now} / {goal}", card=card.name, now=card.now, goal=card.goal)
    left, gives = card.goal - card.now, words(card.gives, tr)
    return tr(
        "{card} {now} / {goal} · {left} more: {gives}",
        card=card.name,
        now=card.now,
        goal=card.goal,
        left=left,
        gives=gives,
    )
