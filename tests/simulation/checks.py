"""What must hold: I1, I2, I4, I5, I6, I8 of protocol.md, and every figure on every screen.

The watch knows which events each version of an account contains, because it looks at head office after every commit.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from sync.hq.tables import ENTRY, INBOX, ROW
from sync.hq.work.audit import faults
from sync.till.state import owes

HEADS = select(ROW.c.bucket, func.max(ROW.c.row_seq).label("head")).group_by(ROW.c.bucket)

if TYPE_CHECKING:
    from tests.simulation.sim_till import Enrolled, SimTill
    from tests.simulation.world import World


class Watch:
    """Looks at a world from outside. AssertionError names the seed and what does not hold."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.contained: dict[tuple[str, int], tuple[frozenset[str], int]] = {}

    def committed(self) -> None:
        """After a commit at head office: what each account's newest version contains, and its balance."""
        with self.world.office.database.read() as connection:
            wanted = select(ROW.c.id, ROW.c.ver, ROW.c.raw).where(ROW.c.kind == "account", ROW.c.raw.is_not(None))
            for row in connection.execute(wanted).all():
                if (row.id, row.ver) in self.contained:
                    continue
                events = connection.execute(select(ENTRY.c.event_key).where(ENTRY.c.account_id == row.id))
                balance = json.loads(row.raw)["balance"]
                self.contained[row.id, row.ver] = frozenset(event[0] for event in events), balance

    def screen(self, till: SimTill) -> None:
        """For each member this till shows: exactly the own events that the cached version does not contain."""
        own = self._own_events(till)
        for member in self.world.members:
            self._shown(till, member, {**own.get(member.account_id, {}), **own.get(member.card, {})})

    def _shown(self, till: SimTill, member: Enrolled, own: dict[str, int]) -> None:
        shown = till.shown(member)
        if shown is None:
            return
        balance, on_top, ver = shown
        events, known = self.contained.get((member.account_id, ver), (frozenset(), 0))
        expected = sum(points for event, points in own.items() if event not in events)
        self.hold(balance is None or balance == known, f"{till.name} shows {balance}, version {ver} says {known}")
        self.hold(on_top == expected, f"{till.name} shows {on_top} on top of version {ver}, due are {expected}")

    def _own_events(self, till: SimTill) -> dict[str, dict[str, int]]:
        """account or card number → event → points, of the sales this till made."""
        found: dict[str, dict[str, int]] = {}
        for event_id, key, points in till.own_sales():
            found.setdefault(key, {})[event_id] = points
        return found

    def behind(self, till: SimTill) -> bool:
        """Something is owed, or a bucket's cursor is not at its head."""
        if owes(till.state.durable) or till.state.durable.building:
            return True
        with self.world.office.database.read() as connection:
            heads = {row.bucket: row.head for row in connection.execute(HEADS)}
        cursors = till.state.durable.cursors
        return any(cursors.get(bucket, 0) != head for bucket, head in heads.items() if bucket in cursors)

    def rested(self) -> None:
        """After the network healed and everything came to rest."""
        with self.world.office.database.read() as connection:
            found = faults(connection)
            self.hold(not found, f"head office: {found}")
            for till in self.world.tills:
                self._inbox(till, connection)
                self._cache(till, connection)
        for till in self.world.tills:
            self.screen(till)
        total = sum(points for till in self.world.tills for _, _, points in till.own_sales())
        with self.world.office.database.read() as connection:
            posted = sum(row.amount for row in connection.execute(select(ENTRY.c.amount)))
        self.hold(posted == total, f"head office posted {posted} points, the tills gave {total}")

    def _inbox(self, till: SimTill, connection: Any) -> None:
        """I1 and I4: every local fact exactly once, byte for byte."""
        mine = (INBOX.c.till_id == till.identity.till_id) & (INBOX.c.epoch == 1)
        wanted = select(INBOX.c.seq, INBOX.c.raw, INBOX.c.hash).where(mine).order_by(INBOX.c.seq)
        there = [(row.seq, row.raw.decode(), row.hash) for row in connection.execute(wanted)]
        here = till.own_chain()
        self.hold(there == here, f"{till.name}: {len(there)} events at head office, {len(here)} here, or other bytes")

    def _cache(self, till: SimTill, connection: Any) -> None:
        """I6: the rows held are head office's, bucket by bucket."""
        for bucket in till.state.durable.cursors:
            live = (ROW.c.bucket == bucket) & ROW.c.h.is_not(None)
            wanted = select(ROW.c.kind, ROW.c.id, ROW.c.ver, ROW.c.raw).where(live)
            there = sorted(tuple(row) for row in connection.execute(wanted))
            here = sorted(till.cached_rows(bucket))
            self.hold(there == here, f"{till.name}: {bucket} holds other rows than head office")

    def hold(self, holds: bool, what: str) -> None:
        if not holds:
            tail = "\n".join(self.world.trace[-25:])
            raise AssertionError(f"seed {self.world.seed}: {what}\n{tail}")
