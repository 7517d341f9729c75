"""All accounts of a chain in memory: applies each event exactly once, follows merges, finds the sale a return names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.domain.programme import postings
from app.domain.programme.account import Account, Purchase
from app.domain.programme.document import Programme
from app.domain.programme.due import advance
from app.domain.programme.returns import ReturnOutcome, compute_return
from app.domain.programme.sale import SaleOutcome, compute_sale
from app.domain.programme.when import Moment
from app.domain.sale import Basket
from app.errors import Refusal


class Ledger:
    """Accounts, and which events were applied. One thread. A refused event changes nothing but counts as delivered."""

    def __init__(self, programme: Programme, accounts: Mapping[str, Account]) -> None:
        self.programme = programme
        self._accounts = dict(accounts)
        self._anonymous: dict[str, Purchase] = {}
        self._owners: dict[str, str | None] = {}

    def seen(self, event: str) -> bool:
        """Whether this event was delivered before."""
        return event in self._owners

    def owner(self, event: str) -> str | None:
        """The member an event was delivered for; None: nobody."""
        return self._owners[event]

    def survivor(self, member: str) -> Account:
        """The account that events naming `member` post to."""
        account = self._accounts[member]
        while account.merged_into is not None:
            account = self._accounts[account.merged_into]
        return account

    def look(self, member: str, day: date) -> Account:
        """The member's own account as it stands on `day`."""
        account = advance(self.programme, self._accounts[member], day, head_office=True)
        self._accounts[member] = account
        return account

    def sale(self, member: str | None, basket: Basket, moment: Moment) -> SaleOutcome:
        """Apply a sale. Refusals as `compute_sale`."""
        self._owners[moment.event] = member
        account = None if member is None else self.survivor(member)
        outcome = compute_sale(self.programme, account, basket, moment, head_office=True)
        if outcome.account is None:
            self._anonymous[moment.event] = outcome.purchase
        else:
            self._keep(outcome.account)
        return outcome

    def give_back(self, of: str, quantities: Mapping[int, int], moment: Moment) -> ReturnOutcome:
        """Apply a return of the sale `of`. Refusals as `compute_return`."""
        member = self._owners[of]
        self._owners[moment.event] = member
        account = None if member is None else self.survivor(member)
        purchase = self.purchase(of)
        if purchase is None:
            raise Refusal("sale_unknown")
        outcome = compute_return(self.programme, account, purchase, quantities, moment=moment)
        if outcome.account is None:
            self._anonymous[of] = outcome.purchase
        else:
            self._keep(outcome.account)
        return outcome

    def purchase(self, event: str) -> Purchase | None:
        """The sale of this event as it stands; None where it was refused or is no sale."""
        member = self._owners[event]
        if member is None:
            return self._anonymous.get(event)
        return next((one for one in self.survivor(member).purchases if one.event == event), None)

    def redeem(self, member: str, points: int, moment: Moment) -> None:
        """Apply a redemption without a receipt. Refusals as `postings.redeem`."""
        self._owners[moment.event] = member
        self._keep(postings.redeem(self.programme, self.survivor(member), points, moment))

    def adjust(self, member: str, points: int, moment: Moment) -> None:
        """Apply an adjustment. Refusals as `postings.adjust`."""
        self._owners[moment.event] = member
        self._keep(postings.adjust(self.programme, self.survivor(member), points, moment))

    def merge(self, source: str, into: str, moment: Moment) -> None:
        """Merge `source` into another member; of two that are one already nothing changes. Refusal `member_blocked`."""
        self._owners[moment.event] = into
        gone, survivor = self.survivor(source), self.survivor(into)
        if gone.member != survivor.member:
            for account in postings.merge(self.programme, gone, survivor, moment):
                self._keep(account)

    def _keep(self, account: Account) -> None:
        self._accounts[account.member] = account
