"""`guitai rescue` and `guitai restore`: a till whose files were damaged, or were put back from a copy."""

from __future__ import annotations

import os
from pathlib import Path

import click

from app.clock import SystemClock
from app.i18n import Translator
from app.store import keys
from app.store.rescue import Rescued, rescue
from app.store.restore import restore
from app.wiring.folders import data_option

RANGES_MAX = 20


@click.command("rescue")
@data_option
@click.pass_obj
def rescue_till(tr: Translator, folder: Path) -> None:
    """Save what can be read of a damaged till.db into a new one. The damaged files are kept."""

    def progress(done: int, pages: int) -> None:
        click.echo(tr("Reading the files: {done} of {pages} pages", done=done, pages=pages))

    found = rescue(folder, keys.load(folder, os.environ), SystemClock(), progress)
    if found is None:
        click.echo(tr("Nothing is wrong with till.db. Nothing was changed"))
        return
    for line in lines(found, tr):
        click.echo(line)


@click.command("restore")
@data_option
@click.option(
    "--from",
    "copy",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A till.db to put in its place.",
)
@click.pass_obj
def restore_till(tr: Translator, folder: Path, copy: Path | None) -> None:
    """Say that this till's files come from a copy or an image; with --from put the copy there first.

    What was sold since the copy may be at head office under the same numbers: nothing is sold without a new code.
    """
    kept = restore(folder, keys.load(folder, os.environ), SystemClock(), copy)
    if kept:
        click.echo(tr("The files of before are kept in {folder}", folder=kept))
    click.echo(tr("Ask head office for a code and run guitai enrol: then this till sells again and sends all it holds"))


def lines(found: Rescued, tr: Translator) -> list[str]:
    """What was saved and what was not, a sentence each."""
    said = [tr("{bad} of {pages} pages were damaged", bad=found.damaged_pages, pages=found.pages)]
    said.append(
        tr(
            "Saved: {count} events, with the personal data of {people} of them",
            count=found.events,
            people=_rows(found, "pii"),
        )
    )
    if found.loose:
        said.append(tr("{count} of them cannot be tied to the event before", count=found.loose))
    if found.missing:
        lost = sum(last - first + 1 for first, last in found.missing)
        said.append(tr("NOT saved: {count} events, numbers {numbers}", count=lost, numbers=_numbers(found)))
    said.append(
        tr(
            "Saved: {sales} sales, {returns} returns, {shifts} shifts, {goods} goods, {staff} staff",
            sales=_rows(found, "sale"),
            returns=_rows(found, "sale_return"),
            shifts=_rows(found, "shift"),
            goods=_rows(found, "product"),
            staff=_rows(found, "staff"),
        )
    )
    if found.partly:
        said.append(tr("NOT saved whole: {tables}", tables=", ".join(found.partly)))
    if found.without_event:
        said.append(
            tr(
                "NOT saved: the events of {count} receipts, which are listed in {file}",
                count=len(found.without_event),
                file=f"{found.kept_in}/rescue.json",
            )
        )
    said.append(tr("The files of before are kept in {folder}", folder=found.kept_in))
    if found.needs_code:
        said.append(
            tr("Ask head office for a code and run guitai enrol: then this till sells again and sends all it holds")
        )
    else:
        said.append(tr("This till can be opened and sells again"))
    return said


def _rows(found: Rescued, table: str) -> int:
    return found.rows.get(table, 0)


def _numbers(found: Rescued) -> str:
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in found.missing[:RANGES_MAX]]
    return ", ".join(shown) + (" …" if len(found.missing) > RANGES_MAX else "")
