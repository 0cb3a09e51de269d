"""A loop's pull request that was closed without merging: told once per iteration, however the loop goes on."""

from core.ids import Entropy
from core.sessions.telling import tell
from storage import automations as store
from storage import executions, people
from storage.database import Connection
from storage.ids import Instant
from storage.sessions import SessionRow


def tell_closed(connection: Connection, session: SessionRow, url: str, now: Instant, entropy: Entropy) -> bool:
    """Tell that the session's pull request was closed. Whether the session is of a loop: of others nobody is told
    here."""
    if session.automation_id is None:
        return False
    row = store.these(connection, [session.automation_id]).get(session.automation_id)
    if row is None or row.type != "loop":
        return False
    execution = executions.of_session(connection, session.id)
    about = {
        "automationCreator": people.names(connection, {row.creator_id}).get(row.creator_id),
        "iteration": None if execution is None else execution.iteration,
        "url": url,
        "title": row.name,
    }
    once = f"pr-closed:{session.id}"
    tell(connection, session, "pr:closed", about, now=now, entropy=entropy, external_id=once)
    return True
