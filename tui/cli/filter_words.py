"""What the shell completes after `--filter`: the fields of the list, and what can be their values."""

import click
from click.shell_completion import CompletionItem

from core.completing import complete
from core.events.catalogue import CATALOGUE
from core.filters import LISTS, Fields


def completed(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """The whole filter with each of the ways to go on at its end."""
    end = len(incomplete)
    found = complete(incomplete, end, _fields(context), {"event": CATALOGUE})
    return [CompletionItem(one.taken(incomplete, end)[0], help=one.help) for one in found]


def _fields(context: click.Context) -> Fields:
    """Those of the list that the command is about: it, or its group, is called like it."""
    at: click.Context | None = context
    while at is not None:
        fields = LISTS.get(at.info_name or "")
        if fields is not None:
            return fields
        at = at.parent
    return {}
