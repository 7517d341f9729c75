"""The calls of `/v1`: each runs on a worker thread, in one transaction, and returns its answer with its stamp."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar
from urllib.parse import parse_qsl, unquote

import msgspec
from sqlalchemy import Connection, select

from app.domain.chain import INT_MAX
from app.failpoints import Failpoint
from sync.hq import feed, meta
from sync.hq.api.checks import Caller, check_digest, shaped
from sync.hq.api.http import Answer, Request, busy, ok
from sync.hq.api.watch import Look
from sync.hq.locks import upsert
from sync.hq.office import Office, Stamp, stamp_of
from sync.hq.refused import ProblemError
from sync.hq.tables import PROGRESS
from sync.hq.work import accept, find, holds
from sync.hq.work.book import Till
from sync.hq.work.identities import enrol as enrol_till
from sync.hq.work.rates import take
from sync.protocol import bodies, shapes
from sync.protocol.buckets import SLICES, buckets_of
from sync.protocol.problems import Problem

T = TypeVar("T")
WAIT_S_MAX: Final = 25
UUID_CHARS: Final = 36
HeadsWanted = tuple[Mapping[str, int], int]


def query_of(request: Request) -> dict[str, str]:
    """The query's members; each at most once. ProblemError `malformed`."""
    if len(request.path) + len(request.query) + 1 > bodies.TARGET_BYTES_MAX:
        raise _malformed("target")
    try:
        pairs = parse_qsl(request.query, keep_blank_values=True, errors="strict", max_num_fields=64)
    except ValueError:
        raise _malformed("query") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _malformed("query")
    return found


def number_of(query: Mapping[str, str], name: str, default: int, *, low: int = 0, high: int = INT_MAX) -> int:
    """A whole number of a query within its limits. ProblemError `malformed`."""
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and low <= int(text) <= high):
        raise _malformed(name)
    return int(text)


def _malformed(what: str) -> ProblemError:
    return ProblemError(Problem.MALFORMED, detail=what, pointer="")


def enrol(office: Office, request: Request) -> Answer:
    """`POST enrol`: the one call without a signature. Failed ones are limited per address."""
    check_digest(request)
    asked = shaped(request, shapes.EnrolRequest, bodies.CALL_BYTES_MAX)

    def work(connection: Connection) -> tuple[shapes.EnrolResponse, Stamp]:
        made = enrol_till(office.book(connection), asked)
        office.failpoints.hit(Failpoint.HQ_ENROL_BEFORE_COMMIT)
        return made, stamp_of(connection, Till(made.till_id, made.epoch, made.store_id, made.region_id))

    try:
        made, stamp = office.database.run(work)
    except ProblemError:
        office.enrol_failures.wait_s(request.address)
        raise
    office.failpoints.hit(Failpoint.HQ_ENROL_AFTER_COMMIT)
    return ok(made, stamp)


def push(office: Office, caller: Caller, request: Request) -> Answer:
    """`POST push`."""
    asked = shaped(request, shapes.PushRequest, bodies.PUSH_BYTES_MAX, events_max=bodies.PUSH_EVENTS_MAX)
    if asked.till_id != caller.till.till_id:
        raise ProblemError(Problem.MALFORMED, pointer="/till_id")
    if asked.epoch != caller.till.epoch:
        raise ProblemError(Problem.REENROL, reason="epoch")
    if asked.incarnation != caller.incarnation:
        raise ProblemError(Problem.INCARNATION)
    done = accept.push(office.database, caller.till, asked, settings=office.settings, incarnation=caller.incarnation)
    stamp = Stamp(done.incarnation, (done.acked_seq, done.acked_hash), done.till_seq)
    return ok(shapes.PushResponse(results=done.results), stamp)


def heads_wanted(request: Request) -> HeadsWanted:
    """`since` by bucket, and how long to wait. ProblemError `malformed`."""
    query = query_of(request)
    wait_s = number_of(query, "wait", 0, high=WAIT_S_MAX)
    since: dict[str, int] = {}
    for part in filter(None, query.get("since", "").split(",")):
        bucket, _, seq = part.rpartition(".")
        if not bucket or bucket in since:
            raise _malformed("since")
        since[bucket] = number_of({"since": seq}, "since", 0)
    return since, wait_s


def heads(office: Office, caller: Caller, since: Mapping[str, int]) -> tuple[bool, Answer]:
    """`GET heads`, one look: whether there is something to say at once, and the answer as it stands."""
    till, mine = caller.till, buckets(caller)
    with office.database.read() as connection:
        found = feed.heads(connection, mine)
        stamp = stamp_of(connection, till)
    moved = [found[name] for name in mine if found[name].seq != since.get(name, 0)]
    other = sorted(since) != mine
    return bool(moved) or stamp.incarnation.id != caller.incarnation, ok(
        shapes.HeadsResponse(heads=moved, buckets=mine if other else None), stamp
    )


def buckets(caller: Caller) -> list[str]:
    """Every bucket of the till."""
    return buckets_of(caller.till.till_id, caller.till.store_id, caller.till.region_id)


def look(office: Office) -> Look:
    """Where everything stands, for all who wait."""
    with office.database.read() as connection:
        return Look(meta.incarnation(connection).id, feed.seqs(connection))


