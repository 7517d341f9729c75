"""A receipt as a document says it: literal words, `{{fields}}`, conditions, lists; filled with values it is a Receipt.

Read by app.domain.template_parse, which refuses what cannot be filled; so filling never fails at the counter. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.money import plain
from app.domain.receipt import Align, Barcode, Block, Columns, Cut, Feed, Image, QrCode, Rule, Text

Value = str | int | bool | date | Sequence["Row"] | None
Row = Mapping[str, Value]
"""What a template is filled with: field → value. None, False, "" and an empty list are absent; 0 is there."""


class PaperKind(StrEnum):
    """What a template is for; its file is resources/receipts/<language>/<kind>.toml."""

    SALE = "sale"
    RETURN = "return"
    ENROLMENT = "enrolment"
    TOPUP = "topup"
    SHIFT = "shift"
    CASH = "cash"
    CORRECTION = "correction"
    DAY = "day"


class Format(StrEnum):
    """How a field is written: `{{due|currency}}`."""

    PLAIN = ""
    MONEY = "money"
    CURRENCY = "currency"
    SIGNED = "signed"
    DAY = "day"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Field:
    """A place in the words that a value fills."""

    name: str
    format: Format = Format.PLAIN


Phrase = tuple[str | Field, ...]


@dataclass(frozen=True, slots=True)
class TextNode:
    """A paragraph; see receipt.Text."""

    words: Phrase
    align: Align = Align.LEFT
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class ColumnsNode:
    """Left and right words on one line; see receipt.Columns."""

    left: Phrase
    right: Phrase
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class CodeNode:
    """A QR code, or with `bars` a Code 128."""

    words: Phrase
    bars: bool = False


@dataclass(frozen=True, slots=True)
class If:
    """`then` when the field is there (`wanted`) or absent (not `wanted`), else `otherwise`."""

    name: str
    wanted: bool
    then: tuple[Node, ...]
    otherwise: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Each:
    """`do` once per row of a list; a row's fields come before those around it."""

    name: str
    do: tuple[Node, ...]


Fixed = Rule | Feed | Cut | Image
Node = TextNode | ColumnsNode | CodeNode | If | Each | Fixed


@dataclass(frozen=True, slots=True)
class Template:
    """One paper of the till in one language."""

    kind: PaperKind
    nodes: tuple[Node, ...]


def fill(template: Template, values: Row, currency_sign: str) -> tuple[Block, ...]:
    """The blocks of the receipt. Money is in minor units, shown with two decimals; `currency_sign` as `￥`."""
    return tuple(_blocks(template.nodes, values, currency_sign))


def _blocks(nodes: Sequence[Node], values: Row, sign: str) -> Iterator[Block]:
    for node in nodes:
        if isinstance(node, If):
            yield from _blocks(node.then if _there(values, node.name) is node.wanted else node.otherwise, values, sign)
        elif isinstance(node, Each):
            for row in _rows(values, node.name):
                yield from _blocks(node.do, {**values, **row}, sign)
        elif isinstance(node, TextNode):
            yield Text(_said(node.words, values, sign), node.align, node.bold, node.double)
        elif isinstance(node, ColumnsNode):
            left, right = _said(node.left, values, sign), _said(node.right, values, sign)
            yield Columns(left, right, node.bold, node.double)
        elif isinstance(node, CodeNode):
            data = _said(node.words, values, sign)
            yield Barcode(data) if node.bars else QrCode(data)
        else:
            yield node


def _there(values: Row, name: str) -> bool:
    value = values.get(name)
    return bool(value) or (value == 0 and value is not False)


def _rows(values: Row, name: str) -> Sequence[Row]:
    value = values.get(name)
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _said(words: Phrase, values: Row, sign: str) -> str:
    return "".join(one if isinstance(one, str) else _written(values.get(one.name), one.format, sign) for one in words)


def _written(value: Value, form: Format, sign: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return _number(value, form, sign)
    if isinstance(value, datetime):
        return value.strftime({Format.DAY: "%Y-%m-%d", Format.TIME: "%H:%M"}.get(form, "%Y-%m-%d %H:%M"))
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else ""


def _number(value: int, form: Format, sign: str) -> str:
    if form is Format.MONEY:
        return plain(value)
    if form is Format.CURRENCY:
        return f"{sign}{plain(value)}"
    return f"{value:+,}" if form is Format.SIGNED else f"{value:,}"
