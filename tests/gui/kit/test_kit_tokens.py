"""The token file: complete, frozen, and strong enough to read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.resources import resources
from ui.theme.names import THEMES, Role, Size
from ui.theme.tokens import Palette, Tokens, load_tokens

TEXT_MIN, CONTRAST_TEXT_MIN, EDGE_MIN = 4.5, 7.0, 3.0
FILE = resources() / "theme" / "tokens.toml"


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return load_tokens(FILE)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """WCAG 2 contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_pairs(palette: Palette) -> Iterator[tuple[str, str, str]]:
    surface, text = palette.surface, palette.text
    grounds = (surface.base, surface.raised, surface.sunken, surface.selected)
    roles = [palette.role(role) for role in Role]
    for ground in grounds:
        for ink in (text.primary, text.secondary, text.tertiary, *(role.text for role in roles)):
            yield "text", ink, ground
    yield "held", text.primary, surface.pressed
    for role in roles[1:]:
        yield "tint", role.text, role.tint
        yield "tint", text.primary, role.tint
        yield "tint", text.secondary, role.tint
        yield "fill", role.on_fill, role.fill
        yield "fill held", role.on_fill, role.pressed
    for tier in palette.tier.values():
        yield "tier", tier.text, tier.back
    for ground in (surface.raised, surface.base):
        yield "axis", palette.chart.axis, ground


@pytest.mark.parametrize("name", THEMES)
def test_every_text_pair_is_readable(tokens: Tokens, name: str) -> None:
    need = CONTRAST_TEXT_MIN if name == "contrast" else TEXT_MIN
    weak = [pair for pair in text_pairs(tokens.palettes[name]) if ratio(*pair[1:]) < need]
    assert weak == []


@pytest.mark.parametrize("name", THEMES)
def test_edges_focus_and_disabled_words_can_be_seen(tokens: Tokens, name: str) -> None:
    palette = tokens.palettes[name]
    surface = palette.surface
    weak = [(ink, ground) for ground in (surface.base, surface.raised, surface.sunken, surface.selected)
            for ink in (palette.line.strong, palette.line.focus) if ratio(ink, ground) < EDGE_MIN]  # fmt: skip
    assert weak == []
    assert ratio(palette.text.disabled, surface.raised) >= EDGE_MIN


def test_the_training_frame_is_readable(tokens: Tokens) -> None:
    assert ratio(tokens.training_on_frame, tokens.training_frame) >= TEXT_MIN


def test_nothing_is_smaller_than_15_px_and_weights_are_the_two_every_family_has(tokens: Tokens) -> None:
    styles = [tokens.type[size] for size in Size]
    assert min(style.size_px for style in styles) == 15
    assert {style.weight for style in styles} == {400, 700}
    assert all(style.line_px > style.size_px for style in styles)


def test_targets_are_as_large_as_promised(tokens: Tokens) -> None:
    assert tokens.height.touch_min >= 48
    assert tokens.height.primary >= 64
    assert tokens.height.key >= 64


def test_tokens_cannot_be_changed(tokens: Tokens) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        tokens.palettes["light"].text.primary = "#000000"  # type: ignore[misc]
    with pytest.raises(TypeError):
        tokens.palettes["light"] = tokens.palettes["dark"]  # type: ignore[index]


@pytest.mark.parametrize(("old", "new"), [("touch_min = 48", "touch_small = 48"), ("gutter = 12", "")])
def test_a_misspelt_or_missing_token_is_a_build_fault(tmp_path: Path, old: str, new: str) -> None:
    text = FILE.read_text("utf-8")
    assert old in text
    (tmp_path / "tokens.toml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises((ValueError, KeyError)):
        load_tokens(tmp_path / "tokens.toml")
