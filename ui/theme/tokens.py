"""Reads resources/theme/tokens.toml, the one source of colours and sizes, into frozen values. Pure: no Qt."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from ui.theme.names import THEMES, Role, Size, Tier

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RoleColours:
    """One meaning's colours, `#RRGGBB`: words, filled control and its words, held, tinted surface, edge."""

    text: str
    fill: str
    on_fill: str
    pressed: str
    tint: str
    line: str


@dataclass(frozen=True, slots=True)
class Surface:
    """Grounds, `#RRGGBB`."""

    base: str
    raised: str
    sunken: str
    selected: str
    pressed: str
    scrim: str


@dataclass(frozen=True, slots=True)
class TextColours:
    """Words without a meaning of their own, `#RRGGBB`."""

    primary: str
    secondary: str
    tertiary: str
    disabled: str


@dataclass(frozen=True, slots=True)
class LineColours:
    """Edges, `#RRGGBB`."""

    subtle: str
    strong: str
    focus: str


@dataclass(frozen=True, slots=True)
class TierColours:
    """A tier chip's words, ground and edge, `#RRGGBB`."""

    text: str
    back: str
    edge: str


@dataclass(frozen=True, slots=True)
class ChartColours:
    """Series in drawing order, grid and axis, `#RRGGBB`."""

    series: tuple[str, ...]
    grid: str
    axis: str


@dataclass(frozen=True, slots=True)
class Palette:
    """All colours of one theme."""

    surface: Surface
    text: TextColours
    line: LineColours
    primary: RoleColours
    points: RoleColours
    info: RoleColours
    attention: RoleColours
    error: RoleColours
    tier: Mapping[Tier, TierColours]
    chart: ChartColours

    def role(self, role: Role) -> RoleColours:
        """Colours of `role`; `PLAIN` is advice: sunken ground, secondary words."""
        if role is Role.PLAIN:
            return RoleColours(
                self.text.secondary,
                self.surface.sunken,
                self.text.primary,
                self.surface.pressed,
                self.surface.sunken,
                self.line.subtle,
            )
        found: RoleColours = getattr(self, role.value)
        return found


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """A step of the type scale at scale 1.0: glyph size and line height in px, weight 400 or 700."""

    size_px: int
    line_px: int
    weight: int


@dataclass(frozen=True, slots=True)
class Space:
    """Distances in px."""

    xs: int
    s: int
    m: int
    l: int  # noqa: E741  the token file's name
    xl: int
    xxl: int
    huge: int


@dataclass(frozen=True, slots=True)
class Radius:
    """Corner radii in px."""

    cap: int
    control: int
    card: int
    pill: int


@dataclass(frozen=True, slots=True)
class Height:
    """Heights of controls in px."""

    touch_min: int
    field: int
    control: int
    row: int
    key: int
    primary: int
    function_key: int
    top_bar: int
    badge: int
    chip: int


@dataclass(frozen=True, slots=True)
class IconSizes:
    """Grid and stroke of the drawings, and the sizes they appear at, px."""

    grid: int
    stroke: int
    small: int
    normal: int
    large: int
    empty: int


@dataclass(frozen=True, slots=True)
class Border:
    """Edge widths in px; the only sizes the till's scale does not multiply."""

    card: int
    control: int
    field_ready: int
    focus: int
    sheet: int
    contrast_theme: int


@dataclass(frozen=True, slots=True)
class Motion:
    """Times in ms."""

    press: int
    colour: int
    appear: int
    sheet: int
    flash: int
    toast_stay: int
    reveal_stay: int
    numbers: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Proportions of the counter."""

    side_share: float
    side_min: int
    side_max: int
    gutter: int
    portrait_below_ratio: float


@dataclass(frozen=True, slots=True)
class Tokens:
    """The whole design in values."""

    palettes: Mapping[str, Palette]
    training_frame: str
    training_on_frame: str
    families: tuple[str, ...]
    mono_families: tuple[str, ...]
    type: Mapping[Size, TypeStyle]
    space: Space
    radius: Radius
    height: Height
    icon: IconSizes
    border: Border
    motion: Motion
    layout: Layout


def _fill(cls: type[T], table: Mapping[str, Any]) -> T:
    """A dataclass from a table with exactly its fields; ValueError names what is missing or unknown."""
    wanted = {field.name for field in fields(cls)}  # type: ignore[arg-type]
    if wanted != set(table):
        raise ValueError(f"{cls.__name__}: {sorted(wanted ^ set(table))}")
    return cls(**table)


def _palette(table: Mapping[str, Any]) -> Palette:
    roles = {name: _fill(RoleColours, table[name]) for name in ("primary", "points", "info", "attention", "error")}
    chart = table["chart"]
    return Palette(
        surface=_fill(Surface, table["surface"]),
        text=_fill(TextColours, table["text"]),
        line=_fill(LineColours, table["line"]),
        tier=MappingProxyType({tier: TierColours(*table["tier"][tier.value]) for tier in Tier}),
        chart=ChartColours(tuple(chart["series"]), chart["grid"], chart["axis"]),
        **roles,
    )


def load_tokens(path: Path) -> Tokens:
    """The tokens in `path` (TOML). ValueError or KeyError when a name is missing or unknown: a build fault."""
    table = tomllib.loads(path.read_text("utf-8"))
    colours = table["color"]
    return Tokens(
        palettes=MappingProxyType({name: _palette(colours[name]) for name in THEMES}),
        training_frame=colours["training"]["frame"],
        training_on_frame=colours["training"]["on_frame"],
        families=tuple(table["font"]["family"]),
        mono_families=tuple(table["font"]["mono"]),
        type=MappingProxyType({size: TypeStyle(*table["type"][size.value]) for size in Size}),
        space=_fill(Space, table["space"]),
        radius=_fill(Radius, table["radius"]),
        height=_fill(Height, table["height"]),
        icon=_fill(IconSizes, table["icon"]),
        border=_fill(Border, table["border"]),
        motion=_fill(Motion, table["motion"]),
        layout=_fill(Layout, table["layout"]),
    )
