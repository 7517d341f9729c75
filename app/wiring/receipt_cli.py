"""`guitai receipt`: check templates of receipts, and see them filled with an example."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from app.domain.paper import Line, lay_out
from app.domain.programme.schema import DocumentError, Mistake, read_toml
from app.domain.receipt import Receipt
from app.domain.template import PaperKind, Template, fill
from app.domain.template_lines import line_of, table_lines
from app.errors import ConfigError
from app.i18n import LANGUAGES, Translator
from app.resources import resources
from app.wiring.papers import read_template, shipped_file
from app.wiring.programme_file import mistakes_in_words
from app.wiring.receipt_examples import EXAMPLES, SIGN

MALFORMED = 2
SUFFIXES = (".png", ".pdf")
COLUMNS = ("32", "42", "48")


@click.group()
def receipt() -> None:
    """What is on the receipts: check templates of your own, see them, take the shipped ones as a beginning."""


@receipt.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.pass_context
def check_files(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Find every mistake in template FILEs. One line each: file, line, place, what to do; exit 2 when there is one."""
    found = [line for file in files for line in mistakes_of(file, ctx.obj)]
    for line in found:
        click.echo(line)
    if found:
        ctx.exit(MALFORMED)


@receipt.command("preview")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--columns", type=click.Choice(COLUMNS), default="48", show_default=True, help="Of the paper.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A .pdf or .png; else text is printed.")
@click.pass_context
def preview_file(ctx: click.Context, file: Path, columns: str, out: Path | None) -> None:
    """Fill the template FILE with an example and show it."""
    found = mistakes_of(file, ctx.obj)
    if found:
        click.echo("\n".join(found))
        ctx.exit(MALFORMED)
    shown = example(read_template(file))
    if out is None:
        click.echo("\n".join(text_lines(shown, int(columns))))
        return
    if out.suffix.lower() not in SUFFIXES:
        raise ConfigError("preview_suffix", known=", ".join(SUFFIXES), file=out.name)
    if not out.parent.is_dir():
        raise ConfigError("folder_missing_here", folder=str(out.parent))
    if "PySide6.QtWidgets" not in sys.modules and not (os.environ.get("DISPLAY") or os.name == "nt"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ui.documents.paper_file import write_file

    try:
        write_file(shown, out, columns=int(columns), resources=resources())
    except OSError as error:
        raise ConfigError("file_unwritable_here", file=out.name) from error


@receipt.command("default")
@click.argument("kind", type=click.Choice([kind.value for kind in PaperKind]))
@click.option("--language", type=click.Choice(LANGUAGES), default="zh_CN", show_default=True)
def print_default(kind: str, language: str) -> None:
    """Print the shipped template of KIND, to be changed."""
    click.echo(shipped_file(PaperKind(kind), language).read_text(encoding="utf-8"), nl=False)


def mistakes_of(file: Path, tr: Translator) -> list[str]:
    """`sale.toml:12: blocks[3].then[0].left: there is no field …`, one line per mistake."""
    try:
        read_template(file)
    except DocumentError as error:
        return mistake_lines(file, error, tr)
    return []


def mistake_lines(file: Path, error: DocumentError, tr: Translator) -> list[str]:
    """One line per mistake: file, line, place, words."""
    lines = _lines(file, error.mistakes[0])
    return [f"{file}:{line_of(one['path'], lines)}: {one['path']}: {one['mistake']}" if one["path"]
            else f"{file}: {one['mistake']}" for one in mistakes_in_words(error, tr)]  # fmt: skip


def _lines(file: Path, first: Mistake) -> dict[str, int]:
    """The lines of the file's tables; none where the file could not be read as TOML, which says its line itself."""
    if not first.path:
        return {}
    source = file.read_text(encoding="utf-8-sig")
    return dict(table_lines(source, read_toml(source)))


def example(template: Template) -> Receipt:
    """The template filled with the example of its kind."""
    return Receipt(fill(template, EXAMPLES[template.kind], SIGN))


def text_lines(shown: Receipt, columns: int) -> list[str]:
    """The paper as text; codes and pictures as their names."""
    return [item.text if isinstance(item, Line) else f"[{type(item).__name__}]" for item in lay_out(shown, columns)]
