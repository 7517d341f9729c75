"""Whatever bytes come, a decoder answers with the value they say or with the refusal it documents, and nothing else."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, structs

from app.domain.chain import RAW_BYTES_MAX, canonical, pii_hash
from app.domain.programme.parse import parse
from app.domain.programme.schema import DocumentError, read_json, read_toml
from app.resources import resources
from sync.hq.refused import ProblemError
from sync.hq.work.channel import read_event
from sync.hq.work.parked import ParkedError
from sync.hq.work.reading import named_attachments, read_body, read_envelope, read_personal
from sync.protocol.buckets import buckets_of, is_of
from sync.protocol.channel_facts import CHANNEL_BODIES
from sync.protocol.envelope import Envelope
from sync.protocol.facts import BODIES, Pii, Sale
from sync.protocol.seen import read_seen, write_seen
from sync.protocol.shapes import ChannelEvent, PiiAttachment
from sync.protocol.signing import content_digest, digest_holds, read_input, read_signature, verifies
from tests.support.head_office import demo_programme

TILL = "01920000-0000-7000-8000-000000000001"
SEQ = 7
SCALARS = (
    st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(max_size=8)
    | st.sampled_from([TILL, "2026-02-31", "2026-01-31", "cash", "points", "CNY", "0" * 64, "10", "\x00", "x" * 300])
)
CLEAN = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def members_of(kind: type[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with a body's own members, holding anything."""
    names = st.sampled_from(kind.__struct_fields__)
    value = st.recursive(
        SCALARS,
        lambda one: st.lists(one, max_size=3) | st.dictionaries(names | st.sampled_from(PART_NAMES), one, max_size=6),
        max_leaves=8,
    )
    return st.dictionaries(names, value, max_size=12)


PART_NAMES = ("qty", "unit_minor", "discount_minor", "tax_minor", "kind", "minor", "line", "points", "rule", "given")
HEAD = {"seq": SEQ, "event_id": TILL, "schema": 1, "at_ms": 1, "offset_ms": 0, "offset_age_s": -1}
BASIS = {"programme": "demo:1", "tags": [], "segments": [], "counters": {}}


