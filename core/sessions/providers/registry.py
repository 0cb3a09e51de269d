"""The providers of a server: the presets, with what its configuration adds and changes."""

import os
from collections.abc import Mapping
from difflib import get_close_matches

from core.errors import InvalidError
from core.provider_presets import PRESETS
from core.provider_settings import ProviderSettings, overlaid
from core.sessions.providers.acp.provider import AcpProvider
from core.sessions.providers.command import CommandProvider

Known = CommandProvider | AcpProvider

_WORDS = 60
_LONGEST_MODEL = 200


class Providers:
    """Those of one configuration. What a provider is given of the environment comes from `outside`."""

    default = "shell"

    def __init__(self, settings: Mapping[str, ProviderSettings], outside: Mapping[str, str] = os.environ) -> None:
        self._known: dict[str, Known] = {}
        for name in [*PRESETS, *(name for name in settings if name not in PRESETS)]:
            whole = overlaid(PRESETS.get(name, ProviderSettings()), settings.get(name, ProviderSettings()))
            kind = AcpProvider if whole.kind == "acp" else CommandProvider
            self._known[name] = kind(name, whole, outside)

    def names(self) -> list[str]:
        return list(self._known)

    def get(self, name: str) -> Known:
        """The provider, or an error that names what was probably meant."""
        found = self._known.get(name)
        if found is None:
            near = get_close_matches(name[:_WORDS], self._known, 1, 0.5)
            raise InvalidError(
                f"There is no provider {name[:_WORDS]}"
                + (f"; did you mean {near[0]}?" if near else f"; there are {', '.join(self._known)}.")
            )
        return found

    def runs_scripts(self, name: str) -> bool:
        """Whether it runs a prompt as a script."""
        return bool(self.get(name).settings.script)

    def check_model(self, name: str, model: str | None) -> None:
        """Refuse a model that the provider does not list, or that could be taken for an option."""
        provider = self.get(name)
        if model is None:
            return
        if provider.models and model not in provider.models:
            near = get_close_matches(model[:_WORDS], provider.models, 1, 0.5)
            raise InvalidError(
                f"The provider {name} has no model {model[:_WORDS]}"
                + (f"; did you mean {near[0]}?" if near else f"; it has {', '.join(provider.models)}.")
            )
        if not model or len(model) > _LONGEST_MODEL or model.startswith("-") or not model.isprintable():
            raise InvalidError("A model's name is printable, and does not begin with a minus.")
