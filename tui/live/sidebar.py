"""The app's picture of the sections of the sidebar above the notifications, kept as the server says.

What is hidden goes from the picture at once; the server's word replaces it when it comes."""

from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence

from msgspec.structs import replace

from core.api import work
from core.api.work import HIDING, TYPES, WorkActionRequest, WorkActionResult, WorkItem, WorkSection
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.live.source import Source

TOPICS = frozenset({HIDING}).union(*(each.topics for name, each in TYPES.items() if name != "notification"))
MOST = 40  # items asked for of each section: no terminal shows more of them
_REST = 0.05  # seconds between two looks


class LiveSidebar:
    """Works in tasks of its owner, which says what was refused."""

    def __init__(
        self,
        source: Source,
        start: Callable[[Coroutine[None, None, None]], None],
        changed: Callable[[], None],
        sections: Sequence[WorkSection] = (),
    ) -> None:
        self._source = source
        self._changed = changed
        self._looking = Looking(self._look, start, _REST)
        self._version = 0  # an answer from before something was hidden is dropped
        self._hiding: set[str] = set()  # what the server may not know yet to be hidden
        self._known = False
        self.sections = list(sections)

    @property
    def items(self) -> Iterator[WorkItem]:
        """All that is known of, whether there is room for it or not."""
        return (item for section in self.sections for item in section.items)

    def hear(self, heard: Heard) -> None:
        self._looking.hear(heard, TOPICS, self._known)

    def look_again(self) -> None:
        self._looking.again()

    async def _look(self) -> None:
        version = self._version
        answer = await self._source.send(work.sidebar(MOST))
        self._known = True
        if version == self._version:
            self._show([section for section in answer.sections if section.type != "notification"])

    def _show(self, sections: Sequence[WorkSection]) -> None:
        sections = [_without(section, self._hiding) for section in sections]
        if sections != self.sections:
            self.sections = sections
            self._changed()

    async def hide(self, items: Collection[WorkItem]) -> WorkActionResult:
        """Hide these, here at once and on the server."""
        refs = [item.ref for item in items]
        self._hiding.update(refs)
        self._show(self.sections)
        try:
            return await self._source.send(work.act(WorkActionRequest("hide", refs)))
        finally:
            self._hiding.difference_update(refs)
            self._version += 1
            self._looking.again()


def _without(section: WorkSection, refs: Collection[str]) -> WorkSection:
    gone = [item for item in section.items if item.ref in refs]
    if not gone:
        return section
    return replace(
        section,
        count=section.count - len(gone),
        needing=section.needing - sum(item.needs for item in gone),
        items=[item for item in section.items if item.ref not in refs],
    )
