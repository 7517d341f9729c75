"""Facts → words for the screens: money, points, times, tiers, print states. Pure; no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.clock import local
from app.domain.money import on_screen
from app.domain.sale import FoundBy, TenderKind
from app.domain.staff import Role
from app.i18n import Translator
from ui.theme.names import Tier
from ui.widgets.values import Member

if TYPE_CHECKING:
    from app.domain.member import MemberView
    from app.services.members import Customer

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
GIB = 1 << 30


def points(count: int | None) -> str:
    """`16,860`; a dash when the balance is not known at this till."""
    return "—" if count is None else f"{count:,}".replace("-", "\u2212")


def signed(count: int) -> str:
    """`+324`, `−20`."""
    return f"{count:+,}".replace("-", "\u2212")


def yuan_short(minor: int) -> str:
    """`¥300` for whole yuan, else `¥250.20`."""
    text = on_screen(minor)
    return f"¥{text.removesuffix('.00')}"


def yuan(minor: int) -> str:
    """`¥250.20`."""
    return f"¥{on_screen(minor)}"


def hour(at_ms: int, zone: ZoneInfo) -> str:
    """`14:32` at the till's place."""
    return local(at_ms, zone).strftime("%H:%M")


def day(at_ms: int, zone: ZoneInfo, tr: Translator) -> str:
    """`12-06 周日` at the till's place."""
    at = local(at_ms, zone)
    return f"{at:%m-%d} {weekday(at.weekday(), tr)}"


def weekday(number: int, tr: Translator) -> str:
    """The short name of a weekday, Monday 0."""
    names = (tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"))
    return names[number]


def role_name(role: Role, tr: Translator) -> str:
    """What a role is called."""
    return {
        Role.CASHIER: tr("Cashier"),
        Role.SUPERVISOR: tr("Supervisor"),
        Role.MANAGER: tr("Store manager"),
        Role.IT: tr("IT"),
        Role.AUDITOR: tr("Auditor"),
    }[role]


def tender_name(kind: TenderKind, tr: Translator) -> str:
    """What a way to pay is called."""
    return {
        TenderKind.CASH: tr("Cash"),
        TenderKind.QR: tr("QR pay"),
        TenderKind.CARD: tr("Bank card"),
        TenderKind.POINTS: tr("Points"),
        TenderKind.STORED_VALUE: tr("Stored value"),
        TenderKind.GIFT_CARD: tr("Gift card"),
    }[kind]


def found_words(found_by: FoundBy, tr: Translator) -> str:
    """How the member was recognised."""
    return {
        FoundBy.CARD: tr("card scanned"),
        FoundBy.CODE: tr("live code checked"),
        FoundBy.PHONE: tr("found by phone"),
        FoundBy.NAME: tr("found by name"),
        FoundBy.LIST: tr("just enrolled"),  # enrolment gives nobody else
    }[found_by]


def tier_look(code: str | None) -> Tier:
    """The look of a tier; a programme with other codes keeps its word and gets the plain look."""
    known = {tier.value: tier for tier in Tier}
    return known.get((code or "").lower(), Tier.BASE)


def who(customer: Customer, tr: Translator, *, check: str = "", checked: bool = True, hint: str = "") -> Member:
    """The head of the member card; a card number nobody is known for is shown by its end."""
    view = customer.view
    if customer.member_id is None:
        name = tr("Card ···{tail}", tail=view.card)
        return Member("#", name, Tier.BASE, tr("Not known here"), "", check, checked, "")
    tier = view.tier_name or tr("Member")
    name = view.name or tr("Card ···{tail}", tail=view.card)
    return Member(view.avatar or "#", name, tier_look(view.tier), tier, view.phone, check, checked, hint)


def ago(days: int, tr: Translator) -> str:
    """`today`, `yesterday`, `12 days ago`, `3 months ago`."""
    if days <= 0:
        return tr("today")
    if days == 1:
        return tr("yesterday")
    return tr("{days} days ago", days=days) if days < 60 else tr("{months} months ago", months=days // 30)


def last_visit(view: MemberView, tr: Translator, *, money: bool) -> str:
    """`12 days ago · S027 · ¥158.00` out of the facts "12|S027|15800"; empty when there was none."""
    days, _bar, rest = view.last_visit.partition("|")
    if not days:
        return ""
    store, _bar, minor = rest.partition("|")
    parts = [ago(int(days), tr), store, f"¥{on_screen(int(minor))}" if money and minor else ""]
    return " · ".join(part for part in parts if part)


def disk(free_bytes: int) -> str:
    """`81 GB`."""
    return f"{free_bytes // GIB:,} GB"
