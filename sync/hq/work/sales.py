"""Applies `sale`: the programme computes it again; what the receipt promised is posted (trust = till), or HQ's figure.

A difference never refuses a sale. Computed with the basis the till had it is a defect (`wrong_figures`); computed with
what is known now it is `stale_basis` (programme.md, "What an offline till cannot know").
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.programme.account import Purchase as Bought
from sync.hq.docs import PURCHASES_SHOWN_MAX, AccountDoc, MemberDoc, Recent, SaleDoc
from sync.hq.docs import SoldLine as SoldDoc
from sync.hq.work import figures, rows
from sync.hq.work.book import with_
from sync.hq.work.code_uses import note_code
from sync.hq.work.context import Context
from sync.hq.work.points import keep, pay_stored_value, post_event, use_grants, use_hold
from sync.hq.work.posting import purchase_of
from sync.hq.work.promise import basket_of, computed, promised_purchase
from sync.protocol.channel_facts import Purchase
from sync.protocol.facts import Sale, SaleResult, Tender

SKUS_SHOWN_MAX = 20


def apply_sale(context: Context, body: Sale) -> None:
    """Post a sale. ParkedError when programme, member or account are not known yet."""
    context.programme()
    member = context.member() or _payer(context, body)
    doc = context.points_account(member) if member and _needs_account(member, body.result) else None
    check_tenders(context, body.tenders)
    use_rights(context, body, doc)
    note_code(context, body.code_step)
    if member is not None and doc is not None:
        doc = context.account(doc.id)  # a hold it used is free again
        after, posted = post_event(context, doc, member)
        purchase = purchase_of(posted.state, context.key)
        keep(context, doc, with_(after, recent=recent(context, body, doc)))
    else:
        purchase = _nobodys(context, body)
    pay_stored_value(context, body.tenders, -1)
    file_sale(context, body, purchase, member, doc)
    figures.count_sale(context, body, member is not None)


def _needs_account(member: MemberDoc, result: SaleResult) -> bool:
    return "points" in member.accounts or bool(result.earned or result.redeemed or result.to_follow)


def _payer(context: Context, body: Sale) -> MemberDoc | None:
    """The member whose points pay a sale that names nobody."""
    account_id = next((one.account_id for one in body.tenders if one.kind == "points" and one.account_id), None)
    return context.book.member(context.account(account_id).member_id) if account_id else None


def check_tenders(context: Context, tenders: Sequence[Tender]) -> None:
    """Every account a tender names must be there before anything is posted."""
    for tender in tenders:
        if tender.account_id is not None:
            context.account(tender.account_id)


def use_rights(context: Context, body: Sale | Purchase, doc: AccountDoc | None) -> None:
    """End the holds this sale names; what they kept is free for it."""
    for tender in body.tenders:
        use_grants(context, tender.grants)
        use_hold(context, tender.hold_id, account_id=tender.account_id)
    for reward in body.rewards or ():
        use_grants(context, reward.grants)
        use_hold(context, reward.hold_id, account_id=doc.id if doc else None)
    for coupon in body.coupons or ():
        use_hold(context, coupon.hold_id, coupon=coupon.coupon_id)
        held = context.book.coupon(coupon.coupon_id)
        standing = rows.coupon_of(context.book, held) if held else None
        if standing is None or standing.used:
            context.codes.add("coupon_spent")


def _nobodys(context: Context, body: Sale) -> Bought:
    """A sale that earns for nobody, for its returns."""
    told = context.told()
    outcome = computed(told.programme, None, basket_of(body), told.moment)
    if outcome is None or outcome.result.payable_minor != body.result.payable_minor:
        return promised_purchase(body, told.moment)
    return outcome.purchase


def recent(context: Context, body: Sale, doc: AccountDoc) -> tuple[Recent, ...]:
    """The purchases its row shows, the latest first, whenever they arrived."""
    skus = tuple(dict.fromkeys(line.sku for line in body.lines if line.sku))[:SKUS_SHOWN_MAX]
    store_id = context.till.store_id
    mine = Recent(context.key, context.at_ms, store_id, body.result.payable_minor, body.result.earned, skus)
    shown = sorted((mine, *doc.recent), key=lambda one: one.at_ms, reverse=True)
    return tuple(shown[:PURCHASES_SHOWN_MAX])


def file_sale(context: Context, body: Sale, purchase: Bought, member: MemberDoc | None, doc: AccountDoc | None) -> None:
    """Keep the sale for its returns and draw its lines."""
    because: dict[int, list[tuple[str, int]]] = {}
    for one in body.result.because:
        because.setdefault(one.line or 0, []).append((one.rule, one.points))
    lines = tuple(
        SoldDoc(
            line.qty, sold.charged_minor, sold.points_minor, line.sku, line.name, line.category or None,
            because=tuple(because.get(number, ())),
        )
        for number, (line, sold) in enumerate(zip(body.lines, purchase.lines, strict=True))
    )  # fmt: skip
    sale = SaleDoc(
        id=context.key,
        type="sale",
        store_id=context.till.store_id,
        till_id=context.till.till_id,
        at_ms=context.at_ms,
        receipt_no=body.receipt_no,
        staff_id=body.staff_id,
        programme=context.programme().name,
        member_id=member.id if member else None,
        account_id=doc.id if doc else None,
        total_minor=body.result.payable_minor,
        points=body.result.earned,
        lines=lines,
        purchase=purchase if doc is None else None,
        moves=tuple(
            (one.account_id, one.minor) for one in body.tenders if one.kind == "stored_value" and one.account_id
        ),
    )
    context.book.put("sale", sale)
    context.book.arrived.add(f"sale:{context.key}")
    for number in range(len(lines)):
        context.book.show(rows.sale_line(sale, number))
