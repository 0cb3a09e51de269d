"""Where the scenes of the sample month play: whom they are about, and the work that they can name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from core.demo.cast import COLLEAGUES, TICKETS, WORKSPACES, Ticket
from core.demo.parts import SampleAutomation, SampleExecution, SampleSession
from core.demo.work import Asked, Work

T = TypeVar("T")
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event before it happens. `by` records it, or else the server; a notice is a word of one to another."""

    event: str
    workspace: str
    by: str | None
    data: Data
    task: str | None = None
    mission: str | None = None
    recipients: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scene plays: whom it is about, the work that there is, and the dice."""

    random: Random
    work: Work
    hero: str

    @classmethod
    def about_you(cls, random: Random, work: Work) -> "Stage":
        return cls(random, work, work.you)

    @classmethod
    def about_another(cls, random: Random, work: Work) -> "Stage":
        return cls(random, work, random.choice(colleagues(work.you)))

    @property
    def you(self) -> str:
        return self.work.you

    def one(self, among: Sequence[T]) -> T:
        return self.random.choice(among)

    def workspace(self) -> str:
        return self.one(workspaces_of(self.hero))

    def ticket(self) -> Ticket:
        """A ticket of one of the hero's workspaces."""
        mine = [ticket for ticket in TICKETS if ticket.workspace in workspaces_of(self.hero)]
        return self.one(mine)

    def other(self, workspace: str) -> str:
        """A colleague in the workspace."""
        there = [p.name for p in COLLEAGUES if workspace in p.workspaces and p.name not in (self.hero, self.you)]
        return self.one(there)

    def session(self) -> SampleSession:
        """The session of a ticket: one of the hero's, where they have one."""
        there = [each for each in self.work.sessions if each.ticket is not None and self._sees(each.workspace)]
        own = [each for each in there if self.work.who(each.owner) == self.hero]
        return self.one(own or there)

    def question(self) -> Asked:
        """A question that was asked: one that the hero was asked, where there is one."""
        there = [each for each in self.work.approvals if self._sees(each.session.workspace)]
        own = [each for each in there if self.work.who(each.approval.asked_of) == self.hero]
        return self.one(
            [each for each in own if each.session.ticket] or [each for each in there if each.session.ticket]
        )

    def automation(self) -> SampleAutomation:
        """One of the hero's automations, where they have one."""
        there = [each for each in self.work.automations if self._sees(each.workspace)]
        return self.one([each for each in there if self.work.who(each.creator) == self.hero] or there)

    def execution(self, outcome: str, *, of_disabled: bool = False) -> tuple[int, SampleExecution]:
        """One that ended so, with its number: of the hero's automations, where there is one. The newest one of an
        automation that is off, where there is such a one."""
        there = [
            (number, each, self._automation(each.automation))
            for number, each in enumerate(self.work.executions, 1)
            if each.outcome == outcome and self._sees(self._automation(each.automation).workspace)
        ]
        off = [each for each in there if each[2].disabled is not None]
        if of_disabled and off:
            return off[-1][:2]
        own = [each for each in there if self.work.who(each[2].creator) == self.hero]
        return self.one(own or there)[:2]

    def _automation(self, name: str) -> SampleAutomation:
        return self.work.automations[self.work.automation(name) - 1]

    def _sees(self, workspace: str) -> bool:
        return workspace in workspaces_of(self.hero)


def colleagues(you: str) -> list[str]:
    return [person.name for person in COLLEAGUES if person.name != you]


def workspaces_of(person: str) -> Sequence[str]:
    return next((each.workspaces for each in COLLEAGUES if each.name == person), tuple(WORKSPACES))
