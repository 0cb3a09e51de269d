# ruff: noqa: E501 - long rows of data
"""Strings that others could send: what attacks a terminal, and what must come out unharmed."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    C0 = "c0"
    C1 = "c1"
    CSI = "csi"
    OSC = "osc"
    STRINGS = "strings"
    ESCAPES = "escapes"
    BIDI = "bidi"
    INVISIBLE = "invisible"
    MARKS = "marks"
    UNPRINTABLE = "unprintable"
    LINES = "lines"
    HUGE = "huge"
    MARKUP = "markup"
    TEMPLATES = "templates"
    ORDINARY = "ordinary"


@dataclass(frozen=True)
class Sample:
    """A text, and what of it must be seen as it is wherever there is room."""

    id: str
    kind: Kind
    text: str
    visible: str = ""

    @property
    def dangerous(self) -> bool:
        """Whether it would do harm, were it written to a terminal as it is."""
        return self.kind not in (Kind.MARKUP, Kind.TEMPLATES, Kind.ORDINARY, Kind.HUGE)


ST = "\x1b\\"
_CONTROL_SEQUENCES = {
    "style": "\x1b[31;66m", "style 8 bit": "\x9b31;66m", "unknown style": "\x1b[38;9m", "subparameters": "\x1b[4:3m",
    "hide": "\x1b[8;66m", "erase": "\x1b[2J", "erase all": "\x1b[3J", "erase line": "\x1b[2K", "home": "\x1b[;H",
    "far": "\x1b[9999;9999H", "far f": "\x1b[9;9f", "up": "\x1b[99A", "down": "\x1b[99B", "left": "\x1b[99D",
    "column": "\x1b[1G", "row": "\x1b[1d", "insert": "\x1b[99@", "delete": "\x1b[99P", "insert lines": "\x1b[99L",
    "delete lines": "\x1b[99M", "scroll up": "\x1b[99S", "scroll down": "\x1b[99T", "repeat": "A\x1b[99999999b",
    "region": "\x1b[5;6r", "save": "\x1b[s", "restore": "\x1b[u", "leave": "\x1b[?1049l", "enter": "\x1b[?1049h",
    "old screen": "\x1b[?47h", "cursor": "\x1b[?25h", "mouse off": "\x1b[?1000l", "mouse on": "\x1b[?1002h",
    "paste off": "\x1b[?2004l", "focus": "\x1b[?1004l", "wrap": "\x1b[?7h", "reverse": "\x1b[?5h",
    "columns": "\x1b[?3h", "sync": "\x1b[?2026;66h", "keyboard": "\x1b[>31u", "keyboard off": "\x1b[<99u",
    "ask status": "\x1b[5n", "ask position": "\x1b[6n", "ask device": "\x1b[c", "ask device 2": "\x1b[>c",
    "ask version": "\x1b[>0q", "ask mode": "\x1b[?1$p", "ask title": "\x1b[21t", "ask size": "\x1b[18t",
    "resize": "\x1b[8;1;1t", "iconify": "\x1b[2t", "push title": "\x1b[22;0t", "print": "\x1b[5i",
    "soft reset": "\x1b[!p", "cursor style": "\x1b[5 q", "protect": '\x1b[1"q', "rectangle": "\x1b[1;1;9;9$z",
    "unfinished": "\x1b[", "unfinished number": "\x1b[31", "unfinished mode": "\x1b[?10", "long": "\x1b[" + "1;" * 300,
    "split": "\x1b\x1b[31;66m", "within": "\x1b[3\x181;66m", "nul within": "\x1b[\x0031;66m", "keymap": "\x1b[>4;2m",
}  # fmt: skip
_OPERATING_SYSTEM_COMMANDS = {
    "title": "0;owned", "icon": "1;owned", "window": "2;owned", "property": "3;WM_NAME=x", "palette": "4;1;#000000",
    "ask palette": "4;1;?", "folder": "7;file://evil/x", "link": "8;;http://evil.example", "notify": "9;hello",
    "progress": "9;4;1;99", "foreground": "10;#000000", "ask background": "11;?", "cursor colour": "12;red",
    "pointer": "22;wait", "log file": "46;/tmp/x", "font": "50;?", "clipboard": "52;c;aGFja2Vk",
    "ask clipboard": "52;c;?", "kitty notification": "99;i=1;hello", "reset palette": "104", "marks": "133;A",
    "code marks": "633;A", "notify 777": "777;notify;a;b", "file": "1337;File=name=eA==;inline=1:AAAA",
    "variable": "1337;SetUserVar=a=Yg==", "clipboard 5522": "5522;type=read", "empty": "", "number": "99999999999",
}  # fmt: skip
_STRINGS = {
    "status request": "P$qm", "capabilities": "P+q544e", "sixel": "Pq#0;2;0;0;0", "user keys": "P0;1|17/41",
    "tmux": "Ptmux;\x1b\x1b]0;x\x07", "kitty picture": "_Gf=24,s=1,v=1;AAAA", "tmux apc": "_tmux", "privacy": "^secret",
    "start of string": "Xabc", "screen title": "kowned", "dcs empty": "P", "apc empty": "_",
}  # fmt: skip
_ESCAPES = {
    "reset": "\x1bc", "graphics": "\x1b(0", "graphics g1": "\x1b)0", "shift out": "\x1b)0\x0e", "latin": "\x1b%@",
    "utf 8": "\x1b%G", "keypad": "\x1b=", "keypad off": "\x1b>", "save": "\x1b7", "restore": "\x1b8",
    "index": "\x1bD", "next line": "\x1bE", "reverse index": "\x1bM", "tab stop": "\x1bH", "single shift": "\x1bN",
    "single shift 3": "\x1bOP", "identify": "\x1bZ", "alignment": "\x1b#8", "double": "\x1b#6", "lock": "\x1bl",
    "eight bit": "\x1b G", "locking shift": "\x1bn", "visual bell": "\x1bg", "lone": "\x1b", "two": "\x1b\x1b",
    "backslash": ST, "bell within": "\x1b\x07", "letter": "\x1b~", "space": "\x1b ",
}  # fmt: skip
_BIDI = {
    "embedding": "\u202a", "rtl embedding": "\u202b", "pop": "\u202c", "override": "\u202d", "rtl override": "\u202e",
    "isolate": "\u2066", "rtl isolate": "\u2067", "first strong": "\u2068", "pop isolate": "\u2069",
    "lrm": "\u200e", "rlm": "\u200f", "alm": "\u061c", "file name": "\u202egnp.exe", "nested": "\u202e\u2066\u202d",
}  # fmt: skip
_INVISIBLE = {
    "zero width space": "\u200b", "word joiner": "\u2060", "byte order mark": "\ufeff", "soft hyphen": "\u00ad",
    "invisible times": "\u2062", "invisible plus": "\u2064", "mongolian separator": "\u180e",
    "annotation": "\ufff9x\ufffay\ufffb", "deprecated": "\u206a\u206b\u206c\u206d\u206e\u206f",
    "tags": "\U000e0069\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065", "language tag": "\U000e0001",
    "flag with tags": "\U0001f3f4\U000e0065\U000e0076\U000e0069\U000e006c\U000e007f", "music": "\U0001d173",
    "cancel tag": "\U000e007f", "shorthand": "\U0001bca0", "hieroglyphs": "\U00013430",
}  # fmt: skip
_MARKS = {
    "storm above": "e" + "\u0301" * 60, "storm below": "e" + "\u0323" * 60, "storm mixed": "Z" + "\u0335\u034b\u0316" * 30,
    "leading": "\u0301" * 30, "enclosing": "a" + "\u20dd" * 20, "hebrew": "\u05d0" + "\u05b8" * 20,
    "thai": "\u0e01" + "\u0e49" * 20, "through zero width": "e" + "\u0301\u200b" * 20,
    "vowels": "\u1100" + "\u1161" * 20, "every letter": "".join(letter + "\u0300" * 9 for letter in "zalgo"),
}  # fmt: skip
_UNPRINTABLE = {
    "private": "\ue000", "private end": "\uf8ff", "private 15": "\U000f0000", "private 16": "\U0010fffd",
    "high surrogate": "\ud800", "low surrogate": "\udfff", "turned surrogates": "\udc00\ud800",
    "surrogate of byte": "\udc9b31;66m", "line separator": "a\u2028b", "paragraph separator": "a\u2029b",
}  # fmt: skip
_LINE_ENDS = {
    "carriage return": "good\rEVIL", "crlf": "a\r\nb", "vertical tab": "a\vb", "form feed": "a\fb", "next": "a\x85b",
    "backspaces": "good\b\b\b\bEVIL", "tabs": "a\tb\t\tc", "many": "x" + "\n" * 500 + "y",
    "forged row": "done\n\x1b[32;66m● somebody else's notification", "separators": "a\x1cb\x1dc\x1ed\x1fe",
}  # fmt: skip
_HUGE = {
    "megabyte": "A" * 1_000_000, "line": "A" * 50_000, "words": "word " * 5_000, "wide": "\u754c" * 5_000, "newlines": "\n" * 10_000,
    "families": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 1_000, "brackets": "[" * 5_000,
    "chain": "\U0001f469" + "\u200d\U0001f469" * 1_000, "closers": "[/" * 5_000, "tones": "\U0001f3fd" * 1_000,
}  # fmt: skip
_MARKUP = (
    "[/x]", "[/]", "[b", "[b]", "[/b]", "[b]bold[/b]", "[red]x[/blue]", "[bold red]x[/]", "[@click=app.quit]x[/]",
    "[@click=app.bell()]x", "[link=http://evil.example]x[/link]", "[link=file:///etc/passwd]x[/]", "[$primary]x",
    "[.class]x", "[#ff0000]x", "[on red]x", "[reverse]x", "[conceal]x[/conceal]", "[blink]x", "\\[b]", "\\\\[b]x", "\\[/x]",
    "a\\", "[\\]", "[]", "[[]]", "[[b]]x", "]]", "[!x]", "[1]", "[build-123] ok [exit 1]", "x[foo bar]y", "[ b]x", "[Red]x",
    "[auto]x", "[not bold]x", "[50%]x", "[a=b]", "[/link]", "[@mouse.up=quit]x", "[dim][/dim][/dim]", "[:smile:]",
    ":smile: :skull:", "[b][i][u][/b]", "[link='x]y", '[link="x]y', "[@click=app.x(", "[&b]", "<b>x</b>", "<a href='x'>y</a>",
    "&lt;b&gt;", "<!channel>", "**bold** _x_", "# heading", "![x](file:///etc/passwd)", "`code`", "~~x~~", "|a|b|",
)  # fmt: skip
_TEMPLATES = (
    "{name}", "{{name}}", "{0}", "{", "}", "{}", "{self.__class__}", "{title!r:>99999999}", "%s", "%d %n %(x)s", "%",
    "${HOME}", "${CALLBOARD_KEY}", "$(reboot)", "`reboot`", "; rm -rf /", "| cat /etc/passwd", "&& true", "$PATH",
    "' OR 1=1 --", "'; DROP TABLE events; --", "\\n\\x1b[31m", "\\u001b[31m", "../../etc/passwd", "-rf", "--help", "-",
    "=1+1", "+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '"quoted"', "'single'", "a,b;c", "null", "None", "true", "NaN",
    "0", "\\", "\\\\", "{{7*7}}", "{% x %}", "<%= x %>", "#{x}", "^[[31m", "is:unread", "-event:x", "..", "~", "*", "?",
)  # fmt: skip
_ORDINARY = {
    "ascii": "Deploy finished: 42 tests, 0 failures (100%)", "vietnamese": "Tiếng Việt: Đường đua kỳ diệu",
    "vietnamese decomposed": unicodedata.normalize("NFD", "Tiếng Việt: Đường đua"), "german": "Größe, Übermaß, ß",
    "french": "L’été à la plage — « déjà vu »", "polish": "Zażółć gęślą jaźń", "turkish": "İstanbul’da ığdır",
    "greek": "Γειά σου Κόσμε", "greek old": "Ἀχιλλεὺς", "russian": "Привет, мир", "ukrainian": "Ґанок і їжак",
    "armenian": "Բարեւ աշխարհ", "georgian": "გამარჯობა", "amharic": "ሰላም ልዑል", "thai": "สวัสดีชาวโลก น้ำใจ ที่นี่",
    "lao": "ສະບາຍດີ ນ້ຳ", "khmer": "សួស្តីពិភពលោក", "burmese": "မင်္ဂလာပါ", "hindi": "नमस्ते दुनिया, क्षत्रिय", "marathi": "कऱ्‍या",
    "bengali": "আমার সোনার বাংলা", "ya phalaa": "র‍্যাব", "tamil": "வணக்கம் உலகம்", "telugu": "నమస్కారం", "kannada": "ನಮಸ್ಕಾರ",
    "malayalam": "നമസ്കാരം", "gujarati": "નમસ્તે", "punjabi": "ਸਤ ਸ੍ਰੀ ਅਕਾਲ", "sinhala": "ශ්‍රී ලංකා", "tibetan": "བཀྲ་ཤིས",
    "arabic": "مرحبا بالعالم", "arabic vowels": "مُحَمَّد", "persian": "می‌خواهم کتاب‌ها", "urdu": "خوش آمدید", "hebrew": "שלום עולם",
    "hebrew points": "בְּרֵאשִׁית", "chinese": "你好，世界。", "chinese old": "漢字𠀀𠮷", "japanese": "こんにちは、カタカナ", "kana decomposed": "か\u3099",
    "halfwidth": "ｶﾀｶﾅ ＡＢＣ", "korean": "안녕하세요 세계", "korean jamo": unicodedata.normalize("NFD", "안녕하세요"),
    "mongolian": "ᠮᠣᠩᠭᠣᠯ", "cherokee": "ᏣᎳᎩ", "currency": "€ ₫ ₹ ₽ ₿ £ ¥", "mathematics": "∀x∈ℝ: x² ≥ 0 ⇒ √x²=|x|",
    "box": "├── src │ └── main.py ▓▒░", "arrows": "→ ⇒ ↦ ✓ ✗ ★ ☆ ● ○", "braille": "⠓⠑⠇⠇⠕", "roman": "Ⅷ ① ㎏ ﬁ ½",
    "emoji": "🎉🚀✅❌🔥", "skin tones": "👍🏽👋🏿", "family": "👨‍👩‍👧‍👦", "kiss": "👩🏽‍❤️‍💋‍👨🏿", "detective": "🕵️‍♂️", "judge": "🧑🏾‍⚖️",
    "rainbow": "🏳️‍🌈", "pirates": "🏴‍☠️", "flags": "🇻🇳🇩🇪🇯🇵", "keycaps": "1️⃣2️⃣#️⃣", "england": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "scotland": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "wales": "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "text style": "☎︎ ❤︎", "emoji style": "☎️ ❤️ ™️", "new emoji": "\U0001fae8", "build": "[build-123] ok [exit 1]",
}  # fmt: skip


def _slug(text: str) -> str:
    return (
        "-".join("".join(char if char.isalnum() and char.isascii() else " " for char in text).split()) or "signs"
    )


def _named(kind: Kind, texts: dict[str, str], around: str = "{}") -> Iterator[Sample]:
    for name, text in texts.items():
        yield Sample(f"{kind}-{_slug(name)}", kind, around.replace("{}", text))


def _controls() -> Iterator[Sample]:
    for number in (*range(0x20), 0x7F):
        if number != 0x0A:
            yield Sample(f"c0-{number:02x}", Kind.C0, f"be{chr(number)}fore")
    yield Sample("c0-first", Kind.C0, "\x07\x08\x1bfirst")
    yield Sample("c0-last", Kind.C0, "last\x1b")
    for number in range(0x80, 0xA0):
        yield Sample(f"c1-{number:02x}", Kind.C1, f"be{chr(number)}fore")
    yield Sample("c1-all", Kind.C1, "".join(map(chr, range(0x80, 0xA0))))


def _commands() -> Iterator[Sample]:
    for name, command in _OPERATING_SYSTEM_COMMANDS.items():
        yield Sample(f"osc-{_slug(name)}-bel", Kind.OSC, f"a\x1b]{command}\x07b")
        yield Sample(f"osc-{_slug(name)}-st", Kind.OSC, f"a\x1b]{command}{ST}b")
        yield Sample(f"osc-{_slug(name)}-8bit", Kind.OSC, f"a\x9d{command}\x9cb")
        yield Sample(f"osc-{_slug(name)}-open", Kind.OSC, f"a\x1b]{command}")
    for name, body in _STRINGS.items():
        yield Sample(f"strings-{_slug(name)}", Kind.STRINGS, f"a\x1b{body}{ST}b")
        yield Sample(f"strings-{_slug(name)}-open", Kind.STRINGS, f"a\x1b{body}")
    for first in "\x90\x98\x9e\x9f":
        yield Sample(f"strings-8bit-{ord(first):x}", Kind.STRINGS, f"a{first}body\x9cb")


def _noncharacters() -> Iterator[Sample]:
    for number in (0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFF, 0x10FFFF, 0x0378, 0xE0FFF + 1):
        yield Sample(f"unprintable-{number:x}", Kind.UNPRINTABLE, f"a{chr(number)}b")


def _literal(kind: Kind, texts: Iterable[str]) -> Iterator[Sample]:
    for number, text in enumerate(texts):
        yield Sample(f"{kind}-{number:02}-{_slug(text)[:20]}", kind, text, visible=text)


CORPUS: tuple[Sample, ...] = (
    *_controls(),
    *_named(Kind.CSI, _CONTROL_SEQUENCES, "a{}b"),
    *_commands(),
    *_named(Kind.ESCAPES, _ESCAPES, "a{}b"),
    *_named(Kind.BIDI, _BIDI, "a{}b"),
    *_named(Kind.INVISIBLE, _INVISIBLE, "a{}b"),
    *_named(Kind.MARKS, _MARKS),
    *_named(Kind.UNPRINTABLE, _UNPRINTABLE, "a{}b"),
    *_noncharacters(),
    *_named(Kind.LINES, _LINE_ENDS),
    *_named(Kind.HUGE, _HUGE),
    *_literal(Kind.MARKUP, _MARKUP),
    *_literal(Kind.TEMPLATES, _TEMPLATES),
    *(Sample(f"ordinary-{_slug(name)}", Kind.ORDINARY, text, visible=text) for name, text in _ORDINARY.items()),
)
