"""OpenAPI 3.1 of `/v1`, drawn from the shapes themselves; served at /schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec

from app.domain.chain import INT_MAX
from sync.hq.api.http import FILE_TYPE, JSON_TYPE, version_header
from sync.protocol import shapes
from sync.protocol.problems import CONTENT_TYPE, STATUS, TITLE, Problem, type_of
from sync.protocol.values import BUCKET, UUID7

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
OF_THE_TILL: Final = ("acked_through", "acked_hash", "till_seq")
"""Where a till was authenticated."""
PROBLEM_MEMBERS: Final[dict[str, Any]] = {
    "type": {"enum": [type_of(name) for name in Problem]},
    "title": {"type": "string"},
    "status": {"enum": sorted(set(STATUS.values()))},
    "detail": {"type": "string"},
    "pointer": {"type": "string", "pattern": "^(/.*)?$"},
    **{name: {"type": "integer"} for name in ("expected_seq", "seq", "available", "floor", "events_max", "bytes_max")},
    **{name: {"type": "string"} for name in ("expected_hash", "reason", "newest")},
}
ASCII_NAMES: Final = {"pattern": r"^[\x00-\x7f]*$"}
VALUE: Final[dict[str, Any]] = {
    "description": "wire.md, Values: no null, no fraction (1.0 and 1e3 neither), no lone surrogate, at most 8 levels",
    "anyOf": [
        {"type": "integer", "minimum": -INT_MAX, "maximum": INT_MAX},
        {"type": "string"},
        {"type": "boolean"},
        {"type": "array", "items": {"$ref": "#/components/schemas/Value"}},
        {
            "type": "object",
            "propertyNames": ASCII_NAMES,
            "additionalProperties": {"$ref": "#/components/schemas/Value"},
        },
    ],
}
EXACTLY_ONE: Final[Mapping[str, dict[str, Any]]] = {
    "FindRequest": {"oneOf": [{"required": ["card"]}, {"required": ["phone"]}]},
    "HoldRequest": {
        "oneOf": [
            {"required": ["account_id"]},
            {"required": ["coupon_id"], "properties": {"points": {"const": 1}}},
        ]
    },
}
SINCE: Final = r"^([a-z0-9:_-]{1,80}\.(0|[1-9][0-9]{0,14})(,[a-z0-9:_-]{1,80}\.(0|[1-9][0-9]{0,14}))*)?$"


@dataclass(frozen=True, slots=True)
class _Call:
    """`query`: name → (schema, required). `tells`: one of these; none: a file. `signer`: who signs it, if anyone."""

    method: str
    path: str
    summary: str
    asks: type[msgspec.Struct] | None
    tells: tuple[type[msgspec.Struct], ...]
    query: tuple[tuple[str, dict[str, Any], bool], ...] = ()
    signer: str | None = "till"


_BUCKET: Final = ("bucket", {"type": "string"}, True)
_INT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0, "maximum": INT_MAX}
_CALLS: Final = (
    _Call("post", "/v1/enrol", "Enrol a till with a one-time code", shapes.EnrolRequest, (shapes.EnrolResponse,),
          signer=None),
    _Call("post", "/v1/push", "Push events", shapes.PushRequest, (shapes.PushResponse,)),
    _Call("get", "/v1/heads", "Buckets that moved", None, (shapes.HeadsResponse,),
          (("since", {"type": "string", "pattern": SINCE}, False), ("wait", {**_INT, "maximum": 25}, False))),
    _Call("get", "/v1/pull", "Rows of a bucket after a cursor", None, (shapes.PullResponse,),
          (_BUCKET, ("after", _INT, False), ("limit", {"type": "integer", "minimum": 1, "maximum": 5000}, False))),
    _Call("get", "/v1/snapshots/{bucket}", "The newest snapshot of a bucket", None, (shapes.Snapshot,)),
    _Call("get", "/v1/snapshots/{bucket}/{id}", "The file of a snapshot, whole or one range of it", None, ()),
    _Call("post", "/v1/holds", "Hold points or a coupon", shapes.HoldRequest, (shapes.HoldResponse,)),
    _Call("delete", "/v1/holds/{id}", "Give a hold up", None, (shapes.ReleaseResponse,)),
    _Call("post", "/v1/members/find", "Find a member by card or phone", shapes.FindRequest, (shapes.RowsResponse,)),
    _Call("post", "/v1/receipts/find", "Find another store's sale", shapes.ReceiptRequest, (shapes.RowsResponse,)),
    _Call("post", "/v1/progress", "Report cursors and health", shapes.ProgressRequest, (shapes.Empty,)),
    _Call("get", "/v1/verify", "Slice checksums, or the rows of one slice", None,
          (shapes.VerifyResponse, shapes.SliceResponse), (_BUCKET, ("slice", {**_INT, "maximum": 255}, False))),
    _Call("post", "/v1/channel/events", "Events of online shops", shapes.ChannelRequest, (shapes.ChannelResponse,),
          signer="channel"),
)  # fmt: skip


@cache
def document() -> bytes:
    """The whole document as JSON."""
    types = [one for call in _CALLS for one in (call.asks, *call.tells) if one is not None]
    schemas, parts = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    known = dict(zip(types, schemas, strict=True))
    for name, schema in parts.items():
        parts[name] = {**_as_wire(schema), **EXACTLY_ONE.get(name, {})}
    parts["Value"] = VALUE
    paths: dict[str, dict[str, Any]] = {}
    for call in _CALLS:
        paths.setdefault(call.path, {})[call.method] = _operation(call, known)
    parts["Version"] = {"type": "object", "properties": VERSION_FIELDS, "required": list(ALWAYS)}
    parts["TillVersion"] = {"allOf": [_ref("Version"), {"type": "object", "required": list(OF_THE_TILL)}]}
    bare = {"type": "object", "properties": PROBLEM_MEMBERS, "required": ["type", "title", "status"]}
    parts["Problem"] = {"allOf": [bare, _ref("Version")]}
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


def _as_wire(schema: Any) -> Any:
    """A shape as wire.md has it: what is unknown is absent, never null; members we do not know keep to "Values"."""
    if isinstance(schema, list):
        return [_as_wire(one) for one in schema if one != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    found = {name: _as_wire(one) for name, one in schema.items() if (name, one) != ("default", None)}
    if len(found.get("anyOf", ())) == 1:
        found |= found.pop("anyOf")[0]
    if "propertyNames" in found:
        found["propertyNames"] = {"allOf": [found["propertyNames"], ASCII_NAMES]}
    if "properties" in found:
        found |= {"propertyNames": ASCII_NAMES, "additionalProperties": _ref("Value")}
    return found


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _operation(call: _Call, known: dict[type[msgspec.Struct], dict[str, Any]]) -> dict[str, Any]:
    problem = {"content": {CONTENT_TYPE: {"schema": _ref("Problem")}}}
    found: dict[str, Any] = {
        "summary": call.summary,
        "parameters": [
            {"name": name, "in": "query", "schema": schema, "required": needed} for name, schema, needed in call.query
        ],
        "responses": {
            **(_json(call, known) if call.tells else _file()),
            "default": {
                "description": "; ".join(f"{STATUS[name]} {name.value}: {TITLE[name]}" for name in STATUS),
                **problem,
            },
        },
    }
    for name in [part[1:-1] for part in call.path.split("/") if part.startswith("{")]:
        pattern = BUCKET if name == "bucket" else UUID7
        schema = {"type": "string", "pattern": pattern}
        found["parameters"].append({"name": name, "in": "path", "schema": schema, "required": True})
    if call.asks is not None:
        found["requestBody"] = {"required": True, "content": {JSON_TYPE: {"schema": known[call.asks]}}}
    if call.signer is not None:
        found["security"] = [{"signature": []}]
    return found


def _json(call: _Call, known: dict[type[msgspec.Struct], dict[str, Any]]) -> dict[str, Any]:
    version = _ref("Version" if call.signer == "channel" else "TillVersion")
    told = [known[one] for one in call.tells]
    one = told[0] if len(told) == 1 else {"anyOf": told}
    return {"200": {"description": "Done", "content": {JSON_TYPE: {"schema": {"allOf": [one, version]}}}}}


def _file() -> dict[str, Any]:
    """Answers that are files: the version members are headers."""
    headers = {version_header(name): {"schema": schema, "required": True} for name, schema in VERSION_FIELDS.items()}
    whole = {"headers": headers, "content": {FILE_TYPE: {}}}
    return {
        "200": {"description": "The whole file", **whole},
        "206": {"description": "The range asked for", **whole},
        "304": {"description": "It is the one named by If-None-Match", "headers": headers},
        "416": {"description": "No such range", "headers": headers},
    }
