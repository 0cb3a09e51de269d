"""Automations and what became of their occurrences, in words and signs. A sign is never without its word."""

from datetime import datetime

from rich.style import Style

from core.api.automations import Automation, Execution
from core.api.sessions import KINDS
from core.text import clean
from tui.widgets.looks import Looks
from tui.words.times import age, span

OUTCOMES: dict[str | None, tuple[str, str]] = {
    None: ("▶", "running"),
    "succeeded": ("✓", "succeeded"),
    "failed": ("✖", "failed"),
    "cancelled": ("■", "cancelled"),
    "interrupted": ("▲", "interrupted"),
    "skipped": ("»", "skipped"),
    "missed": ("○", "missed"),
    "superseded": ("·", "superseded"),
    "disabled": ("‖", "disabled"),
}


def outcome_ink(outcome: str | None, looks: Looks) -> Style:
    return {
        None: looks.accent,
        "succeeded": looks.accent,
        "failed": looks.critical,
        "interrupted": looks.warning,
        "missed": looks.warning,
    }.get(outcome, looks.muted)


def state(one: Automation) -> tuple[str, str]:
    """Its sign and its word: running, enabled or not."""
    if one.session is not None:
        return "▶", f"Running session {one.session}"
    return ("●", "Enabled") if one.enabled else ("‖", "Disabled")


def schedule(one: Automation) -> str:
    """When it runs, in words."""
    match one.type:
        case "recurring":
            return clean(one.schedule or one.cron or "")
        case "one-time":
            return "once"
        case "loop":
            return "again after each run"
        case "http":
            return "when its webhook is called"
        case _:
            return "on Run Now"


def last(one: Automation, now: datetime) -> str:
    """The last outcome with its age: `✓ 7h`."""
    if one.last_outcome is None:
        return "never ran" if one.last_run is None else "▶ running"
    sign, _ = OUTCOMES[one.last_outcome]
    return f"{sign} {age(one.last_run, now)}" if one.last_run is not None else sign


def streak(one: Automation) -> str:
    """How often in a row it failed or was skipped."""
    if one.failures:
        return f"{one.failures} failed"
    return f"{one.skips} skipped" if one.skips else ""


def launches(one: Automation) -> str:
    """What kind of session it begins, and by what."""
    what = f"workflow {clean(one.workflow)}" if one.workflow else "a prompt"
    kind = f"Bot {clean(one.bot)}" if one.kind == "bot" and one.bot else KINDS[one.kind]
    return f"{kind} session in {clean(one.workspace)}, by {what}"


def options(one: Automation) -> list[str]:
    chosen = [
        ("completes by itself", one.auto_complete),
        ("only when no file changed", one.only_if_unchanged),
        ("runs missed runs at start", one.run_missed),
        ("parallel sessions", one.parallel),
    ]
    return [words for words, is_on in chosen if is_on]


def trigger(one: Execution) -> str:
    """What began it; `unknown` for one from before that was written down."""
    if one.trigger is None:
        return "unknown"
    by = one.actor or one.fingerprint
    return f"{one.trigger} {clean(by)}" if by else one.trigger


def lateness(one: Execution) -> str:
    if one.scheduled_for is None or one.started_at is None:
        return ""
    late = (one.started_at - one.scheduled_for).total_seconds()
    return f"{span(late)} late" if late >= 1 else "on time"


def duration(one: Execution) -> str:
    if one.started_at is None or one.finished_at is None:
        return ""
    return span((one.finished_at - one.started_at).total_seconds())


def why(one: Execution) -> str:
    """Why it ran or did not, in a sentence."""
    if one.reason:
        return clean(one.reason)
    match one.outcome:
        case None:
            return "It is running."
        case "succeeded":
            return _began(one)
        case "failed":
            return "Its session failed."
        case "skipped":
            return f"Session {one.session} was still running." if one.session else "A session was still running."
        case "missed":
            return "The server was not running then."
        case "superseded":
            return "A later one ran in its place."
        case "disabled":
            return "The automation was disabled."
        case _:
            return f"Its session was {one.outcome}."


def _began(one: Execution) -> str:
    match one.trigger:
        case "schedule":
            return "It was due."
        case "run-now":
            return f"{clean(one.actor)} pressed Run Now." if one.actor else "Somebody pressed Run Now."
        case "webhook":
            return "Its webhook was called."
        case "catch-up":
            missed = f"{one.missed_count} runs were missed" if one.missed_count > 1 else "a run was missed"
            return f"The server was not running: {missed}, the latest ran at its start."
        case "loop":
            return f"Iteration {one.iteration} of the loop." if one.iteration else "The run before had ended."
        case _:
            return "What began it was not written down."


def when(one: Execution) -> datetime:
    """The moment that it is told by."""
    return one.scheduled_for or one.started_at or one.created_at
