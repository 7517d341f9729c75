"""Names the whole user interface shares: tones, roles, sizes, kinds, icons. Pure, so presenters may use them."""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """Colour of words and icons, by meaning (tokens.toml `meaning`)."""

    INK = "ink"
    SECOND = "second"
    THIRD = "third"
    DISABLED = "disabled"
    PRIMARY = "primary"
    POINTS = "points"
    INFO = "info"
    ATTENTION = "attention"
    ERROR = "error"


class Role(StrEnum):
    """Meaning of a tinted surface: chip, banner, badge."""

    PLAIN = "plain"
    PRIMARY = "primary"
    POINTS = "points"
    INFO = "info"
    ATTENTION = "attention"
    ERROR = "error"


class Size(StrEnum):
    """A step of the type scale: size, line height and weight come from the tokens."""

    CAPTION = "caption"
    LABEL = "label"
    BODY = "body"
    STRONG = "strong"
    TITLE = "title"
    NUMBER = "number"
    HEADLINE = "headline"
    NAME = "name"
    FIGURE = "figure"
    AMOUNT = "amount"
    HERO = "hero"


class Tier(StrEnum):
    """Look of a membership tier; programmes with other tier codes are mapped by rank."""

    BASE = "base"
    SILVER = "silver"
    GOLD = "gold"
    DIAMOND = "diamond"


class Kind(StrEnum):
    """Look of a key button. `INK` is the answer a customer chose on the customer display."""

    PLAIN = "plain"
    QUIET = "quiet"
    PRIMARY = "primary"
    GOLD = "gold"
    TAB = "tab"
    INK = "ink"


class ScanState(StrEnum):
    """What the scan field shows."""

    READY = "ready"
    RECOGNISED = "recognised"
    REFUSED = "refused"


THEMES = ("light", "dark", "contrast")


class Icon(StrEnum):
    """File names in resources/icons. One meaning each: coin = points, cloud up = pending, shield = supervisor."""

    BACK = "back"
    BADGE = "badge"
    CAKE = "cake"
    CAL = "cal"
    CARD = "card"
    CART = "cart"
    CASH = "cash"
    CHART = "chart"
    CLOCK = "clock"
    COIN = "coin"
    DB = "db"
    DEL = "del"
    DOT = "dot"
    DRAWER = "drawer"
    EYE = "eye"
    FILE = "file"
    FIND = "find"
    GRID = "grid"
    HEART = "heart"
    HELP = "help"
    INFO = "info"
    JOIN = "join"
    KB = "kb"
    LEAF = "leaf"
    LOCK = "lock"
    MINUS = "minus"
    NEXT = "next"
    OFFLINE = "offline"
    OK = "ok"
    OKC = "okc"
    PHONE = "phone"
    PLUS = "plus"
    PRINT = "print"
    PULSE = "pulse"
    QR = "qr"
    RIGHT = "right"
    SCAN = "scan"
    SCREEN = "screen"
    SHIELD = "shield"
    SMILE = "smile"
    SPARK = "spark"
    STOP = "stop"
    SYNC = "sync"
    T_BASE = "t_base"
    T_DIAMOND = "t_diamond"
    T_GOLD = "t_gold"
    T_SILVER = "t_silver"
    TAG = "tag"
    TICKET = "ticket"
    TRASH = "trash"
    UNDO = "undo"
    UP = "up"
    USERS = "users"
    WARN = "warn"
    X = "x"
