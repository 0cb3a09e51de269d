"""Which providers can be chosen: those of the configuration as it is now, however long somebody keeps them."""

from collections.abc import Callable
from typing import Final, Protocol

from core.sessions.providers.registry import Known, Providers

SHELL: Final = "shell"
"""The provider that is always there."""


class ProviderChoice(Protocol):
    """What can be chosen to run turns."""

    @property
    def default(self) -> str:
        """What runs them when nothing was chosen."""

    def check_model(self, name: str, model: str | None) -> None:
        """Refuse a provider that there is not, or a model that it does not have."""

    def runs_scripts(self, name: str) -> bool:
        """Whether it runs a prompt as a script."""


class CurrentProviders:
    """`current` gives those of this moment: the configuration may be read again at any time."""

    def __init__(self, current: Callable[[], Providers]) -> None:
        self._current = current

    @property
    def default(self) -> str:
        return self._current().default

    def get(self, name: str) -> Known:
        return self._current().get(name)

    def check_model(self, name: str, model: str | None) -> None:
        self._current().check_model(name, model)

    def runs_scripts(self, name: str) -> bool:
        return self._current().runs_scripts(name)
