"""`guitai programme`: `check` replays scenarios and reads documents; `explain` and `diff` stand in their own files."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import IntEnum
from pathlib import Path
from typing import Any

import click

from app.domain.programme.parse import parse
from app.domain.programme.scenario import Difference, StepResult, check
from app.domain.programme.schema import DocumentError
from app.i18n import Translator
from app.wiring.programme_diff import compare_versions
from app.wiring.programme_explain import explain_sales_of
from app.wiring.programme_file import mistakes_in_words, read_file


class Exit(IntEnum):
    """What the command ends with; of several files the highest."""

    HOLDS = 0
    DIFFERS = 1
    MALFORMED = 2


SCENARIO_KEYS = frozenset({"programme", "members", "steps"})
"""A JSON object with one of these is a scenario, anything else a programme document."""

Report = dict[str, Any]


@click.group()
def programme() -> None:
    """Programme documents and scenario files."""


programme.add_command(explain_sales_of)
programme.add_command(compare_versions)


@programme.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="Print every step's full result, one JSON object a file.")
@click.option("--pair", is_flag=True, help="Replay scenarios through a till and a head office on this machine as well.")
@click.pass_context
def check_files(ctx: click.Context, files: tuple[Path, ...], as_json: bool, pair: bool) -> None:
    """Replay scenario FILEs (JSON) and check programme documents (TOML or JSON).

    Exit 0 when everything holds; 1 with one line per difference (file, step, field, expected, got); 2 when a file is
    malformed, with the path of each mistake.
    """
    tr: Translator = ctx.obj
    worst = Exit.HOLDS
    for file in files:
        code, report = _check(file, tr, pair=pair)
        worst = max(worst, code)
        if as_json:
            click.echo(json.dumps(report, ensure_ascii=False))
        else:
            _print(report, tr)
    ctx.exit(worst)


def _check(file: Path, tr: Translator, *, pair: bool) -> tuple[Exit, Report]:
    try:
        steps = _replayed(file, pair=pair)
    except DocumentError as error:
        return Exit.MALFORMED, {"file": str(file), "mistakes": mistakes_in_words(error, tr)}
    code = Exit.DIFFERS if any(step.differences for step in steps) else Exit.HOLDS
    return code, {"file": str(file), "steps": [asdict(step) for step in steps]}


def _replayed(file: Path, *, pair: bool) -> tuple[StepResult, ...]:
    """The steps of a scenario, none for a programme document. DocumentError when the file is malformed."""
    document = read_file(file)
    if SCENARIO_KEYS.isdisjoint(document):
        parse(document)
        return ()
    if pair:
        from app.wiring.pair import check_pair  # lazy: the rules alone need neither files nor a network

        return check_pair(document)
    return check(document)


def _print(report: Report, tr: Translator) -> None:
    for mistake in report.get("mistakes", ()):
        place = f"{report['file']}: {mistake['path']}" if mistake["path"] else report["file"]
        click.echo(f"{place}: {mistake['mistake']}")
    for step in report.get("steps", ()):
        for difference in step["differences"]:
            click.echo(_line(report["file"], Difference(**difference), tr))


def _line(file: str, one: Difference, tr: Translator) -> str:
    expected, got = (json.dumps(value, ensure_ascii=False) for value in (one.expected, one.got))
    values = tr("expected {expected}, got {got}", expected=expected, got=got)
    return f"{file}: {one.step}: {one.field}: {values}"
