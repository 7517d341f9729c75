"""What every signed request passes before its call, in the order of wire.md; the first failure answers.

signature 401 · digest 400 · identity 409 · rate of the till 429 · Guitai-Seen 400, 409 · version 426 · encoding 415 ·
decoded size 413 · shape 400. Load, rate of the address and size as sent come before, the call's own after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection

from sync.hq import meta
from sync.hq.api.http import PROTO_MAX, PROTO_MIN, Request, busy
from sync.hq.meta import Judgement
from sync.hq.office import Office, Stamp, stamp_of
from sync.hq.refused import ProblemError
from sync.hq.work.book import Till
from sync.hq.work.identities import Identity, finish_rotation, signer
from sync.protocol import bodies
from sync.protocol.problems import Problem
from sync.protocol.seen import Seen, read_seen
from sync.protocol.signing import (
    CREATED_OFF_MAX_S,
    Signable,
    digest_holds,
    read_input,
    read_signature,
    signature_base,
)
from sync.protocol.text import TextError, pointer_of, read_request

T = TypeVar("T", bound=msgspec.Struct)
PROTO_DIGITS_MAX = 9


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: an authenticated, current identity, and the incarnation its request was judged against."""

    till: Till
    incarnation: str


class Refused(Exception):
    """A ProblemError of a till that is known: its answer carries the till's own version members."""

    def __init__(self, error: ProblemError, stamp: Stamp | None) -> None:
        super().__init__(error)
        self.error = error
        self.stamp = stamp


def authenticate(office: Office, request: Request, *, pulls: bool) -> Caller:
    """Everything from the signature to the version. ProblemError before the till is known, Refused after."""
    with office.database.read() as connection:
        identity = _signed_by(office, request, connection)
        stamp = stamp_of(connection, identity.till)
        try:
            seen = _check(office, request, identity)
            judged = meta.judge(connection, stamp.incarnation, seen, office.clock.now_ms()) if seen else Judgement.FINE
        except ProblemError as error:
            raise Refused(error, stamp) from None
    try:
        if judged is not Judgement.FINE and seen is not None:
            raise refused_by(office, judged, seen)
        if pulls and not PROTO_MIN <= _proto(request) <= PROTO_MAX:
            raise ProblemError(Problem.PROTO, {"Upgrade": f"guitai/{PROTO_MAX}", "Connection": "Upgrade"})
    except ProblemError as error:
        with office.database.read() as connection:
            raise Refused(error, stamp_of(connection, identity.till)) from None
    if identity.rotated:
        office.database.run(lambda connection: finish_rotation(connection, identity.till))
    return Caller(identity.till, stamp.incarnation.id)


def _signed_by(office: Office, request: Request, connection: Connection) -> Identity:
    """The identity that signed. ProblemError `signature`, `unknown_till`, `created`."""
    headers = request.headers
    found = read_input(headers.get("signature-input", ""))
    signature = read_signature(headers.get("signature", ""))
    digest = headers.get("content-digest")
    seen = headers.get("guitai-seen")
    if found is None or signature is None or digest is None or found.covers_seen != (seen is not None):
        raise ProblemError(Problem.SIGNATURE)
    signable = Signable(request.method, request.path, request.query, digest, seen)
    identity = signer(connection, found.keyid, signature, signature_base(signable, found.parameters))
    if identity is None:
        raise ProblemError(Problem.SIGNATURE)
    if abs(office.clock.now_ms() // 1000 - found.created_s) > CREATED_OFF_MAX_S:
        raise ProblemError(Problem.CREATED)
    return identity


def _check(office: Office, request: Request, identity: Identity) -> Seen | None:
    """Digest, identity, rate of the till, form of Guitai-Seen."""
    check_digest(request)
    if identity.closed is not None:
        raise ProblemError(Problem.REENROL, reason=identity.closed)
    wait_s = office.requests.wait_s(identity.till.till_id)
    if wait_s:
        raise busy(Problem.RATE, wait_s)
    header = request.headers.get("guitai-seen")
    if header is None:
        return None
    seen = read_seen(header)
    if seen is None:
        raise ProblemError(Problem.MALFORMED, detail="Guitai-Seen", pointer="")
    return seen


def check_digest(request: Request) -> None:
    """ProblemError `digest` when the body is not the one that was signed, or no digest was sent."""
    if not digest_holds(request.headers.get("content-digest", ""), request.body):
        raise ProblemError(Problem.DIGEST)


def refused_by(office: Office, judged: Judgement, seen: Seen) -> ProblemError:
    """The problem a judgement of `Guitai-Seen` answers with; starts the incarnation it asks for."""
    if judged is Judgement.MALFORMED:
        return ProblemError(Problem.MALFORMED, detail="Guitai-Seen", pointer="")
    if judged is Judgement.BUSY:
        return busy(Problem.BUSY, meta.WENT_BACK_EVERY_MS // 1000)
    if judged is Judgement.START:
        office.start_incarnation(seen.incarnation_no, went_back=seen.went_back)
    return ProblemError(Problem.INCARNATION)


def _proto(request: Request) -> int:
    text = request.headers.get("guitai-proto", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= PROTO_DIGITS_MAX):
        raise ProblemError(Problem.MALFORMED, detail="Guitai-Proto", pointer="")
    return int(text)


def shaped(request: Request, shape: type[T], bytes_max: int, *, events_max: int | None = None) -> T:
    """The body as its shape. ProblemError `encoding`, `too_large`, `malformed` with a pointer."""
    more: dict[str, str | int] = {} if events_max is None else {"events_max": events_max}
    try:
        body = bodies.decoded(request.body, request.headers.get("content-encoding"), bytes_max)
    except bodies.EncodingError:
        raise ProblemError(Problem.ENCODING, {"Accept-Encoding": bodies.ZSTD}) from None
    except bodies.TooLargeError:
        raise ProblemError(Problem.TOO_LARGE, bytes_max=bytes_max, **more) from None
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ProblemError(Problem.MALFORMED, detail="Content-Type", pointer="")
    try:
        value: Any = read_request(body)
        if events_max is not None and isinstance(value, dict) and _longer(value.get("events"), events_max):
            raise ProblemError(Problem.TOO_LARGE, bytes_max=bytes_max, **more)
        return msgspec.convert(value, shape)
    except TextError as error:
        raise ProblemError(Problem.MALFORMED, detail=error.reason, pointer=error.pointer) from None
    except msgspec.ValidationError as error:
        raise ProblemError(Problem.MALFORMED, detail="shape", pointer=pointer_of(str(error))) from None


def _longer(events: object, most: int) -> bool:
    return isinstance(events, list) and len(events) > most
