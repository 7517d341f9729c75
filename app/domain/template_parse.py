"""A receipt template's TOML → Template. Every mistake is found before a receipt is printed, each with its path.

A template is `kind` and a list of `blocks`; a block is what its one leading key says: text, left, rule, qr, barcode,
image, feed, cut, if, each. The words are literal, `{{field}}` or `{{field|format}}` is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from app.domain.programme.schema import DocumentError, Mistake, NotThisError, Reader, choice, flag, whole
from app.domain.receipt import Align, Cut, Feed, Image, Rule
from app.domain.template import (
    CodeNode,
    ColumnsNode,
    Each,
    Field,
    Format,
    If,
    Node,
    PaperKind,
    Phrase,
    Template,
    TextNode,
)
from app.domain.template_fields import FIELDS, FORMATS, AllFields, FieldKind

WORDS_CHARS_MAX = 400
NESTED_MAX = 6
BLOCKS_MAX = 400
FEED_LINES_MAX = 20
PLACE = re.compile(r"\{\{\s*([^{}|]*?)\s*(?:\|\s*([^{}|]*?)\s*)?\}\}")
CONDITION = re.compile(r"(?:(not)\s+)?([a-z_]+)")

Images = Callable[[str], Image | None]
"""The picture of that file name, None when there is none that a printer can print."""


def parse_template(document: Mapping[str, object], images: Images) -> Template:
    """The template of a TOML table. DocumentError with every mistake."""
    mistakes: list[Mistake] = []
    top = Reader(document, "", mistakes)
    kind = top.need("kind", choice(PaperKind))
    if mistakes:
        raise DocumentError(mistakes)
    reading = _Reading(images, mistakes)
    nodes = reading.nodes(top, "blocks", FIELDS[kind], 1)
    if "blocks" not in document:
        top.mistake("blocks", "key_missing")
    elif not nodes or not isinstance(nodes[-1], Cut):
        top.mistake("blocks", "template_no_cut")
    top.done()
    if mistakes:
        raise DocumentError(mistakes)
    return Template(kind, nodes)


def _words(raw: object) -> str:
    if not isinstance(raw, str) or len(raw) > WORDS_CHARS_MAX:
        raise NotThisError("expected_text", chars_max=WORDS_CHARS_MAX)
    return raw


def _true(raw: object) -> bool:
    if raw is not True:
        raise NotThisError("expected_true")
    return True


@dataclass(slots=True)
class _Reading:
    """One document being read."""

    images: Images
    mistakes: list[Mistake]
    blocks: int = 0

    def nodes(self, parent: Reader, key: str, fields: AllFields, depth: int) -> tuple[Node, ...]:
        """The blocks of the list at `key`; what is wrong with them is remembered."""
        found = parent.sections(key)
        self.blocks += len(found)
        if found and (depth > NESTED_MAX or self.blocks > BLOCKS_MAX):
            parent.mistake(key, "template_too_big", depth=NESTED_MAX, blocks=BLOCKS_MAX)
            return ()
        read = (self._node(one, fields, depth) for one in found)
        return tuple(node for node in read if node is not None)

    def _node(self, block: Reader, fields: AllFields, depth: int) -> Node | None:
        named = [name for name in MAKERS if name in block.table]
        if len(named) != 1:
            block.mistake("", "template_block", choices=", ".join(MAKERS))
            return None
        node = MAKERS[named[0]](self, block, fields, depth)
        block.done()
        return node

    def text(self, block: Reader, fields: AllFields, _depth: int) -> Node:
        """{text, align, bold, double}."""
        words = self._phrase(block, "text", fields)
        return TextNode(words, block.have("align", choice(Align), Align.LEFT), *self._look(block))

    def columns(self, block: Reader, fields: AllFields, _depth: int) -> Node:
        """{left, right, bold, double}."""
        if "right" not in block.table:
            block.mistake("right", "key_missing")
        left, right = self._phrase(block, "left", fields), self._phrase(block, "right", fields)
        return ColumnsNode(left, right, *self._look(block))

    @staticmethod
    def _look(block: Reader) -> tuple[bool, bool]:
        return block.have("bold", flag, False), block.have("double", flag, False)

    def qr(self, block: Reader, fields: AllFields, _depth: int) -> Node:
        """{qr}."""
        return CodeNode(self._phrase(block, "qr", fields))

    def barcode(self, block: Reader, fields: AllFields, _depth: int) -> Node:
        """{barcode}. Its literal text must be what Code 128 can carry (ISO/IEC 15417: here ASCII 32–126)."""
        words = self._phrase(block, "barcode", fields)
        for said in words:
            if isinstance(said, str) and not (said.isascii() and said.isprintable()):
                block.mistake("barcode", "template_barcode", text=said)
        return CodeNode(words, bars=True)

    def rule(self, block: Reader, _fields: AllFields, _depth: int) -> Node:
        """{rule = true}."""
        block.need("rule", _true)
        return Rule()

    def cut(self, block: Reader, _fields: AllFields, _depth: int) -> Node:
        """{cut = true}."""
        block.need("cut", _true)
        return Cut()

    def feed(self, block: Reader, _fields: AllFields, _depth: int) -> Node:
        """{feed = lines}."""
        return Feed(block.need("feed", whole(1, FEED_LINES_MAX)))

    def image(self, block: Reader, _fields: AllFields, _depth: int) -> Node | None:
        """{image = "logo.png"}."""
        name = block.need("image", _words)
        found = self.images(name) if block.fits("image") else None
        if found is None and block.fits("image"):
            block.mistake("image", "template_image", file=name)
        return found

    def condition(self, block: Reader, fields: AllFields, depth: int) -> Node | None:
        """{if, then, else}."""
        said = CONDITION.fullmatch(block.need("if", _words) or "")
        then, other = self.nodes(block, "then", fields, depth + 1), self.nodes(block, "else", fields, depth + 1)
        if said is None:
            if block.fits("if"):
                block.mistake("if", "template_condition")
            return None
        if said[2] not in fields:
            self._unknown(block, "if", said[2], fields)
        if "then" not in block.table:
            block.mistake("then", "key_missing")
        return If(said[2], said[1] is None, then, other)

    def each(self, block: Reader, fields: AllFields, depth: int) -> Node:
        """{each, do}."""
        name = block.need("each", _words) or ""
        rows = fields.get(name)
        if rows is None or isinstance(rows, FieldKind):
            lists = {key: kind for key, kind in fields.items() if not isinstance(kind, FieldKind)}
            self._unknown(block, "each", name, lists)
            rows = {}
        if "do" not in block.table:
            block.mistake("do", "key_missing")
        return Each(name, self.nodes(block, "do", {**fields, **rows}, depth + 1))

    def _phrase(self, block: Reader, key: str, fields: AllFields) -> Phrase:
        """Literal text and fields; a line with a mistake in it is empty."""
        said = block.have(key, _words, "")
        pieces: list[str | Field] = []
        end = 0
        for place in PLACE.finditer(said):
            pieces += [said[end : place.start()], self._field(block, key, place, fields)]
            end = place.end()
        pieces.append(said[end:])
        if any("{{" in one or "}}" in one for one in pieces if isinstance(one, str)):
            block.mistake(key, "template_braces", example="{{name}}")
        return tuple(one for one in pieces if one)

    def _field(self, block: Reader, key: str, place: re.Match[str], fields: AllFields) -> str | Field:
        name, form = place[1], place[2] or ""
        kind, rows = fields.get(name), fields.get(name.partition(".")[0])
        if kind is None and "." in name and rows is not None and not isinstance(rows, FieldKind):
            near = ", ".join(f"{{{{{one}}}}}" for one in _near(name.partition(".")[2], rows))
            block.mistake(key, "template_field_of_row", field=name, rows=name.partition(".")[0], near=near)
            return ""
        if kind is None:
            self._unknown(block, key, name, {one: of for one, of in fields.items() if isinstance(of, FieldKind)})
            return ""
        fitting = FORMATS[kind] if isinstance(kind, FieldKind) else ()
        if form in fitting:
            return Field(name, Format(form))
        if not fitting:
            block.mistake(key, "template_not_words", field=name)
        else:
            ways = ", ".join(f"|{one.value}" if one.value else "nothing" for one in fitting)
            block.mistake(key, "template_format", field=name, kind=str(kind), ways=ways)
        return ""

    @staticmethod
    def _unknown(block: Reader, key: str, name: str, fields: AllFields) -> None:
        block.mistake(key, "template_field", field=name or '""', near=", ".join(_near(name, fields)))


def _near(name: str, fields: AllFields) -> list[str]:
    """What `name` may have meant, else all there is."""
    return get_close_matches(name, fields, n=3, cutoff=0.5) or sorted(fields)


Maker = Callable[[_Reading, Reader, AllFields, int], Node | None]
MAKERS: Final[Mapping[str, Maker]] = {
    "text": _Reading.text,
    "left": _Reading.columns,
    "rule": _Reading.rule,
    "qr": _Reading.qr,
    "barcode": _Reading.barcode,
    "image": _Reading.image,
    "feed": _Reading.feed,
    "cut": _Reading.cut,
    "if": _Reading.condition,
    "each": _Reading.each,
}
