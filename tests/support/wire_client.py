"""A till as the wire sees it: keys, a chain of events, signed requests. For tests; nothing is kept on disk."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.chain import HASH_ZERO, canonical, event_hash, pii_hash
from app.ids import uuid7
from sync.protocol.signing import Signable, content_digest, sign

PROGRAMME = "demo:1"


def new_id() -> str:
    return uuid7(time.time_ns() // 1_000_000)


@dataclass
class Answered:
    """A status and its JSON."""

    status: int
    value: dict[str, Any]
    headers: httpx.Headers

    @property
    def problem(self) -> str:
        return str(self.value.get("type", "")).removeprefix("/problems/")


@dataclass
class WireTill:
    """One identity. `events`: what it wrote so far, sealed; nothing is sent by itself."""

    address: str
    http: httpx.Client
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    till_id: str = ""
    epoch: int = 0
    store_id: str = ""
    region_id: str = ""
    incarnation: str = ""
    buckets: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    head: str = HASH_ZERO
    now_ms: Callable[[], int] = field(default=lambda: time.time_ns() // 1_000_000)

    @property
    def public_key(self) -> str:
        return self.key.public_key().public_bytes_raw().hex()

    def enrol(self, code: str, **more: Any) -> Answered:
        body = {"code": code, "public_key": self.public_key, "hardware": "test", "proto": 1, **more}
        raw = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Content-Digest": content_digest(raw)}
        answered = self._sent(self.http.post(f"{self.address}/v1/enrol", content=raw, headers=headers))
        if answered.status == 200:
            value = answered.value
            self.till_id, self.epoch, self.store_id = value["till_id"], value["epoch"], value["store_id"]
            self.region_id, self.buckets, self.incarnation = value["region_id"], value["buckets"], value["incarnation"]
        return answered

    def call(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        seen: str | None = None,
        headers: Mapping[str, str] | None = None,
        drop: Sequence[str] = (),
        zstd: bool = False,
        created_s: int | None = None,
        key: Ed25519PrivateKey | None = None,
    ) -> Answered:
        """A signed request; what is sent can be bent for the tests of refusals."""
        sent = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        given: dict[str, str] = {}
        if sent:
            given["Content-Type"] = "application/json"
        if zstd:
            sent = zstandard.ZstdCompressor().compress(sent)
            given["Content-Encoding"] = "zstd"
        path, _, query = f"/v1/{target}".partition("?")
        digest = content_digest(sent)
        request = Signable(method, path, query, digest, seen)
        signed_input, signature = sign(
            request, key=key or self.key, keyid=self.till_id, created_s=created_s or self.now_ms() // 1_000
        )
        given |= {"Content-Digest": digest, "Signature-Input": signed_input, "Signature": signature}
        if seen is not None:
            given["Guitai-Seen"] = seen
        given |= headers or {}
        for name in drop:
            given.pop(name)
        return self._sent(self.http.request(method, f"{self.address}/v1/{target}", content=sent, headers=given))

    def signed_request(self, method: str, target: str) -> bytes:
        """A request without a body as the bytes of HTTP/1.1, for a test that minds when they leave."""
        path, _, query = f"/v1/{target}".partition("?")
        digest = content_digest(b"")
        given, signature = sign(
            Signable(method, path, query, digest, None),
            key=self.key, keyid=self.till_id, created_s=self.now_ms() // 1_000,
        )  # fmt: skip
        lines = (
            f"{method} /v1/{target} HTTP/1.1", "Host: localhost", f"Content-Digest: {digest}",
            f"Signature-Input: {given}", f"Signature: {signature}", "", "",
        )  # fmt: skip
        return "\r\n".join(lines).encode("ascii")

    def _sent(self, response: httpx.Response) -> Answered:
        return Answered(response.status_code, response.json() if response.content else {}, response.headers)

    def write(self, kind: str, body: Mapping[str, Any], **envelope: Any) -> dict[str, Any]:
        """The next event of the chain, as push sends it; `event_id` in its answer for the test."""
        event_id = envelope.pop("event_id", None) or new_id()
        attachments = envelope.pop("attachments", None)
        value = {
            "seq": len(self.events) + 1, "event_id": event_id, "type": kind, "schema": 1,
            "at_ms": self.now_ms(), "offset_ms": 0, "offset_age_s": 5, "body": dict(body), **envelope,
        }  # fmt: skip
        return self.write_raw(canonical(value), attachments) | {"event_id": event_id}

    def write_raw(self, raw: str, attachments: Any = None) -> dict[str, Any]:
        self.head = event_hash(self.head, raw)
        sealed: dict[str, Any] = {"raw": raw, "hash": self.head}
        if attachments:
            sealed["attachments"] = attachments
        self.events.append(sealed)
        return dict(sealed)

    def batch(self, first: int = 1, last: int | None = None, **changes: Any) -> dict[str, Any]:
        """A push of events first…last."""
        last = len(self.events) if last is None else last
        return {
            "till_id": self.till_id, "epoch": self.epoch, "incarnation": self.incarnation, "base_seq": first,
            "prev_hash": self.events[first - 2]["hash"] if first > 1 else HASH_ZERO,
            "events": self.events[first - 1 : last], **changes,
        }  # fmt: skip

    def push(self, first: int = 1, last: int | None = None, **changes: Any) -> Answered:
        return self.call("POST", "push", self.batch(first, last, **changes))

    def pull_all(self, bucket: str, limit: int = 1000) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Every row of a bucket from 0, and the last page."""
        rows: list[dict[str, Any]] = []
        after = 0
        while True:
            page = self.call("GET", f"pull?bucket={bucket}&after={after}&limit={limit}").value
            rows += page["rows"]
            after = page["next"]
            if page["last"]:
                return rows, page

    def rows(self, kind: str) -> dict[str, dict[str, Any]]:
        """The live rows of a kind over all buckets of this till, by id, as their raw says."""
        heads = self.call("GET", "heads").value["heads"]
        found: dict[str, dict[str, Any]] = {}
        for head in heads:
            for row in self.pull_all(head["id"])[0]:
                if row["kind"] == kind and "raw" in row:
                    found[row["id"]] = json.loads(row["raw"])
        return found


