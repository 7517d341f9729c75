"""Applies `purchase` and `return` of a channel: by the programme of head office, as no receipt promised anything.

The figures are head office's own, computed where the event stands among the account's others (ADR 0016), so a late
event moves them as it moves a till's. The channel settles money by its own means: nothing is paid out here.
"""

from __future__ import annotations

from typing import cast

from app.domain.programme.account import Purchase as Bought
from sync.hq.docs import POINTS, AccountDoc, MemberDoc
from sync.hq.work import figures
from sync.hq.work.book import with_
from sync.hq.work.context import Context
from sync.hq.work.parked import ParkedError
from sync.hq.work.points import keep, pay_stored_value, post_event
from sync.hq.work.posting import paid, purchase_of, receipt_of, wanted_of
from sync.hq.work.promise import basket_of, computed, promised_purchase, said_of
from sync.hq.work.returns import REDEEM, known_sale, post_return, return_nobodys
from sync.hq.work.sales import check_tenders, file_sale, recent, use_rights
from sync.protocol.channel_facts import Purchase, Return
from sync.protocol.facts import Sale


def apply_purchase(context: Context, body: Purchase) -> None:
    """Post a purchase. ParkedError when programme, member or an account it pays with are not known yet."""
    context.programme()
    member = context.member()
    doc = context.points_account(member) if member is not None and POINTS in member.accounts else None
    check_tenders(context, body.tenders)
    use_rights(context, body, doc)
    if member is not None and doc is not None:
        bought, sale = _posted(context, context.account(doc.id), member)
    else:
        bought, sale = _nobodys(context, body)
    pay_stored_value(context, body.tenders, -1)
    file_sale(context, sale, bought, member, doc)
    figures.count_sale(context, sale, member is not None)


def _posted(context: Context, doc: AccountDoc, member: MemberDoc) -> tuple[Bought, Sale]:
    after, posted = post_event(context, doc, member)
    sale = cast("Sale", posted.sale)  # a purchase is always posted with its figures
    keep(context, doc, with_(after, recent=recent(context, sale, doc)))
    return purchase_of(posted.state, context.key), sale


def _nobodys(context: Context, body: Purchase) -> tuple[Bought, Sale]:
    told = context.told()
    outcome = computed(told.programme, None, basket_of(body), told.moment)
    if outcome is not None:
        return outcome.purchase, receipt_of(told, said_of(outcome))
    sale = receipt_of(told, paid(body))
    return promised_purchase(sale, told.moment), sale


def apply_channel_return(context: Context, body: Return) -> None:
    """Take back units of a sale that has arrived, whoever sold it. ParkedError `sale_unknown` while it has not."""
    sale = known_sale(context, body.of)
    if sale.type == REDEEM:
        raise ParkedError("sale_unknown", f"sale:{body.of}")
    moment = context.told().moment
    if sale.account_id is None:
        refund_minor = return_nobodys(context, sale, wanted_of(body), None)
    else:
        found = post_return(context, sale).found or {}
        refund_minor = found["now"]["refund_minor"]
    figures.count_refund(context, moment.day.isoformat(), refund_minor)
