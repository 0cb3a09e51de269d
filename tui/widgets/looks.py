"""The colours that drawn lines use, taken from the theme by way of component classes of the style sheet."""

from dataclasses import dataclass

from rich.style import Style
from textual.widget import Widget

CLASSES = {
    "look--cursor",
    "look--still",
    "look--muted",
    "look--strong",
    "look--critical",
    "look--warning",
    "look--info",
    "look--star",
    "look--accent",
    "look--button",
    "look--rule",
}


@dataclass(frozen=True, slots=True)
class Looks:
    """`base`, `cursor` and `still` are grounds; the others are inks that go onto any of them."""

    base: Style
    cursor: Style
    still: Style
    button: Style
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
        def ground(name: str) -> Style:
            return widget.get_component_rich_style(f"look--{name}")

        def ink(name: str) -> Style:
            style = ground(name)
            return Style(color=style.color, bold=style.bold, italic=style.italic, underline=style.underline)

        return cls(
            base=widget.rich_style,
            cursor=ground("cursor"),
            still=ground("still"),
            button=ground("button"),
            muted=ink("muted"),
            strong=ink("strong"),
            critical=ink("critical"),
            warning=ink("warning"),
            info=ink("info"),
            star=ink("star"),
            accent=ink("accent"),
            rule=ink("rule"),
        )

    def severity(self, severity: str) -> Style:
        return {"critical": self.critical, "warning": self.warning}.get(severity, self.info)


GLYPHS = {"critical": "✖", "warning": "▲", "info": "·"}
WORDS = {"critical": "Critical", "warning": "Warning", "info": "Info"}
