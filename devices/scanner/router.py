"""One frame or burst → what it is: AIM identifier, then form, then check digit (app.domain.card.classify).

The identifier (ISO/IEC 15424, `]` + letter + digit) says how a code was printed: only an EAN symbology makes digits a
product for certain, and only a non-EAN one keeps 13 digits that happen to pass the EAN test from being one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app import logs
from app.domain.card import CardScheme, CodeKind, classify, ean_holds
from devices.events import DataEvent, Source
from devices.scanner.framing import Frame

_AIM = re.compile(r"\](?P<symbology>[A-Za-z][0-9A-Za-z])(?P<text>.*)", re.DOTALL)
_EAN = frozenset(("E0", "E1", "E2", "E3", "E4"))
_GS = "\x1d"


@dataclass(frozen=True, slots=True)
class Routed:
    """Text without its identifier, the identifier or empty, and the kind."""

    text: str
    symbology: str
    kind: CodeKind


def decode(frame: Frame) -> str | None:
    """The text of a frame: ASCII or UTF-8 of printable characters (GS1's group separator allowed), else None."""
    try:
        text = frame.data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(char.isprintable() or char == _GS for char in text) else None


def route_frame(frame: Frame, scheme: CardScheme) -> Routed:
    """What a serial frame is. Over-long frames and garbage are UNKNOWN; the screen gets what is readable."""
    text = decode(frame)
    if text is None or frame.too_long:
        readable = "".join(char for char in frame.data.decode("ascii", "ignore") if char.isprintable())
        return Routed(readable, "", CodeKind.UNKNOWN)
    return route(text, scheme)


def route(text: str, scheme: CardScheme) -> Routed:
    """What a scanned text is; spaces around it do not count."""
    found = _AIM.fullmatch(text.strip())
    if found is None:
        body = text.strip()
        return Routed(body, "", classify(body, scheme))
    body, symbology = found["text"], found["symbology"]
    if symbology in _EAN:
        return Routed(body, symbology, _printed_as_ean(body, scheme))
    return Routed(body, symbology, classify(body, scheme))


def scan_event(device: str, source: Source, routed: Routed, at_ms: int) -> DataEvent:
    """The event of one scan; the log gets where it came from and what it is, never the code."""
    logs.event("devices", "scan", device=device, source=source.value, kind=routed.kind.value)
    return DataEvent(device, source, routed.text, routed.kind, routed.symbology, at_ms)


def _printed_as_ean(body: str, scheme: CardScheme) -> CodeKind:
    """Digits read from an EAN or UPC: a product, unless the check digit says the scanner misread.

    A chain that prints its cards as EAN-13 has cards whose last digit is the EAN one; such numbers are looked up as
    members first by whoever asks (services), because the form cannot tell.
    """
    if ean_holds(body):
        return CodeKind.PRODUCT
    return classify(body, scheme) if scheme.owns(body) else CodeKind.WRONG_CHECK_DIGIT
