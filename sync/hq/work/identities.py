"""Enrolment and identities: one-time codes, the key that decides the epoch, what closes an identity (fine print 8)."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from app.domain.chain import HASH_ZERO
from app.ids import uuid7
from sync.hq import meta
from sync.hq.locks import locked
from sync.hq.refused import ProblemError
from sync.hq.tables import CODE, PLACE, STORE, STREAM
from sync.hq.work import blocks
from sync.hq.work.accept import close_identity
from sync.hq.work.book import Book, Till
from sync.hq.work.inbox import till_at
from sync.protocol.buckets import buckets_of
from sync.protocol.codes import BITS, LIFE_MS, code_of, read_code, shown
from sync.protocol.problems import Problem
from sync.protocol.shapes import EnrolRequest, EnrolResponse, Former
from sync.protocol.signing import identity_proof, verifies

SECRET_BYTES: Final = 32
CURRENT: Final = "current"
STREAMS: Final = (
    select(STREAM, STORE.c.store_id, STORE.c.region_id)
    .join(PLACE, PLACE.c.till_id == STREAM.c.till_id)
    .join(STORE, STORE.c.store_id == PLACE.c.store_id)
    .where(STREAM.c.till_id == bindparam("till_id"))
    .order_by(STREAM.c.epoch.desc())
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed: an identity of a till, `closed` with its reason or None."""

    till: Till
    closed: str | None
    rotated: bool
    head_seq: int
    head_hash: str


def add_store(connection: Connection, store_id: str, region_id: str, name: str) -> None:
    """A store with its own pepper and receipt key. One that exists stays as it is."""
    if connection.execute(select(STORE.c.store_id).where(STORE.c.store_id == store_id)).first() is None:
        pepper, key = secrets.token_hex(SECRET_BYTES), secrets.token_hex(SECRET_BYTES)
        connection.execute(
            insert(STORE).values(
                store_id=store_id, region_id=region_id, name=name, pin_pepper=pepper, receipt_key=key
            )
        )  # fmt: skip


