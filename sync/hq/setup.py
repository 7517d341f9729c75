"""Making a head office: keys of the chain, stores, programme versions, and the rows every till needs from the start."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.domain.chain import Json
from app.domain.programme.document import Programme
from app.domain.programme.parse import parse
from sync.hq import feed, meta
from sync.hq.feed import Change
from sync.hq.meta import Incarnation
from sync.hq.tables import ACCOUNT, PROGRAMME, STORE
from sync.hq.work.book import Book
from sync.hq.work.find import HOST
from sync.hq.work.identities import add_store
from sync.hq.work.inbox import retry
from sync.hq.work.moments import moment_of
from sync.protocol.buckets import CHAIN, store_bucket

Setting = str | int | bool


@dataclass(frozen=True, slots=True)
class Chain:
    """What a new head office is told once. `escrow_public_key`: X25519, 64 hex digits; its secret stays outside."""

    escrow_public_key: str
    member_host: str


def initialise(connection: Connection, chain: Chain, now_ms: int) -> tuple[Incarnation, str]:
    """The first incarnation and the chain's own values; its marker for the side file."""
    meta.set_values(
        connection,
        escrow_public_key=chain.escrow_public_key,
        chain_master=secrets.token_hex(32),
        **{HOST: chain.member_host},
    )
    return meta.first(connection, now_ms)


def is_initialised(connection: Connection) -> bool:
    return meta.value(connection, "incarnation_no") != ""


@dataclass(frozen=True, slots=True)
class NewStore:
    """A store and what its tills print. `settings`: further sections by name."""

    store_id: str
    region_id: str
    name: str
    settings: Mapping[str, Mapping[str, Setting]]


def open_store(connection: Connection, store: NewStore) -> None:
    """Add a store and publish its settings: its name, and how its receipts are signed (wire.md, "Receipt QR")."""
    add_store(connection, store.store_id, store.region_id, store.name)
    key = connection.execute(select(STORE.c.receipt_key).where(STORE.c.store_id == store.store_id)).scalar_one()
    sections: dict[str, dict[str, Setting]] = {name: dict(values) for name, values in store.settings.items()}
    host = meta.value(connection, HOST)
    sections["receipt"] = {"key": key, **({"host": host} if host else {}), **sections.get("receipt", {})}
    sections["store"] = {"name": store.name, **sections.get("store", {})}
    publish_settings(connection, store_bucket(store.store_id), sections)


def publish_settings(connection: Connection, bucket: str, sections: Mapping[str, Mapping[str, Setting]]) -> None:
    """Settings rows: one per section."""
    publish_rows(connection, bucket, "settings", {name: {"values": dict(values)} for name, values in sections.items()})


def publish_rows(connection: Connection, bucket: str, kind: str, rows: Mapping[str, Mapping[str, Json]]) -> None:
    """Rows of a store or the chain by id: products, staff, notices, settings. What says the same stays as it is."""
    kept = _standing(connection, bucket, kind, rows)
    fresh = [Change(bucket, kind, id_, fields) for id_, fields in rows.items() if kept.get(id_) != dict(fields)]
    feed.publish(connection, fresh)


def _standing(connection: Connection, bucket: str, kind: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    found = {}
    for row in feed.live(connection, kind, list(ids), [bucket]):
        fields = json.loads(row.raw or "{}")
        found[row.id] = {name: value for name, value in fields.items() if name not in ("kind", "id", "ver")}
    return found


def publish_programme(book: Book, document: Mapping[str, Json]) -> str:
    """A programme version for every till; events that waited for it are tried again. A version never changes.

    DocumentError for a document with mistakes; ValueError when the version is published with another text.
    """
    name = parse(document).name
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    wanted = select(PROGRAMME.c.document).where(PROGRAMME.c.name == name)
    standing = book.connection.execute(wanted).scalar()
    if standing is not None:
        if standing != text:
            raise ValueError(name)
        return name
    book.connection.execute(insert(PROGRAMME).values(name=name, document=text, published_ms=book.settings.now_ms))
    book.forget_versions()
    _look_at_all(book, parse(document))
    publish_rows(book.connection, CHAIN, "programme", {name: {"document": dict(document)}})
    retry(book, {f"programme:{name}", "programme:"})
    return name


def _look_at_all(book: Book, programme: Programme) -> None:
    """Other rules make other things due: every account is looked at in the night the version begins to govern."""
    today = moment_of(book.settings.now_ms, programme.zone).date()
    begins = programme.valid_from.date() if programme.valid_from else today
    day = max(today, begins).isoformat()
    later = ACCOUNT.c.due_on.is_(None) | (ACCOUNT.c.due_on > day)
    book.connection.execute(update(ACCOUNT).where(later).values(due_on=day))
