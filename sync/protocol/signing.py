"""Signed requests: RFC 9421 with Ed25519 over the components of wire.md, RFC 9530 digest of the body as sent."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

CREATED_OFF_MAX_S = 900
CREATED_DIGITS_MAX = 12
_COMPONENTS = '"@method" "@path" "@query" "content-digest"'
_INPUT = re.compile(
    r'sig1=(\("@method" "@path" "@query" "content-digest"( "guitai-seen")?\)'
    r';created=([0-9]{1,12});keyid="([A-Za-z0-9:_.-]{1,64})";alg="ed25519")'
)
_SIGNATURE = re.compile(r"sig1=:([A-Za-z0-9+/]{86}==):")
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


@dataclass(frozen=True, slots=True)
class Signable:
    """What of a request is signed. `path` and `query` exactly as in the request line; `query` without its `?`."""

    method: str
    path: str
    query: str
    content_digest: str
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class SignatureInput:
    """A well-formed `Signature-Input`: `parameters` is the text after `sig1=`."""

    parameters: str
    covers_seen: bool
    created_s: int
    keyid: str


def content_digest(body: bytes) -> str:
    """`sha-256=:…:` over the body as sent, after compression; also over zero bytes."""
    return f"sha-256=:{base64.b64encode(sha256(body).digest()).decode('ascii')}:"


def digest_holds(header: str, body: bytes) -> bool:
    """Whether the header is exactly the digest of these bytes."""
    return _DIGEST.fullmatch(header) is not None and header == content_digest(body)


def signature_base(request: Signable, parameters: str) -> bytes:
    """The signed text: one line per component, joined by LF, none at the end (RFC 9421, 2.5)."""
    lines = [
        f'"@method": {request.method}',
        f'"@path": {request.path}',
        f'"@query": ?{request.query}',
        f'"content-digest": {request.content_digest}',
    ]
    if request.seen is not None:
        lines.append(f'"guitai-seen": {request.seen}')
    lines.append(f'"@signature-params": {parameters}')
    return "\n".join(lines).encode("utf-8")


def sign(request: Signable, *, key: Ed25519PrivateKey, keyid: str, created_s: int) -> tuple[str, str]:
    """The values of `Signature-Input` and `Signature`."""
    seen = ' "guitai-seen"' if request.seen is not None else ""
    parameters = f'({_COMPONENTS}{seen});created={created_s};keyid="{keyid}";alg="ed25519"'
    signature = key.sign(signature_base(request, parameters))
    return f"sig1={parameters}", f"sig1=:{base64.b64encode(signature).decode('ascii')}:"


def read_input(header: str) -> SignatureInput | None:
    """The parts of a `Signature-Input` of exactly the agreed form, else None."""
    match = _INPUT.fullmatch(header)
    if match is None:
        return None
    return SignatureInput(match[1], match[2] is not None, int(match[3]), match[4])


def read_signature(header: str) -> bytes | None:
    """The 64 bytes of a `Signature` of exactly the agreed form, else None."""
    match = _SIGNATURE.fullmatch(header)
    if match is None:
        return None
    try:
        return base64.b64decode(match[1], validate=True)
    except binascii.Error:
        return None


def verifies(public_key_hex: str, signature: bytes, signed: bytes) -> bool:
    """Whether `signature` over `signed` was made by the key (RFC 8032). False for a malformed key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key_hex)).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def identity_proof(till_id: str, epoch: int, public_key_hex: str) -> bytes:
    """What proves a former identity or a new key: the UTF-8 of `till_id/epoch/public_key`."""
    return f"{till_id}/{epoch}/{public_key_hex}".encode()
