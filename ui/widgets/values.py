"""Values the widgets are given: frozen, pure, words already in the till's language. Presenters and views make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ui.theme.names import Icon, Role, Size, Tier, Tone


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style within a line. `gap_px` is the space before it, at scale 1.0."""

    text: str
    size: Size = Size.BODY
    tone: Tone = Tone.INK
    bold: bool | None = None
    strike: bool = False
    underline: bool = False
    gap_px: int = 8


@dataclass(frozen=True, slots=True)
class IconRun:
    """An icon within a line; decoration, so it has no words."""

    icon: Icon
    px: int = 24
    tone: Tone = Tone.INK
    gap_px: int = 8


@dataclass(frozen=True, slots=True)
class CapRun:
    """A key cap within a line: the key that does it."""

    key: str
    tone: Tone = Tone.INK
    gap_px: int = 8


@dataclass(frozen=True, slots=True)
class MoneyRun:
    """An amount as text (`1,234.50`, may start with −): ¥ and decimals at 66 % of the figure's size."""

    text: str
    size: Size = Size.AMOUNT
    tone: Tone = Tone.INK
    gap_px: int = 8


AnyRun: TypeAlias = Run | IconRun | CapRun | MoneyRun


@dataclass(frozen=True, slots=True)
class KeySpec:
    """A function key: its cap, its word, what it is called when pressed, and whether it can be."""

    key: str
    text: str
    action: str
    enabled: bool = True
    hot: bool = False


@dataclass(frozen=True, slots=True)
class BasketRow:
    """A line of the basket. Money as text without ¥; `note` in secondary, `benefit` after it in gold."""

    name: str
    note: str
    quantity: int
    amount: str
    benefit: str = ""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A member found: everything masked already."""

    initial: str
    name: str
    matched: str
    phone: str
    note: str
    tier: Tier
    tier_name: str
    points: str


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A line of a receipt that may be returned. `amount` is what goes back now, "" when not chosen."""

    name: str
    note: str
    chosen: bool
    quantity: int
    quantity_max: int
    amount: str


@dataclass(frozen=True, slots=True)
class Member:
    """Who is at the counter, masked. `check` is how they were recognised; `hint` a chip such as the birthday."""

    initial: str
    name: str
    tier: Tier
    tier_name: str
    phone: str
    check: str = ""
    checked: bool = True
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PointsView:
    """The points panel. Shares are per mille of the balance: usable now, then needing the network."""

    caption: str
    balance: str
    worth_caption: str = ""
    worth: str = ""
    usable_permille: int = 0
    network_permille: int = 0
    left: str = ""
    left_offline: bool = False
    right: str = ""


@dataclass(frozen=True, slots=True)
class Redeem:
    """The gold button: what it does, its key, the most this basket allows."""

    text: str
    key: str
    caption: str
    figure: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who may sign on."""

    staff_id: str
    initial: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Tender:
    """A way to pay: icon, word and key; `action` is emitted when pressed."""

    icon: Icon
    text: str
    key: str
    action: str
    enabled: bool = True
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a task: done, current or to come."""

    text: str
    done: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class ChipSpec:
    """A small pill: meaning, icon, word."""

    text: str
    role: Role = Role.PLAIN
    icon: Icon | None = None


@dataclass(frozen=True, slots=True)
class BannerAction:
    """A button in a banner or toast."""

    text: str
    action: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: words, tone, weight; with `chip` it is drawn as a chip instead."""

    text: str
    tone: Tone = Tone.INK
    bold: bool = False
    chip: ChipSpec | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: head, width in px at scale 1.0 (0 = takes the rest), numbers right."""

    head: str
    width_px: int = 0
    right: bool = False


def plain_text(runs: tuple[AnyRun, ...]) -> str:
    """What a screen reader says for a line of runs."""
    words = []
    for run in runs:
        if isinstance(run, Run):
            words.append(run.text)
        elif isinstance(run, MoneyRun):
            words.append(f"¥{run.text}")
        elif isinstance(run, CapRun):
            words.append(run.key)
    return " ".join(words)
