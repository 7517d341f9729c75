"""What a scan is: its symbology identifier, the chain's own table, then its form. Pure.

The identifier (ISO/IEC 15424: `]`, letter, digit) says how a code was printed. That settles what the digits alone
cannot: a card number that begins like Korean goods (88) is a card in Code 128 or QR, goods in EAN.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.domain.card import CardScheme, CodeKind, classify, ean_holds, is_payment_code

EAN: Final = frozenset(("E0", "E1", "E2", "E3", "E4"))
GS1: Final = frozenset(("C1", "e0", "d2", "Q3", "J1"))
_AIM: Final = re.compile(r"\](?P<symbology>[A-Za-z][0-9A-Za-z])(?P<text>.*)", re.DOTALL)
_ROW: Final = re.compile(r"(?P<digits>[0-9]{1,2}):(?P<prefix>[0-9]*)=(?P<kind>card|product|unknown)")
_KINDS: Final = {"card": CodeKind.MEMBER_CARD, "product": CodeKind.PRODUCT, "unknown": CodeKind.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Scan:
    """The text of a scan without its identifier, and the identifier (`E0`), empty where the scanner sends none."""

    text: str
    symbology: str = ""

    @property
    def as_ean(self) -> bool:
        """Printed as EAN or UPC: goods."""
        return self.symbology in EAN

    @property
    def as_gs1(self) -> bool:
        """Printed as GS1 element string."""
        return self.symbology in GS1

    @property
    def code(self) -> str:
        """The text, with its identifier where it settles what the digits mean: a link or a word speaks for itself."""
        tells = self.as_gs1 or (self.symbology and self.text.isascii() and self.text.isdigit())
        return f"]{self.symbology}{self.text}" if tells else self.text


@dataclass(frozen=True, slots=True)
class Row:
    """All-digit codes of that length that begin so are of that kind, whatever their check digit."""

    digits: int
    prefix: str
    kind: CodeKind


Table = tuple[Row, ...]


def read(text: str) -> Scan:
    """A scan as the scanner sent it; spaces around it do not count."""
    found = _AIM.fullmatch(text.strip())
    return Scan(found["text"].strip(), found["symbology"]) if found else Scan(text.strip())


def table(text: str) -> Table:
    """The chain's table, `10:77=card 12:4=product`: length, first digits, kind. What is not of this form is left out:
    a bad settings row must not stop a sale."""
    rows = (_ROW.fullmatch(word) for word in text.split())
    return tuple(Row(int(row["digits"]), row["prefix"], _KINDS[row["kind"]]) for row in rows if row)


def kind_of(scan: Scan, scheme: CardScheme, rows: Table = ()) -> CodeKind:
    """What `scan` is. Payment codes come first, whatever else is configured."""
    text = scan.text
    if is_payment_code(text) and not scan.as_gs1:
        return CodeKind.PAYMENT
    if scan.as_gs1:
        return CodeKind.GS1
    for row in rows if text.isascii() and text.isdigit() else ():
        if len(text) == row.digits and text.startswith(row.prefix):
            return row.kind
    if scan.as_ean:
        return CodeKind.PRODUCT if ean_holds(text) else CodeKind.WRONG_CHECK_DIGIT
    return classify(text, scheme)
