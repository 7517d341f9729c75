"""What must hold: I1–I6 and I8 of protocol.md, no hold left behind, and every figure on every screen.

The watch knows which events each version of an account contains, because it looks at head office after every commit.
"""

from __future__ import annotations

import json
import sqlite3
from enum import Enum
from itertools import product
from typing import TYPE_CHECKING

from app.store.rotation import Rotation
from sync.hq.work.audit import faults
from sync.till.state import owes
from tests.simulation import ailments

if TYPE_CHECKING:
    from sync.protocol.shapes import PullResponse
    from sync.till.values import Send
    from tests.simulation.counter import Enrolled
    from tests.simulation.sim_till import Shown, SimTill
    from tests.simulation.world import World

DEFECTS_ALWAYS = ("wrong_figures", "grant_missing", "coupon_spent", "differs", "internal", "pii_mismatch")
DEFECTS = ("overdraft", "hold_missing", *DEFECTS_ALWAYS)
"""Codes an event may not end with; the first two may where files went back in time or an identity ended."""
UNREADABLE = ("bad_event", "bad_body", "unknown_type")
"""What poison is parked as, for good."""


Version = tuple[frozenset[str], int]
"""The events a version of an account contains, and its balance."""
ENTERED = (
    "WITH RECURSIVE mine(id) AS (SELECT ? UNION SELECT a.id FROM account AS a"
    " JOIN mine ON json_extract(a.doc, '$.moved_to') = mine.id)"
    " SELECT event_key FROM entry WHERE account_id IN mine"
)
"""What was posted to an account, and to those that were merged into it."""
INCARNATION = (
    "SELECT (SELECT value FROM server_meta WHERE id = 'incarnation'),"
    " CAST((SELECT value FROM server_meta WHERE id = 'incarnation_no') AS INTEGER)"
)
TYPES = "SELECT type FROM event WHERE event_key IN (SELECT value FROM json_each(?))"
KEPT = (
    "SELECT count(*) FROM inbox AS i JOIN hold AS h ON h.state = 'used' AND instr(CAST(i.raw AS TEXT), h.id)"
    " WHERE i.event_key IN (SELECT value FROM json_each(?))"
)
"""Sales that used a hold."""
LISTED = "SELECT count(*) FROM finding WHERE code = 'overdraft' AND event_key IN (SELECT value FROM json_each(?))"
NOTHING: list[Version] = [(frozenset(), 0)]

TAKING_BACK = ("sale_return", "undo")
OF_THE_ERASED = ("card_unknown", "sale_unknown")
"""What a sale to somebody who was erased is parked as, and a return of it."""


class Scar(Enum):
    """What happened in a world that no protocol can undo, so that some of what must hold is less."""

    RESTORE = "head office went back in time"
    IMAGE = "a till went back in time"
    CLONE = "one identity was two devices"
    ROWS = "a till sold and took back without the rows it should have: it lays nothing over an account it cannot see"
    CLOCK = "a clock was wrong: head office posts by it, and may find points spent before they were earned"


NOT_ALL_LAID_OVER = {Scar.IMAGE, Scar.CLONE, Scar.ROWS}


