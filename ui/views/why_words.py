"""Why a rule gave points or none, in words. Pure; no Qt."""

from __future__ import annotations

from app.domain.money import on_screen
from app.domain.programme.document import RuleKind
from app.domain.programme.explain import Reason, Refused
from app.domain.sale import TenderKind
from app.i18n import Translator
from app.services.why import WhyRule
from ui.views import wording


def kind_words(rule: WhyRule, tr: Translator) -> str:
    """What a rule that gave points does, and what became of them."""
    words = {
        None: tr("for every step of money"),
        RuleKind.MULTIPLY: tr("multiplies the base points"),
        RuleKind.RATE: tr("a rate of its own"),
        RuleKind.BONUS: tr("a bonus for the receipt"),
        RuleKind.PER_UNIT: tr("for each piece"),
    }[rule.kind]
    parts = [words]
    if rule.after_days:
        parts.append(tr("follow in {days} days", days=rule.after_days))
    if rule.cut:
        parts.append(tr("{points} cut by a limit", points=f"{rule.cut:,}"))
    return " · ".join(parts)


def reason_words(refused: Refused, tr: Translator) -> str:
    """The first reason a rule gave nothing, as a cashier would say it."""
    wanted, found = tr(", ").join(refused.wanted), tr(", ").join(refused.found)
    if refused.reason is Reason.WEEKDAYS:
        wanted = tr(", ").join(wording.weekday(int(day) - 1, tr) for day in refused.wanted)
    elif refused.reason is Reason.HOURS:
        wanted = "–".join(refused.wanted)
    elif refused.reason is Reason.MIN_SPEND:
        wanted, found = (f"¥{on_screen(int(one[0]))}" for one in (refused.wanted, refused.found))
    elif refused.reason is Reason.TENDER:
        wanted = wording.tender_name(TenderKind(refused.wanted[0]), tr)
    elif refused.reason is Reason.BIRTHDAY:
        wanted = {"day": tr("birthday"), "week": tr("birthday week"), "month": tr("birthday month")}[refused.wanted[0]]
    return _sentences(tr, wanted, found or tr("none"))[refused.reason]


def _sentences(tr: Translator, wanted: str, found: str) -> dict[Reason, str]:
    return {
        Reason.TIERS: tr("only for {wanted}; this member: {found}", wanted=wanted, found=found),
        Reason.TAGS: tr("only for members marked {wanted}", wanted=wanted),
        Reason.SEGMENTS: tr("only for the group {wanted}", wanted=wanted),
        Reason.STORES: tr("not in this store"),
        Reason.REGIONS: tr("not in this region"),
        Reason.CHANNELS: tr("not at a counter"),
        Reason.WEEKDAYS: tr("only on {wanted}", wanted=wanted),
        Reason.HOURS: tr("only {wanted}, now {found}", wanted=wanted, found=found),
        Reason.FROM: tr("begins {wanted}", wanted=wanted),
        Reason.UNTIL: tr("ended {wanted}", wanted=wanted),
        Reason.BIRTHDAY: tr("only in the {wanted}", wanted=wanted),
        Reason.NTH_PURCHASE: tr("only for purchase {wanted}; this is {found}", wanted=wanted, found=found),
        Reason.TENDER: tr("only when paid by {wanted}", wanted=wanted),
        Reason.MIN_SPEND: tr("from {wanted}; here {found}", wanted=wanted, found=found),
        Reason.SKUS: tr("none of its goods on the receipt"),
        Reason.CATEGORIES: tr("no goods of {wanted}", wanted=wanted),
        Reason.BRANDS: tr("no goods by {wanted}", wanted=wanted),
        Reason.ANONYMOUS: tr("nobody to give them to"),
        Reason.LIMIT: tr("used {found} of {wanted} times", wanted=wanted, found=found),
        Reason.NOT_KNOWN: tr("how often it was used is known at head office only"),
        Reason.NO_MONEY: tr("its goods do not earn"),
        Reason.BETTER_RULE: tr("{found} gives more", found=found),
        Reason.ROUNDING: tr("less than one step"),
        Reason.CAP: tr("a limit of the programme is reached"),
    }
