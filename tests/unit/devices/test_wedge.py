"""The keyboard wedge: bursts become scans, typing reaches its field whole and in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.clock import ManualClock
from app.domain.card import CODE_CHARS_MAX, CardScheme, CodeKind
from devices.events import DataEvent, DeviceEvent, Source
from devices.scanner.wedge import FIRST_HOLD_MS, FLUSH_MS, Verdict, Wedge, WedgeScanner


class Field:
    """A text field behind the filter, with its timer: what a widget would have got."""

    def __init__(self) -> None:
        self.wedge: Wedge[str] = Wedge()
        self.got: list[str] = []
        self.scans: list[str] = []
        self._due_ms: int | None = None

    def press(self, char: str, at_ms: int, *, auto_repeat: bool = False, text: str | None = None) -> None:
        if self._due_ms is not None and at_ms > self._due_ms:
            self.silence()
        verdict = self.wedge.key(char, char if text is None else text, at_ms, auto_repeat=auto_repeat)
        self._apply(verdict)
        if not verdict.swallow:
            self.got.append(char)
        self._due_ms = None if verdict.timer_ms is None else at_ms + verdict.timer_ms

    def silence(self) -> None:
        self._apply(self.wedge.flush())
        self._due_ms = None

    def _apply(self, verdict: Verdict[str]) -> None:
        self.got += verdict.replay
        if verdict.scan is not None:
            self.scans.append(verdict.scan)


def burst(field: Field, text: str, *, start_ms: int = 0, gap_ms: int = 8) -> None:
    for place, char in enumerate(text):
        field.press(char, start_ms + place * gap_ms)


def test_a_burst_with_enter_is_a_scan_and_nothing_is_typed() -> None:
    field = Field()
    burst(field, "6901234567892\r")
    assert (field.scans, field.got) == (["6901234567892"], [])


def test_a_tab_ends_a_burst_too() -> None:
    field = Field()
    burst(field, "6901234567892\t")
    assert field.scans == ["6901234567892"]


def test_a_burst_without_an_end_is_given_back_as_typing() -> None:
    field = Field()
    burst(field, "6901234567892")
    field.silence()
    assert ("".join(field.got), field.scans) == ("6901234567892", [])


def test_a_short_burst_is_typing() -> None:
    field = Field()
    burst(field, "12345\r")
    assert ("".join(field.got), field.scans) == ("12345\r", [])


def test_slow_typing_with_enter_is_typing() -> None:
    field = Field()
    burst(field, "123456789\r", gap_ms=120)
    assert ("".join(field.got), field.scans) == ("123456789\r", [])


def test_an_enter_long_after_a_burst_is_typing() -> None:
    field = Field()
    burst(field, "6901234567892")
    field.press("\r", 12 * 8 + FLUSH_MS + 1)
    assert ("".join(field.got), field.scans) == ("6901234567892\r", [])


def test_a_scan_in_the_middle_of_typing_leaves_the_typing_whole() -> None:
    field = Field()
    field.press("z", 0)
    field.press("h", 160)
    burst(field, "6901234567892\r", start_ms=160 + FIRST_HOLD_MS + 1)
    field.press("a", 2000)
    field.silence()
    assert ("".join(field.got), field.scans) == ("zha", ["6901234567892"])


def test_two_scans_in_a_row_are_two() -> None:
    field = Field()
    burst(field, "6901234567892\r6901234567893\r")
    assert field.scans == ["6901234567892", "6901234567893"]


def test_one_hiccup_inside_a_burst_does_not_break_it() -> None:
    field = Field()
    burst(field, "6901")
    burst(field, "234567892\r", start_ms=3 * 8 + 100)
    assert field.scans == ["6901234567892"]


def test_keys_after_a_fast_pair_come_back_once_the_mean_is_slow() -> None:
    field = Field()
    for char, at_ms in zip("abcdef", (0, 30, 130, 230, 330, 430), strict=True):
        field.press(char, at_ms)
    assert "".join(field.got) == "abcde"
    field.silence()
    assert "".join(field.got) == "abcdef"


def test_a_key_without_text_gives_back_what_was_held_first() -> None:
    field = Field()
    field.press("a", 0)
    field.press("F9", 10, text="")
    assert field.got == ["a", "F9"]


def test_a_held_down_key_never_becomes_a_scan() -> None:
    field = Field()
    field.press("1", 0)
    for place in range(1, 12):
        field.press("1", place * 30, auto_repeat=True)
    field.press("\r", 12 * 30)
    assert (len(field.got), field.scans) == (13, [])


def test_a_clock_that_wraps_ends_the_burst() -> None:
    field = Field()
    field.press("1", 4_294_967_290)
    field.press("2", 3)
    assert field.got == ["1"]


def test_an_endless_burst_is_bounded() -> None:
    field = Field()
    burst(field, "7" * (CODE_CHARS_MAX + 1), gap_ms=1)
    assert len(field.got) == CODE_CHARS_MAX


@given(st.lists(st.tuples(st.sampled_from("0123456789abc\r\t"), st.integers(0, 200), st.booleans()), max_size=60))
def test_no_key_is_lost_doubled_or_reordered(keys: list[tuple[str, int, bool]]) -> None:
    field = Field()
    at_ms = 0
    for char, gap_ms, repeat in keys:
        at_ms += gap_ms
        field.press(char, at_ms, auto_repeat=repeat)
    field.silence()
    left = "".join(char for char, _, _ in keys)
    for scan in field.scans:
        place = min(at for at in (left.find(scan + "\r"), left.find(scan + "\t")) if at >= 0)
        left = left[:place] + left[place + len(scan) + 1 :]
    assert "".join(field.got) == left


def test_the_scanner_around_it_says_what_was_scanned() -> None:
    events: list[DeviceEvent] = []
    scanner: WedgeScanner[str] = WedgeScanner("wedge", CardScheme(), emit=events.append, clock=ManualClock(5))
    for place, char in enumerate("6901234567892\r"):
        assert scanner.key(char, char, place * 8).swallow
    assert events == [DataEvent("wedge", Source.WEDGE, "6901234567892", CodeKind.PRODUCT, at_ms=5)]
    assert scanner.flush() == Verdict(swallow=False)
