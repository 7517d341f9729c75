"""Code 128 (sets B and C) as bar widths, for the receipt preview and PDF. Pure. Source: ISO/IEC 15417, table 1."""

from __future__ import annotations

# Six widths (bar, space, bar, space, bar, space) for each value 0–105; 103–105 are Start A, B, C.
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
_STOP = "2331112"
_START_B, _START_C = 104, 105


def code128(data: str) -> list[int]:
    """Bar and space widths in modules, beginning with a bar. ValueError for characters outside ASCII 32–126."""
    if not data or not all(" " <= char <= "~" for char in data):
        raise ValueError("Code 128 writes ASCII 32–126")
    if data.isdigit() and len(data) % 2 == 0:
        values = [_START_C, *(int(data[at : at + 2]) for at in range(0, len(data), 2))]
    else:
        values = [_START_B, *(ord(char) - 32 for char in data)]
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    return [int(digit) for value in (*values, check) for digit in _widths(value)] + [int(digit) for digit in _STOP]


def _widths(value: int) -> str:
    return _WIDTHS[6 * value : 6 * value + 6]
