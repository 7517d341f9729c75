"""The next signing key: named by no event, waiting, refused, taken."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.domain.events import key_rotation_fact, seal
from app.ids import EventId
from app.store import keys, rotation
from app.store.enrolled import HeadOffice, head_office
from app.store.files import TillFiles
from app.store.rotation import Rotation
from tests.support import tills

OFFICE = HeadOffice("https://hq.example", "", "signing-1")


@pytest.fixture
def enrolled(files: TillFiles) -> TillFiles:
    keys.load(files.folder, os.environ).with_new_key("signing-1").with_new_key("signing-2")
    files.book.connection.execute("INSERT INTO head_office VALUES (1, ?, '', 'signing-1')", (OFFICE.url,))
    return files


def ring_of(folder: Path) -> keys.KeyRing:
    return keys.load(folder, os.environ)


def tell(files: TillFiles, public_key: str) -> None:
    with files.book.begin() as write:
        fact = key_rotation_fact(EventId(f"e-{write.head().seq}"), tills.NOW_MS, public_key, "AAAA")
        write.append(seal(fact, write.head()))
        write.commit()


def answer(files: TillFiles, outcome: str) -> None:
    files.book.connection.execute(
        "INSERT INTO event_result SELECT max(n), 1, ?, '', ? FROM event", (outcome, json.dumps({}))
    )


def state(files: TillFiles) -> Rotation:
    return rotation.state_of(files.book.connection, ring_of(files.folder), 1, OFFICE)


def test_without_a_next_key_nothing_changes(files: TillFiles) -> None:
    assert state(files) is Rotation.NONE


def test_a_key_that_no_event_names_is_not_used(enrolled: TillFiles) -> None:
    assert state(enrolled) is Rotation.NONE
    tell(enrolled, "0" * 64)
    assert state(enrolled) is Rotation.NONE


@pytest.mark.parametrize(
    ("outcome", "found", "name"),
    [
        ("", Rotation.WAITS, "signing-1"),
        ("parked", Rotation.REFUSED, "signing-1"),
        ("applied", Rotation.TAKEN, "signing-2"),
        ("duplicate", Rotation.TAKEN, "signing-2"),
    ],
)
def test_the_new_key_signs_once_head_office_took_it(
    enrolled: TillFiles, outcome: str, found: Rotation, name: str
) -> None:
    ring = ring_of(enrolled.folder)
    tell(enrolled, rotation.public_key(ring, "signing-2"))
    if outcome:
        answer(enrolled, outcome)
    assert state(enrolled) is found
    till = enrolled.book.connection
    assert rotation.settled(till, enrolled.folder, ring, OFFICE).key_name == name
    kept = head_office(till)
    assert kept is not None
    assert kept.key_name == name
