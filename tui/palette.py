"""The command palette: the actions of the registry that apply here, found by name, each with its key."""

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from core.errors import InvalidError
from tui.actions import ACTIONS, Action, shown
from tui.screens.place import Place


class ActionProvider(Provider):
    """Runs an action on what had the focus."""

    def _offered(self) -> Iterator[tuple[Action, str]]:
        if not isinstance(self.screen, Place):
            return
        scopes = self.screen.scopes()
        for action in ACTIONS:
            if action.palette and action.scope != "detail" and action.scope in scopes:
                keys = " ".join(shown(key) for key in self.screen.desk.settings.keys(action.id))
                yield action, f"{action.help}  ({keys})" if keys else action.help

    async def _run(self, action: Action) -> None:
        if isinstance(self.screen, Place):
            await self.screen.do(action)

    async def discover(self) -> Hits:
        for action, said in self._offered():
            yield DiscoveryHit(Content(action.title), partial(self._run, action), help=said)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action, said in self._offered():
            if (score := matcher.match(action.title)) > 0:
                yield Hit(score, matcher.highlight(action.title), partial(self._run, action), help=said)


class ThemeChoice(Provider):
    """The themes, our own first. The app shows each while the cursor is on it."""

    def _names(self) -> list[str]:
        return sorted(self.app.available_themes, key=lambda name: (not name.startswith("callboard"), name))

    def _choose(self, name: str) -> None:
        """A theme that the configuration names is named by this one from now on; else the app remembers it."""
        self.app.theme = name
        if isinstance(self.screen, Place) and self.screen.desk.settings.theme:
            from tui.keymap import settings_path
            from tui.settings_file import keep

            try:
                keep(settings_path(), {"theme": name})
            except InvalidError as error:
                self.screen.flash(error.sentence, "trouble")

    async def discover(self) -> Hits:
        for name in self._names():
            yield DiscoveryHit(Content(name), partial(self._choose, name))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name in self._names():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), partial(self._choose, name))
