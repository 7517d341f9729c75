"""Applies `sale_return`, `undo` and `points_redeem`: goods, points and money go back, as the till promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.programme import lots
from app.domain.programme.account import Account, Purchase, Spent
from app.domain.programme.document import Programme
from app.domain.programme.returns import ReturnOutcome, compute_return
from app.domain.programme.when import Moment
from app.errors import Refusal
from sync.hq.docs import AccountDoc, SaleDoc
from sync.hq.work import figures, rows
from sync.hq.work.book import with_
from sync.hq.work.context import Context, ParkedError
from sync.hq.work.points import (
    change_amount,
    earn,
    keep,
    opened,
    pay_stored_value,
    spend,
    use_grants,
    use_hold,
)
from sync.protocol.facts import PointsRedeem, SaleReturn, Tender, Undo

REDEEM = "points_redeem"


@dataclass(frozen=True, slots=True)
class _Origin:
    """The sale a return names, with the account it posted to, opened on the day of the return."""

    sale: SaleDoc
    programme: Programme
    moment: Moment
    doc: AccountDoc | None
    state: Account | None
    purchase: Purchase


def apply_return(context: Context, body: SaleReturn) -> None:
    """Take back units of a sale that has arrived. ParkedError `sale_unknown` while it has not."""
    context.programme()
    origin = _origin(context, body.of)
    wanted: dict[int, int] = {}
    for line in body.lines:
        wanted[line.line] = wanted.get(line.line, 0) + line.qty
    possible = _possible(origin.purchase, wanted)
    outcome = _take_back(origin, possible)
    state, tenders = outcome.account, body.tenders
    promised = body.result
    if possible != wanted:  # the rest is back already, by another till: what is left counts, the promise does not
        context.codes.add("wrong_figures")
        tenders = _bounded(body.tenders, outcome.refund_minor)
    elif state is not None:
        state = _corrected(
            context, origin, state,
            (promised.points_restored - promised.earned_reversed)
            - (outcome.points_restored - outcome.earned_reversed),
        )  # fmt: skip
    if outcome.refund_minor != promised.refund_minor and "wrong_figures" not in context.codes:
        context.codes.add("stale_basis")
    _keep(context, origin, outcome, state)
    pay_stored_value(context, tenders, 1)
    figures.count_return(context, body)


def apply_undo(context: Context, body: Undo) -> None:
    """Take a whole sale or points_redeem back; a second time changes nothing (`wrong_figures`)."""
    sale = _known_sale(context, body.of)
    if sale.undone:
        context.codes.add("wrong_figures")
        return
    if sale.type == REDEEM:
        _undo_redeem(context, sale)
        return
    origin = _origin(context, body.of)
    left = {n: line.qty - line.returned for n, line in enumerate(origin.purchase.lines) if line.qty > line.returned}
    outcome = _take_back(origin, left)
    _keep(context, origin, outcome, outcome.account)
    for account_id, minor in sale.moves:
        change_amount(context, context.account(account_id), minor)
    undone = context.book.sale(sale.id)
    if undone is not None:
        context.book.put("sale", with_(undone, undone=True))


def apply_redeem(context: Context, body: PointsRedeem) -> None:
    """Spend points without a receipt; beyond the balance it is an overdraft, posted all the same."""
    programme = context.programme()
    doc = context.account(body.account_id)
    member = context.member() or context.book.member(doc.member_id)
    use_grants(context, body.grants)
    use_hold(context, body.hold_id, account_id=doc.id)
    doc = context.account(doc.id)
    spent: tuple[Spent, ...] = ()
    if doc.state is None or member is None:
        change_amount(context, doc, -body.points)
    else:
        moment = context.moment(programme)
        state, spent, short = spend(programme, opened(programme, doc, member, moment.day), body.points, moment.day)
        if short:
            context.codes.add("overdraft")
        keep(context, doc, with_(doc, state=state, programme=programme.name))
    sale = SaleDoc(
        id=context.key,
        type=REDEEM,
        store_id=context.till.store_id,
        till_id=context.till.till_id,
        at_ms=context.at_ms,
        staff_id=body.staff_id,
        programme=programme.name,
        member_id=member.id if member else None,
        account_id=doc.id,
        points=body.points,
        spent=tuple((one.lot, one.amount) for one in spent),
    )
    context.book.put("sale", sale)
    context.book.arrived.add(f"sale:{context.key}")
    figures.count_redeem(context, body)


def _known_sale(context: Context, event_id: str) -> SaleDoc:
    sale = context.book.sale(event_id)
    if sale is None:
        raise ParkedError("sale_unknown", f"sale:{event_id}")
    return sale


def _origin(context: Context, event_id: str) -> _Origin:
    sale = _known_sale(context, event_id)
    programme = context.book.programme(sale.programme)
    if programme is None or sale.type == REDEEM:
        raise ParkedError("sale_unknown", f"sale:{event_id}")
    moment = context.moment(programme)
    if sale.account_id is None or sale.member_id is None:
        if sale.purchase is None:
            raise ParkedError("internal")
        return _Origin(sale, programme, moment, None, None, sale.purchase)
    doc = context.account(sale.account_id)
    member = context.book.member(doc.member_id)
    if member is None:
        raise ParkedError("member_unknown", f"member:{doc.member_id}")
    state = opened(programme, doc, member, moment.day)
    purchase = next((one for one in state.purchases if one.event == sale.id), None)
    if purchase is None:
        raise ParkedError("internal")
    return _Origin(sale, programme, moment, doc, state, purchase)


def _possible(purchase: Purchase, wanted: Mapping[int, int]) -> dict[int, int]:
    """What of `wanted` is still there to be returned, by line."""
    found = {}
    for number, qty in wanted.items():
        if number < len(purchase.lines):
            left = min(qty, purchase.lines[number].qty - purchase.lines[number].returned)
            if left:
                found[number] = left
    return found


def _bounded(tenders: Sequence[Tender], refund_minor: int) -> list[Tender]:
    """Stored value that goes back for goods that were still out: no more than their money."""
    left, found = refund_minor, []
    for tender in tenders:
        if tender.kind == "stored_value":
            found.append(with_(tender, minor=min(left, tender.minor)))
            left -= found[-1].minor
    return found


def _take_back(origin: _Origin, quantities: Mapping[int, int]) -> ReturnOutcome:
    """The programme's return, whenever it happens: the window is the till's to keep, the goods are back."""
    programme = replace(origin.programme, returns=replace(origin.programme.returns, window_days=None))
    try:
        return compute_return(programme, origin.state, origin.purchase, quantities, moment=origin.moment)
    except Refusal as error:
        raise AssertionError(f"only possible quantities were asked for: {error.code}") from error


def _corrected(context: Context, origin: _Origin, state: Account, more: int) -> Account:
    """The account with the difference between the promise and our own figure posted."""
    if not more:
        return state
    context.codes.add("stale_basis")
    day = origin.moment.day
    if more > 0:
        return earn(origin.programme, state, more, context.key, day)
    state, short = lots.take_back(state, -more, context.key, day)
    return replace(state, debt=state.debt + short)


def _keep(context: Context, origin: _Origin, outcome: ReturnOutcome, state: Account | None) -> None:
    sale = origin.sale
    lines = list(sale.lines)
    for number, (before, after) in enumerate(zip(origin.purchase.lines, outcome.purchase.lines, strict=True)):
        if after.returned != before.returned:
            refunded = after.back(after.charged_minor) - after.back(after.points_minor)
            lines[number] = with_(lines[number], returned_qty=after.returned, refunded_minor=refunded)
    kept: SaleDoc = with_(sale, lines=tuple(lines), purchase=outcome.purchase if origin.doc is None else None)
    context.book.put("sale", kept)
    for number, (line, old) in enumerate(zip(lines, sale.lines, strict=True)):
        if line != old:
            context.book.show(rows.sale_line(kept, number))
    if origin.doc is not None and state is not None:
        keep(context, origin.doc, with_(origin.doc, state=state))


def _undo_redeem(context: Context, sale: SaleDoc) -> None:
    doc = context.account(sale.account_id or "")
    programme = context.book.programme(sale.programme)
    member = context.book.member(doc.member_id)
    if programme is None or member is None or doc.state is None:
        change_amount(context, doc, sale.points)
    else:
        moment = context.moment(programme)
        state = opened(programme, doc, member, moment.day)
        spent = [Spent(lot, amount) for lot, amount in sale.spent]
        there = sum(one.amount for one in spent)
        state = lots.give_back(programme, state, spent, there, moment.day).account
        short = sale.points - there  # what had become debt is debt no longer, or is earned now
        paid = min(state.debt, short)
        state = replace(state, debt=state.debt - paid)
        if short > paid:
            state = earn(programme, state, short - paid, context.key, moment.day)
        keep(context, doc, with_(doc, state=state))
    context.book.put("sale", with_(sale, undone=True))
