"""`guitai programme diff OLD NEW --replay DAYS`: what stored sales would have earned under another version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from app.domain.programme.comparing import Comparison, Figures, compare
from app.domain.programme.document import Programme
from app.domain.programme.parse import parse
from app.domain.programme.schema import DocumentError
from app.i18n import Translator
from app.wiring.programme_file import mistake_lines, mistakes_in_words, read_file
from app.wiring.programme_history import last_days, of_head_office, of_till

EXIT_MALFORMED = 2
MEMBERS_SHOWN_MAX = 20
Report = dict[str, Any]
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path), metavar="OLD")
@click.argument("new", type=click.Path(path_type=Path), metavar="NEW")
@click.option("--replay", "days", type=click.IntRange(1), required=True, help="The days up to the newest stored sale.")
@click.option("--till", type=FOLDER, help="The sales of a till: its data folder.")
@click.option("--hq", type=FOLDER, help="The sales of the whole chain: head office's data folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with every member and rule.")
@click.pass_context
def compare_versions(
    ctx: click.Context, /, old: Path, new: Path, days: int, till: Path | None, hq: Path | None, *, as_json: bool
) -> None:
    """Run past sales under two programme documents and compare the points, by rule and by member.

    OLD and NEW are TOML or JSON. Nothing is changed anywhere. Exit 2 when a document is malformed, with every mistake.
    """
    tr: Translator = ctx.obj
    if (till is None) == (hq is None):
        raise click.UsageError(tr("Give either --till or --hq."))
    one, other = _programme(ctx, old, as_json), _programme(ctx, new, as_json)
    past = of_till(till) if till is not None else of_head_office(hq or Path())
    found = compare(one, other, last_days(past, days))
    if as_json:
        click.echo(json.dumps(_as_json(one, other, found), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(one, other, found, tr)))


def _programme(ctx: click.Context, file: Path, as_json: bool) -> Programme:
    tr: Translator = ctx.obj
    try:
        return parse(read_file(file))
    except DocumentError as error:
        if as_json:
            click.echo(json.dumps({"file": str(file), "mistakes": mistakes_in_words(error, tr)}, ensure_ascii=False))
        else:
            click.echo("\n".join(mistake_lines(file, error, tr)))
        ctx.exit(EXIT_MALFORMED)


def _figures(name: str, found: Figures) -> Report:
    return {"programme": name, "points": found.points, "bonuses": found.bonuses, "refused": dict(found.refused)}


def _as_json(old: Programme, new: Programme, found: Comparison) -> Report:
    return {
        "sales": found.sales,
        "returns": found.returns,
        "promised": found.promised,
        "old": _figures(old.name, found.old),
        "new": _figures(new.name, found.new),
        "rules": [{"rule": name, "old": a, "new": b} for name, a, b in _pairs(found.old.by_rule, found.new.by_rule)],
        "members": [
            {"member": name, "old": a, "new": b} for name, a, b in _pairs(found.old.by_member, found.new.by_member)
        ],
    }


def _pairs(old: Mapping[str, int], new: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """(name, old, new) of every name, the largest difference first."""
    found = [(name, old.get(name, 0), new.get(name, 0)) for name in sorted(old.keys() | new.keys())]
    return sorted(found, key=lambda one: -abs(one[2] - one[1]))


def _lines(old: Programme, new: Programme, found: Comparison, tr: Translator) -> list[str]:
    lines = [
        tr("{sales} sales and {returns} returns, {points} points promised then", sales=found.sales,
           returns=found.returns, points=found.promised),
        tr("points: {old_name} {old}, {new_name} {new} ({difference})", old_name=old.name, new_name=new.name,
           **_change(found.old.points, found.new.points)),
        tr("upgrade bonuses: {old}, {new} ({difference})", **_change(found.old.bonuses, found.new.bonuses)),
    ]  # fmt: skip
    for rule, before, after in _pairs(found.old.by_rule, found.new.by_rule):
        lines.append(tr("rule {rule}: {old}, {new} ({difference})", rule=rule, **_change(before, after)))
    for code, before, after in _pairs(found.old.refused, found.new.refused):
        lines.append(tr("refused, {code}: {old}, {new} ({difference})", code=code, **_change(before, after)))
    others = [one for one in _pairs(found.old.by_member, found.new.by_member) if one[1] != one[2]]
    for member, before, after in others[:MEMBERS_SHOWN_MAX]:
        lines.append(tr("member {member}: {old}, {new} ({difference})", member=member, **_change(before, after)))
    if len(others) > MEMBERS_SHOWN_MAX:
        lines.append(tr("and {count} more members; --json names them all", count=len(others) - MEMBERS_SHOWN_MAX))
    return lines


def _change(old: int, new: int) -> dict[str, int | str]:
    return {"old": old, "new": new, "difference": f"{new - old:+d}"}
