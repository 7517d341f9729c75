"""An online shop as the wire sees it: a key, signed events, and what head office says of them."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from app.domain.chain import canonical, pii_hash
from sync.hq.work.channel import NewChannel, register
from tests.support.head_office import STORE, HeadOffice
from tests.support.wire_client import Answered, WireTill, new_id

CASH = [{"kind": "card", "minor": 10_000}]


def said(answer: Answered) -> list[str]:
    """Outcome and code of each event."""
    return [" ".join(filter(None, (one["outcome"], one.get("code")))) for one in answer.value["results"]]


def line(minor: int = 10_000, qty: int = 1, **more: Any) -> dict[str, Any]:
    """A line of a basket."""
    return {"sku": "T-1", "name": "茶", "category": "tea", "qty": qty, "unit_minor": minor, "discount_minor": 0,
            "tax_minor": 0, **more}  # fmt: skip


def event(kind: str, body: dict[str, Any], **envelope: Any) -> dict[str, Any]:
    """An event as it is posted; its id is `event_id` of its raw."""
    now_ms = time.time_ns() // 1_000_000
    attachments = envelope.pop("attachments", None)
    raw = canonical({"event_id": new_id(), "type": kind, "schema": 1, "at_ms": now_ms, "body": body, **envelope})
    return {"raw": raw, **({"attachments": attachments} if attachments else {})}


def id_of(told: dict[str, Any]) -> str:
    found: str = json.loads(told["raw"])["event_id"]
    return found


def purchase(*lines: dict[str, Any], order_no: str = "N-1", tenders: Any = (), **envelope: Any) -> dict[str, Any]:
    body = {"order_no": order_no, "lines": list(lines) or [line()], "tenders": list(tenders)}
    return event("purchase", body, **envelope)


def back(of: str, qty: int = 1, **envelope: Any) -> dict[str, Any]:
    return event("return", {"of": of, "lines": [{"line": 0, "qty": qty}]}, **envelope)


def registration(name: str = "李网购", *, purposes: tuple[str, ...] = ("service",), **envelope: Any) -> dict[str, Any]:
    salt, ref = secrets.token_hex(32), new_id()
    pii = canonical({"name": name, "phone": "+8613900001111"})
    body = {
        "consents": [{"purpose": one, "given": True} for one in purposes], "notice_version": 2, "pii_ref": ref,
        "pii_hash": pii_hash(salt, pii),
    }  # fmt: skip
    return event("registration", body, attachments=[{"pii_ref": ref, "salt": salt, "pii": pii}], **envelope)


@dataclass
class Shop:
    """A registered channel. `signer` holds its id as a till would."""

    signer: WireTill

    @property
    def channel_id(self) -> str:
        return self.signer.till_id

    def tell(self, *events: dict[str, Any]) -> Answered:
        return self.signer.call("POST", "channel/events", {"events": list(events)})

    def told(self, *events: dict[str, Any]) -> list[str]:
        """What became of events that head office took."""
        answer = self.tell(*events)
        assert answer.status == 200, answer.value
        return said(answer)


def shop_of(hq: HeadOffice, *, channel: str = "online", store_id: str = STORE) -> Shop:
    signer = hq.stranger()
    new = NewChannel("网店", signer.public_key, channel, store_id)
    now_ms = hq.office.clock.now_ms()
    signer.till_id = hq.write(lambda connection: register(connection, new, now_ms))
    return Shop(signer)