@dataclass(frozen=True)
class NewMember:
    """Ids of a member a test enrols."""

    member_id: str
    account_id: str
    card: str


BASIS = {"programme": PROGRAMME, "tags": [], "segments": [], "counters": {}}


def enrol_member(till: WireTill, name: str = "张小凡", phone: str = "+8613800001234", **fields: Any) -> NewMember:
    """Write an enrolment with its personal data."""
    salt = secrets.token_hex(32)
    member = NewMember(new_id(), new_id(), f"88{secrets.randbelow(10**11):011d}")
    pii = canonical({"name": name, "phone": phone, **fields})
    ref = new_id()
    till.write(
        "enrolment",
        {
            "member_no": f"{secrets.randbelow(10**9)}", "card": member.card,
            "accounts": [{"account_id": member.account_id, "account_kind": "points"}], "home_store_id": till.store_id,
            "enrolled_on": "2026-01-05", "notice_version": 1, "consents": [{"purpose": "service", "given": True}],
            "pii_ref": ref, "pii_hash": pii_hash(salt, pii), "staff_id": "1001",
        },
        member_id=member.member_id,
        attachments=[{"pii_ref": ref, "salt": salt, "pii": pii}],
    )  # fmt: skip
    return member


def sell(
    till: WireTill, minor: int, member: NewMember | None = None, *, earned: int | None = None, **changes: Any
) -> dict[str, Any]:
    """Write a sale of one line paid in cash: a point a yuan with the demo programme."""
    points = (minor // 100 if member else 0) if earned is None else earned
    because = [{"rule": "base", "line": 0, "points": points}] if points else []
    body = {
        "shift_id": "shift-1", "receipt_no": f"S027-2-{len(till.events):06d}", "staff_id": "1001",
        "business_on": "2026-01-06", "currency": "CNY",
        "lines": [{"sku": "A1", "name": "茶", "category": "tea", "qty": 1, "unit_minor": minor, "discount_minor": 0,
                   "tax_minor": 0}],
        "tenders": [{"kind": "cash", "minor": minor}],
        "result": {"payable_minor": minor, "earned": points, "to_follow": 0, "redeemed": 0, "because": because},
        **changes.pop("body", {}),
    }  # fmt: skip
    envelope: dict[str, Any] = {"basis": BASIS, **changes}
    if member is not None and "card" not in envelope:
        envelope["member_id"] = member.member_id
    return till.write("sale", body, **envelope)
