"""What is needed to begin a session, whoever begins it: a person, an automation, a webhook."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.api.sessions import Mode, SessionKind
from storage.ids import AutomationId, BotId, ExecutionId, PersonId, WorkspaceId


@dataclass(frozen=True, slots=True)
class Launch:
    """A session to be. Either a prompt or the name of a workflow; the bot and the provider are looked up and
    checked where the session is made. Where `known` is given, the prompt has places: for the parameters, which
    come from outside, and for what is known."""

    workspace: WorkspaceId
    kind: SessionKind
    owner: PersonId
    creator: PersonId
    title: str
    prompt: str | None = None
    workflow: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    known: Mapping[str, object] | None = None
    provider: str | None = None
    model: str | None = None
    bot: BotId | None = None
    ticket: str | None = None
    modes: tuple[Mode, ...] = ()
    auto_complete: bool = False
    only_if_unchanged: bool = False
    automation: AutomationId | None = None
    execution: ExecutionId | None = None
    argv: tuple[str, ...] = ()  # the command to run, instead of a prompt or a workflow
    folder: str | None = None  # where it is to work, instead of where its kind would
    notify: bool = False  # the owner is told how it ended
