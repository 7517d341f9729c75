"""Signatures, digests and the header that says what a till last saw, byte by byte as in wire.md."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import signing
from sync.protocol.seen import Seen, read_seen, write_seen

EMPTY_DIGEST = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
TILL = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"
HEADS = signing.Signable("GET", "/v1/heads", "wait=25", EMPTY_DIGEST, "1;a1b2;k7")

RFC_8032 = [
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
]  # fmt: skip


def test_the_digest_of_no_body_is_that_of_zero_bytes() -> None:
    assert signing.content_digest(b"") == EMPTY_DIGEST
    assert signing.digest_holds(EMPTY_DIGEST, b"")
    assert not signing.digest_holds(EMPTY_DIGEST, b"x")
    assert not signing.digest_holds("sha-512=:x:", b"")


def test_the_signed_text_is_the_one_of_the_page() -> None:
    parameters = (
        '("@method" "@path" "@query" "content-digest" "guitai-seen");created=1790000000;keyid="0192";alg="ed25519"'
    )
    assert signing.signature_base(HEADS, parameters).decode() == (
        '"@method": GET\n'
        '"@path": /v1/heads\n'
        '"@query": ?wait=25\n'
        f'"content-digest": {EMPTY_DIGEST}\n'
        '"guitai-seen": 1;a1b2;k7\n'
        f'"@signature-params": {parameters}'
    )


def test_without_the_header_there_is_no_line_for_it_and_an_absent_query_is_a_question_mark() -> None:
    request = signing.Signable("POST", "/v1/push", "", EMPTY_DIGEST)
    parameters = '("@method" "@path" "@query" "content-digest");created=1;keyid="k";alg="ed25519"'
    lines = signing.signature_base(request, parameters).decode().split("\n")
    assert lines[2] == '"@query": ?'
    assert len(lines) == 5


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_signatures_are_those_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert key.sign(bytes.fromhex(message)).hex() == signature
    assert signing.verifies(public, bytes.fromhex(signature), bytes.fromhex(message))
    assert not signing.verifies(public, bytes.fromhex(signature), b"another")
    assert not signing.verifies("00", bytes.fromhex(signature), b"another")


@pytest.mark.parametrize("seen", [None, "1;a1b2;k7;went_back"])
def test_a_signed_request_verifies_and_a_changed_one_does_not(seen: str | None) -> None:
    key = Ed25519PrivateKey.generate()
    request = signing.Signable("GET", "/v1/pull", "bucket=chain&after=0", EMPTY_DIGEST, seen)
    sent_input, sent = signing.sign(request, key=key, keyid=TILL, created_s=1_790_000_000)
    found, signature = signing.read_input(sent_input), signing.read_signature(sent)
    assert found is not None
    assert signature is not None
    assert (found.keyid, found.created_s, found.covers_seen) == (TILL, 1_790_000_000, seen is not None)
    public = key.public_key().public_bytes_raw().hex()
    assert signing.verifies(public, signature, signing.signature_base(request, found.parameters))
    changed = signing.Signable("GET", "/v1/pull", "bucket=chain&after=1", EMPTY_DIGEST, seen)
    assert not signing.verifies(public, signature, signing.signature_base(changed, found.parameters))


GOOD = '("@method" "@path" "@query" "content-digest");created=1;keyid="k";alg="ed25519"'


@pytest.mark.parametrize(
    "header",
    [
        "", "sig2=" + GOOD, f"sig1={GOOD}, sig2={GOOD}", "sig1=" + GOOD + " ", "sig1=" + GOOD + "\n",
        "sig1=" + GOOD.replace('"@method" "@path"', '"@path" "@method"'),
        "sig1=" + GOOD.replace("created=1", "created=1.5"),
        "sig1=" + GOOD.replace(";alg", ';nonce="x";alg'), "sig1=" + GOOD.replace("ed25519", "hmac-sha256"),
        "sig1=" + GOOD.replace(' "content-digest"', ""), "sig1=" + GOOD.replace("created=1", "created=-1"),
    ],
)  # fmt: skip
def test_any_other_form_of_signature_input_is_refused(header: str) -> None:
    assert signing.read_input("sig1=" + GOOD) is not None
    assert signing.read_input(header) is None


@given(st.binary(max_size=80))
def test_only_64_bytes_make_a_signature(raw: bytes) -> None:
    header = f"sig1=:{base64.b64encode(raw).decode()}:"
    assert (signing.read_signature(header) is not None) == (len(raw) == 64)


NAMES = st.text("abcXYZ019_.-", min_size=1, max_size=64)


@given(st.builds(Seen, st.integers(1, 2**53 - 1), NAMES, NAMES, st.booleans()))
def test_what_was_seen_survives_the_header(seen: Seen) -> None:
    assert read_seen(write_seen(seen)) == seen


@pytest.mark.parametrize(
    "header",
    ["", "1;a", "0;a;b", "1;a;b;", "1;a;b;back", "01;a;b", "1;a b;c", "-1;a;b", "9007199254740992;a;b", "1;a;b\n"],
)
def test_a_malformed_seen_header_is_none(header: str) -> None:
    assert read_seen(header) is None
