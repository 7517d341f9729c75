"""Applies `sale_return`, `undo` and `points_redeem`: goods, points and money go back, as the till promised."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.programme.account import Purchase
from sync.hq.docs import AccountDoc, MemberDoc, SaleDoc
from sync.hq.work import figures, rows
from sync.hq.work.book import with_
from sync.hq.work.context import Context
from sync.hq.work.parked import ParkedError
from sync.hq.work.points import change_amount, keep, owner, pay_stored_value, post_event, use_grants, use_hold
from sync.hq.work.posting import Posted, possible, purchase_of, taken_back, wanted_of
from sync.protocol.facts import PointsRedeem, SaleReturn, Tender, Undo

REDEEM = "points_redeem"


def apply_return(context: Context, body: SaleReturn) -> None:
    """Take back units of a sale that has arrived. ParkedError `sale_unknown` while it has not."""
    sale = known_sale(context, body.of)
    if sale.type == REDEEM:
        raise ParkedError("sale_unknown", f"sale:{body.of}")
    context.programme()
    if sale.account_id is None:
        refund_minor = return_nobodys(context, sale, wanted_of(body), body)
    else:
        found = post_return(context, sale).found or {}
        refund_minor = found["now"]["refund_minor"]
    tenders = body.tenders
    if "wrong_figures" in context.codes:  # a part is back already, by another till: what is left counts
        tenders = _bounded(tenders, refund_minor)
    pay_stored_value(context, tenders, 1)
    figures.count_return(context, body)


def apply_undo(context: Context, body: Undo) -> None:
    """Take a whole sale or points_redeem back; a second time changes nothing (`wrong_figures`)."""
    sale = known_sale(context, body.of)
    if sale.undone:
        context.codes.add("wrong_figures")
        return
    if sale.type == REDEEM and sale.member_id is None:
        change_amount(context, context.account(sale.account_id or ""), sale.points)
    elif sale.account_id is None:
        left = {n: line.qty - line.returned_qty for n, line in enumerate(sale.lines)}
        return_nobodys(context, sale, {n: qty for n, qty in left.items() if qty}, None)
    else:
        post_return(context, sale)
    for account_id, minor in sale.moves:
        change_amount(context, context.account(account_id), minor)
    context.book.put("sale", with_(known_sale(context, body.of), undone=True))


def apply_redeem(context: Context, body: PointsRedeem) -> None:
    """Spend points without a receipt; beyond the balance it is an overdraft, posted all the same."""
    context.programme()
    doc = context.account(body.account_id)
    member = owner(context, doc)
    use_grants(context, body.grants)
    use_hold(context, body.hold_id, account_id=doc.id)
    doc = context.account(doc.id)
    whose = member if doc.state is not None else None
    if whose is None:
        change_amount(context, doc, -body.points)
    else:
        keep(context, doc, post_event(context, doc, whose)[0])
    sale = SaleDoc(
        id=context.key,
        type=REDEEM,
        store_id=context.till.store_id,
        till_id=context.till.till_id,
        at_ms=context.at_ms,
        staff_id=body.staff_id,
        programme=context.programme().name,
        member_id=whose.id if whose else None,
        account_id=doc.id,
        points=body.points,
    )
    context.book.put("sale", sale)
    context.book.arrived.add(f"sale:{context.key}")
    figures.count_redeem(context, body)


def known_sale(context: Context, event_id: str) -> SaleDoc:
    """A sale that has arrived. ParkedError `sale_unknown`."""
    sale = context.book.sale(event_id)
    if sale is None:
        raise ParkedError("sale_unknown", f"sale:{event_id}")
    return sale


def _account_of(context: Context, sale: SaleDoc) -> tuple[AccountDoc, MemberDoc]:
    """The points account a sale was posted to, or the one it was moved to."""
    doc = context.account(sale.account_id or "")
    member = context.book.member(doc.member_id)
    if member is None:
        raise ParkedError("member_unknown", f"member:{doc.member_id}")
    return doc, member


def post_return(context: Context, sale: SaleDoc) -> Posted:
    """Post what takes a sale back to the account of the sale, and show its lines as they are now."""
    doc, member = _account_of(context, sale)
    after, posted = post_event(context, doc, member)
    keep(context, doc, after)
    _show(context, sale, purchase_of(posted.state, sale.id))
    return posted


def return_nobodys(context: Context, sale: SaleDoc, wanted: dict[int, int], body: SaleReturn | None) -> int:
    """Goods of a sale that earned for nobody; the money to hand back."""
    if sale.purchase is None:
        raise ParkedError("internal")
    there = possible(sale.purchase, wanted)
    outcome = taken_back(context.told(), None, sale.purchase, there)
    if there != wanted:
        context.codes.add("wrong_figures")
    elif body is not None and outcome.refund_minor != body.result.refund_minor:
        context.file("stale_basis", now={"refund_minor": outcome.refund_minor})
    _show(context, with_(sale, purchase=outcome.purchase), outcome.purchase)
    return outcome.refund_minor


def _bounded(tenders: Sequence[Tender], refund_minor: int) -> list[Tender]:
    """Stored value that goes back for goods that were still out: no more than their money."""
    left, found = refund_minor, []
    for tender in tenders:
        if tender.kind == "stored_value":
            found.append(with_(tender, minor=min(left, tender.minor)))
            left -= found[-1].minor
    return found


def _show(context: Context, sale: SaleDoc, purchase: Purchase) -> None:
    """Keep a sale with what came back of it, and draw the lines that changed."""
    lines = list(sale.lines)
    for number, sold in enumerate(purchase.lines):
        refunded = sold.back(sold.charged_minor) - sold.back(sold.points_minor)
        lines[number] = with_(lines[number], returned_qty=sold.returned, refunded_minor=refunded)
    kept: SaleDoc = with_(sale, lines=tuple(lines))
    context.book.put("sale", kept)
    for number, (line, old) in enumerate(zip(lines, sale.lines, strict=True)):
        if line != old:
            context.book.show(rows.sale_line(kept, number))
