"""The providers of the configuration as it is now, for whoever keeps them longer than that."""

from collections.abc import Callable

from core.sessions.providers.registry import Known, Providers


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
