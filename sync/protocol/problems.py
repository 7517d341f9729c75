"""Problems of wire.md: name → status and title. Programs read the name only (RFC 9457 `type` = `/problems/<name>`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "/problems/"


class Problem(StrEnum):
    MALFORMED = "malformed"
    DIGEST = "digest"
    SIGNATURE = "signature"
    CREATED = "created"
    UNKNOWN_TILL = "unknown_till"
    ENROL_CODE = "enrol_code"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD = "method"
    GAP = "gap"
    FORK = "fork"
    REENROL = "reenrol"
    INCARNATION = "incarnation"
    INSUFFICIENT = "insufficient"
    HOLD_CLOSED = "hold_closed"
    HOLD_REUSED = "hold_reused"
    MEMBER_BLOCKED = "member_blocked"
    FLOOR = "floor"
    SNAPSHOT = "snapshot"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    PROTO = "proto"
    HASH = "hash"
    RATE = "rate"
    INTERNAL = "internal"
    BUSY = "busy"


STATUS: Mapping[Problem, int] = {
    Problem.MALFORMED: 400,
    Problem.DIGEST: 400,
    Problem.SIGNATURE: 401,
    Problem.CREATED: 401,
    Problem.UNKNOWN_TILL: 401,
    Problem.ENROL_CODE: 403,
    Problem.FORBIDDEN: 403,
    Problem.NOT_FOUND: 404,
    Problem.METHOD: 405,
    Problem.GAP: 409,
    Problem.FORK: 409,
    Problem.REENROL: 409,
    Problem.INCARNATION: 409,
    Problem.INSUFFICIENT: 409,
    Problem.HOLD_CLOSED: 409,
    Problem.HOLD_REUSED: 409,
    Problem.MEMBER_BLOCKED: 409,
    Problem.FLOOR: 410,
    Problem.SNAPSHOT: 410,
    Problem.TOO_LARGE: 413,
    Problem.ENCODING: 415,
    Problem.HASH: 422,
    Problem.PROTO: 426,
    Problem.RATE: 429,
    Problem.INTERNAL: 500,
    Problem.BUSY: 503,
}

TITLE: Mapping[Problem, str] = {
    Problem.MALFORMED: "The request has the wrong shape",
    Problem.DIGEST: "The body is not what Content-Digest says",
    Problem.SIGNATURE: "The signature is missing or wrong",
    Problem.CREATED: "The signature's time is too far from head office's clock",
    Problem.UNKNOWN_TILL: "This till was never enrolled here",
    Problem.ENROL_CODE: "The enrolment code is unknown, expired or used",
    Problem.FORBIDDEN: "This belongs to another till",
    Problem.NOT_FOUND: "Not found",
    Problem.METHOD: "This path has no such method",
    Problem.GAP: "Events before this batch are missing",
    Problem.FORK: "Two histories under one identity",
    Problem.REENROL: "This identity is closed",
    Problem.INCARNATION: "Head office has a new incarnation",
    Problem.INSUFFICIENT: "Not enough is available",
    Problem.HOLD_CLOSED: "This hold was closed earlier",
    Problem.HOLD_REUSED: "This hold id was used for something else",
    Problem.MEMBER_BLOCKED: "The member is blocked",
    Problem.FLOOR: "Older rows were purged",
    Problem.SNAPSHOT: "This snapshot is no longer served",
    Problem.TOO_LARGE: "The request is too large",
    Problem.ENCODING: "The encoding is not zstd as agreed",
    Problem.PROTO: "The till must be updated",
    Problem.HASH: "An event's hash does not follow",
    Problem.RATE: "Too many requests",
    Problem.INTERNAL: "Head office failed",
    Problem.BUSY: "Head office is busy",
}


def type_of(problem: Problem) -> str:
    """`/problems/<name>`."""
    return TYPE_PREFIX + problem.value


def problem_of(type_uri: str) -> Problem | None:
    """The problem a `type` names; None for one this version does not know."""
    name = type_uri.removeprefix(TYPE_PREFIX)
    return Problem(name) if name in Problem.__members__.values() else None
