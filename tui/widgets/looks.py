"""The colours that drawn lines use, made from the theme's variables.

Component classes of the style sheet would cost the start more than all else: each is matched against all rules,
for each widget."""

from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Looks:
    """`base`, `cursor` and `still` are grounds; the others are inks that go onto any of them."""

    base: Style
    cursor: Style
    still: Style
    muted: Style
    strong: Style
    critical: Style
    warning: Style
    info: Style
    star: Style
    accent: Style
    rule: Style

    @classmethod
    def of(cls, widget: Widget) -> "Looks":
        variables = widget.app.theme_variables
        return _made(widget.rich_style, tuple(variables.get(name, "") for name in _VARIABLES))

    def severity(self, severity: str) -> Style:
        return {"critical": self.critical, "warning": self.warning}.get(severity, self.info)


_VARIABLES = (
    "foreground",
    "background",
    "primary",
    "secondary",
    "accent",
    "warning",
    "error",
    "border",
    "text-muted",
    "list-cursor",
    "list-cursor-still",
)


@lru_cache(maxsize=32)
def _made(base: Style, values: tuple[str, ...]) -> Looks:
    named = dict(zip(_VARIABLES, values, strict=True))
    foreground = _colour(named["foreground"]) or Color(200, 200, 200)
    background = _colour(named["background"]) or Color(20, 20, 20)
    plain = foreground.ansi is not None  # the terminal's own colours: nothing can be mixed

    def ink(name: str, *, bold: bool | None = None) -> Style:
        colour = _colour(named[name]) or foreground
        return Style(color=colour.rich_color, bold=bold)

    def ground(name: str, share: float) -> Style:
        if plain:
            return base + Style(reverse=True) if share > 0.1 else base
        colour = _colour(named[name]) or background.blend(foreground, share)
        return base + Style(bgcolor=colour.rich_color)

    muted = _colour(named["text-muted"])
    mixed = muted or background.blend(foreground, 0.6)
    quiet = Style(dim=True) if plain else Style(color=mixed.rich_color)
    return Looks(
        base=base,
        cursor=ground("list-cursor", 0.16),
        still=ground("list-cursor-still", 0.08),
        muted=quiet,
        strong=Style(bold=True),
        critical=ink("error", bold=True),
        warning=ink("warning"),
        info=ink("secondary"),
        star=ink("accent"),
        accent=ink("primary"),
        rule=ink("border"),
    )


def _colour(text: str) -> Color | None:
    """A variable's colour, where it is one: `auto 60%` is not."""
    try:
        return Color.parse(text) if text and " " not in text else None
    except ColorParseError:
        return None


GLYPHS = {"critical": "✖", "warning": "▲", "info": "·"}
WORDS = {"critical": "Critical", "warning": "Warning", "info": "Info"}
