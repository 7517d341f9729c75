"""The small changes: every place of a module where one operator, number, condition or statement can be altered."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
DROPPED = "statement dropped"
Change = Callable[[ast.AST], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. `number` is its place among the nodes of the module, `function` its qualified name."""

    module: str
    function: str
    line: int
    source: str
    what: str
    number: int

    @property
    def key(self) -> str:
        """What names it in docs/mutants.md: stable while its line and function stay as they are."""
        return f"{self.module} {self.function}: `{self.source}`: {self.what}"


def _comparison(node: ast.Compare) -> Iterator[tuple[str, Change]]:
    for place, operator in enumerate(node.ops):
        other = COMPARISONS[type(operator)]

        def change(at: ast.AST, place: int = place, other: type[ast.cmpop] = other) -> None:
            assert isinstance(at, ast.Compare)
            at.ops[place] = other()

        yield f"{type(operator).__name__} → {other.__name__}", change


def _arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[tuple[str, Change]]:
    other = ARITHMETIC.get(type(node.op))
    if other is not None:
        yield f"{type(node.op).__name__} → {other.__name__}", lambda at: setattr(at, "op", other())


def _boolean(node: ast.BoolOp) -> Iterator[tuple[str, Change]]:
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    yield f"{type(node.op).__name__} → {other.__name__}", lambda at: setattr(at, "op", other())


def _constant(node: ast.Constant) -> Iterator[tuple[str, Change]]:
    if isinstance(node.value, bool):
        yield f"{node.value} → {not node.value}", lambda at: setattr(at, "value", not node.value)
    elif isinstance(node.value, int):
        yield f"{node.value} → {node.value + 1}", lambda at: setattr(at, "value", node.value + 1)


def _condition(_node: ast.AST) -> Iterator[tuple[str, Change]]:
    yield "condition → not", lambda at: setattr(at, "test", ast.UnaryOp(ast.Not(), at.test))


def _unary(node: ast.UnaryOp) -> Iterator[tuple[str, Change]]:
    if isinstance(node.op, ast.USub):
        yield "- → +", lambda at: setattr(at, "op", ast.UAdd())
    elif isinstance(node.op, ast.Not):
        yield "not → bool", lambda at: setattr(at, "op", ast.UAdd()) or setattr(at, "operand", _bool(at.operand))


def _bool(value: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("bool", ast.Load()), [value], [])


def _call(node: ast.Call) -> Iterator[tuple[str, Change]]:
    if isinstance(node.func, ast.Name) and node.func.id in CALLS:
        other = CALLS[node.func.id]
        yield f"{node.func.id} → {other}", lambda at: setattr(at.func, "id", other)
    if isinstance(node.func, ast.Name) and node.func.id == "reversed":
        yield "reversed → list", lambda at: setattr(at.func, "id", "list")
    if isinstance(node.func, ast.Name) and node.func.id == "replace":
        for place, keyword in enumerate(node.keywords):
            yield f"replace without {keyword.arg}", lambda at, place=place: at.keywords.pop(place)


def _filter(node: ast.comprehension) -> Iterator[tuple[str, Change]]:
    for place in range(len(node.ifs)):
        yield "filter dropped", lambda at, place=place: at.ifs.pop(place)


def _statement(node: ast.stmt) -> Iterator[tuple[str, Change]]:
    """Statements whose absence leaves a module that still runs."""
    if isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield)
    ):
        yield DROPPED, lambda _at: None  # done by `changed`, which knows the body it stands in


KINDS: tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Iterator[tuple[str, Change]]]], ...] = (
    (ast.Compare, _comparison),
    ((ast.BinOp, ast.AugAssign), _arithmetic),
    (ast.BoolOp, _boolean),
    (ast.Constant, _constant),
    ((ast.If, ast.IfExp, ast.While), _condition),
    (ast.UnaryOp, _unary),
    (ast.Call, _call),
    (ast.comprehension, _filter),
    (ast.stmt, _statement),
)


def _changes_of(node: ast.AST) -> Iterator[tuple[str, Change]]:
    for kind, find in KINDS:
        if isinstance(node, kind):
            yield from find(node)


def _inside_functions(tree: ast.Module) -> Iterator[tuple[int, str, ast.AST]]:
    """(place in the walk, function, node) of everything in the bodies of functions and methods; docstrings left out."""
    places = {id(node): place for place, node in enumerate(ast.walk(tree))}
    for owner in (tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))):
        for function in owner.body:
            if isinstance(function, ast.FunctionDef):
                name = f"{owner.name}.{function.name}" if isinstance(owner, ast.ClassDef) else function.name
                for statement in function.body:
                    guards = _guards(statement)
                    for node in ast.walk(statement):
                        if id(node) not in guards:
                            yield places[id(node)], name, node


def _guards(statement: ast.stmt) -> set[int]:
    """`strict=True` of zip, and assertions: they guard against mistakes of the programmer that no basket can make."""
    found = {id(node) for one in ast.walk(statement) if isinstance(one, ast.Assert) for node in ast.walk(one)}
    keywords = (node for node in ast.walk(statement) if isinstance(node, ast.keyword) and node.arg == "strict")
    return found | {id(node.value) for node in keywords}


def mutants_of(module: str, text: str) -> list[Mutant]:
    """Every mutant of a module's text, in the order of its lines."""
    lines = text.splitlines()
    found = []
    for place, function, node in _inside_functions(ast.parse(text)):
        line = getattr(node, "lineno", 0) or getattr(getattr(node, "target", None), "lineno", 0)
        for number, (what, _change) in enumerate(_changes_of(node)):
            found.append(Mutant(module, function, line, lines[line - 1].strip(), what, place * 100 + number))
    found.sort(key=lambda one: (one.line, one.number))
    return _numbered(found)


def _numbered(found: list[Mutant]) -> list[Mutant]:
    """Twins of one line get a number, so that keys are unique."""
    seen: dict[str, int] = {}
    unique = []
    for one in found:
        count = seen[one.key] = seen.get(one.key, 0) + 1
        what = one.what if count == 1 else f"{one.what} ({count})"
        unique.append(Mutant(one.module, one.function, one.line, one.source, what, one.number))
    return unique


def changed(text: str, mutant: Mutant) -> ast.Module:
    """The module with this one change."""
    tree = copy.deepcopy(ast.parse(text))
    place, number = divmod(mutant.number, 100)
    node = list(ast.walk(tree))[place]
    what, change = list(_changes_of(node))[number]
    if what == DROPPED:
        _drop(tree, node)
    else:
        change(node)
    return ast.fix_missing_locations(tree)


def _drop(tree: ast.Module, gone: ast.AST) -> None:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and gone in body:
                body[body.index(gone)] = ast.copy_location(ast.Pass(), gone)
