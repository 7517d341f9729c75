"""Sales of another channel in a pair: posted as an online shop posts them, signed, over the real wire."""

from __future__ import annotations

import asyncio
import json

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.clock import ManualClock
from app.domain.chain import Json, canonical
from app.domain.programme.scenario import Result
from app.domain.programme.scenario_file import Do, Step
from app.domain.sale import Line, OrderDiscount, TenderKind
from app.errors import SyncError
from app.ids import uuid7
from app.wiring.pair_office import PairOffice
from sync.hq.work.channel import NewChannel
from sync.till.transport import Identity, Reply, Request, Wire, client
from sync.till.values import Loss

STORE = "store"
OF_A_TILL = (TenderKind.POINTS, TenderKind.STORED_VALUE, TenderKind.GIFT_CARD)


class _Told(msgspec.Struct):
    raw: str


class _Post(msgspec.Struct):
    events: list[_Told]


def is_online(step: Step) -> bool:
    """Whether no till sells this."""
    return step.do is Do.SALE and step.channel != STORE


def can_post(step: Step) -> bool:
    """Whether a channel can say this sale: it names no coupon and no reward, and is paid by its own means."""
    basket = step.basket
    return not (basket.coupons or basket.rewards or any(one.kind in OF_A_TILL for one in basket.tenders))


class PairChannel:
    """One channel of a pair, at one store."""

    def __init__(self, office: PairOffice, clock: ManualClock, channel: str, store: str) -> None:
        self._office, self._clock, self._key = office, clock, Ed25519PrivateKey.generate()
        public_key = self._key.public_key().public_bytes_raw().hex()
        self._channel_id = office.new_channel(NewChannel(channel, public_key, channel, store))

    def sell(self, step: Step, member_id: str | None) -> Result:
        """Post a purchase; the figures head office gave it. SyncError when it was not applied."""
        now_ms = self._clock.now_ms()
        event_id = uuid7(now_ms)
        body: dict[str, Json] = {
            "order_no": event_id,
            "lines": [_line(one) for one in step.basket.lines],
            "tenders": [],
        }
        if step.basket.order_discounts:
            body["order_discounts"] = [_discount(one) for one in step.basket.order_discounts]
        about: dict[str, Json] = {"member_id": member_id} if member_id is not None else {}
        raw = canonical({"event_id": event_id, "type": "purchase", "schema": 1, "at_ms": now_ms, "body": body, **about})
        reply = asyncio.run(self._posted(_Post([_Told(raw)])))
        outcome = (
            "" if isinstance(reply, Loss) or reply.status != 200 else json.loads(reply.body)["results"][0]["outcome"]
        )
        if outcome != "applied":
            raise SyncError("sync_refused", problem=outcome or "none")
        return self._office.purchase(event_id)

    async def _posted(self, body: _Post) -> Reply | Loss:
        async with client(self._office.address, verify=True) as http:
            wire = Wire(http, Identity(self._channel_id, 0, self._key), self._clock)
            return await wire.call(Request("POST", "/channel/events", body=body), None)


def _line(line: Line) -> dict[str, Json]:
    named = {"sku": line.sku, "name": line.name, "category": line.category, "brand": line.brand}
    return {
        **{name: value for name, value in named.items() if value is not None},
        "qty": line.qty,
        "unit_minor": line.unit_minor,
        "discount_minor": line.discount_minor,
        "tax_minor": line.tax_minor,
    }


def _discount(one: OrderDiscount) -> dict[str, Json]:
    off: dict[str, Json] = {"percent": one.percent} if one.percent is not None else {"minor": one.minor or 0}
    return {**off, **({"categories": sorted(one.categories)} if one.categories else {})}
