"""Every screen the till can show, by name: what `make screenshots` draws and docs/screens must hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScreenEntry:
    """`name` begins the picture's file name; `title` is for readers; `look` the design picture it is compared with."""

    name: str
    title: str
    look: str = ""
    everywhere: bool = False
    """Also in high contrast, at 1024×768, portrait 768×1024 and 1920×1080."""


SCREENS = (
    ScreenEntry("sign-on", "Sign on: who, PIN, language, theme, size", "m"),
    ScreenEntry("locked", "Locked: the receipt is kept, without a name", "m"),
    ScreenEntry("recovery", "The till could not start: words, try again"),
    ScreenEntry("idle", "Counter, nothing sold: scan prompt, last sale, this shift", "a"),
    ScreenEntry("member", "Counter with member and basket", "b c d e r t", everywhere=True),
    ScreenEntry("anonymous", "Counter with a basket and no member", "b"),
    ScreenEntry("unknown-card", "A card nobody is known for: points go to its number", "b"),
    ScreenEntry("refused", "A refused scan: crimson field and a sentence in the flow", "b"),
    ScreenEntry("paper", "A receipt that may not have printed: look, then choose", "b"),
    ScreenEntry("find", "Members found while typing", "f"),
    ScreenEntry("find-keys", "The same with on-screen keys", "f"),
    ScreenEntry("amount", "Amount only", "s"),
    ScreenEntry("pay", "Cash with change", "s"),
    ScreenEntry("pay-part", "Part payment and goods scanned meanwhile", "s"),
    ScreenEntry("redeem", "Points to use: slider, keypad, before and after", "h"),
    ScreenEntry("redeem-ask", "Head office is asked, with its time limit", "h"),
    ScreenEntry("redeemed", "The receipt with points paying a part", "b"),
    ScreenEntry("benefits", "Counter with the member's coupons, stamps and stored value", "b"),
    ScreenEntry("tray", "Coupons and rewards that fit the receipt, each with its digit", "h"),
    ScreenEntry("tray-why", "The same with what does not fit, and why", "h"),
    ScreenEntry("top-up", "Paying into stored value", "s"),
    ScreenEntry("pay-stored", "Stored value as payment", "s"),
    ScreenEntry("pay-keep", "Change into stored value", "s"),
    ScreenEntry("return", "Lines of a receipt coming back, points and money before confirming", "i"),
    ScreenEntry("return-scan", "A receipt is wanted", "i"),
    ScreenEntry("return-offline", "Another store's receipt while head office does not answer", "i"),
    ScreenEntry("undo", "F6 asks before the last sale is taken back", "a"),
    ScreenEntry("enrol", "Enrolment: phone, name, consents, card", "g"),
    ScreenEntry("enrolled", "The new card", "g"),
    ScreenEntry("shift", "F8: the shift so far, and what a supervisor may do", "j"),
    ScreenEntry("shift-count", "The drawer counted and compared before the shift closes"),
    ScreenEntry("shift-closed", "The shift as it was closed"),
    ScreenEntry("cash", "Cash in and out"),
    ScreenEntry("points-by-hand", "Points by hand, with their reason"),
    ScreenEntry("approval", "A second person approves with their PIN", "o"),
    ScreenEntry("today", "The day in figures, from this till's own data", "j"),
    ScreenEntry("why", "Why these points: line by line, rule by rule", "k"),
    ScreenEntry("receipt", "The last receipt", "n"),
    ScreenEntry("status", "Pending events and devices", "l"),
    ScreenEntry("loading", "The same while members are loaded: how far, how fast, how long", "l"),
    ScreenEntry("devices", "Every device: state, what to do, statistics, last check, tests", "l"),
    ScreenEntry("devices-scan", "A test scan: what came, its identifier, kind and source", "l"),
    ScreenEntry("setup-find", "Setting up a printer: what is plugged in, or an address"),
    ScreenEntry("setup-samples", "Setting up a scanner: three sample scans"),
    ScreenEntry("setup-ruler", "Setting up a printer: the longest whole line of the ruler"),
    ScreenEntry("setup-chinese", "Setting up a printer: Chinese in its own signs or drawn"),
    ScreenEntry("setup-answers", "Setting up a printer: what it says of a receipt"),
    ScreenEntry("setup-keep", "Setting up a printer: what will be kept"),
    ScreenEntry("help", "Keys"),
    ScreenEntry("customer-welcome", "The customer's screen while nothing is sold: QR to join"),
    ScreenEntry("customer-basket", "The customer's screen: goods, total, points before and after"),
    ScreenEntry("customer-thanks", "The customer's screen after paying: change, points, e-receipt, five buttons"),
    ScreenEntry(
        "customer-consent", "The customer's screen while a member is enrolled: agree or decline, by purpose", "g"
    ),
    ScreenEntry("demo-panel", "The demo's simulated devices: paper, faults, drawer, pole display, codes"),
)
LANGUAGES = ("zh", "en")
THEMES = ("light", "dark")
SIZES = {"": (1366, 768), "1024": (1024, 768), "portrait": (768, 1024), "1920": (1920, 1080)}


def pictures() -> tuple[str, ...]:
    """The names of all pictures, without `.png`: every screen × 2 languages × 2 themes, and more for the counter."""
    names = [f"{entry.name}-{lang}-{theme}" for entry in SCREENS for lang in LANGUAGES for theme in THEMES]
    for entry in SCREENS:
        if entry.everywhere:
            names += [f"{entry.name}-{lang}-contrast" for lang in LANGUAGES]
            names += [f"{entry.name}-{lang}-light-{size}" for size in SIZES if size for lang in LANGUAGES]
    return tuple(names)
