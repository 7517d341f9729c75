"""docs/programme.md names every key with an example that fits, and its generated part is what the reader says."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from typing import Any

from app.domain.programme.parse import parse
from app.domain.programme.schema import DocumentError
from tests.scenarios.test_every_key_matters import keys_of_the_schema
from tools.files import ROOT
from tools.programme_keys import EXTRA, block, documents, name, places, what_fits

PAGE = (ROOT / "docs" / "programme.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([\w.\[\]]+)` \| (.+) \| `(.+)` \|$", re.MULTILINE)


def test_the_generated_part_is_what_the_reader_says() -> None:
    assert block() in PAGE, "run python -m tools.programme_keys --write"


def test_every_key_the_reader_asks_for_is_explained_with_an_example() -> None:
    explained = {key for key, _words, _example in ROW.findall(PAGE)}
    asked = {key[key.index("when.") :] if ".when." in key else key for key in keys_of_the_schema()}
    assert asked - explained == set()
    assert explained - asked == set()
    assert set(what_fits()) == asked


def test_every_example_fits_its_key() -> None:
    wrong = []
    for key, _words, example in ROW.findall(PAGE):
        value = tomllib.loads(f"x = {example}")["x"]
        if not _fits_somewhere(key, value):
            wrong.append(key)
    assert wrong == []


def _fits_somewhere(key: str, value: Any) -> bool:
    """Whether the reader takes the value in some document that has this key; a name may have to be in the document."""
    for document in [*documents(), EXTRA]:
        for path in places(document):
            if name(path) == key and _taken(document, path, value):
                return True
    return False


def _taken(document: dict[str, Any], path: tuple[str | int, ...], value: Any) -> bool:
    changed = deepcopy(document)
    table: Any = changed
    for part in path[:-1]:
        table = table[part]
    table[path[-1]] = value
    try:
        parse(changed)
    except DocumentError as error:
        return all(one.path.rpartition(".")[2] != path[-1] or one.code == "not_in_document" for one in error.mistakes)
    return True


def test_the_small_programme_of_the_page_is_sound() -> None:
    [small] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert parse(tomllib.loads(small)).name == "harbour:3"


def test_operators_named_in_the_page_are_those_of_the_scenarios() -> None:
    for operator in ("Glenora", "Lokumi", "Tuffins", "Viola"):
        assert operator in PAGE
