"""The customer's view in two lines of twenty columns, as the first two blocks of the receipt model."""

from __future__ import annotations

from app.domain.money import plain
from app.domain.paper import GAP_COLUMNS, shortened, width
from app.domain.receipt import Align, Block, Columns, Receipt, Text
from app.i18n import Translator
from ui.presenters.customer_state import CustomerState, Moment

COLUMNS = 20


def pole_text(state: CustomerState, tr: Translator) -> Receipt:
    """What a pole display says: welcome, the line just scanned, the total, the change and the points."""
    upper, lower = {
        Moment.WELCOME: _welcome,
        Moment.BASKET: _basket,
        Moment.TOTAL: _total,
        Moment.THANKS: _thanks,
        Moment.CONSENT: _welcome,
    }[state.moment](state, tr)
    return Receipt((upper, lower))


def _welcome(state: CustomerState, tr: Translator) -> tuple[Block, Block]:
    return Text(state.brand, Align.CENTRE), Text(tr("Welcome"), Align.CENTRE)


def _basket(state: CustomerState, tr: Translator) -> tuple[Block, Block]:
    if not state.lines:
        return Text(tr("Welcome"), Align.CENTRE), _points(state, tr)
    line = state.lines[state.marked]
    pieces, price = f"×{line.qty}" if line.qty > 1 else "", plain(line.minor)
    name = shortened(line.name or tr("Item"), COLUMNS - GAP_COLUMNS - width(pieces) - width(price))
    return Columns(name + pieces, price), Columns(tr("Total"), f"¥{plain(state.due_minor)}")


def _total(state: CustomerState, tr: Translator) -> tuple[Block, Block]:
    return Columns(tr("Total"), f"¥{plain(state.due_minor)}"), _points(state, tr)


def _thanks(state: CustomerState, tr: Translator) -> tuple[Block, Block]:
    word, minor = (change_word(state, tr), state.change_minor) if state.change_minor else (tr("Paid"), state.due_minor)
    lower = Text(tr("Thank you"), Align.CENTRE) if state.after is None else _points(state, tr)
    return Columns(word, f"¥{plain(minor)}"), lower


def change_word(state: CustomerState, tr: Translator) -> str:
    """What became of the change."""
    return tr("Into stored value") if state.change_kept else tr("Change")


def _points(state: CustomerState, tr: Translator) -> Block:
    """Before and after; the balance alone while nothing moves it; nothing where it is not known."""
    if state.before is None:
        return Text("")
    if state.after is None or state.after == state.before:
        return Columns(tr("Pts"), f"{state.before:,}")
    return Columns(tr("Pts"), f"{state.before}→{state.after}")
