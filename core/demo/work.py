"""The sample work as a whole, with its numbers: a notification names things by the numbers of their rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.demo.automations import AUTOMATIONS
from core.demo.history import history
from core.demo.parts import YOU, SampleApproval, SampleAutomation, SampleExecution, SampleSession
from core.demo.sessions import WORK
from core.demo.talks import LIVE, TALKS
from storage.ids import Instant


class Asked(NamedTuple):
    """A question, by its number."""

    number: int
    approval: SampleApproval
    session: SampleSession


@dataclass(frozen=True, slots=True)
class Work:
    """What there is at `end`, in the order of its numbers, which begin with 1."""

    you: str
    end: Instant
    automations: Sequence[SampleAutomation]
    sessions: Sequence[SampleSession]
    executions: Sequence[SampleExecution]
    approvals: Sequence[Asked]
    numbers: Mapping[SampleSession, int]

    def who(self, name: str) -> str:
        return self.you if name == YOU else name

    def automation(self, name: str) -> int:
        """The number of an automation."""
        return next(number for number, each in enumerate(self.automations, 1) if each.name == name)

    def started(self, session: SampleSession) -> int | None:
        """The number of the execution that began the session."""
        for number, each in enumerate(self.executions, 1):
            if each.session is session and each.outcome != "skipped":
                return number
        return None

    def reason(self, execution: SampleExecution) -> str:
        if execution.outcome == "skipped" and execution.session is not None:
            return f"Session {self.numbers[execution.session]} was still going."
        return execution.reason


def work(you: str, end: Instant) -> Work:
    """The two weeks up to `end`, of which a part is the work of `you`."""
    loop = next(each for each in LIVE if each.automation is not None)
    ran = sorted(history(end, loop), key=lambda each: each.at)
    begun = {each.session: None for each in ran if each.session is not None}
    sessions = sorted({**begun, **dict.fromkeys((*WORK, *TALKS, *LIVE))}, key=lambda each: -each.ago)
    asked = [
        Asked(number, approval, session) for number, (approval, session) in enumerate(_questions(sessions), 1)
    ]
    numbers = {session: number for number, session in enumerate(sessions, 1)}
    return Work(you, end, AUTOMATIONS, sessions, ran, asked, numbers)


def _questions(sessions: Sequence[SampleSession]) -> Iterator[tuple[SampleApproval, SampleSession]]:
    for session in sessions:
        for approval in session.questions:
            yield approval, session
