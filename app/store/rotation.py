"""Which key signs: the next one in keys.json once head office took the event that names it, else the one in use.

Until then both are known here and there; head office forgets the old one at the first request signed with the new one.
"""

from __future__ import annotations

import json
from dataclasses import replace
from enum import Enum, auto
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.store.connect import Connection
from app.store.enrolled import HeadOffice, next_name
from app.store.event_key import event_n
from app.store.keys import KeyRing
from app.store.mark import Commits

NEWEST: Final = "SELECT n, raw FROM event WHERE type = 'key_rotation' AND n > ? AND n < ? ORDER BY n DESC LIMIT 1"
OUTCOME: Final = "SELECT outcome FROM event_result WHERE n = ?"
USE: Final = "UPDATE head_office SET key_name = ?"
TAKEN: Final = ("applied", "duplicate")


class Rotation(Enum):
    """How far the next key is: no event names it, its event waits for an answer, or was answered."""

    NONE = auto()
    WAITS = auto()
    TAKEN = auto()
    REFUSED = auto()


def state_of(till: Connection, ring: KeyRing, epoch: int, office: HeadOffice) -> Rotation:
    """Of the key after the one in use."""
    name = next_name(office)
    if name not in ring.wrapped:
        return Rotation.NONE
    row = till.execute(NEWEST, (event_n(epoch, 0), event_n(epoch + 1, 0))).fetchone()
    if row is None or json.loads(row[1])["body"]["public_key"] != public_key(ring, name):
        return Rotation.NONE
    outcome = till.execute(OUTCOME, (row[0],)).fetchone()
    if outcome is None:
        return Rotation.WAITS
    return Rotation.TAKEN if outcome[0] in TAKEN else Rotation.REFUSED


def settled(till: Connection, folder: Path, ring: KeyRing, office: HeadOffice) -> HeadOffice:
    """The head office with the name of the key to sign with from now on, durable."""
    epoch = till.execute("SELECT epoch FROM meta").fetchone()[0]
    if state_of(till, ring, epoch, office) is not Rotation.TAKEN:
        return office
    name = next_name(office)
    commits = Commits(till, folder)
    try:
        with commits.writing(epoch):
            till.execute(USE, (name,))
    finally:
        commits.close()
    return replace(office, key_name=name)


def public_key(ring: KeyRing, name: str) -> str:
    """The public half of a signing key, 64 hex digits."""
    return signing_key(ring, name).public_key().public_bytes_raw().hex()


def signing_key(ring: KeyRing, name: str) -> Ed25519PrivateKey:
    """The signing key of that name. StoreError `key_wrong`."""
    return Ed25519PrivateKey.from_private_bytes(ring.key(name).raw)
