"""Which way alerts take from here: the person's own choice, else the desktop, else what the terminal shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.alerts.terminals import Detected, Surroundings, Wrapper, detect
from core.alerts.ways import Way


@dataclass(frozen=True, slots=True)
class Plan:
    """The way, and what the terminal is sent where the desktop cannot be reached."""

    key: str
    way: Way
    why: str
    fallback: Way
    wrapper: Wrapper
    bell: bool
    terminal: str
    advice: str = ""
    chosen: bool = False  # by the person

    @property
    def desktop(self) -> bool:
        return self.way == "desktop"


def choose(here: Surroundings, chosen: Mapping[str, Way]) -> Plan:
    """The way from here. What a person chose counts in the place for which they did."""
    found = detect(here)
    way = chosen.get(found.key)
    if way is not None:
        return _planned(found, here, way, "you chose it for this terminal", chosen=True)
    if here.has_desktop:
        why = "this is macOS" if here.platform == "darwin" else "there is a desktop session, and no SSH"
        return _planned(found, here, "desktop", why)
    return _planned(found, here, found.way, found.why)


def _planned(found: Detected, here: Surroundings, way: Way, why: str, *, chosen: bool = False) -> Plan:
    mine = chosen and way != "desktop"
    return Plan(
        found.key,
        way,
        why,
        way if mine else found.way,
        wrapper_of(here) if mine else found.wrapper,
        found.bell and not mine,
        found.terminal,
        found.advice,
        chosen,
    )


def wrapper_of(here: Surroundings) -> Wrapper:
    """What a sequence needs around it here."""
    if here.environment.get("TMUX"):
        return "tmux"
    return "screen" if here.environment.get("STY") else ""
