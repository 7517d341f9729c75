"""Calls a cashier waits for: holds and finding a member at head office. Short time limits; nothing is applied here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from app.errors import SyncError
from sync.protocol import shapes
from sync.protocol.problems import Problem
from sync.protocol.seen import Seen
from sync.till.transport import Reply, Request, Wire, decode, problem_name
from sync.till.values import Loss

CASHIER_WAITS_S = 8.0
HOLD_CODES: Mapping[Problem, str] = {
    Problem.INSUFFICIENT: "hold_insufficient",
    Problem.HOLD_CLOSED: "hold_closed",
    Problem.HOLD_REUSED: "hold_closed",
    Problem.MEMBER_BLOCKED: "member_blocked",
}
LOST: Mapping[Loss, str] = {
    Loss.UNREACHABLE: "sync_unreachable",
    Loss.TIMEOUT: "sync_timeout",
    Loss.TLS: "sync_tls",
    Loss.NOT_HEAD_OFFICE: "sync_not_head_office",
}


class SideCalls:
    """Requests beside the machine's exchange: they move no cursor and no ack."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def command(self, name: str, given: Mapping[str, Any], seen: Seen | None) -> Mapping[str, Any]:
        """`hold` {hold_id, account_id | coupon_id, points}, `release` {hold_id}, `fetch_member` {card | phone},
        `find_receipt` {receipt_no, event_id, total_minor, points, mac}.

        SyncError.
        """
        try:
            match name:
                case "hold":
                    held = shapes.HoldRequest(
                        hold_id=given["hold_id"],
                        account_id=given.get("account_id"),
                        coupon_id=given.get("coupon_id"),
                        points=given["points"],
                    )
                    found = decode(await self._sent("POST", "/holds", held, seen), shapes.HoldResponse)
                    return {"held": found.held, "available": found.available}
                case "release":
                    body = await self._sent("DELETE", f"/holds/{given['hold_id']}", None, seen)
                    return {"released": decode(body, shapes.ReleaseResponse).released}
                case "fetch_member":
                    wanted = shapes.FindRequest(card=given.get("card"), phone=given.get("phone"))
                    rows = decode(await self._sent("POST", "/members/find", wanted, seen), shapes.RowsResponse).rows
                    return {"rows": [{"kind": row.kind, "raw": row.raw} for row in rows if row.raw is not None]}
                case "find_receipt":
                    sold = shapes.ReceiptRequest(
                        receipt_no=given["receipt_no"],
                        event_id=given["event_id"],
                        total_minor=given["total_minor"],
                        points=given["points"],
                        mac=given["mac"],
                    )
                    rows = decode(await self._sent("POST", "/receipts/find", sold, seen), shapes.RowsResponse).rows
                    return {"rows": [row.raw for row in rows if row.raw is not None]}
        except (KeyError, msgspec.MsgspecError) as error:
            raise SyncError("sync_not_head_office") from error
        raise SyncError("sync_command", name=name)

    async def _sent(self, method: str, path: str, body: msgspec.Struct | None, seen: Seen | None) -> bytes:
        reply = await self._wire.call(Request(method, path, body=body, timeout_s=CASHIER_WAITS_S), seen)
        if isinstance(reply, Loss):
            raise SyncError(LOST[reply])
        if reply.status != 200:
            raise refusal(reply)
        return reply.body


def refusal(reply: Reply) -> SyncError:
    """Head office's no as one of our codes."""
    problem = problem_name(reply)
    if problem is not None and problem in HOLD_CODES:
        available = reply.members.get("available")
        facts = {"available": available} if isinstance(available, int) else {}
        return SyncError(HOLD_CODES[problem], **facts)
    return SyncError("sync_refused", problem=problem.value if problem else f"http_{reply.status}")
