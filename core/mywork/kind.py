"""What My Work must know of a type of things. An entry of `KINDS` is all that it takes to add one."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from core.api.work import WorkItem, WorkType
from core.caller import Caller
from storage.database import Connection
from storage.mywork import Asker, Things


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A type of things, in the order in which the sidebar shows them."""

    type: WorkType
    things: Things
    """How they are found, sorted and filtered."""
    shown: Callable[[Connection, Asker, Sequence[int]], Mapping[int, WorkItem]]
    """Those of these that are there, as My Work shows them."""
    visible: Callable[[Connection, Caller, Collection[int]], Collection[int]]
    """Those of these that the caller may see, their own or not: nobody hides what they cannot see."""
    dismissed: bool = False
    """They are dismissed from the inbox, instead of hidden."""
