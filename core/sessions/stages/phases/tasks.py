"""What the session is to do, for those who look at what came of it."""

from core.sessions.stages.spec import Spec
from core.sessions.stages.work import Work

_LONGEST = 20_000


def task_of(spec: Spec, work: Work) -> str:
    """The prompt, or what the workflow asks for; the title of the session where there is neither."""
    return (spec.prompt or "").strip()[:_LONGEST] or work.subject.title
