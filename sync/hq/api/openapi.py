"""OpenAPI 3.1 of `/v1`, drawn from the shapes themselves; served at /schema."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec

from sync.protocol import shapes
from sync.protocol.problems import CONTENT_TYPE, STATUS, TITLE

VERSION_FIELDS: Final = {
    "incarnation_no": {"type": "integer", "minimum": 1},
    "incarnation": {"type": "string"},
    "life": {"type": "string"},
    "server_ms": {"type": "integer"},
    "proto_min": {"type": "integer"},
    "proto_max": {"type": "integer"},
    "next_after_ms": {"type": "integer", "minimum": 0, "maximum": 900_000},
    "acked_through": {"type": "integer"},
    "acked_hash": {"type": "string"},
    "till_seq": {"type": "integer"},
}
ALWAYS: Final = ("incarnation_no", "incarnation", "life", "server_ms", "proto_min", "proto_max", "next_after_ms")


@dataclass(frozen=True, slots=True)
class _Call:
    """`query`: name → (schema, required)."""

    method: str
    path: str
    summary: str
    asks: type[msgspec.Struct] | None
    tells: type[msgspec.Struct]
    query: tuple[tuple[str, dict[str, Any], bool], ...] = ()


_BUCKET: Final = ("bucket", {"type": "string"}, True)
_INT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
_CALLS: Final = (
    _Call("post", "/v1/enrol", "Enrol a till with a one-time code", shapes.EnrolRequest, shapes.EnrolResponse),
    _Call("post", "/v1/push", "Push events", shapes.PushRequest, shapes.PushResponse),
    _Call("get", "/v1/heads", "Buckets that moved", None, shapes.HeadsResponse,
          (("since", {"type": "string"}, False), ("wait", {**_INT, "maximum": 25}, False))),
    _Call("get", "/v1/pull", "Rows of a bucket after a cursor", None, shapes.PullResponse,
          (_BUCKET, ("after", _INT, False), ("limit", {"type": "integer", "minimum": 1, "maximum": 5000}, False))),
    _Call("get", "/v1/snapshots/{bucket}", "The newest snapshot of a bucket", None, shapes.Snapshot),
    _Call("post", "/v1/holds", "Hold points or a coupon", shapes.HoldRequest, shapes.HoldResponse),
    _Call("delete", "/v1/holds/{id}", "Give a hold up", None, shapes.ReleaseResponse),
    _Call("post", "/v1/members/find", "Find a member by card or phone", shapes.FindRequest, shapes.RowsResponse),
    _Call("post", "/v1/receipts/find", "Find another store's sale", shapes.ReceiptRequest, shapes.RowsResponse),
    _Call("post", "/v1/progress", "Report cursors and health", shapes.ProgressRequest, shapes.Empty),
    _Call("get", "/v1/verify", "Slice checksums, or the rows of one slice", None, shapes.VerifyResponse,
          (_BUCKET, ("slice", {**_INT, "maximum": 255}, False))),
    _Call("post", "/v1/channel/events", "Events of online shops", shapes.ChannelRequest, shapes.ChannelResponse),
)  # fmt: skip


@cache
def document() -> bytes:
    """The whole document as JSON."""
    types = [one for call in _CALLS for one in (call.asks, call.tells) if one is not None]
    schemas, parts = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    known = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for call in _CALLS:
        paths.setdefault(call.path, {})[call.method] = _operation(call, known)
    parts["Version"] = {"type": "object", "properties": VERSION_FIELDS, "required": list(ALWAYS)}
    parts["Problem"] = {
        "type": "object",
        "properties": {"type": {"enum": [f"/problems/{name}" for name in STATUS]}, "title": {"type": "string"},
                       "status": {"type": "integer"}, "detail": {"type": "string"}},
        "required": ["type", "title", "status"],
    }  # fmt: skip
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Guitai head office", "version": "1"},
            "paths": paths,
            "components": {
                "schemas": parts,
                "securitySchemes": {"signature": {"type": "apiKey", "in": "header", "name": "Signature"}},
            },
        }
    )


def _operation(call: _Call, known: dict[type[msgspec.Struct], dict[str, Any]]) -> dict[str, Any]:
    version = {"$ref": "#/components/schemas/Version"}
    found: dict[str, Any] = {
        "summary": call.summary,
        "parameters": [
            {"name": name, "in": "query", "schema": schema, "required": needed} for name, schema, needed in call.query
        ],
        "responses": {
            "200": {
                "description": "Done",
                "content": {"application/json": {"schema": {"allOf": [known[call.tells], version]}}},
            },
            "default": {
                "description": "; ".join(f"{STATUS[name]} {name.value}: {TITLE[name]}" for name in STATUS),
                "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    for name in [part[1:-1] for part in call.path.split("/") if part.startswith("{")]:
        found["parameters"].append({"name": name, "in": "path", "schema": {"type": "string"}, "required": True})
    if call.asks is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": known[call.asks]}}}
    if call.path != "/v1/enrol":
        found["security"] = [{"signature": []}]
    return found
