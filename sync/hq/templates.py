"""Receipt templates for every till: rows of `chain`, one for a kind of paper and a language."""

from __future__ import annotations

from sqlalchemy import Connection

from sync.hq import feed
from sync.hq.feed import Change
from sync.hq.setup import publish_rows
from sync.protocol.buckets import CHAIN

KIND = "template"


def publish(connection: Connection, name: str, language: str, text: str) -> None:
    """`name`: the kind of paper; `text`: TOML that was checked. What says the same stays as it is."""
    fields = {"name": name, "language": language, "text": text}
    publish_rows(connection, CHAIN, KIND, {_id(name, language): fields})


def withdraw(connection: Connection, name: str, language: str) -> bool:
    """Take it back; False when there was none."""
    there = feed.live(connection, KIND, [_id(name, language)], [CHAIN])
    feed.publish(connection, [Change(CHAIN, KIND, row.id, None) for row in there])
    return bool(there)


def _id(name: str, language: str) -> str:
    return f"{name}:{language}"
