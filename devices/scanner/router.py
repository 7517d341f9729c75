"""One frame or burst → what it is: AIM identifier, then form, then check digit (app.domain.scan)."""

from __future__ import annotations

from dataclasses import dataclass, field

from app import logs
from app.domain import scan
from app.domain.card import CardScheme, CodeKind
from devices.events import DataEvent, Source
from devices.scanner.framing import Frame
from devices.scanner.hid_report import HidScan

CUT_OFF = "…"
_GS = "\x1d"
REPORT = "report"


@dataclass(frozen=True, slots=True)
class Routed:
    """Text without its identifier, the identifier or empty, the kind, and how it ended (DataEvent)."""

    text: str
    symbology: str
    kind: CodeKind
    ended: str = field(default="", compare=False)


def decode(frame: Frame) -> str | None:
    """The text of a frame: ASCII or UTF-8 of printable characters (GS1's group separator allowed), else None."""
    try:
        text = frame.data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(char.isprintable() or char == _GS for char in text) else None


def route_frame(frame: Frame, scheme: CardScheme) -> Routed:
    """What a serial frame is. Over-long frames and garbage are UNKNOWN; the screen gets what is readable, marked as cut
    off: what is left of a code may itself look like one, and must find nobody and nothing."""
    text = decode(frame)
    if text is None or frame.too_long:
        readable = "".join(char for char in frame.data.decode("ascii", "ignore") if char.isprintable())
        return Routed(readable + CUT_OFF, "", CodeKind.UNKNOWN, frame.ended)
    return route(text, scheme, frame.ended)


def route_hid(found: HidScan, scheme: CardScheme) -> Routed:
    """What a HID scan is. A broken one is UNKNOWN, and so are bytes that are no text."""
    text = None if found.broken else decode(Frame(found.data))
    if text is None:
        return route_frame(Frame(found.data, too_long=True, ended=REPORT), scheme)
    read = scan.Scan(text.strip(), found.symbology)
    return Routed(read.text, read.symbology, scan.kind_of(read, scheme), REPORT)


def route(text: str, scheme: CardScheme, ended: str = "") -> Routed:
    """What a scanned text is; spaces around it do not count."""
    found = scan.read(text)
    return Routed(found.text, found.symbology, scan.kind_of(found, scheme), ended)


def scan_event(device: str, source: Source, routed: Routed, at_ms: int) -> DataEvent:
    """The event of one scan; the log gets where it came from and what it is, never the code."""
    logs.event("devices", "scan", device=device, source=source.value, kind=routed.kind.value)
    return DataEvent(device, source, routed.text, routed.kind, routed.symbology, at_ms, routed.ended)
