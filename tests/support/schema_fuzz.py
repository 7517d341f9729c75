"""Requests made from head office's own OpenAPI document, signed like a till's, and what their answers must be.

schemathesis makes them: half fit the document, half break it. Without help nearly all stop at a 403 or a hash, so every
other one is brought home first: this till's buckets, its stream, its member, events whose hashes follow.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from requests.auth import AuthBase
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.domain.chain import event_hash
from sync.hq.work.channel import NewChannel, register
from sync.protocol.signing import Signable, content_digest, sign
from tests.support.head_office import STORE, HeadOffice
from tests.support.wire_client import NewMember, WireTill, enrol_member, new_id, sell

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
REPORTED = ("cursor_ahead", "not_draining")
REFUSED = 400
"""schemathesis does not know that 410 and 413 refuse too."""


@dataclass
class Signer(AuthBase):
    """Signs a request as it leaves: till and channel each with its own key, enrolments with a digest only."""

    keys: Mapping[str, tuple[str, Ed25519PrivateKey]]

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        parts = urlsplit(request.url or "")
        body = request.body or b""
        digest = content_digest(body.encode("utf-8") if isinstance(body, str) else body)
        request.headers["Content-Digest"] = digest
        request.headers["Accept-Encoding"] = "identity"
        if parts.path == "/v1/enrol":
            return request
        keyid, key = self.keys["channel" if parts.path == "/v1/channel/events" else "till"]
        signable = Signable(request.method or "", parts.path, parts.query, digest)
        made = sign(signable, key=key, keyid=keyid, created_s=time.time_ns() // 1_000_000_000)
        request.headers["Signature-Input"], request.headers["Signature"] = made
        return request


def _whole(value: Any) -> Any:
    """1.0 is an integer to JSON Schema and none to the wire."""
    if isinstance(value, float):
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list) else value


@dataclass
class Fuzz:
    """One head office with a till, a member, a sale and a channel. `told`: how often each call answered what."""

    hq: HeadOffice
    till: WireTill
    member: NewMember
    session: requests.Session
    channel_id: str
    told: Counter[str] = field(default_factory=Counter)

    def run(self, examples: int, seed_no: int) -> None:
        """So many requests of each call, of either kind. schemathesis raises what it found wrong."""
        for found in self._schema().get_all_operations():
            operation = found.ok()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                self._play(operation, mode, examples, seed_no)

    def file_answers(self) -> list[int]:
        """A snapshot file asked for whole, in part, by its mark and beyond its end: each as the document says."""
        while True:  # made in the background
            made = self.till.call("GET", "snapshots/chain")
            if made.status == HTTPStatus.OK:
                break
        bucket_id = {"bucket": "chain", "id": made.value["id"]}
        operation = self._schema()["/v1/snapshots/{bucket}/{id}"]["GET"]
        asked = ({}, {"Range": "bytes=1-5"}, {"If-None-Match": f'"{made.value["sha256"]}"'},
                 {"Range": f"bytes={made.value['bytes']}-"})  # fmt: skip
        return [self._sent(operation.Case(path_parameters=bucket_id, headers=headers)) for headers in asked]

    def faults(self) -> list[str]:
        """What is wrong with head office itself: what made-up `progress` says of a till is none of it."""
        return [one for one in self.hq.faults() if not one.endswith(REPORTED)]

    def _sent(self, case: Any) -> int:
        response = case.call(base_url=self.hq.address, session=self.session, auth=Signer(self._keys()))
        case.validate_response(response, checks=CHECKS)
        return int(response.status_code)

    def _schema(self) -> Any:
        document = self.hq.http.get(f"{self.hq.address}/schema").json()
        for call in [one for path in document["paths"].values() for one in path.values()]:
            call.pop("security", None)  # every request is signed here: leaving that out has tests of its own
        value = document["components"]["schemas"]["Value"]
        value["anyOf"] = [one for one in value["anyOf"] if "$ref" not in str(one)]  # trees take nine tenths of the time
        return schemathesis.openapi.from_dict(document)

    def _play(self, operation: Any, mode: GenerationMode, examples: int, seed_no: int) -> None:
        @seed(seed_no)
        @settings(
            max_examples=examples, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode), home=st.booleans())
        def one(case: Any, home: bool) -> None:
            if mode is GenerationMode.POSITIVE:
                case.body = _whole(case.body)
                if home:
                    self._bring_home(case)
            if case.operation.path == "/v1/heads" and case.query:
                case.query |= {"wait": 0} if isinstance(case.query.get("wait"), int) else {}
            response = case.call(base_url=self.hq.address, session=self.session, auth=Signer(self._keys()))
            self.told[f"{operation.label} {response.status_code}"] += 1
            taken = mode is GenerationMode.NEGATIVE and response.status_code < REFUSED
            case.validate_response(response, checks=[*CHECKS, negative_data_rejection] if taken else CHECKS)

        one()

    def _keys(self) -> Mapping[str, tuple[str, Ed25519PrivateKey]]:
        return {"till": (self.till.till_id, self.till.key), "channel": (self.channel_id, self.till.key)}

    def _bring_home(self, case: Any) -> None:
        """Let a request speak of what is there."""
        for given_in in (case.query, case.path_parameters):
            if given_in and "bucket" in given_in:
                given_in["bucket"] = self.till.buckets[len(str(given_in)) % len(self.till.buckets)]
        if not isinstance(case.body, dict):
            return
        if case.operation.path == "/v1/push":
            self._follow(case.body)
        elif case.operation.path == "/v1/holds" and "account_id" in case.body:
            case.body |= {"account_id": self.member.account_id, "hold_id": new_id()}
        elif case.operation.path == "/v1/members/find":
            case.body = {"card": self.member.card}
        elif case.operation.path == "/v1/enrol":
            case.body["code"] = self.hq.code()

    def _follow(self, body: dict[str, Any]) -> None:
        """A batch whose hashes follow: whatever its events say, they are facts."""
        head = self.till.call("POST", "push", self.till.batch(1, 0)).value
        answered = self.till.call("GET", "heads").value
        body |= {"till_id": self.till.till_id, "epoch": self.till.epoch, "incarnation": head["incarnation"],
                 "base_seq": answered["acked_through"] + 1, "prev_hash": answered["acked_hash"]}  # fmt: skip
        last = str(answered["acked_hash"])
        for event in body["events"]:
            last = event["hash"] = event_hash(last, event["raw"])


@contextmanager
def fuzz_of(hq: HeadOffice) -> Iterator[Fuzz]:
    """Everything ready, closed afterwards."""
    till = hq.till()
    member = enrol_member(till)
    sell(till, 10_000, member)
    till.push()
    now_ms = hq.office.clock.now_ms()
    shop = NewChannel("shop", till.public_key, "online", STORE)
    channel_id = hq.write(lambda connection: register(connection, shop, now_ms))
    with requests.Session() as session:
        session.trust_env = False
        yield Fuzz(hq, till, member, session, channel_id)
