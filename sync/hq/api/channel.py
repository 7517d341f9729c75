"""`POST channel/events`: signed by a key an operator registered; answers name no till."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from app import logs
from sync.hq import meta
from sync.hq.api.checks import check_digest, refused_by, shaped
from sync.hq.api.http import Answer, Request, busy, ok
from sync.hq.meta import Judgement
from sync.hq.office import Office, Stamp
from sync.hq.refused import ProblemError
from sync.hq.tables import CHANNEL
from sync.hq.work.accept import look_again
from sync.hq.work.channel import Told, read_all, take
from sync.protocol import bodies, shapes
from sync.protocol.problems import Problem
from sync.protocol.seen import read_seen
from sync.protocol.signing import CREATED_OFF_MAX_S, Signable, read_input, read_signature, signature_base, verifies


def is_channel(office: Office, request: Request) -> bool:
    """Whether the request names a channel as its signer."""
    found = read_input(request.headers.get("signature-input", ""))
    if found is None:
        return False
    with office.database.read() as connection:
        wanted = select(CHANNEL.c.channel_id).where(CHANNEL.c.channel_id == found.keyid)
        return connection.execute(wanted).first() is not None


def channel_events(office: Office, request: Request) -> Answer:
    """Everything of one request, in the order of the checks. ProblemError as for tills."""
    channel_id = _signed_by(office, request)
    check_digest(request)
    _open(office, channel_id)
    wait_s = office.requests.wait_s(channel_id)
    if wait_s:
        raise busy(Problem.RATE, wait_s)
    incarnation = _judge(office, request)
    asked = shaped(request, shapes.ChannelRequest, bodies.PUSH_BYTES_MAX, events_max=bodies.CHANNEL_EVENTS_MAX)
    step = _Step(office, channel_id, incarnation)
    results, stamp = step.taken(read_all(asked.events))
    return ok(shapes.ChannelResponse(results=results), stamp)


@dataclass(frozen=True, slots=True)
class _Step:
    """Taking the events of one request."""

    office: Office
    channel_id: str
    incarnation: str

    def taken(self, events: Sequence[Told]) -> tuple[list[shapes.ChannelResult], Stamp]:
        """All in one transaction; after a failure one by one, and one that fails alone is parked (rule 1)."""
        try:
            return self._run(events)
        except (ProblemError, OperationalError, InterfaceError, IntegrityError):
            raise
        except Exception as error:  # noqa: BLE001 rule 1: what we cannot digest is stored all the same
            logs.event("hq", "channel_failed", logging.ERROR, channel=self.channel_id, error=type(error).__name__)
            if len(events) == 1:
                return self._run(events, park=True)
        each = [self.taken([one]) for one in events]
        return [result for results, _ in each for result in results], each[-1][1]

    def _run(self, events: Sequence[Told], *, park: bool = False) -> tuple[list[shapes.ChannelResult], Stamp]:
        came: set[str] = set()

        def work(connection: Connection) -> tuple[list[shapes.ChannelResult], Stamp]:
            now = meta.incarnation(connection, lock=True)
            if now.id != self.incarnation:
                raise ProblemError(Problem.INCARNATION)
            book = self.office.book(connection)
            results = take(book, self.channel_id, events, park=park)
            came.update(book.came)
            return results, Stamp(now)

        done = self.office.database.run(work)
        if came:  # on SQLite too: of two events of one request the second may be what the first waits for
            look_again(self.office.database, came, self.office.settings())
        return done


def _signed_by(office: Office, request: Request) -> str:
    headers = request.headers
    found, signature = read_input(headers.get("signature-input", "")), read_signature(headers.get("signature", ""))
    digest, seen = headers.get("content-digest"), headers.get("guitai-seen")
    if found is None or signature is None or digest is None or found.covers_seen != (seen is not None):
        raise ProblemError(Problem.SIGNATURE)
    with office.database.read() as connection:
        wanted = select(CHANNEL.c.public_key).where(CHANNEL.c.channel_id == found.keyid)
        key = connection.execute(wanted).scalar_one()
    signed = signature_base(Signable(request.method, request.path, request.query, digest, seen), found.parameters)
    if not verifies(key, signature, signed):
        raise ProblemError(Problem.SIGNATURE)
    if abs(office.clock.now_ms() // 1000 - found.created_s) > CREATED_OFF_MAX_S:
        raise ProblemError(Problem.CREATED)
    return found.keyid


def _open(office: Office, channel_id: str) -> None:
    with office.database.read() as connection:
        closed = connection.execute(select(CHANNEL.c.closed).where(CHANNEL.c.channel_id == channel_id)).scalar()
    if closed is not None:
        raise ProblemError(Problem.REENROL, reason=closed)


def _judge(office: Office, request: Request) -> str:
    """The incarnation the request was judged against. ProblemError `malformed`, `incarnation`, `busy`."""
    header = request.headers.get("guitai-seen")
    with office.database.read() as connection:
        now = meta.incarnation(connection)
        if header is None:
            return now.id
        seen = read_seen(header)
        if seen is None:
            raise ProblemError(Problem.MALFORMED, detail="Guitai-Seen", pointer="")
        judged = meta.judge(connection, now, seen, office.clock.now_ms())
    if judged is not Judgement.FINE:
        raise refused_by(office, judged, seen)
    return now.id
