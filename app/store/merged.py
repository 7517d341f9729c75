"""Members that were merged: what the reader shows of an alias and its survivor (protocol.md, fine print 5)."""

from __future__ import annotations

from dataclasses import replace

from app.domain.member import Member


def in_transfer(member: Member) -> Member:
    """The member without a figure: a transfer of its account is here in part only."""
    return member if member.account is None else replace(member, account=replace(member.account, merging=True))


def both_of(alias: Member, survivor: Member | None) -> Member:
    """The survivor with what the alias has left. A survivor that is not here yet leaves the alias, without a figure."""
    if survivor is None:
        return in_transfer(alias)
    mine, there = alias.account, survivor.account
    both = replace(
        survivor,
        own_points=alias.own_points + survivor.own_points,
        own_events=alias.own_events + survivor.own_events,
    )
    if mine is None or there is None:
        return both if there is not None else in_transfer(replace(both, account=mine))
    summed = replace(
        there,
        balance=there.balance + mine.balance,
        debt=there.debt + mine.debt,
        available=there.available + mine.available,
        lots=(*there.lots, *mine.lots),
        merging=there.merging or mine.merging,
    )
    return replace(both, account=summed)
