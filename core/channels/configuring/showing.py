"""Settings of channels as they may be shown, and given back: of a secret nothing but its references."""

from collections.abc import Mapping
from typing import cast

from core.api.channels import ChannelType, Setting
from core.channels.configuring.kinds import keys_of
from core.channels.configuring.secrets import HIDDEN, shown
from core.channels.configuring.settings import RATE
from core.errors import InvalidError
from core.text import clean

_WHERE = ("url", "webhookUrl", "bridgeUrl", "baseUrl", "provider", "host", "port", "tls")
"""The settings that say where a secret goes, and whether others can read it on the way."""


def shown_settings(kind: ChannelType, written: Mapping[str, object]) -> dict[str, Setting]:
    """The settings as they were written; of a secret only its references. What is not known counts as one."""
    keys = keys_of(kind)
    found: dict[str, Setting] = {}
    for name, value in written.items():
        open_ = name == RATE or (name in keys and not keys[name].secret)
        found[name] = cast(Setting, value) if open_ and _is_setting(value) else _shown(value)
    return found


def kept_settings(
    kind: ChannelType, before: Mapping[str, object], after: Mapping[str, Setting]
) -> dict[str, Setting]:
    """New settings in which a secret that was given as it is shown stays what it was, as long as it goes to where
    it went: otherwise whoever may change a channel could have its secrets sent to themselves."""
    keys = keys_of(kind)
    kept = {
        name: _kept(name, before.get(name), value) if name not in keys or keys[name].secret else value
        for name, value in after.items()
    }
    moved = next((name for name in _WHERE if before and kept.get(name) != before.get(name)), None)
    stays = [name for name, value in after.items() if kept[name] != value]
    if moved is not None and stays:
        raise InvalidError(
            f"{moved} is another one now: give {stays[0]} in full, for nothing secret goes to another place"
            " unseen.",
            f"settings.{stays[0]}",
        )
    return kept


def _is_setting(value: object) -> bool:
    match value:
        case str() | int() | bool():
            return True
        case list():
            return all(isinstance(entry, str) for entry in value)
        case dict():
            return all(isinstance(entry, str) for entry in value.values())
    return False


def _shown(value: object) -> Setting:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {clean(name): _shown_text(entry) for name, entry in value.items()}
    return [_shown_text(entry) for entry in value] if isinstance(value, list) else HIDDEN


def _shown_text(value: object) -> str:
    return shown(value) if isinstance(value, str) else HIDDEN


def _kept(name: str, before: object, after: Setting) -> Setting:
    """The new secret, or the one before where the new one is only how that is shown."""
    if isinstance(after, dict):
        old = before if isinstance(before, dict) else {}
        return {key: _kept_text(f"{name}.{key}", old.get(key), value) for key, value in after.items()}
    if isinstance(after, list):
        old_list = before if isinstance(before, list) else []
        return [
            _kept_text(f"{name}[{at}]", old_list[at] if at < len(old_list) else None, value)
            for at, value in enumerate(after)
        ]
    return _kept_text(name, before, after) if isinstance(after, str) else after


def _kept_text(name: str, before: object, after: str) -> str:
    if isinstance(before, str) and after in (shown(before), HIDDEN):
        return before
    if HIDDEN in after:
        raise InvalidError(
            f"There is no {name} to keep: give it in full, or refer to a variable.", f"settings.{name}"
        )
    return after
