"""A client of `/v1` written from the wire's description alone: it imports nothing of ours.

What it shares with head office is only the page both were written from, so a misreading on one side shows as a
difference here. Its bytes, hashes, signatures and checksums are its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ZEROS = "0" * 64
PREFIX = "/v1"
VERSION_MEMBERS = {
    "incarnation_no": "Guitai-Incarnation-No", "incarnation": "Guitai-Incarnation", "life": "Guitai-Life",
    "server_ms": "Guitai-Server-Ms", "proto_min": "Guitai-Proto-Min", "proto_max": "Guitai-Proto-Max",
    "next_after_ms": "Guitai-Next-After-Ms",
}  # fmt: skip


def canonical(value: object) -> str:
    """RFC 8785 for what the wire allows: sorted ASCII keys, no spaces, only the escapes JSON needs."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def chain_hash(previous: str, raw: str) -> str:
    """BLAKE2b, digest length 32, over the previous hash's bytes and the text's bytes."""
    return hashlib.blake2b(bytes.fromhex(previous) + raw.encode(), digest_size=32).hexdigest()


def short(text: str) -> bytes:
    """BLAKE2b, digest length 8: `h`, checksums, slices."""
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def checksum(rows: list[dict[str, Any]]) -> str:
    """The sum of the live rows' h, modulo 2⁶⁴, as 16 hex digits."""
    return f"{sum(int.from_bytes(short(one['raw']), 'big') for one in rows if 'raw' in one) % 2**64:016x}"


def uuid7() -> str:
    """Time first, then chance (RFC 9562)."""
    import os

    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: httpx.Headers
    value: dict[str, Any]
    content: bytes

    @property
    def problem(self) -> str:
        """The name of the problem, or "" where it is none."""
        return str(self.value["type"]).removeprefix("/problems/") if "type" in self.value else ""

    def __getitem__(self, name: str) -> Any:
        return self.value[name]


@dataclass
class Bent:
    """What a request does otherwise than the page says; None leaves it right."""

    created: int | None = None
    key: Ed25519PrivateKey | None = None
    keyid: str | None = None
    digest: str | None = None
    seen: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    content: bytes | None = None
    zstd: bool = False
    signed_target: str | None = None


RIGHT = Bent()


