"""The templates of a till's papers: the till's own files, those of head office, else those that ship.

What reads them is imported with the first paper, so that the window is painted without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from app import logs
from app.domain.receipt import Image
from app.domain.template import PaperKind, Template
from app.resources import resources

OWN_FOLDER = "receipts"
ChainText = Callable[[str, str], str | None]


def shipped_file(kind: PaperKind, language: str) -> Path:
    """resources/receipts/zh_CN/sale.toml."""
    return resources() / "receipts" / language / f"{kind}.toml"


def read_template(file: Path) -> Template:
    """The template in a file; its pictures lie beside it. DocumentError with every mistake."""
    from app.domain.template_parse import parse_template
    from app.wiring.programme_file import read_file

    def image(name: str) -> Image | None:
        from devices.printer.logo import read_logo  # lazy: few receipts have a picture

        return read_logo(file.parent / name) if Path(name).name == name else None

    return parse_template(read_file(file), image)


def _parsed(kind: PaperKind, text: str) -> Template | None:
    """It was checked as it came; another version of this program may have been less strict."""
    from app.domain.programme.schema import DocumentError, read_toml
    from app.domain.template_parse import parse_template

    try:
        return parse_template(read_toml(text), lambda _: None)
    except DocumentError as error:
        logs.event("till", "template_refused", logging.WARNING, id=kind.value, path=error.mistakes[0].path,
                   code=error.mistakes[0].code)  # fmt: skip
        return None


class TillPapers:
    """app.services.paper_ports.Papers; each file is read when its paper is first needed. One thread at a time.

    `chain`: the text of a template that head office gave for that paper and language, None without one; asked each
    time. What cannot be printed must not stop a sale: the next one takes its place, and the log says so.
    """

    def __init__(self, language: str, own: Path | None, chain: ChainText = lambda _name, _language: None) -> None:
        self._language = language
        self._own = own
        self._chain = chain
        self._files: dict[PaperKind, Template | None] = {}
        self._shipped: dict[PaperKind, Template] = {}
        self._given: dict[PaperKind, tuple[str, Template | None]] = {}

    def template(self, kind: PaperKind) -> Template:
        """See the port."""
        if kind not in self._files:
            self._files[kind] = self._own_one(kind)
        found = self._files[kind] or self._chain_one(kind)
        if found is None and kind not in self._shipped:
            self._shipped[kind] = read_template(shipped_file(kind, self._language))
        return found or self._shipped[kind]

    def _chain_one(self, kind: PaperKind) -> Template | None:
        text = self._chain(kind.value, self._language)
        if text is None:
            return None
        if kind not in self._given or self._given[kind][0] != text:
            self._given[kind] = (text, _parsed(kind, text))
        return self._given[kind][1]

    def _own_one(self, kind: PaperKind) -> Template | None:
        from app.domain.programme.schema import DocumentError, Mistake

        file = self._own / f"{kind}.toml" if self._own is not None else None
        if file is None or not file.is_file():
            return None
        try:
            found = read_template(file)
            if found.kind is not kind:
                raise DocumentError([Mistake("kind", "expected_choice", {"choices": kind.value})])
        except DocumentError as error:
            logs.event("till", "receipt_file_refused", logging.WARNING, file=file.name, path=error.mistakes[0].path,
                       code=error.mistakes[0].code)  # fmt: skip
            return None
        return found
