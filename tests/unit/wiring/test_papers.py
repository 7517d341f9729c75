"""The shipped templates say all they can, in both languages alike; a chain's own comes first, a broken one never."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.paper import Line, lay_out, width
from app.domain.receipt import Image, Receipt
from app.domain.template import CodeNode, ColumnsNode, Each, Field, If, Node, PaperKind, Row, TextNode, fill
from app.domain.template_fields import FIELDS, AllFields, FieldKind
from app.i18n import LANGUAGES
from app.wiring.papers import TillPapers, read_template, shipped_file
from app.wiring.receipt_examples import EXAMPLES, SIGN
from tests.support.pictures import png


def shape(nodes: Sequence[Node]) -> list[object]:
    """A template without its words: what is asked, in which order."""
    found: list[object] = []
    for node in nodes:
        if isinstance(node, If):
            found.append((node.name, node.wanted, shape(node.then), shape(node.otherwise)))
        elif isinstance(node, Each):
            found.append((node.name, shape(node.do)))
        elif isinstance(node, TextNode):
            found.append(("text", {one for one in node.words if isinstance(one, Field)}, node.align, node.double))
        elif isinstance(node, ColumnsNode):
            found.append(("columns", {one for one in (*node.left, *node.right) if isinstance(one, Field)}, node.double))
        else:
            found.append(node)
    return found


def asked(nodes: Sequence[Node], above: str = "") -> Iterator[str]:
    for node in nodes:
        if isinstance(node, If):
            yield above + node.name
            yield from asked((*node.then, *node.otherwise), above)
        elif isinstance(node, Each):
            yield node.name
            yield from asked(node.do, f"{node.name}.")
        elif isinstance(node, TextNode | CodeNode):
            yield from (above + one.name for one in node.words if isinstance(one, Field))
        elif isinstance(node, ColumnsNode):
            yield from (above + one.name for one in (*node.left, *node.right) if isinstance(one, Field))


def names(fields: AllFields) -> set[str]:
    return {one for one, kind in fields.items() if isinstance(kind, FieldKind)} | {
        f"{one}.{inner}" for one, kind in fields.items() if not isinstance(kind, FieldKind) for inner in kind
    }


@pytest.mark.parametrize("kind", PaperKind)
def test_both_languages_say_the_same_things(kind: PaperKind) -> None:
    chinese, english = (read_template(shipped_file(kind, language)) for language in LANGUAGES)
    assert shape(chinese.nodes) == shape(english.nodes)


@pytest.mark.parametrize("kind", PaperKind)
def test_the_shipped_template_has_a_place_for_all_there_is_to_say(kind: PaperKind) -> None:
    found = list(asked(read_template(shipped_file(kind, "zh_CN")).nodes))
    used = set(found) | {one.split(".")[-1] for one in found}
    unsaid = {one for one in names(FIELDS[kind]) if one not in used}
    unseen = {"staff", "staff_no", "offline"} | ({"card_tail"} if kind is PaperKind.CORRECTION else set())
    assert unsaid <= unseen


@pytest.mark.parametrize("kind", PaperKind)
def test_the_example_has_only_fields_that_there_are(kind: PaperKind) -> None:
    def known(row: Row, fields: AllFields) -> bool:
        for name, value in row.items():
            inner = fields[name]
            if isinstance(value, list):
                assert not isinstance(inner, FieldKind)
                assert all(known(one, inner) for one in value)
        return True

    assert known(EXAMPLES[kind], FIELDS[kind])


OWN = 'kind = "day"\nblocks = [{text = "own"}, {cut = true}]'


def test_a_chains_own_template_comes_first(tmp_path: Path) -> None:
    (tmp_path / "day.toml").write_text(OWN)
    papers = TillPapers("en", tmp_path)
    assert papers.template(PaperKind.DAY).nodes[0] == TextNode(("own",))
    assert papers.template(PaperKind.DAY) is papers.template(PaperKind.DAY)
    assert papers.template(PaperKind.SALE) == read_template(shipped_file(PaperKind.SALE, "en"))


@pytest.mark.parametrize("broken", ["kind = ", OWN.replace("text", "txet"), OWN.replace("day", "cash")])
def test_an_own_template_that_cannot_be_printed_stops_no_sale(
    tmp_path: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "day.toml").write_text(broken)
    shipped = read_template(shipped_file(PaperKind.DAY, "zh_CN"))
    assert TillPapers("zh_CN", tmp_path).template(PaperKind.DAY) == shipped
    assert "receipt_file_refused" in caplog.text


def test_the_chain_s_template_stands_between_the_till_s_own_and_the_shipped_one(tmp_path: Path) -> None:
    texts = {"day": OWN.replace("own", "chain")}
    papers = TillPapers("en", tmp_path, lambda name, _language: texts.get(name))
    assert papers.template(PaperKind.DAY).nodes[0] == TextNode(("chain",))
    assert papers.template(PaperKind.DAY) is papers.template(PaperKind.DAY)
    texts["day"] = "not a template"
    assert papers.template(PaperKind.DAY) == read_template(shipped_file(PaperKind.DAY, "en"))
    del texts["day"]
    assert papers.template(PaperKind.DAY) == read_template(shipped_file(PaperKind.DAY, "en"))
    (tmp_path / "day.toml").write_text(OWN)
    texts["day"] = OWN.replace("own", "chain")
    assert TillPapers("en", tmp_path, lambda name, _: texts.get(name)).template(PaperKind.DAY).nodes[0] == TextNode(
        ("own",)
    )


def test_a_picture_lies_beside_its_template_and_nowhere_else(tmp_path: Path) -> None:
    own = tmp_path / "receipts"
    own.mkdir()
    png(tmp_path / "logo.png", 9, 2)
    file = own / "day.toml"
    for name in ("logo.png", "../logo.png", str(tmp_path / "logo.png")):
        file.write_text(f'kind = "day"\nblocks = [{{image = "{name}"}}, {{cut = true}}]')
        assert TillPapers("en", own).template(PaperKind.DAY) == read_template(shipped_file(PaperKind.DAY, "en"))
    png(own / "logo.png", 9, 2)
    file.write_text('kind = "day"\nblocks = [{image = "logo.png"}, {cut = true}]')
    node = read_template(file).nodes[0]
    assert isinstance(node, Image)
    assert (node.width_dots, node.height_dots, node.rows()) == (16, 2, b"\xff\x80\xff\x80")


CHINESE_SALE = read_template(shipped_file(PaperKind.SALE, "zh_CN"))
NAMES = st.text(st.sampled_from("花间𠮷㐀龘 aZ09-Łéßя￥¥…。，（）🌸👨‍👩‍👧\u200d\u0301\t{}"), max_size=60)


@given(NAMES, NAMES, NAMES, st.sampled_from((32, 42, 48)))
def test_no_line_of_a_receipt_is_wider_than_its_paper(brand: str, article: str, who: str, columns: int) -> None:
    example = EXAMPLES[PaperKind.SALE]
    goods: list[Row] = [{"name": article, "qty": 99_999, "unit": 9_999_999, "amount": 999_989_900_001}]
    values: Row = {**example, "brand": brand, "member": who, "tier": who, "goods": goods}
    lines = [item for item in lay_out(Receipt(fill(CHINESE_SALE, values, SIGN)), columns) if isinstance(item, Line)]
    assert [line for line in lines if width(line.text) * (2 if line.double else 1) > columns] == []


def test_every_field_is_in_the_guide() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "receipts.md").read_text(encoding="utf-8")
    assert [name for kind in PaperKind for name in names(FIELDS[kind]) if f"| `{name}` |" not in guide] == []
