"""Facts about single characters, where `unicodedata` is silent or behind what terminals draw."""

import unicodedata

ZWNJ, ZWJ = "\u200c", "\u200d"
TEXT_STYLE, EMOJI_STYLE = "\ufe0e", "\ufe0f"
KEYCAP = "\u20e3"
BLACK_FLAG = "\U0001f3f4"
DOTTED_CIRCLE = "\u25cc"
REPLACEMENT = "\ufffd"

Ranges = tuple[tuple[int, int], ...]

# The tag runs of England, Scotland and Wales: the only ones in use.
SUBDIVISIONS = tuple(
    "".join(chr(0xE0000 + ord(letter)) for letter in code) + "\U000e007f" for code in ("gbeng", "gbsct", "gbwls")
)

# Ideographs and emoji that Unicode 15 to 17 added, for a Python that knows only Unicode 14.
ADDED_SINCE: Ranges = (
    (0x1F6D8, 0x1F6D8), (0x1F6DC, 0x1F6DC), (0x1FA75, 0x1FA77), (0x1FA87, 0x1FA8A), (0x1FA8E, 0x1FA8F),
    (0x1FAAD, 0x1FAAF), (0x1FABB, 0x1FABF), (0x1FAC6, 0x1FAC6), (0x1FAC8, 0x1FAC8), (0x1FACD, 0x1FACF),
    (0x1FADA, 0x1FADC), (0x1FADF, 0x1FADF), (0x1FAE8, 0x1FAEA), (0x1FAEF, 0x1FAEF), (0x1FAF7, 0x1FAF8),
    (0x20000, 0x2FFFD), (0x30000, 0x3FFFD),
)  # fmt: skip

# Unicode 16 made these symbols wide.
WIDE_SINCE: Ranges = (
    (0x2630, 0x2637), (0x268A, 0x268F), (0x4DC0, 0x4DFF), (0x1D300, 0x1D356), (0x1D360, 0x1D376),
)  # fmt: skip

# Drawn in one cell as text, and in two when the emoji style follows.
TWO_STYLES = frozenset(
    "#*0123456789©®‼⁉™ℹ↔↕↖↗↘↙↩↪⌨⏏⏭⏮⏯⏱⏲⏸⏹⏺Ⓜ▪▫▶◀◻◼☀☁☂☃☄☎☑☘☝☠☢☣☦☪☮☯☸☹☺♀♂♟♠♣♥♦♨♻♾⚒⚔⚕⚖⚗⚙⚛⚜⚠⚧⚰⚱⛈⛏⛑⛓⛩⛰⛱⛴⛷⛸⛹"
    "✂✈✉✌✍✏✒✔✖✝✡✳✴❄❇❣❤➡⤴⤵⬅⬆⬇🅰🅱🅾🅿🌡🌤🌥🌦🌧🌨🌩🌪🌫🌬🌶🍽🎖🎗🎙🎚🎛🎞🎟🏋🏌🏍🏎🏔🏕🏖🏗🏘🏙🏚🏛🏜🏝🏞🏟🏳🏵🏷🐿👁📽🕉🕊🕯🕰🕳🕴🕵🕶🕷🕸🕹🖇🖊🖋🖌🖍"
    "🖐🖥🖨🖱🖲🖼🗂🗃🗄🗑🗒🗓🗜🗝🗞🗡🗣🗨🗯🗳🗺🛋🛍🛎🛏🛠🛡🛢🛣🛤🛥🛩🛰🛳"
)
DIGITS_OF_KEYCAPS = frozenset("#*0123456789")
WIDE_OF_TWO_STYLES = frozenset("〰〽㊗㊙")

INDIC: Ranges = (
    (0x0900, 0x0DFF), (0x0F00, 0x109F), (0x1780, 0x17FF), (0x1A20, 0x1AAF), (0x1B00, 0x1BFF), (0x1CD0, 0x1CFF),
    (0xA8E0, 0xA8FF), (0xA980, 0xA9DF), (0xAA60, 0xAA7F), (0xABC0, 0xABFF), (0x11000, 0x11FFF),
)  # fmt: skip
ARABIC: Ranges = ((0x0600, 0x074F), (0x0750, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE))


def within(char: str, ranges: Ranges) -> bool:
    number = ord(char)
    return any(first <= number <= last for first, last in ranges)


def is_mark(char: str) -> bool:
    """Whether it is drawn onto what stands before it: a combining mark, or the rest of a Hangul syllable."""
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff"


def is_skin_tone(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"


def is_flag_letter(char: str) -> bool:
    """Whether it is a regional indicator: two of them make a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def is_virama(char: str) -> bool:
    return unicodedata.combining(char) == 9


def is_emoji(char: str) -> bool:
    """Whether it is a picture that can be joined to others."""
    if char in TWO_STYLES:
        return char not in DIGITS_OF_KEYCAPS
    if not ("\u231a" <= char <= "\u2bff" or "\U0001f000" <= char <= "\U0001faff") or is_skin_tone(char):
        return False
    return cells(char) == 2


def has_styles(char: str) -> bool:
    """Whether a style selector after it means anything."""
    return char in TWO_STYLES or char in WIDE_OF_TWO_STYLES or is_emoji(char)


def is_format(char: str) -> bool:
    """Whether it is not drawn itself, but says how others are."""
    return unicodedata.category(char) == "Cf"


def is_assigned(char: str) -> bool:
    return unicodedata.category(char) != "Cn" or within(char, ADDED_SINCE)


def cells(char: str) -> int:
    """How many cells a terminal gives the character when it stands alone."""
    category = unicodedata.category(char)
    if category in {"Cc", "Cf"} or is_mark(char) or is_skin_tone(char):
        return 0
    if category == "Cn":
        return 2 if within(char, ADDED_SINCE) else 1
    return 2 if unicodedata.east_asian_width(char) in "WF" or within(char, WIDE_SINCE) else 1
