"""The templates of a till's papers: the chain's own files where there are any, else those that ship.

What reads them is imported with the first paper, so that the window is painted without it.
"""

from __future__ import annotations

import logging
from pathlib import Path

from app import logs
from app.domain.receipt import Image
from app.domain.template import PaperKind, Template
from app.resources import resources

OWN_FOLDER = "receipts"


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


class TillPapers:
    """app.services.paper_ports.Papers; each file is read when its paper is first needed. One thread at a time.

    An own file that cannot be printed must not stop a sale: the shipped one takes its place, and the log says so.
    """

    def __init__(self, language: str, own: Path | None) -> None:
        self._language = language
        self._own = own
        self._read: dict[PaperKind, Template] = {}

    def template(self, kind: PaperKind) -> Template:
        """See the port."""
        if kind not in self._read:
            self._read[kind] = self._own_one(kind) or read_template(shipped_file(kind, self._language))
        return self._read[kind]

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
