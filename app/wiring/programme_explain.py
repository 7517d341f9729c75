"""`guitai programme explain FILE`: for each sale of a scenario every rule, and why it did or did not apply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from app.domain.programme.document import Programme
from app.domain.programme.explain import Explanation, Reason, Refused, RuleAnswer
from app.domain.programme.fit import Misfit
from app.domain.programme.offers import Offer, OfferKind
from app.domain.programme.scenario import ExplainedSale, explain_sales
from app.domain.programme.scenario_file import read_scenario
from app.domain.programme.schema import DocumentError
from app.i18n import Translator, mark
from app.wiring.programme_file import mistake_lines, mistakes_in_words, read_file

EXIT_MALFORMED = 2
Report = dict[str, Any]
WORDS: Mapping[Reason, str] = {
    Reason.ANONYMOUS: mark("nobody to give points to"),
    Reason.LIMIT: mark("it was given {found} times, {wanted} are allowed"),
    Reason.NOT_KNOWN: mark("how often it was given is not known here"),
    Reason.NO_MONEY: mark("none of its goods has money that earns"),
    Reason.BETTER_RULE: mark("{found} multiplies these goods by more"),
    Reason.ROUNDING: mark("less than the smallest step"),
    Reason.CAP: mark("a cap left no room"),
}
"""Reasons that are no condition; a condition is named as the document names it."""

MISFITS: Mapping[Misfit, str] = {
    Misfit.GOODS: mark("its goods are not in the basket"),
    Misfit.SPEND: mark("{missing_minor} cents of its goods are missing"),
    Misfit.UNITS: mark("too few pieces of its article"),
    Misfit.MEMBER: mark("it is for other members"),
    Misfit.PLACE: mark("it is for another place"),
    Misfit.TIME: mark("it is for another time"),
    Misfit.BIRTHDAY: mark("it is for the birthday"),
    Misfit.PURCHASE: mark("it is for another purchase"),
    Misfit.PAYMENT: mark("it is for another way of paying"),
    Misfit.ALONE: mark("it does not combine with the others"),
    Misfit.POINTS: mark("there are too few points"),
}


@click.command("explain")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--step", "only", metavar="ID", help="Explain this sale alone; those before it are still replayed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def explain_sales_of(ctx: click.Context, file: Path, only: str | None, as_json: bool) -> None:
    """Explain the sales of FILE, a scenario with a programme, members and at least one basket.

    Every rule is named with the points it gave line by line, or with the first reason it gave none. Exit 2 when the
    file is malformed, with the path of each mistake.
    """
    tr: Translator = ctx.obj
    try:
        scenario = read_scenario(read_file(file))
        sales = [one for one in explain_sales(scenario) if only in (None, one.step)]
    except DocumentError as error:
        if as_json:
            click.echo(json.dumps({"file": str(file), "mistakes": mistakes_in_words(error, tr)}, ensure_ascii=False))
        else:
            click.echo("\n".join(mistake_lines(file, error, tr)))
        ctx.exit(EXIT_MALFORMED)
    if as_json:
        report = {"file": str(file), "sales": [_as_json(one, scenario.programme) for one in sales]}
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        for one in sales:
            click.echo("\n".join(_lines(one, tr)))


def _as_json(sale: ExplainedSale, programme: Programme) -> Report:
    found = sale.explanation
    offers = [_offer(one) for one in sale.offers]
    if found is None:
        return {"step": sale.step, "refused": sale.refused, "offers": offers}
    partners = {rule.id: rule.partner for rule in programme.earn.rules}
    rules = [{**_rule(one), "partner": partners.get(one.rule)} for one in found.rules]
    eligible = list(found.eligible_minor)
    return {"step": sale.step, "points": found.points, "eligible_minor": eligible, "rules": rules, "offers": offers}


def _offer(one: Offer) -> Report:
    return {
        "kind": one.kind.value,
        "id": one.id,
        "asked": one.asked,
        "held": one.held,
        "misfit": one.why.misfit.value if one.why else None,
        "missing_minor": one.why.missing_minor if one.why else 0,
    }


def _rule(answer: RuleAnswer) -> Report:
    refused = answer.refused
    return {
        "rule": answer.rule,
        "kind": answer.kind.value if answer.kind else None,
        "points": answer.points,
        "by_line": [{"line": line, "points": points} for line, points in answer.by_line],
        "after_days": answer.after_days,
        "cut": answer.cut,
        "refused": _refused(refused) if refused else None,
    }


def _refused(refused: Refused) -> Report:
    return {"reason": refused.reason.value, "wanted": list(refused.wanted), "found": list(refused.found)}


def _lines(sale: ExplainedSale, tr: Translator) -> list[str]:
    offers = [f"  {_offer_in_words(one, tr)}" for one in sale.offers]
    if sale.explanation is None:
        return [tr("{step}: refused: {code}", step=sale.step, code=sale.refused or ""), *offers]
    rules = [f"  {_answer(one, tr)}" for one in sale.explanation.rules]
    return [_total(sale.step, sale.explanation, tr), *rules, *offers]


def _offer_in_words(one: Offer, tr: Translator) -> str:
    name = tr("coupon {id}", id=one.id) if one.kind is OfferKind.COUPON else tr("reward {id}", id=one.id)
    if one.asked:
        name = tr("{offer}, asked for", offer=name)
    if not one.held:
        return tr("{offer}: the member has none that is open", offer=name)
    if one.why is None:
        return tr("{offer}: fits", offer=name)
    reason = tr(MISFITS[one.why.misfit], missing_minor=one.why.missing_minor)
    return tr("{offer}: does not fit; {reason}", offer=name, reason=reason)


def _total(step: str, found: Explanation, tr: Translator) -> str:
    return tr("{step}: {points} points", step=step, points=found.points)


def _answer(answer: RuleAnswer, tr: Translator) -> str:
    if answer.refused is not None:
        return tr("{rule}: nothing; {reason}", rule=answer.rule, reason=_reason(answer.refused, tr))
    lines = ", ".join(tr("line {line}: {points}", line=line + 1, points=points) for line, points in answer.by_line)
    said = tr("{rule}: {points} points ({lines})", rule=answer.rule, points=answer.points, lines=lines)
    if answer.after_days:
        said += tr("; {days} days later", days=answer.after_days)
    return said + tr("; {points} points cut off by a cap", points=answer.cut) if answer.cut else said


def _reason(refused: Refused, tr: Translator) -> str:
    wanted, found = ", ".join(refused.wanted), ", ".join(refused.found)
    if refused.reason in WORDS:
        return tr(WORDS[refused.reason], wanted=wanted, found=found)
    if not found:
        return tr("{condition} must be {wanted}", condition=refused.reason.value, wanted=wanted)
    return tr("{condition} must be {wanted}, it is {found}", condition=refused.reason.value, wanted=wanted, found=found)