def new_code(connection: Connection, store_id: str, till_id: str | None, now_ms: int) -> tuple[str, str]:
    """A one-time code for a new till of a store, or again for an existing one: (till_id, the 12 digits)."""
    if till_id is None:
        till_id = uuid7(now_ms)
        connection.execute(insert(PLACE).values(till_id=till_id, store_id=store_id, made_ms=now_ms))
    code = code_of(secrets.randbits(BITS))
    connection.execute(insert(CODE).values(code_hash=_hashed(code), till_id=till_id, expires_ms=now_ms + LIFE_MS))
    return till_id, code


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code as people read it, and what it is for."""

    code: str
    till_id: str
    store_id: str
    expires_ms: int
    minutes: int = LIFE_MS // 60_000


def issue(connection: Connection, store_id: str, till_id: str | None, now_ms: int) -> NewCode:
    """`new_code` as an operator sees it."""
    made, code = new_code(connection, store_id, till_id, now_ms)
    return NewCode(shown(code), made, store_id, now_ms + LIFE_MS)


def _hashed(code: str) -> str:
    return blake2b(code.encode("ascii"), digest_size=32).hexdigest()


def enrol(book: Book, request: EnrolRequest) -> EnrolResponse:
    """A new identity for a code, or the same answer to the same key. ProblemError `enrol_code`."""
    connection, now_ms = book.connection, book.settings.now_ms
    typed = read_code(request.code)
    found = (
        connection.execute(locked(select(CODE).where(CODE.c.code_hash == _hashed(typed)))).first() if typed else None
    )
    if found is None or now_ms > found.expires_ms:
        raise ProblemError(Problem.ENROL_CODE)
    if found.used_key is not None:
        return _again(connection, found, request)
    till_id: str = found.till_id
    epoch = _next_epoch(connection, till_id)
    for old in _streams(connection, till_id):
        close_identity(book, till_id, old.epoch, "replaced")
    if request.former is not None:
        _retire(book, request.former, request.public_key)
    connection.execute(
        insert(STREAM).values(
            till_id=till_id, epoch=epoch, public_key=request.public_key, hardware=request.hardware,
            enrolled_ms=now_ms, head_seq=0, head_hash=HASH_ZERO,
        )
    )  # fmt: skip
    used = {"used_key": request.public_key, "epoch": epoch}
    connection.execute(update(CODE).where(CODE.c.code_hash == found.code_hash).values(**used))
    till = till_at(connection, till_id, epoch)
    blocks.lend(connection, till)
    return _answer(connection, till)


def _again(connection: Connection, code: Row[Any], request: EnrolRequest) -> EnrolResponse:
    """The same code and key within its life, while that identity is current: the same answer. It revives nothing."""
    mine = (STREAM.c.till_id == code.till_id) & (STREAM.c.epoch == code.epoch)
    stream = connection.execute(select(STREAM).where(mine)).one()
    if code.used_key != request.public_key or stream.closed is not None:
        raise ProblemError(Problem.ENROL_CODE)
    return _answer(connection, till_at(connection, code.till_id, code.epoch))


def _next_epoch(connection: Connection, till_id: str) -> int:
    highest = connection.execute(select(func.max(STREAM.c.epoch)).where(STREAM.c.till_id == till_id)).scalar()
    return (highest or 0) + 1


def _retire(book: Book, former: Former, public_key: str) -> None:
    """Close the identity this till.db had before, where its own key proves it; a wrong proof retires nothing."""
    mine = (STREAM.c.till_id == former.till_id) & (STREAM.c.epoch == former.epoch)
    stream = book.connection.execute(select(STREAM).where(mine)).first()
    try:
        proof = base64.b64decode(former.proof, validate=True)
    except binascii.Error:
        return
    if stream is None:
        return
    message = identity_proof(former.till_id, former.epoch, public_key)
    if any(verifies(key, proof, message) for key in (stream.public_key, stream.next_key) if key):
        close_identity(book, former.till_id, former.epoch, "replaced")


def _answer(connection: Connection, till: Till) -> EnrolResponse:
    pepper = connection.execute(select(STORE.c.pin_pepper).where(STORE.c.store_id == till.store_id)).scalar_one()
    return EnrolResponse(
        till_id=till.till_id,
        epoch=till.epoch,
        store_id=till.store_id,
        region_id=till.region_id,
        buckets=buckets_of(till.till_id, till.store_id, till.region_id),
        escrow_public_key=meta.value(connection, "escrow_public_key"),
        pin_pepper=pepper,
    )


def revoke(book: Book, till_id: str) -> int:
    """Close whatever identity of a till is current; how many there were."""
    open_ones = [one for one in _streams(book.connection, till_id) if one.closed is None]
    for one in open_ones:
        close_identity(book, till_id, one.epoch, "revoked")
    return len(open_ones)


def _streams(connection: Connection, till_id: str) -> Sequence[Row[Any]]:
    """Every identity of a till with the store it stands in, the newest first."""
    return connection.execute(STREAMS, {"till_id": till_id}).all()


def signer(connection: Connection, keyid: str, signature: bytes, signed: bytes) -> Identity | None:
    """The identity whose key made this signature, closed ones too; None when none did.

    ProblemError `unknown_till` when no till of this id was ever enrolled here.
    """
    streams = _streams(connection, keyid)
    if not streams:
        raise ProblemError(Problem.UNKNOWN_TILL)
    for stream in streams:
        for key in (stream.public_key, stream.next_key):
            if key and verifies(key, signature, signed):
                till = Till(keyid, stream.epoch, stream.store_id, stream.region_id)
                rotated = key == stream.next_key
                return Identity(till, stream.closed, rotated, stream.head_seq, stream.head_hash)
    return None


def finish_rotation(connection: Connection, till: Till) -> None:
    """The first request signed with the new key ends the old one."""
    mine = (STREAM.c.till_id == till.till_id) & (STREAM.c.epoch == till.epoch) & STREAM.c.next_key.is_not(None)
    connection.execute(update(STREAM).where(mine).values(public_key=STREAM.c.next_key, next_key=None))


def current_tills(connection: Connection) -> int:
    """How many identities may call."""
    return connection.execute(select(func.count()).select_from(STREAM).where(STREAM.c.closed.is_(None))).scalar_one()
