"""The table of all types of My Work, in the order of the sidebar."""

from typing import Final

from core.mywork import notifications, sessions
from core.mywork.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (sessions.KIND, notifications.KIND)
