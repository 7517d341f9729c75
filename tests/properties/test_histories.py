"""Some hundreds of random histories; `python -m tests.properties.histories` runs as many as one likes."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import sync.hq.work.journal as journal
from tests.properties import histories

ROOT = Path(__file__).parents[2]
COUNT = 300


def test_no_history_depends_on_arrival_and_the_same_basis_makes_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert histories.main(["--count", str(COUNT)]) == 0
    assert capsys.readouterr().out == ""


def test_the_histories_are_of_every_kind() -> None:
    made = [histories.history(seed) for seed in range(60)]
    kinds = {type(one.body).__name__ for history in made for one in history.events}
    assert kinds == {"Sale", "SaleReturn", "Undo", "PointsRedeem", "Adjustment"}
    states = [history.doc.state for history in made if history.doc.state]
    assert any(state.debt for state in states)
    assert any(state.coupons for state in states)
    assert any(state.to_follow for state in states)


def test_without_the_journal_the_order_of_arrival_would_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_it_comes(book, base, member, events, told):  # type: ignore[no-untyped-def]
        state = as_it_comes.state  # type: ignore[attr-defined]
        return journal.post(told, journal.opened(book, state, member, told.moment.day))

    real = journal.enter

    def remembering(book, doc, member, told):  # type: ignore[no-untyped-def]
        as_it_comes.state = doc.state  # type: ignore[attr-defined]
        return real(book, doc, member, told)

    monkeypatch.setattr(journal, "_again", as_it_comes)
    monkeypatch.setattr(histories, "enter", remembering)
    assert not all(histories.same_in_the_end(histories.history(seed)) for seed in range(60))


def test_a_till_that_computes_wrongly_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real = histories.promise_of

    def blind(told, birthday_on):  # type: ignore[no-untyped-def]
        basis = histories.msgspec.structs.replace(told.basis, counters={})
        return real(replace(told, basis=basis), birthday_on)

    monkeypatch.setattr(histories, "promise_of", blind)
    assert any(histories.history(seed).wrong for seed in range(120))


@pytest.mark.parametrize("folder", ["app/domain/programme", "sync/hq/work"])
def test_no_rule_and_no_posting_reckons_with_floats(folder: str) -> None:
    for file in sorted((ROOT / folder).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{file.name}:{node.lineno}"
            divides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            assert not divides or "percent" in ast.dump(node), f"{file.name}:{node.lineno}"  # a Fraction stays exact
            assert not (isinstance(node, ast.Name) and node.id == "float"), f"{file.name}:{node.lineno}"