def pull(office: Office, caller: Caller, request: Request) -> Answer:
    """`GET pull`."""
    query = query_of(request)
    bucket = _bucket(caller, query)
    after = number_of(query, "after", 0)
    limit = number_of(query, "limit", bodies.PULL_ROWS_DEFAULT, low=1, high=bodies.PULL_ROWS_MAX)
    with office.database.read() as connection:
        page = feed.pull(connection, bucket, after, rows_max=limit, bytes_max=bodies.PULL_BYTES_MAX)
        stamp = stamp_of(connection, caller.till)
    if after < page.floor:
        raise ProblemError(Problem.FLOOR, floor=page.floor)
    head = page.head
    return ok(
        shapes.PullResponse(
            rows=list(page.rows), next=page.next, last=page.last, seq=head.seq, live_rows=head.live_rows,
            checksum=head.checksum,
        ),
        stamp,
    )  # fmt: skip


def verify(office: Office, caller: Caller, request: Request) -> Answer:
    """`GET verify`: slice checksums, or the rows of one slice."""
    query = query_of(request)
    bucket = _bucket(caller, query)
    with office.database.read() as connection:
        stamp = stamp_of(connection, caller.till)
        if "slice" in query:
            number = number_of(query, "slice", 0, high=SLICES - 1)
            head, rows = feed.slice_rows(connection, bucket, number)
            return ok(shapes.SliceResponse(seq=head.seq, n=number, rows=rows), stamp)
        head, parts = feed.slices(connection, bucket)
    return ok(
        shapes.VerifyResponse(seq=head.seq, live_rows=head.live_rows, checksum=head.checksum, slices=parts), stamp
    )


def _bucket(caller: Caller, query: Mapping[str, str]) -> str:
    bucket = query.get("bucket")
    if bucket is None:
        raise _malformed("bucket")
    if not caller.till.reads(bucket):
        raise ProblemError(Problem.FORBIDDEN)
    return bucket


def _writing(office: Office, caller: Caller, work: Callable[[Connection], T]) -> tuple[T, Stamp]:
    """`work` in a write transaction of the incarnation the request was judged against, with the stamp of its end."""

    def whole(connection: Connection) -> tuple[T, Stamp]:
        if meta.incarnation(connection, lock=True).id != caller.incarnation:
            raise ProblemError(Problem.INCARNATION)
        done = work(connection)
        return done, stamp_of(connection, caller.till)

    return office.database.run(whole)


def hold(office: Office, caller: Caller, request: Request) -> Answer:
    """`POST holds`."""
    asked = shaped(request, shapes.HoldRequest, bodies.CALL_BYTES_MAX)
    if (asked.account_id is None) == (asked.coupon_id is None):
        raise ProblemError(Problem.MALFORMED, pointer="/account_id")
    if asked.coupon_id is not None and asked.points != 1:
        raise ProblemError(Problem.MALFORMED, pointer="/points")

    def work(connection: Connection) -> shapes.HoldResponse:
        made = holds.hold(office.book(connection), caller.till, asked)
        office.failpoints.hit(Failpoint.HQ_HOLD_BEFORE_COMMIT)
        return made

    made, stamp = _writing(office, caller, work)
    office.failpoints.hit(Failpoint.HQ_HOLD_AFTER_COMMIT)
    return ok(made, stamp)


def release(office: Office, caller: Caller, request: Request) -> Answer:
    """`DELETE holds/{id}`."""
    hold_id = unquote(request.path.split("/")[3])
    try:
        msgspec.convert({"released": 0, "hold_id": hold_id, "points": 1}, shapes.HoldRequest)
    except msgspec.ValidationError:
        raise ProblemError(Problem.NOT_FOUND) from None
    released, stamp = _writing(
        office, caller, lambda connection: holds.release(office.book(connection), caller.till, hold_id)
    )
    return ok(shapes.ReleaseResponse(released=released), stamp)


def find_members(office: Office, caller: Caller, request: Request) -> Answer:
    """`POST members/find`, with its own rate: nobody shall read the members one by one, whatever worker is asked."""
    asked = shaped(request, shapes.FindRequest, bodies.CALL_BYTES_MAX)
    if (asked.card is None) == (asked.phone is None):
        raise ProblemError(Problem.MALFORMED, pointer="")

    def work(connection: Connection) -> list[shapes.WireRow]:
        wait_s = take(connection, f"find/{caller.till.till_id}", office.limits.finds, office.clock.now_ms())
        if wait_s:
            raise busy(Problem.RATE, wait_s)
        return find.find_members(office.book(connection), caller.till, asked)

    found, stamp = _writing(office, caller, work)
    return ok(shapes.RowsResponse(rows=found), stamp)


def find_receipt(office: Office, caller: Caller, request: Request) -> Answer:
    """`POST receipts/find`."""
    asked = shaped(request, shapes.ReceiptRequest, bodies.CALL_BYTES_MAX)
    found, stamp = _writing(office, caller, lambda connection: find.find_receipt(office.book(connection), asked))
    return ok(shapes.RowsResponse(rows=found), stamp)


def progress(office: Office, caller: Caller, request: Request) -> Answer:
    """`POST progress`: the last report of each till is kept. A week that has begun brings its tills their keys."""
    office.renew_week_keys()
    asked = shaped(request, shapes.ProgressRequest, bodies.CALL_BYTES_MAX)
    report = {
        "till_id": caller.till.till_id,
        "at_ms": office.clock.now_ms(),
        "report": msgspec.json.encode(asked).decode(),
    }
    _, stamp = _writing(office, caller, lambda connection: upsert(connection, PROGRESS, [report]))
    return ok(shapes.Empty(), stamp)


def channel_events(_: Office, __: Caller, ___: Request) -> Answer:
    """`POST channel/events`: channels are registered by an operator; a till is none."""
    raise ProblemError(Problem.FORBIDDEN)


def alive(office: Office) -> Stamp:
    """The stamp of an answer to nobody in particular."""
    with office.database.read() as connection:
        connection.execute(select(1))
        return stamp_of(connection, None)
