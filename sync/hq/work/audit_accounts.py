"""Accounts against ledger, holds and the rows that tills are shown (I2, I3, I6, I9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from sqlalchemy import Connection, func, select

from app.domain.programme import lots
from sync.hq.docs import STORED_VALUE, AccountDoc
from sync.hq.fault import Fault
from sync.hq.tables import ACCOUNT, ENTRY, FINDING, HOLD, ROW
from sync.hq.work.rows import balance_of


class _Shown(msgspec.Struct, frozen=True):
    """What of an account row is compared."""

    balance: int


def account_faults(connection: Connection) -> Iterator[Fault]:
    """Every account, by id; ledger entries of an account that is not there; rows that show something else."""
    posted = select(ENTRY.c.account_id, func.sum(ENTRY.c.amount).label("total")).group_by(ENTRY.c.account_id)
    entries = {row.account_id: int(row.total) for row in connection.execute(posted)}
    kept = select(HOLD.c.account_id, func.sum(HOLD.c.points).label("total")).where(HOLD.c.state == "open")
    held = {row.account_id: int(row.total) for row in connection.execute(kept.group_by(HOLD.c.account_id))}
    listed = _overdrawn(connection)
    decode = msgspec.json.Decoder(AccountDoc).decode
    moved: set[str] = set()
    below: list[str] = []
    balances: dict[str, int] = {}
    for row in connection.execute(select(ACCOUNT.c.id, ACCOUNT.c.doc).order_by(ACCOUNT.c.id)):
        account = decode(row.doc)
        if account.worth != entries.pop(row.id, 0):
            yield Fault("I2", row.id, "ledger")
        yield from _held(account, held.get(row.id, 0))
        balances[row.id] = balance_of(account)
        if account.moved_to is not None:
            moved.add(account.moved_to)
        if account.kind == STORED_VALUE and account.amount < 0 and row.id not in listed:
            below.append(row.id)
    yield from (Fault("I2", account_id, "account_missing") for account_id in sorted(entries))
    yield from (Fault("I9", one, "overdraft_not_listed") for one in below if one not in moved)
    yield from (Fault("I6", one, "row_differs") for one in sorted(_misshown(connection, balances)))


def _held(account: AccountDoc, held: int) -> Iterator[Fault]:
    """I3: what open holds keep is what the account says, and it is there."""
    if account.held != held:
        yield Fault("I3", account.id, "held")
    state = account.state
    if state is None:
        return
    if state.debt < 0 or any(lot.amount < 0 for lot in state.lots):
        yield Fault("I3", account.id, "negative")
    if lots.balance(state, state.day) + state.debt < account.held:
        yield Fault("I3", account.id, "available")


def _overdrawn(connection: Connection) -> set[str]:
    """Accounts that an event listed as overdraft posted to."""
    wanted = select(ENTRY.c.account_id).join_from(ENTRY, FINDING, FINDING.c.event_key == ENTRY.c.event_key)
    return set(connection.execute(wanted.where(FINDING.c.code == "overdraft").distinct()).scalars())


def _misshown(connection: Connection, balances: Mapping[str, int]) -> set[str]:
    """Accounts that a live row, in whatever bucket, shows with another balance."""
    decode = msgspec.json.Decoder(_Shown).decode
    live = select(ROW.c.id, ROW.c.raw).where(ROW.c.kind == "account", ROW.c.raw.is_not(None))
    return {id_ for id_, raw in connection.execute(live) if id_ in balances and balances[id_] != decode(raw).balance}
