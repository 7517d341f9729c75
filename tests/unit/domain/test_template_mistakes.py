"""A template that could not be filled is refused, with the place and the line of every mistake."""

from __future__ import annotations

import pytest

from app.domain.programme.schema import DocumentError, Mistake, read_toml
from app.domain.receipt import Image
from app.domain.template import Template
from app.domain.template_lines import line_of, table_lines
from app.domain.template_parse import BLOCKS_MAX, NESTED_MAX, parse_template

LOGO = Image(8, 1, "eJxjAAAAAQAB")


def parsed(source: str) -> Template:
    return parse_template(read_toml(source), lambda name: LOGO if name == "logo.png" else None)


def mistakes(blocks: str, kind: str = "sale") -> list[Mistake]:
    with pytest.raises(DocumentError) as caught:
        parsed(f'kind = "{kind}"\nblocks = [{blocks}\n{{cut = true}}]')
    return list(caught.value.mistakes)


def test_a_template_says_what_it_is_for() -> None:
    for source in ("blocks = []", 'kind = "sal"\nblocks = []', "kind = 3"):
        with pytest.raises(DocumentError) as caught:
            parsed(source)
        assert [one.path for one in caught.value.mistakes] == ["kind"]


def test_a_template_has_blocks_and_ends_with_a_cut() -> None:
    for source, code in (
        ("", "key_missing"),
        ("blocks = []", "template_no_cut"),
        ('blocks = [{text = "x"}]', "template_no_cut"),
        ("blocks = [{cut = true}]\nblock = 1", "key_unknown"),
    ):
        with pytest.raises(DocumentError) as caught:
            parsed(f'kind = "day"\n{source}')
        assert caught.value.mistakes[0].code == code


@pytest.mark.parametrize(
    ("block", "path", "code"),
    [
        ("{}", "", "template_block"),
        ('{text = "a", left = "b"}', "", "template_block"),
        ('{text = "a", colour = "red"}', ".colour", "key_unknown"),
        ('{text = "a", align = "middle"}', ".align", "expected_choice"),
        ('{text = "a", bold = 1}', ".bold", "expected_flag"),
        ("{text = 3}", ".text", "expected_text"),
        ('{left = "a"}', ".right", "key_missing"),
        ("{rule = false}", ".rule", "expected_true"),
        ("{feed = 0}", ".feed", "expected_whole"),
        ('{image = "cat.png"}', ".image", "template_image"),
        ("{image = 1}", ".image", "expected_text"),
        ('{if = "member"}', ".then", "key_missing"),
        ('{if = "member and tier", then = []}', ".if", "template_condition"),
        ("{if = 1, then = []}", ".if", "expected_text"),
        ('{if = "memebr", then = []}', ".if", "template_field"),
        ('{each = "goods"}', ".do", "key_missing"),
        ('{each = "member", do = []}', ".each", "template_field"),
        ('{each = "goods", do = [{text = "{{colour}}"}]}', ".do[0].text", "template_field"),
        ('{text = "{{amount|money}}"}', ".text", "template_field"),
        ('{text = "{{}}"}', ".text", "template_field"),
        ('{text = "{{due}}"}', ".text", "template_format"),
        ('{text = "{{member|money}}"}', ".text", "template_format"),
        ('{text = "{{offline}}"}', ".text", "template_not_words"),
        ('{text = "{{goods}}"}', ".text", "template_not_words"),
        ('{text = "{{member}"}', ".text", "template_braces"),
        ('{text = "member}}"}', ".text", "template_braces"),
        ('{text = "{{goods.name}}"}', ".text", "template_field_of_row"),
        ('{each = "goods", do = [{text = "{{goods.nam}}"}]}', ".do[0].text", "template_field_of_row"),
        ('{text = "{{member.name}}"}', ".text", "template_field"),
        ('{barcode = "{{member}}中文"}', ".barcode", "template_barcode"),
        ('{barcode = "12\\t34"}', ".barcode", "template_barcode"),
    ],
)
def test_every_mistake_has_its_place(block: str, path: str, code: str) -> None:
    (found,) = mistakes(f"{block},")
    assert (found.path, found.code) == (f"blocks[0]{path}", code)


def test_a_mistyped_field_is_told_what_it_may_have_meant() -> None:
    (found,) = mistakes('{text = "{{recipt_no}}"},')
    assert str(found.facts["near"]).split(", ")[0] == "receipt_no"
    (found,) = mistakes('{each = "goods", do = [{text = "{{goods.nam}}"}]},')
    assert (found.facts["rows"], found.facts["near"]) == ("goods", "{{name}}")
    (found,) = mistakes('{text = "{{due}}"},')
    assert (found.facts["kind"], found.facts["ways"]) == ("money", "|money, |currency")


def test_a_picture_that_is_there_is_taken() -> None:
    assert parsed('kind = "day"\nblocks = [{image = "logo.png"}, {cut = true}]').nodes[0] == LOGO


def test_a_template_has_its_limits() -> None:
    deep = '{text = "x"}'
    for _ in range(NESTED_MAX):
        deep = f'{{if = "member", then = [{deep}]}}'
    assert [one.code for one in mistakes(f"{deep},")] == ["template_too_big"]
    assert mistakes('{text = "x"},' * BLOCKS_MAX)[0].code == "template_too_big"
    assert mistakes(f'{{text = "{"x" * 401}"}},')[0].code == "expected_text"


SOURCE = """# a comment with { a brace
kind = "sale"   # and [[ here
blocks = [
  {text = "{{brand}} { \\" {"},
  {if = "member", then = [
    {text = '{{member}}'},

    {each = "goods", do = [{text = "x"}, {rule = true}]},
  ], else = [
    {feed = 1},
  ]},
  {cut = true},
]
"""


def test_the_line_of_every_block_is_known() -> None:
    assert table_lines(SOURCE, read_toml(SOURCE)) == {
        "blocks[0]": 4,
        "blocks[1]": 5,
        "blocks[1].then[0]": 6,
        "blocks[1].then[1]": 8,
        "blocks[1].then[1].do[0]": 8,
        "blocks[1].then[1].do[1]": 8,
        "blocks[1].else[0]": 10,
        "blocks[2]": 12,
    }


def test_a_table_may_have_a_header_and_texts_may_have_many_lines() -> None:
    source = 'kind = "day"\n[[blocks]]\ntext = """{\n{"""\n  [[blocks]]\ncut = true\n'
    assert table_lines(source, read_toml(source)) == {"blocks[0]": 2, "blocks[1]": 5}
    source = "blocks = [\n3,\n{cut = true}]"
    assert table_lines(source, read_toml(source)) == {"blocks[1]": 3}


def test_a_place_inside_a_block_is_on_the_blocks_line() -> None:
    lines = table_lines(SOURCE, read_toml(SOURCE))
    assert line_of("blocks[1].then[1].do[1].rule", lines) == 8
    assert (line_of("blocks[1].if", lines), line_of("kind", lines), line_of("blocks", lines)) == (5, 1, 1)
