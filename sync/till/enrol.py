"""Enrolment: the one unsigned call of a till (wire.md, `POST enrol`)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.errors import ConfigError, SyncError
from sync.protocol.bodies import decoded
from sync.protocol.problems import CONTENT_TYPE, Problem, problem_of
from sync.protocol.shapes import EnrolRequest, EnrolResponse, Former
from sync.protocol.signing import content_digest, identity_proof
from sync.till.transport import ANSWER_BYTES_MAX, JSON_TYPE, PROTO, is_tls

Enrolled = EnrolResponse
"""Who the till is from now on."""

LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
CODES: Mapping[Problem | None, str] = {
    Problem.ENROL_CODE: "enrol_code_refused",
    Problem.RATE: "enrol_too_often",
    Problem.BUSY: "enrol_too_often",
}


@dataclass(frozen=True, slots=True)
class KeyedIdentity:
    """Who this till is or was, and the key that proves it."""

    till_id: str
    epoch: int
    key: Ed25519PrivateKey


def checked_address(url: str) -> str:
    """The address, no slash at its end. ConfigError `enrol_address`, `enrol_address_open` (http to elsewhere)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError("enrol_address") from error
    if (
        not host
        or parts.scheme not in ("https", "http")
        or parts.query
        or parts.fragment
        or parts.username
        or port == 0
    ):
        raise ConfigError("enrol_address")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ConfigError("enrol_address_open", host=host)
    return url.rstrip("/")


def proof_of(identity: KeyedIdentity, public_key: str) -> str:
    """That the key of `identity` belongs to it, in base64: its signature over both and `public_key` (hex)."""
    signed = identity.key.sign(identity_proof(identity.till_id, identity.epoch, public_key))
    return base64.b64encode(signed).decode()


async def enrol(
    http: httpx.AsyncClient, code: str, key: Ed25519PrivateKey, *, hardware: str, former: KeyedIdentity | None
) -> Enrolled:
    """A new identity for a one-time code; asked again with the same code and key, the same one. SyncError."""
    public = key.public_key().public_bytes_raw().hex()
    proof = None
    if former is not None:
        proof = Former(till_id=former.till_id, epoch=former.epoch, proof=proof_of(former, public))
    asked = EnrolRequest(code=code, public_key=public, hardware=hardware, proto=PROTO, former=proof)
    content = msgspec.json.encode(asked)
    headers = {"Content-Type": JSON_TYPE, "Content-Digest": content_digest(content), "Guitai-Proto": str(PROTO)}
    try:
        response = await http.post("/v1/enrol", content=content, headers=headers)
    except httpx.TransportError as error:
        raise SyncError(_lost(error)) from error
    return _answer(response)


def _lost(error: httpx.TransportError) -> str:
    """Only where no connection came about is it certain that head office knows nothing."""
    if is_tls(error):
        return "sync_tls"
    return "enrol_unreachable" if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)) else "enrol_no_answer"


def _answer(response: httpx.Response) -> Enrolled:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    if kind not in (JSON_TYPE, CONTENT_TYPE):
        raise SyncError("sync_not_head_office")
    try:
        if response.status_code == 200:
            body = decoded(response.content, None, ANSWER_BYTES_MAX)
            return msgspec.json.decode(body, type=EnrolResponse)
        problem = problem_of(str(response.json().get("type", "")))
    except (ValueError, AttributeError, msgspec.MsgspecError) as error:
        raise SyncError("sync_not_head_office") from error
    name = problem.value if problem else f"http_{response.status_code}"
    raise SyncError(CODES[problem]) if problem in CODES else SyncError("sync_refused", problem=name)