class Watch:
    """Looks at a world from outside. AssertionError names the seed and what does not hold."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.contained: dict[tuple[int, str, int], list[Version]] = {}
        self.peers: dict[tuple[int, str, int], dict[str, int]] = {}
        self.open()

    def open(self) -> None:
        """Look at head office's files as they are now, whatever they were before."""
        self._db = sqlite3.connect(f"file:{self.world.folder / 'hq.db'}?mode=ro", uri=True, isolation_level=None)
        self.heads: dict[str, int] = {}
        self.incarnation = ""
        self._incarnation_no = 0
        self._began = False
        self._seen = -1
        self._debts: dict[str, tuple[int, frozenset[str]]] = {}
        self.committed()

    def close(self) -> None:
        self._db.close()

    def committed(self) -> None:
        """After a commit at head office: I5, I3, and what each account's newest version contains."""
        seen = self._db.execute("PRAGMA data_version").fetchone()[0]
        if seen == self._seen:
            return
        self._seen = seen
        self.incarnation, number = self._db.execute(INCARNATION).fetchone()
        if number != self._incarnation_no:  # the rows that stand count as brought by the new one
            self._incarnation_no, self.heads, self._began = number, {}, False
        for bucket, head in self._db.execute("SELECT id, seq FROM bucket").fetchall():
            old = self.heads.get(bucket, 0)
            self.hold(head >= old, f"the head of {bucket} fell from {old} to {head} (I5)")
            if head != old:
                self._moved(bucket, old, head)
                self.heads[bucket] = head
        self._began = True

    def _moved(self, bucket: str, old: int, head: int) -> None:
        wanted = (
            "SELECT row_seq, kind, id, ver, raw, peers FROM feed_row WHERE bucket = ? AND row_seq > ? ORDER BY row_seq"
        )
        rows = self._db.execute(wanted, (bucket, old)).fetchall()
        given = [row[0] for row in rows]
        self.hold(
            not self._began or given == list(range(old + 1, head + 1)), f"{bucket}: {old} → {head} gave {given} (I5)"
        )
        for _, kind, id_, ver, raw, peers in rows:
            if kind == "account" and raw is not None:
                self._account(id_, ver, json.loads(raw))
                self.peers.setdefault((self._incarnation_no, id_, ver), json.loads(peers or "{}"))

    def _account(self, account_id: str, ver: int, row: dict[str, int]) -> None:
        events = self._db.execute(ENTERED, (account_id,))
        found = frozenset(event for (event,) in events), row["balance"]
        kept = self.contained.setdefault((self._incarnation_no, account_id, ver), [])
        if found not in kept:  # a version of before a restore may come again with another content
            once = not kept or Scar.RESTORE in self.world.scars
            self.hold(once, f"account {account_id} version {ver} was {kept} and is {found} (fine print 6)")
            kept.append(found)
        wanted = "SELECT coalesce(sum(points), 0) FROM hold WHERE account_id = ? AND state = 'open'"
        held = self._db.execute(wanted, (account_id,)).fetchone()[0]
        there = row["balance"] + row["debt"]
        self.hold(held <= there, f"account {account_id} version {ver}: {held} held of {there} (I3)")
        self._reported(account_id, found[0], row["debt"])

    def _reported(self, account_id: str, events: frozenset[str], debt: int) -> None:
        """I9: where sales alone made a debt larger, one of them is listed for people, whatever it was answered.

        Goods that came back may leave a debt too, whenever the sale that spent their points arrives, and so may a
        merge: those are no overdraft, and accounts with one are left out. Nor is a sale whose points a hold kept:
        where a wrong clock puts it before they were earned, they are there all the same.
        """
        before, known = self._debts.get(account_id, (0, frozenset()))
        self._debts[account_id] = debt, events
        fresh = json.dumps(sorted(events - known))
        types = [row[0] for row in self._db.execute(TYPES, (json.dumps(sorted(events)),))]
        alone = bool(events - known) and set(types) == {"sale"} and len(types) == len(events)
        if debt > before and alone and not self._db.execute(KEPT, (fresh,)).fetchone()[0]:
            listed = self._db.execute(LISTED, (fresh,)).fetchone()[0]
            self.hold(listed > 0, f"account {account_id} owes {debt} after {fresh}, and nobody is told (I9)")

    def screen(self, till: SimTill) -> None:
        """For each member this till shows: exactly the own events that the cached version does not contain."""
        if not till.moved() or ailments.is_hurt(till):
            return
        own: dict[str, dict[str, int]] = {}
        for event_id, key, points in till.own_effects():
            own.setdefault(key, {})[event_id] = points
        gone = self._gone()  # a till that has still to hear of it: results name no row of theirs any more
        for member in self.world.members:
            shown = till.shown(member)
            if shown is not None and member.account_id not in gone:
                self._shown(till, member, shown, own)

    def _shown(self, till: SimTill, member: Enrolled, shown: Shown, effects: dict[str, dict[str, int]]) -> None:
        self._whole(till, shown)
        accounts = {member.account_id, *(account_id for _, account_id, _ in shown.versions)}
        mine = [one for one in self.world.members if one.account_id in accounts]
        keys = {*(key for one in mine for key in (one.account_id, one.card)), *shown.cards}
        own = {event: points for key in keys for event, points in effects.get(key, {}).items()}
        known = [self.contained.get(version, NOTHING) for version in shown.versions]
        if self._fits(shown, own, known):
            return
        ended = {event for event in till.settled() if not self._posted(event)}  # adjusted to nothing: in no version
        due = {event: points for event, points in own.items() if event not in ended}
        self.hold(self._fits(shown, due, known), f"{till.name} shows {shown}, own {due} over any of {known}")

    def _whole(self, till: SimTill, shown: Shown) -> None:
        """What one transfer moved is never shown where only one side of it is here (fine print 5)."""
        here = {(number, id_): ver for number, id_, ver in shown.versions}
        for number, id_, ver in shown.versions:
            for peer, since in self.peers.get((number, id_, ver), {}).items():
                there = here.get((number, peer), since)
                self.hold(there >= since, f"{till.name} shows {shown}, but {peer} only at {there}, not {since}")

    @staticmethod
    def _fits(shown: Shown, own: dict[str, int], known: list[list[Version]]) -> bool:
        """Whether some choice of what each cached version contains gives what is shown."""
        for choice in product(*known):
            contained = frozenset().union(*(events for events, _ in choice))
            due = sum(points for event, points in own.items() if event not in contained)
            if shown.on_top == due and shown.balance in (None, sum(balance for _, balance in choice)):
                return True
        return False

    def _posted(self, event: str) -> bool:
        return self._db.execute("SELECT 1 FROM entry WHERE event_key = ? LIMIT 1", (event,)).fetchone() is not None

    def page(self, till: SimTill, send: Send, page: PullResponse) -> None:
        """Rule 3: rows as they are now, each once, in order, none the till has: what is paid for is what changed."""
        given = [row.row_seq for row in page.rows]
        self.hold(given == sorted(set(given)), f"{till.name} is given {given} of {send.bucket}, not in order")
        once = len({(row.kind, row.id) for row in page.rows}) == len(given)
        self.hold(once and min(given, default=send.after + 1) > send.after,
                  f"{till.name} is given rows of {send.bucket} again: {given} after {send.after}")  # fmt: skip

    def slice(self, till: SimTill, send: Send) -> None:
        """Of a cache that is not head office's only the slices that differ are fetched again ("Divergence")."""
        wanted = send.slice_no is None or (send.bucket, send.slice_no) in till.hurt
        self.hold(
            wanted, f"{till.name} fetches slice {send.slice_no} of {send.bucket} again, and nothing is wrong there"
        )

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
            self.hold(ailments.key_of(till) in (Rotation.NONE, Rotation.REFUSED), f"{till.name} signs with its old key")
            self._forgotten(till)
            self._essentials(till)
            merging = [member.card for member in self.world.members if till.is_merging(member)]
            self.hold(not merging, f"{till.name} has no number for {merging} at rest (fine print 5)")
            till.shown_at = ()
            self.screen(till)
        self._forgotten_here()
        self._ledger()
        self._identities()
        self._holds()

    def _ledger(self) -> None:
        """What the tills promised is what was posted; nothing waits or ended as a defect but what was meant to."""
        scars = self.world.scars
        if not scars & NOT_ALL_LAID_OVER:  # facts that are gone from a till may be posted, or not
            gone = self._gone()  # what is sold to somebody erased meanwhile may count nowhere
            total = sum(points for till in self.world.tills for _, key, points in till.own_effects() if key not in gone)
            entries = self._db.execute("SELECT account_id, amount FROM entry").fetchall()
            posted = sum(amount for account_id, amount in entries if account_id not in gone)
            self.hold(posted == total, f"head office posted {posted} points, the tills gave {total}")
        wrong = self._db.execute("SELECT event_key, type, outcome, code FROM event WHERE code IS NOT NULL").fetchall()
        defects = DEFECTS if not scars else DEFECTS_ALWAYS
        twice = bool(scars & {Scar.IMAGE, Scar.CLONE})
        parked = () if twice else (*UNREADABLE, *OF_THE_ERASED) if self.world.erased else UNREADABLE
        wrong = [row for row in wrong if row[3] in defects or (parked and row[2] == "parked" and row[3] not in parked)]
        if twice:  # both copies took the same goods back, or undid the same sale: that is what head office has to say
            wrong = [row for row in wrong if row[1] not in TAKING_BACK or row[3] != "wrong_figures"]
        self.hold(not wrong, f"head office says {wrong}")

    def _gone(self) -> set[str]:
        """Accounts and cards of whoever was erased, and of who was merged with them."""
        found = {one.account_id for one in self.world.erased}
        for _ in self.world.merged:
            found |= set().union(*(pair for pair in self.world.merged if pair & found))
        return found | {one.card for one in self.world.members if one.account_id in found}

    def _identities(self) -> None:
        """Enrolling retires every earlier identity of a place (fine print 8)."""
        wanted = "SELECT till_id, count(*) FROM till_stream WHERE closed IS NULL GROUP BY till_id HAVING count(*) > 1"
        several = self._db.execute(wanted).fetchall()
        self.hold(not several, f"more than one identity of a place may call: {several}")

    def _holds(self) -> None:
        """Every cashier is done, so no points are held for anybody: head office keeps none that no till knows of.

        A hold asked for after an image was made is in nobody's file any more: those are listed for an operator.
        """
        lost = {till.identity.till_id for till in self.world.tills if till.tainted}
        left = self._db.execute("SELECT id, till_id, points FROM hold WHERE state = 'open'").fetchall()
        left = [row for row in left if row[1] not in lost]
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

    def _essentials(self, till: SimTill) -> None:
        """What opens the shop is in till.db: every programme and every erasure of the chain (fine print 9 and 10)."""
        wanted = "SELECT kind, id FROM feed_row WHERE bucket = 'chain' AND h IS NOT NULL AND kind IN (?, ?)"
        there = set(self._db.execute(wanted, ("programme", "erasure")).fetchall())
        missing = there - till.essentials()
        self.hold(not missing, f"{till.name} has no {sorted(missing)} in its own file")

    def _forgotten(self, till: SimTill) -> None:
        """I7: nothing in a till's files names who was erased; head office's own are looked at by `faults`."""
        for gone in self.world.erased:
            left = till.tables_with(gone.name)
            self.hold(not left, f"{till.name} still has {gone.name} in {left} (I7)")

    def _forgotten_here(self) -> None:
        """I7 at head office, whatever it remembers of who was erased: what it kept beside events, and its own rows."""
        for gone in self.world.erased:
            for table, column in (("pii", "pii"), ("member", "doc"), ("feed_row", "raw")):
                wanted = f"SELECT 1 FROM {table} WHERE instr(CAST({column} AS TEXT), ?) LIMIT 1"
                left = self._db.execute(wanted, (gone.name,)).fetchone()
                self.hold(left is None, f"head office still has {gone.name} in {table} (I7)")

    def hold(self, holds: bool, what: str) -> None:
        if not holds:
            tail = "\n".join(self.world.trace[-25:])
            raise AssertionError(f"seed {self.world.seed}: {what}\n{tail}")