@dataclass
class Outsider:
    """Somebody who may speak `/v1`: a till's identity, its chain, and what it saw of head office."""

    address: str
    http: httpx.Client
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    till_id: str = ""
    epoch: int = 0
    home: dict[str, Any] = field(default_factory=dict)
    seen: str = ""
    incarnation: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)  # the wire form of all, by seq

    @property
    def public_key(self) -> str:
        return self.key.public_key().public_bytes_raw().hex()

    def call(self, method: str, target: str, body: object = None, bent: Bent = RIGHT) -> Answer:
        """One signed request; `target` is path and query under `/v1`, as it stands in the request line."""
        content = bent.content
        if content is None:
            content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Guitai-Proto": "1", "Accept-Encoding": "identity"}
        if content:
            headers["Content-Type"] = "application/json"
        if bent.zstd:
            content = zstandard.compress(content)
            headers["Content-Encoding"] = "zstd"
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        headers["Content-Digest"] = bent.digest or f"sha-256=:{digest}:"
        if bent.seen is not None or self.seen:
            headers["Guitai-Seen"] = self.seen if bent.seen is None else bent.seen
        headers.update(self._signed(method, bent.signed_target or PREFIX + target, headers, bent))
        headers.update(bent.headers)
        for name in bent.without:
            headers.pop(name, None)
        return self.send(method, PREFIX + target, content, headers)

    def _signed(self, method: str, target: str, headers: Mapping[str, str], bent: Bent) -> dict[str, str]:
        path, mark, query = target.partition("?")
        parts = {"@method": method, "@path": path, "@query": f"?{query}" if mark else "?"}
        parts["content-digest"] = headers["Content-Digest"]
        if "Guitai-Seen" in headers and "Guitai-Seen" not in bent.without:
            parts["guitai-seen"] = headers["Guitai-Seen"]
        names = " ".join(f'"{name}"' for name in parts)
        created = int(time.time()) if bent.created is None else bent.created
        keyid = self.till_id if bent.keyid is None else bent.keyid
        params = f'({names});created={created};keyid="{keyid}";alg="ed25519"'
        text = "\n".join([f'"{name}": {value}' for name, value in parts.items()] + [f'"@signature-params": {params}'])
        signature = base64.b64encode((bent.key or self.key).sign(text.encode())).decode()
        return {"Signature-Input": f"sig1={params}", "Signature": f"sig1=:{signature}:"}

    def send(self, method: str, target: str, content: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send as it stands: the target is neither quoted nor normalised on the way."""
        url = httpx.URL(self.address).copy_with(raw_path=target.encode())
        got = self.http.send(self.http.build_request(method, url, content=content, headers=dict(headers or {})))
        body = got.content
        kind = got.headers.get("Content-Type", "")
        value = (
            json.loads(body)
            if body and kind.partition(";")[0] in ("application/json", "application/problem+json")
            else {}
        )
        answer = Answer(got.status_code, got.headers, value, body)
        if "incarnation_no" in answer.value:
            self.seen = f"{answer['incarnation_no']};{answer['incarnation']};{answer['life']}"
            self.incarnation = answer["incarnation"]
        return answer

    def enrol(self, code: str, **more: object) -> Answer:
        """Give the code; on success this is that till."""
        body = {"code": code, "public_key": self.public_key, "hardware": "outsider", "proto": 1, **more}
        content = json.dumps(body).encode()
        answer = self.send("POST", f"{PREFIX}/enrol", content, self.unsigned(content))
        if answer.status == 200:
            self.till_id, self.epoch, self.home = answer["till_id"], answer["epoch"], answer.value
            self.events = []
        return answer

    def unsigned(self, content: bytes) -> dict[str, str]:
        """The headers every request has, without a signature."""
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        return {"Guitai-Proto": "1", "Content-Digest": f"sha-256=:{digest}:", "Content-Type": "application/json"}

    # --- the chain

    def write(self, kind: str, body: Mapping[str, object], *, attachments: object = None, **envelope: object) -> str:
        """One more event on the chain, not sent yet; its event_id."""
        value: dict[str, object] = {
            "seq": len(self.events) + 1, "event_id": uuid7(), "type": kind, "schema": 1,
            "at_ms": int(time.time() * 1000), "offset_ms": 0, "offset_age_s": -1, "body": body, **envelope,
        }  # fmt: skip
        self.write_raw(canonical({name: one for name, one in value.items() if one is not None}), attachments)
        return str(value["event_id"])

    def write_raw(self, raw: str, attachments: object = None) -> None:
        event: dict[str, Any] = {"raw": raw, "hash": chain_hash(self.hash_at(len(self.events)), raw)}
        if attachments is not None:
            event["attachments"] = attachments
        self.events.append(event)

    def hash_at(self, seq: int) -> str:
        return str(self.events[seq - 1]["hash"]) if seq else ZEROS

    def batch(self, base_seq: int, until: int | None = None, **other: object) -> dict[str, Any]:
        events = self.events[base_seq - 1 : until]
        return {"till_id": self.till_id, "epoch": self.epoch, "incarnation": self.incarnation, "base_seq": base_seq,
                "prev_hash": self.hash_at(base_seq - 1), "events": events, **other}  # fmt: skip

    def push(self, base_seq: int = 1, until: int | None = None, bent: Bent = RIGHT, **other: object) -> Answer:
        return self.call("POST", "/push", self.batch(base_seq, until, **other), bent)

    def push_new(self, count: int) -> list[dict[str, Any]]:
        """Push the last `count` events; their results, one for each."""
        answer = self.push(len(self.events) - count + 1)
        assert answer.status == 200, answer.value
        assert answer["acked_through"] == len(self.events), answer.value
        assert answer["acked_hash"] == self.hash_at(len(self.events))
        return list(answer["results"])

    # --- the feed

    def pull(self, bucket: str, after: int = 0, limit: int = 1000) -> Answer:
        return self.call("GET", f"/pull?bucket={bucket}&after={after}&limit={limit}")

    def bucket(self, bucket: str, limit: int = 1000) -> dict[tuple[str, str], dict[str, Any]]:
        """All live rows of a bucket, checked against its checksum on the last page."""
        held: dict[tuple[str, str], dict[str, Any]] = {}
        after = 0
        while True:
            page = self.pull(bucket, after, limit)
            assert page.status == 200, page.value
            after = take(held, page.value, after)
            if page["last"]:
                assert (len(held), checksum(list(held.values()))) == (page["live_rows"], page["checksum"])
                return held

    def everything(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The fields of every live row in this till's buckets: kind → id → fields."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for one in self.call("GET", "/heads")["heads"]:
            for (kind, row_id), row in self.bucket(one["id"]).items():
                found.setdefault(kind, {})[row_id] = json.loads(row["raw"])
        return found


def take(held: dict[tuple[str, str], dict[str, Any]], page: Mapping[str, Any], after: int) -> int:
    """Apply a page of a feed, checking each row; the next `after`."""
    last = after
    for row in page["rows"]:
        assert last < row["row_seq"] <= page["seq"], "ascending, each once, not beyond the head"
        last = row["row_seq"]
        if row.get("deleted"):
            assert "raw" not in row
            assert "h" not in row
            held.pop((row["kind"], row["id"]), None)
            continue
        fields = json.loads(row["raw"])
        assert canonical(fields) == row["raw"]
        assert [fields[name] for name in ("kind", "id", "ver")] == [row["kind"], row["id"], row["ver"]]
        assert short(row["raw"]).hex() == row["h"]
        held[row["kind"], row["id"]] = row
    assert page["next"] == (page["seq"] if page["last"] else last)
    return int(page["next"])
