"""The rules of points, tiers and coupons: a published document and the exact arithmetic over it. Pure, no float.

For the till (all values immutable, any thread, no clock, no files):

    programme = parse(read_json(text))                    # or read_toml; DocumentError: every mistake with its path
    facts = from_rows(member_row, account_row, coupons)   # cached rows of wire.md; account_row None: balance unknown
    account = open_account(programme, facts, day)         # or unknown_account(card, day), or None: anonymous
    moment = Moment(event_id, local_datetime, store_id, "store", region_id)   # local: in programme.zone
    outcome = compute_sale(programme, account, basket, moment)
    outcome.result, outcome.tenders, outcome.account      # what the receipt promises, amounts paid, account afterwards

A basket without tenders, or whose tenders leave money open, is computed as well: `outcome.unpaid_minor` is the rest.
Refusals carry the codes of programme.md; then nothing has changed. Head office and scenario files use `Ledger`, which
applies each event once. What a sale did stays in `outcome.purchase`, from which `compute_return` reverses it exactly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from app.domain.programme.document import Programme
from app.domain.programme.parse import parse
from app.domain.programme.schema import DocumentError, Mistake, read_json, read_toml

if TYPE_CHECKING:
    from app.domain.programme.account import Account, Status
    from app.domain.programme.facts import AccountFacts, CouponFacts, LotFacts, from_rows, open_account, unknown_account
    from app.domain.programme.ledger import Ledger
    from app.domain.programme.lots import balance, pending, usable
    from app.domain.programme.returns import ReturnOutcome, compute_return
    from app.domain.programme.sale import SaleOutcome, compute_sale
    from app.domain.programme.tiers import Standing, standing
    from app.domain.programme.when import Moment

# A till reads its document before it has painted anything; the rules themselves are first wanted at a basket, and
# loading them costs more than reading the document. So each comes with its first use (PEP 562).
_HOMES = {
    "account": ("Account", "Status"),
    "facts": ("AccountFacts", "CouponFacts", "LotFacts", "from_rows", "open_account", "unknown_account"),
    "ledger": ("Ledger",),
    "lots": ("balance", "pending", "usable"),
    "returns": ("ReturnOutcome", "compute_return"),
    "sale": ("SaleOutcome", "compute_sale"),
    "tiers": ("Standing", "standing"),
    "when": ("Moment",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"{__name__} has no {name}")


__all__ = [
    "Account",
    "AccountFacts",
    "CouponFacts",
    "DocumentError",
    "Ledger",
    "LotFacts",
    "Mistake",
    "Moment",
    "Programme",
    "ReturnOutcome",
    "SaleOutcome",
    "Standing",
    "Status",
    "balance",
    "compute_return",
    "compute_sale",
    "from_rows",
    "open_account",
    "parse",
    "pending",
    "read_json",
    "read_toml",
    "standing",
    "unknown_account",
    "usable",
]
