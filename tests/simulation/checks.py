"""What must hold: I1–I6 and I8 of protocol.md, no hold left behind, and every figure on every screen.

The watch knows which events each version of an account contains, because it looks at head office after every commit.
"""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from sync.hq.work.audit import faults
from sync.till.state import owes

if TYPE_CHECKING:
    from tests.simulation.counter import Enrolled
    from tests.simulation.sim_till import SimTill
    from tests.simulation.world import World

DEFECTS = ("overdraft", "hold_missing", "wrong_figures", "grant_missing", "coupon_spent", "differs")
"""Codes an event may not end with while nobody's files went back in time and no identity ended."""


class Watch:
    """Looks at a world from outside. AssertionError names the seed and what does not hold."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.contained: dict[tuple[str, int], tuple[frozenset[str], int]] = {}
        self.heads: dict[str, int] = {}
        self._db = sqlite3.connect(f"file:{world.folder / 'hq.db'}?mode=ro", uri=True, isolation_level=None)
        self._began = False
        self.committed()
        self._began = True

    def close(self) -> None:
        self._db.close()

    def committed(self) -> None:
        """After a commit at head office: I5, I3, and what each account's newest version contains."""
        for bucket, head in self._db.execute("SELECT id, seq FROM bucket").fetchall():
            old = self.heads.get(bucket, 0)
            self.hold(head >= old, f"the head of {bucket} fell from {old} to {head} (I5)")
            if head != old:
                self._moved(bucket, old, head)
                self.heads[bucket] = head

    def _moved(self, bucket: str, old: int, head: int) -> None:
        wanted = "SELECT row_seq, kind, id, ver, raw FROM feed_row WHERE bucket = ? AND row_seq > ? ORDER BY row_seq"
        rows = self._db.execute(wanted, (bucket, old)).fetchall()
        given = [row[0] for row in rows]
        self.hold(
            not self._began or given == list(range(old + 1, head + 1)), f"{bucket}: {old} → {head} gave {given} (I5)"
        )
        for _, kind, id_, ver, raw in rows:
            if kind == "account" and raw is not None and (id_, ver) not in self.contained:
                self._account(id_, ver, json.loads(raw))

    def _account(self, account_id: str, ver: int, row: dict[str, int]) -> None:
        events = self._db.execute("SELECT event_key FROM entry WHERE account_id = ?", (account_id,))
        self.contained[account_id, ver] = frozenset(event for (event,) in events), row["balance"]
        wanted = "SELECT coalesce(sum(points), 0) FROM hold WHERE account_id = ? AND state = 'open'"
        held = self._db.execute(wanted, (account_id,)).fetchone()[0]
        there = row["balance"] + row["debt"]
        self.hold(held <= there, f"account {account_id} version {ver}: {held} held of {there} (I3)")

    def screen(self, till: SimTill) -> None:
        """For each member this till shows: exactly the own events that the cached version does not contain."""
        if not till.moved():
            return
        own: dict[str, dict[str, int]] = {}
        for event_id, key, points in till.own_effects():
            own.setdefault(key, {})[event_id] = points
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

    def behind(self, till: SimTill) -> bool:
        """Something is owed, or a bucket's cursor is not at its head."""
        durable = till.state.durable
        if owes(durable) or durable.building:
            return True
        heads = self._db.execute("SELECT id, seq FROM bucket")
        return any(durable.cursors[bucket] != head for bucket, head in heads if bucket in durable.cursors)

    def rested(self) -> None:
        """After everything healed and came to rest."""
        with self.world.office.database.read() as connection:
            found = faults(connection)
        self.hold(not found, f"head office: {found}")
        for till in self.world.tills:
            self._inbox(till)
            self._cache(till)
            till.shown_at = None
            self.screen(till)
        self._ledger()
        self._holds()

    def _ledger(self) -> None:
        """What the tills promised is what was posted, event by event and in sum; nothing ended as a defect."""
        total = sum(points for till in self.world.tills for _, _, points in till.own_effects())
        posted = self._db.execute("SELECT coalesce(sum(amount), 0) FROM entry").fetchone()[0]
        self.hold(posted == total, f"head office posted {posted} points, the tills gave {total}")
        wrong = self._db.execute("SELECT event_key, type, outcome, code FROM event WHERE code IS NOT NULL").fetchall()
        wrong = [row for row in wrong if row[3] in DEFECTS or row[2] == "parked"]
        self.hold(not wrong, f"head office says {wrong}")

    def _holds(self) -> None:
        """Every cashier is done, so no points are held for anybody: head office keeps none that no till knows of."""
        left = self._db.execute("SELECT id, till_id, points FROM hold WHERE state = 'open'").fetchall()
        self.hold(not left, f"head office still holds {left}")
        for till in self.world.tills:
            kept = till.files.book.open_holds()
            self.hold(not kept, f"{till.name} still has {kept}")

    def _inbox(self, till: SimTill) -> None:
        """I1 and I4: every local fact exactly once, byte for byte."""
        wanted = "SELECT seq, raw, hash FROM inbox WHERE till_id = ? AND epoch = ? ORDER BY seq"
        mine = (till.identity.till_id, till.identity.epoch)
        there = [(seq, raw.decode(), digest) for seq, raw, digest in self._db.execute(wanted, mine)]
        here = till.own_chain()
        self.hold(there == here, f"{till.name}: {len(there)} events at head office, {len(here)} here, or other bytes")

    def _cache(self, till: SimTill) -> None:
        """I6: the rows held are head office's, bucket by bucket."""
        wanted = "SELECT kind, id, ver, raw FROM feed_row WHERE bucket = ? AND h IS NOT NULL"
        for bucket in till.state.durable.cursors:
            there = sorted(self._db.execute(wanted, (bucket,)).fetchall())
            here = sorted(till.cached_rows(bucket))
            self.hold(there == here, f"{till.name}: {bucket} holds other rows than head office")

    def hold(self, holds: bool, what: str) -> None:
        if not holds:
            tail = "\n".join(self.world.trace[-25:])
            raise AssertionError(f"seed {self.world.seed}: {what}\n{tail}")