@st.composite
def tills_events(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from([*BODIES, "stargazing"]))
    head = {**HEAD, "type": kind, "basis": BASIS, "body": draw(members_of(BODIES.get(kind, Sale)))}
    head |= draw(st.dictionaries(st.sampled_from(Envelope.__struct_fields__), SCALARS, max_size=2))
    return json.dumps(head, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


@given(tills_events() | st.text(max_size=40) | st.just("[" * 5_000) | st.just('"' + "x" * RAW_BYTES_MAX + '"'))
def test_an_event_is_read_or_parked_with_its_code(raw: str) -> None:
    refused = ""
    try:
        envelope = read_envelope(raw, SEQ)
        body = read_body(envelope)
    except ParkedError as parked:
        refused = parked.code
    if refused:
        assert refused in ("bad_event", "bad_body", "unknown_type", "unknown_schema")
    else:
        assert envelope.seq == SEQ
        assert isinstance(body, BODIES[envelope.type])
        assert canonical(json.loads(raw)) == raw


@given(members_of(Pii) | st.text(max_size=20), st.booleans())
def test_personal_data_is_read_or_parked_and_only_under_its_hash(fields: Any, honest: bool) -> None:
    salt = "ab" * 32
    text = fields if isinstance(fields, str) else json.dumps(fields, separators=(",", ":"), sort_keys=True)
    try:
        found = PiiAttachment(pii_ref=TILL, salt=salt, pii=text)
        named = {"pii_ref": TILL, "pii_hash": pii_hash(salt, text) if honest else "0" * 64}
    except UnicodeEncodeError:
        return  # never left a request: lone surrogates are refused there
    envelope = Envelope(seq=1, event_id=TILL, type="feedback", schema=1, at_ms=1, offset_ms=0, offset_age_s=-1,
                        body={"follow_up": False, **named})  # fmt: skip
    attachments = named_attachments(envelope, [found])
    refused, personal = "", None
    try:
        personal = read_personal(read_body(envelope), attachments)
    except ParkedError as parked:
        refused = parked.code
    assert refused in (("", "bad_body") if honest else ("pii_mismatch",))
    if personal is not None:
        said = {name: value for name, value in structs.asdict(personal).items() if value is not UNSET}
        assert said == {name: value for name, value in json.loads(text).items() if name in Pii.__struct_fields__}


@st.composite
def channel_raws(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from([*CHANNEL_BODIES, "stargazing"]))
    head = {"event_id": TILL, "schema": draw(st.sampled_from([1, 2])), "at_ms": 1, "type": kind,
            "body": draw(members_of(CHANNEL_BODIES.get(kind, Sale)))}  # fmt: skip
    head |= draw(st.dictionaries(st.sampled_from(["member_id", "card", "external_id", "at_ms", "type"]), SCALARS))
    return json.dumps(head, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


@given(channel_raws() | st.text(max_size=40), st.integers(0, 99))
def test_an_event_of_a_channel_is_read_or_its_place_is_named(raw: str, place: int) -> None:
    pointer, found = None, None
    try:
        found = read_event(place, ChannelEvent(raw=raw))
    except ProblemError as error:
        pointer = error.members["pointer"]
    assert pointer == (None if found else f"/events/{place}/raw")
    assert found is None or canonical(json.loads(raw)) == raw == found.raw


@given(st.text(max_size=80) | st.from_regex(r"[0-9]{1,20};[a-z.]{1,70};[a-z]{1,5}(;went_back)?", fullmatch=True))
def test_a_seen_header_is_written_again_as_it_was_read(header: str) -> None:
    found = read_seen(header)
    assert found is None or write_seen(found) == header


@given(st.text(max_size=90), st.binary(max_size=80))
def test_headers_of_a_signature_are_read_or_nothing(header: str, body: bytes) -> None:
    assert read_input(header) is None or header.startswith("sig1=(")
    signature = read_signature(header)
    assert signature is None or len(signature) == 64
    assert digest_holds(header, body) == (header == content_digest(body))
    assert not verifies(header, body, body)


@given(st.text(max_size=20) | st.text("0123456789²٠٧", max_size=3).map(lambda part: f"region:r1:{part}"))
def test_a_bucket_is_a_tills_own_or_it_is_not(bucket: str) -> None:
    assert is_of(bucket, TILL, "s027", "r1") == (bucket in buckets_of(TILL, "s027", "r1"))


DOCUMENT = demo_programme()
SCALARS_OF_TOML = SCALARS | st.floats() | st.dates() | st.times() | st.none() | st.lists(SCALARS, max_size=2)


@st.composite
def programmes(draw: st.DrawFn) -> dict[str, Any]:
    """The demo's with some members replaced, at any depth."""
    whole: dict[str, Any] = json.loads(json.dumps(DOCUMENT, default=str))
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = whole
        while True:
            key = (
                draw(st.sampled_from(sorted(holder)))
                if isinstance(holder, dict)
                else draw(st.integers(0, len(holder) - 1))
            )
            inner = holder[key]
            if not (isinstance(inner, dict | list) and inner) or draw(st.booleans()):
                break
            holder = inner
        holder[key] = draw(SCALARS_OF_TOML | st.dictionaries(CLEAN, SCALARS, max_size=2))
    return whole


@given(programmes() | st.dictionaries(CLEAN, SCALARS_OF_TOML, max_size=5))
def test_a_programme_is_read_or_every_mistake_is_named(document: dict[str, Any]) -> None:
    mistakes, found = [], None
    try:
        found = parse(document)
    except DocumentError as error:
        mistakes = list(error.mistakes)
    assert bool(mistakes) == (found is None)
    assert found is None or parse(document) == found


@given(st.text(max_size=60) | st.just("[" * 3_000) | st.just('{"a":' * 3_000))
def test_a_text_is_a_document_or_a_document_error(text: str) -> None:
    for read in (read_json, read_toml):
        found: object = None
        mistakes: list[object] = []
        try:
            found = read(text)
        except DocumentError as error:
            mistakes = list(error.mistakes)
        assert isinstance(found, dict) != bool(mistakes)


def test_the_demo_itself_is_read() -> None:
    assert parse(DOCUMENT).name == parse(read_toml((resources() / "programmes" / "demo.toml").read_text("utf-8"))).name
